package expand

import (
	"math"
	"slices"
	"strconv"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// extract says how the answer to a member is computed from that to the merged expression.
type extract struct {
	// key is that of the member's values of the labels of which each member has one.
	key string
	// matchers are the member's, but for those that all members have.
	matchers labels.Selector
	by       []string
	// quantile is the level of a quantile, where isQuantile is set; isAge says that it is an age.
	quantile          float64
	isQuantile, isAge bool
}

// Unmerge returns the answers that the store would have given to each of the members, in their order, given its answer to
// the merged expression. Their values may be those of that answer, and must not be changed.
func (m Merged) Unmerge(answer []series.Series) [][]series.Series {
	if m.extracts == nil {
		return [][]series.Series{answer}
	}
	byValues := map[string][]series.Series{}
	var key []byte
	for _, s := range answer {
		key = appendValues(key[:0], m.labels, s.Labels.Get)
		byValues[string(key)] = append(byValues[string(key)], s)
	}
	all := make([][]series.Series, len(m.extracts))
	for i, x := range m.extracts {
		all[i] = x.from(byValues[x.key])
	}
	return all
}

// from computes the answer from the merged series that have the member's values.
func (x extract) from(candidates []series.Series) []series.Series {
	groups := grouped(candidates, x.by, func(s series.Series) bool {
		return x.matchers.Matches(s.Labels)
	})
	sums := make([]series.Series, len(groups))
	for i, g := range groups {
		if x.isAge {
			sums[i] = g.combined(math.Min)
		} else {
			sums[i] = g.combined(func(a, b float64) float64 { return a + b })
		}
	}
	if x.isQuantile {
		return quantiles(x.quantile, sums)
	}
	return sums
}

// appendValues appends the values of labels to a key.
func appendValues(key []byte, names []string, valueOf func(string) string) []byte {
	for _, name := range names {
		key = append(append(key, valueOf(name)...), 0)
	}
	return key
}

// seriesGroup is series that have the same values of some labels.
type seriesGroup struct {
	labels labels.Labels
	series []series.Series
}

// grouped groups those series that are kept by the values of some labels, in the order in which they come.
func grouped(all []series.Series, by []string, kept func(series.Series) bool) []*seriesGroup {
	var groups []*seriesGroup
	known := map[string]*seriesGroup{}
	var key []byte
	for _, s := range all {
		if !kept(s) {
			continue
		}
		key = appendValues(key[:0], by, s.Labels.Get)
		g, ok := known[string(key)]
		if !ok {
			g = &seriesGroup{labels: only(s.Labels, by)}
			known[string(key)] = g
			groups = append(groups, g)
		}
		g.series = append(g.series, s)
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

// combined returns one series of all, by a function of two numbers, at each instant of those that have a number there.
func (g *seriesGroup) combined(of func(a, b float64) float64) series.Series {
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
				sum.Values[i] = series.Sample(of(sum.Values[i], v))
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
			if !isBucketLabel(label.Name) && !slices.Contains(by, label.Name) {
				by = append(by, label.Name)
			}
		})
	}
	slices.Sort(by)
	var all []series.Series
	for _, g := range grouped(buckets, by, isRange) {
		all = append(all, series.Series{Labels: g.labels, Values: rangeQuantile(q, g.series)})
	}
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

// isRange reports whether a series is that of a bucket that is called by its range.
func isRange(s series.Series) bool {
	_, ok := parseRange(s.Labels.Get(RangeLabel))
	return ok
}

// rangeQuantile is the quantile of buckets by ranges at each instant, NaN where there are none.
func rangeQuantile(q float64, counts []series.Series) []float64 {
	ranges := make([]valueRange, len(counts))
	for i, bucket := range counts {
		ranges[i], _ = parseRange(bucket.Labels.Get(RangeLabel))
	}
	values := make([]float64, len(counts[0].Values))
	for i := range values {
		values[i] = bucketQuantile(q, cumulated(ranges, counts, i))
	}
	return values
}

// bucketQuantile is PromQL's quantile of buckets; NaN where there are none.
func bucketQuantile(q float64, buckets promql.Buckets) float64 {
	if len(buckets) == 0 {
		return math.NaN()
	}
	v, _, _, _, _, _ := promql.BucketQuantile(q, buckets)
	return series.Sample(v)
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
		values[i] = bucketQuantile(q, buckets)
	}
	return values
}
