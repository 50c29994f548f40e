package expand

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Derive returns what the store would have answered to each of the members, given its answer to the merged expression.
// Columns may be those of the merged answer, and must not be changed.
func (m Merged) Derive(merged []series.Series) [][]series.Series {
	if m.sums == nil {
		return [][]series.Series{merged}
	}
	byValues := map[string][]series.Series{}
	for _, s := range merged {
		key := keyOf(m.labels, s.Labels.Get)
		byValues[key] = append(byValues[key], s)
	}
	all := make([][]series.Series, len(m.sums))
	for i, s := range m.sums {
		all[i] = m.derive(s, byValues)
	}
	return all
}

// derive takes a sum out of the merged series, by the values of the labels in which members differ.
func (m Merged) derive(s *sum, byValues map[string][]series.Series) []series.Series {
	values := map[string]string{}
	var others []*labels.Matcher
	for _, matcher := range s.matchers {
		if matcher.Type == labels.MatchEqual {
			values[matcher.Name] = matcher.Value
		}
		if m.matchers[matcher.String()] == nil {
			others = append(others, compiled(matcher))
		}
	}
	candidates := byValues[keyOf(m.labels, func(label string) string { return values[label] })]
	groups := grouped(candidates, s.by, func(one series.Series) bool {
		return !slices.ContainsFunc(others, func(m *labels.Matcher) bool { return !m.Matches(one.Labels.Get(m.Name)) })
	})
	sums := make([]series.Series, len(groups))
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
	labels labels.Labels
	series []series.Series
}

// grouped groups those series that are kept by the values of some labels, in the order in which they come.
func grouped(all []series.Series, by []string, kept func(series.Series) bool) []*alike {
	var groups []*alike
	known := map[string]*alike{}
	for _, one := range all {
		if !kept(one) {
			continue
		}
		key := keyOf(by, one.Labels.Get)
		g, has := known[key]
		if !has {
			g = &alike{labels: only(one.Labels, by)}
			known[key] = g
			groups = append(groups, g)
		}
		g.series = append(g.series, one)
	}
	return groups
}

// only returns those of the labels that have some names.
func only(all labels.Labels, names []string) labels.Labels {
	builder := labels.NewScratchBuilder(len(names))
	for _, name := range names {
		if value := all.Get(name); value != "" {
			builder.Add(name, value)
		}
	}
	builder.Sort()
	return builder.Labels()
}

// sum adds up the series, at each instant those that have a number there.
func (g *alike) sum() series.Series {
	if len(g.series) == 1 {
		return series.Series{Labels: g.labels, Values: g.series[0].Values}
	}
	sum := series.Series{Labels: g.labels, Values: slices.Clone(g.series[0].Values)}
	for _, other := range g.series[1:] {
		for i, v := range other.Values {
			switch {
			case !series.IsSample(v):
			case !series.IsSample(sum.Values[i]):
				sum.Values[i] = v
			default:
				sum.Values[i] = series.Sample(sum.Values[i] + v)
			}
		}
	}
	return sum
}

// quantiles returns that of each group of buckets, as PromQL's histogram_quantile does.
func quantiles(q float64, buckets []series.Series) []series.Series {
	var by []string
	for _, one := range buckets {
		one.Labels.Range(func(label labels.Label) {
			if label.Name != model.BucketLabel && !slices.Contains(by, label.Name) {
				by = append(by, label.Name)
			}
		})
	}
	slices.Sort(by)
	var all []series.Series
	for _, g := range grouped(buckets, by, isBucket) {
		bounds := make([]float64, len(g.series))
		for i, bucket := range g.series {
			bounds[i], _ = strconv.ParseFloat(bucket.Labels.Get(model.BucketLabel), 64)
		}
		all = append(all, series.Series{Labels: g.labels, Values: quantile(q, bounds, g.series)})
	}
	return all
}

// isBucket reports whether a series is that of a bucket.
func isBucket(s series.Series) bool {
	_, err := strconv.ParseFloat(s.Labels.Get(model.BucketLabel), 64)
	return err == nil
}

// quantile is the quantile of buckets at each instant, NaN where there are none.
func quantile(q float64, bounds []float64, counts []series.Series) []float64 {
	values := make([]float64, len(counts[0].Values))
	buckets := make(promql.Buckets, 0, len(counts))
	for i := range values {
		buckets = buckets[:0]
		for k, bound := range bounds {
			if count := counts[k].Values[i]; series.IsSample(count) {
				buckets = append(buckets, promql.Bucket{UpperBound: bound, Count: count})
			}
		}
		values[i] = math.NaN()
		if len(buckets) > 0 {
			v, _, _, _, _, _ := promql.BucketQuantile(q, buckets)
			values[i] = series.Sample(v)
		}
	}
	return values
}
