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
	"github.com/sourcegraph/conc/pool"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// histogramGrain is the duration to whose multiples the range of facts is widened, so that panels share them whose ranges
// differ little, or slide.
const histogramGrain = time.Hour

// Histograms returns the kinds and bucket edges of histograms between start and end, widened to whole hours. Edges that some
// of a histogram's series lack at an instant are partial; the first such instant is a lookback after start, since
// expressions that are evaluated at an instant look back from it. The facts are cached for some minutes. The error is the
// *Error of the first request that failed.
func (s *Store) Histograms(ctx context.Context, selectors []expand.HistogramSelector, start, end time.Time, lookback time.Duration, merge Merge) (expand.Facts, error) {
	start, end = start.Truncate(histogramGrain), end.Add(histogramGrain-1).Truncate(histogramGrain)
	keys := make([]histogramKey, len(selectors))
	for i, selector := range selectors {
		keys[i] = histogramKey{selector: selector, start: start.Unix(), end: end.Unix(), lookback: lookback, identity: s.identity(ctx)}
	}
	found, err := s.histograms.get(ctx, s.urgent(ctx), keys, func(ctx context.Context, missing []int) []foundHistogram {
		ctx, cancel := s.bounded(ctx)
		defer cancel()
		l := &histogramLookup{store: s, start: start, end: end, lookback: lookback, merge: merge}
		for _, at := range missing {
			l.selectors = append(l.selectors, selectors[at])
		}
		return l.run(ctx)
	})
	if err != nil {
		return expand.Facts{}, s.errors.translate(ctx, "", err)
	}
	facts := expand.Facts{Histograms: map[expand.HistogramSelector]expand.Timeline[expand.Histogram]{}}
	for i, selector := range selectors {
		facts.Histograms[selector] = found[i].timeline()
		facts.Partial = facts.Partial || found[i].partial
	}
	return facts, nil
}

// histogramLookup looks up histograms between start and end. Those of one metric are looked up together.
type histogramLookup struct {
	store      *Store
	selectors  []expand.HistogramSelector
	start, end time.Time
	lookback   time.Duration
	merge      Merge
	// held is what the answers take until all of them are there.
	held *hold
}

// run returns the result for each selector.
func (l *histogramLookup) run(ctx context.Context) []foundHistogram {
	l.held = &hold{account: l.store.bounds(ctx).account}
	defer l.held.release()
	all := make([]int, len(l.selectors))
	for i := range all {
		all[i] = i
	}
	var native []labelValues
	classic := make([]foundHistogram, len(all))
	var both conc.WaitGroup
	both.Go(func() {
		native = l.valuesOfAll(ctx, model.MetricNameLabel, func(s expand.HistogramSelector) string { return s.Native }, all)
	})
	both.Go(func() { l.findBuckets(ctx, classic) })
	both.Wait()
	for i := range classic {
		classic[i].Native = len(native[i].values) > 0
		classic[i].partial = classic[i].partial || native[i].partial
		classic[i].err = cmp.Or(classic[i].err, native[i].err)
	}
	l.findByLabel(ctx, classic, expand.RangeLabel, func(one *foundHistogram, values model.LabelValues) {
		for _, v := range values {
			one.Ranges = append(one.Ranges, string(v))
		}
	})
	return classic
}

// findBuckets sets the bucket edges of each selector: from the series that there are at some instants, or else, so that none
// is overlooked, from the values of le.
func (l *histogramLookup) findBuckets(ctx context.Context, found []foundHistogram) {
	if err := l.countBuckets(ctx, found); err != nil {
		for i := range found {
			found[i].err = err
		}
		return
	}
	l.findByLabel(ctx, found, model.BucketLabel, func(one *foundHistogram, values model.LabelValues) {
		one.Classic, one.Edges = len(values) > 0, edges(values)
	})
}

// findByLabel sets what the values of a label say of the buckets of those selectors of which nothing is known yet.
func (l *histogramLookup) findByLabel(ctx context.Context, found []foundHistogram, label string, set func(*foundHistogram, model.LabelValues)) {
	var unknown []int
	for i := range found {
		if !found[i].isKnown() && found[i].err == nil {
			unknown = append(unknown, i)
		}
	}
	for k, v := range l.valuesOfAll(ctx, label, func(s expand.HistogramSelector) string { return s.Bucket }, unknown) {
		one := &found[unknown[k]]
		one.partial, one.err = one.partial || v.partial, v.err
		set(one, v.values)
	}
}

// labelValues are the values of a label.
type labelValues struct {
	values  model.LabelValues
	partial bool
	err     error
}

// valuesOfAll returns the values that a label has for each of the selectors at some positions. Those of one metric are
// requested one by one only if there are any for all of them together.
func (l *histogramLookup) valuesOfAll(ctx context.Context, label string, text func(expand.HistogramSelector) string, positions []int) []labelValues {
	selectors := make([]expand.HistogramSelector, len(positions))
	for k, i := range positions {
		selectors[k] = l.selectors[i]
	}
	found := make([]labelValues, len(positions))
	families := expand.HistogramFamilies(selectors)
	l.inParallel(len(families), func(i int) {
		family := families[i]
		if len(family.Members) == 1 {
			return
		}
		if all := l.valuesOf(ctx, label, text(family.All)); len(all.values) == 0 {
			for _, k := range family.Members {
				found[k] = all
			}
			families[i].Members = nil
		}
	})
	var rest []int
	for _, family := range families {
		rest = append(rest, family.Members...)
	}
	l.inParallel(len(rest), func(i int) { found[rest[i]] = l.valuesOf(ctx, label, text(selectors[rest[i]])) })
	return found
}

// inParallel does some work n times, on no more goroutines than the store has slots.
func (l *histogramLookup) inParallel(n int, work func(i int)) {
	workers := pool.New().WithMaxGoroutines(cap(l.store.slots) + cap(l.store.reserved))
	for i := range n {
		workers.Go(func() { work(i) })
	}
	workers.Wait()
}

// valuesOf returns the values that a label has for a selector.
func (l *histogramLookup) valuesOf(ctx context.Context, label, selector string) (v labelValues) {
	v.values, v.partial, v.err = l.store.labelValues(ctx, l.held, label, selector, l.start, l.end)
	return v
}

// edges returns the finite bounds among the values of le in ascending order, each with all its spellings.
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
