package fetch

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"github.com/sourcegraph/conc"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// histogramGrain is the duration to whose multiples the range of facts is widened, so that panels share them whose ranges differ
// little, or slide.
const histogramGrain = time.Hour

// Histograms returns the kinds and bucket edges of histograms between start and end, widened to whole hours. They are cached for
// some minutes. The error is the *Error of the first request that failed.
func (s *Store) Histograms(ctx context.Context, selectors []expand.HistogramSelector, start, end time.Time) (expand.Facts, error) {
	start, end = start.Truncate(histogramGrain), end.Add(histogramGrain-1).Truncate(histogramGrain)
	keys := make([]histogramKey, len(selectors))
	for i, selector := range selectors {
		keys[i] = histogramKey{selector: selector, start: start.Unix(), end: end.Unix(), identity: s.identity(ctx)}
	}
	found, err := s.histograms.get(ctx, s.urgent(ctx), keys, func(ctx context.Context, missing []int) []foundHistogram {
		ctx, cancel := s.bounded(ctx)
		defer cancel()
		l := &lookup{store: s, start: start, end: end}
		for _, at := range missing {
			l.selectors = append(l.selectors, selectors[at])
		}
		return l.histograms(ctx)
	})
	if err != nil {
		return nil, s.translate(ctx, "", err)
	}
	facts := expand.Facts{}
	for i, selector := range selectors {
		facts[selector] = found[i].Histogram
	}
	return facts, nil
}

// lookup looks up histograms in a range. Those of one metric are looked up together.
type lookup struct {
	store      *Store
	selectors  []expand.HistogramSelector
	start, end time.Time
}

// histograms returns the result for each selector.
func (l *lookup) histograms(ctx context.Context) []foundHistogram {
	all := make([]int, len(l.selectors))
	for i := range all {
		all[i] = i
	}
	var native []values
	classic := make([]foundHistogram, len(all))
	var both conc.WaitGroup
	both.Go(func() {
		native = l.valuesOf(ctx, model.MetricNameLabel, func(s expand.HistogramSelector) string { return s.Native }, all)
	})
	both.Go(func() { l.classic(ctx, classic) })
	both.Wait()
	for i := range classic {
		classic[i].Native = len(native[i].values) > 0
		classic[i].partial = classic[i].partial || native[i].partial
		classic[i].err = cmp.Or(classic[i].err, native[i].err)
	}
	return classic
}

// classic finds the buckets of each selector: by the series that there are at some instants, or else, so that none is
// overlooked, by the values of le.
func (l *lookup) classic(ctx context.Context, found []foundHistogram) {
	leaves := make([]plan.Leaf, len(found))
	over := layoutRange(l.start.Add(query.MaxWindow), l.end, l.store.now())
	for i, selector := range l.selectors {
		promQL, err := selector.Layout()
		if err != nil {
			found[i].err = err
			return
		}
		leaves[i] = plan.Leaf{PromQL: promQL, Range: over}
	}
	l.store.answers(ctx, leaves, func(at int, answer plan.Answer, err error) {
		found[at].Edges, found[at].Classic = layout(answer.Series)
		found[at].partial, found[at].err = len(answer.Warnings) > 0, cmp.Or(found[at].err, err)
	})
	var others []int
	for i := range found {
		if !found[i].Classic && found[i].err == nil {
			others = append(others, i)
		}
	}
	for k, le := range l.valuesOf(ctx, model.BucketLabel, func(s expand.HistogramSelector) string { return s.Bucket }, others) {
		one := &found[others[k]]
		one.Classic, one.Edges, one.partial, one.err = len(le.values) > 0, edges(le.values), one.partial || le.partial, le.err
	}
}

// layouts is at how many instants of a range it is looked which series have which buckets.
const layouts = 24

// layout returns the edges of buckets, given how many series have each at some instants, and marks those that some lack
// then. It reports whether there are any series.
func layout(counted []series.Series) (known []expand.Edge, isThere bool) {
	counts := map[float64][]float64{}
	var le model.LabelValues
	for _, s := range counted {
		value := s.Labels.Get(model.BucketLabel)
		if bound, err := strconv.ParseFloat(value, 64); err == nil {
			counts[bound], le = added(counts[bound], s.Values), append(le, model.LabelValue(value))
		}
	}
	all, isThere := counts[math.Inf(1)]
	if !isThere {
		return nil, false
	}
	known = edges(le)
	for i := range known {
		known[i].Partial = fewer(counts[known[i].Bound], all)
	}
	return known, true
}

// values are those of a label.
type values struct {
	values  model.LabelValues
	partial bool
	err     error
}

// valuesOf returns the values that a label has for each of some selectors. Of those of one metric it is asked first
// whether there are any at all.
func (l *lookup) valuesOf(ctx context.Context, label string, text func(expand.HistogramSelector) string, of []int) []values {
	selectors := make([]expand.HistogramSelector, len(of))
	for k, i := range of {
		selectors[k] = l.selectors[i]
	}
	found := make([]values, len(of))
	var group conc.WaitGroup
	for _, family := range expand.HistogramFamilies(selectors) {
		group.Go(func() {
			if len(family.Members) > 1 {
				if all := l.values(ctx, label, text(family.All)); len(all.values) == 0 {
					for _, k := range family.Members {
						found[k] = all
					}
					return
				}
			}
			for _, k := range family.Members {
				group.Go(func() { found[k] = l.values(ctx, label, text(selectors[k])) })
			}
		})
	}
	group.Wait()
	return found
}

// values returns the values that a label has for a selector.
func (l *lookup) values(ctx context.Context, label, selector string) (v values) {
	v.values, v.partial, v.err = l.store.labelValues(ctx, label, selector, l.start, l.end)
	return v
}

// layoutRange returns the instants from start to end, or now where that is earlier, at which buckets are counted.
func layoutRange(start, end, now time.Time) series.Range {
	if now.Before(end) {
		end = now.Truncate(time.Minute)
	}
	step := (end.Sub(start)/layouts + time.Minute - 1).Truncate(time.Minute)
	if step <= 0 {
		return series.InstantOf(end)
	}
	return series.New(end.Add(-end.Sub(start).Truncate(step)), end, step)
}

// added adds numbers to those of a sum, where either has one.
func added(sum, numbers []float64) []float64 {
	if sum == nil {
		return numbers
	}
	sum = slices.Clone(sum)
	for i, number := range numbers {
		switch {
		case math.IsNaN(sum[i]):
			sum[i] = number
		case !math.IsNaN(number):
			sum[i] += number
		}
	}
	return sum
}

// fewer reports whether a count is below that of all series at any instant at which there are some.
func fewer(count, all []float64) bool {
	for i := range all {
		if !math.IsNaN(all[i]) && !(count[i] >= all[i]) {
			return true
		}
	}
	return false
}

// edges returns the finite bounds among the values of le, ascending, each with all its spellings.
func edges(values model.LabelValues) []expand.Edge {
	spellings := map[float64][]string{}
	for _, value := range values {
		bound, err := strconv.ParseFloat(string(value), 64)
		if err != nil || math.IsInf(bound, 0) || math.IsNaN(bound) {
			continue
		}
		spellings[bound] = append(spellings[bound], string(value))
	}
	found := make([]expand.Edge, 0, len(spellings))
	for bound, spelt := range spellings {
		slices.Sort(spelt)
		found = append(found, expand.Edge{Bound: bound, Spellings: spelt})
	}
	slices.SortFunc(found, func(a, b expand.Edge) int { return cmp.Compare(a.Bound, b.Bound) })
	return found
}
