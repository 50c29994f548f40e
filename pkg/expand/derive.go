package expand

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
)

// derivation returns the function that takes a sum out of a merged one, whose series are told apart by the labels of
// some matchers too.
func (s *sum) derivation(matchers []*labels.Matcher) func([]Series) []Series {
	return func(merged []Series) []Series {
		groups := grouped(merged, s.by, func(series Series) bool {
			return !slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return !m.Matches(series.Labels[m.Name]) })
		})
		sums := make([]Series, len(groups))
		for i, g := range groups {
			sums[i] = g.sum()
		}
		if s.isQuantile {
			return quantiles(s.quantile, sums)
		}
		return sums
	}
}

// alike is series that have the same values of some labels.
type alike struct {
	labels map[string]string
	series []Series
}

// grouped groups those series that are kept by the values of some labels, in the order in which they come.
func grouped(all []Series, by []string, kept func(Series) bool) []*alike {
	var groups []*alike
	known := map[string]*alike{}
	for _, series := range all {
		if !kept(series) {
			continue
		}
		values, key := map[string]string{}, strings.Builder{}
		for _, label := range by {
			value := series.Labels[label]
			key.WriteString(value + "\x00")
			if value != "" {
				values[label] = value
			}
		}
		g, has := known[key.String()]
		if !has {
			g = &alike{labels: values}
			known[key.String()] = g
			groups = append(groups, g)
		}
		g.series = append(g.series, series)
	}
	return groups
}

// sum adds up the series, at each instant those that have a number there.
func (g *alike) sum() Series {
	if len(g.series) == 1 {
		return Series{Labels: g.labels, Values: g.series[0].Values}
	}
	sum := Series{Labels: g.labels, Values: slices.Clone(g.series[0].Values)}
	for _, other := range g.series[1:] {
		for i, v := range other.Values {
			switch {
			case !IsSample(v):
			case !IsSample(sum.Values[i]):
				sum.Values[i] = v
			default:
				sum.Values[i] = Sample(sum.Values[i] + v)
			}
		}
	}
	return sum
}

// quantiles returns that of each group of buckets, as PromQL's histogram_quantile does.
func quantiles(q float64, buckets []Series) []Series {
	var by []string
	for _, series := range buckets {
		for label := range series.Labels {
			if label != model.BucketLabel && !slices.Contains(by, label) {
				by = append(by, label)
			}
		}
	}
	slices.Sort(by)
	var all []Series
	for _, g := range grouped(buckets, by, isBucket) {
		bounds := make([]float64, len(g.series))
		for i, series := range g.series {
			bounds[i], _ = strconv.ParseFloat(series.Labels[model.BucketLabel], 64)
		}
		all = append(all, Series{Labels: g.labels, Values: quantile(q, bounds, g.series)})
	}
	return all
}

// isBucket reports whether a series is that of a bucket.
func isBucket(series Series) bool {
	_, err := strconv.ParseFloat(series.Labels[model.BucketLabel], 64)
	return err == nil
}

// quantile is the quantile of buckets at each instant, NaN where there are none.
func quantile(q float64, bounds []float64, series []Series) []float64 {
	values := make([]float64, len(series[0].Values))
	buckets := make(promql.Buckets, 0, len(series))
	for i := range values {
		buckets = buckets[:0]
		for k, bound := range bounds {
			if count := series[k].Values[i]; IsSample(count) {
				buckets = append(buckets, promql.Bucket{UpperBound: bound, Count: count})
			}
		}
		values[i] = math.NaN()
		if len(buckets) > 0 {
			v, _, _, _, _, _ := promql.BucketQuantile(q, buckets)
			values[i] = Sample(v)
		}
	}
	return values
}
