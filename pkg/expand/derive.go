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

// Derive returns what the store would have answered to each of the members, given its answer to the merged expression.
// Columns may be those of the merged answer, and must not be changed.
func (m Merged) Derive(series []Series) [][]Series {
	if m.sums == nil {
		return [][]Series{series}
	}
	byValues := map[string][]Series{}
	for _, s := range series {
		key := keyOf(m.labels, func(label string) string { return s.Labels[label] })
		byValues[key] = append(byValues[key], s)
	}
	all := make([][]Series, len(m.sums))
	for i, s := range m.sums {
		all[i] = m.derive(s, byValues)
	}
	return all
}

// derive takes a sum out of the merged series, by the values of the labels in which members differ.
func (m Merged) derive(s *sum, byValues map[string][]Series) []Series {
	values := map[string]string{}
	var others []*labels.Matcher
	for _, matcher := range s.matchers {
		if matcher.Type == labels.MatchEqual {
			values[matcher.Name] = matcher.Value
		}
		if m.matchers[matcher.String()] == nil {
			others = append(others, matcher)
		}
	}
	candidates := byValues[keyOf(m.labels, func(label string) string { return values[label] })]
	groups := grouped(candidates, s.by, func(series Series) bool {
		return !slices.ContainsFunc(others, func(m *labels.Matcher) bool { return !m.Matches(series.Labels[m.Name]) })
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

// keyOf joins the values of labels.
func keyOf(names []string, valueOf func(string) string) string {
	key := strings.Builder{}
	for _, name := range names {
		key.WriteString(valueOf(name) + "\x00")
	}
	return key.String()
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
		key := keyOf(by, func(label string) string { return series.Labels[label] })
		g, has := known[key]
		if !has {
			g = &alike{labels: only(series.Labels, by)}
			known[key] = g
			groups = append(groups, g)
		}
		g.series = append(g.series, series)
	}
	return groups
}

// only returns those of the labels that have some names.
func only(all map[string]string, names []string) map[string]string {
	some := make(map[string]string, len(names))
	for _, name := range names {
		if value := all[name]; value != "" {
			some[name] = value
		}
	}
	return some
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
