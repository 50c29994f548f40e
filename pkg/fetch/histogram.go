package fetch

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/common/model"
	"golang.org/x/sync/errgroup"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// How long is remembered what the store said of a histogram. A histogram that is not there yet is looked for again
// soon.
const (
	histogramTTL        = 10 * time.Minute
	missingHistogramTTL = 30 * time.Second
)

// histogramGrain is what the range of facts is widened to, so that panels whose ranges differ little, or slide, share
// them.
const histogramGrain = time.Hour

// histogramKey identifies a fact: of which histogram, in which range in Unix seconds, told to whom.
type histogramKey struct {
	selector   expand.HistogramSelector
	start, end int64
	identity   string
}

// Histograms returns what the store has of the histograms between start and end, widened to whole hours. Facts are
// remembered for a while. The error is an *Error of the first histogram that could not be asked for.
func (s *Store) Histograms(ctx context.Context, selectors []expand.HistogramSelector, start, end time.Time) (expand.Facts, error) {
	start, end = start.Truncate(histogramGrain), end.Add(histogramGrain-1).Truncate(histogramGrain)
	found := make([]expand.Histogram, len(selectors))
	group, groupCtx := errgroup.WithContext(ctx)
	for i, selector := range selectors {
		key := histogramKey{selector: selector, start: start.Unix(), end: end.Unix(), identity: s.identity(ctx)}
		group.Go(func() (err error) {
			found[i], err = s.histograms.get(groupCtx, s.urgent(ctx), key, func(ctx context.Context) (expand.Histogram, time.Duration, error) {
				return s.histogram(ctx, selector, start, end)
			})
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, s.translate(ctx, "", err)
	}
	facts := expand.Facts{}
	for i, selector := range selectors {
		facts[selector] = found[i]
	}
	return facts, nil
}

// histogram asks for one histogram, and says how long what it found is to be remembered: not at all where the store
// warned that it did not look everywhere.
func (s *Store) histogram(ctx context.Context, selector expand.HistogramSelector, start, end time.Time) (expand.Histogram, time.Duration, error) {
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	var (
		found  expand.Histogram
		warned atomic.Bool
	)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		bounds, partial, err := s.labelValues(ctx, model.BucketLabel, selector.Bucket, start, end)
		warned.CompareAndSwap(false, partial)
		found.Classic, found.Edges = len(bounds) > 0, edges(bounds)
		if err != nil || len(found.Edges) == 0 {
			return err
		}
		found.Edges, partial, err = s.compare(ctx, selector, start, end, found.Edges)
		warned.CompareAndSwap(false, partial)
		return err
	})
	group.Go(func() error {
		names, partial, err := s.labelValues(ctx, model.MetricNameLabel, selector.Native, start, end)
		found.Native = len(names) > 0
		warned.CompareAndSwap(false, partial)
		return err
	})
	err := group.Wait()
	return found, histogramLife(found, warned.Load()), err
}

// layouts is at how many instants of a range it is looked which series have which buckets.
const layouts = 24

// compare returns those of the edges that series have at some instants of a range, without its first day, which is there
// for windows to look back to. It marks the edges that some series lack then, and returns all of them where there are no
// series. It reports whether the store warned that it did not look everywhere.
func (s *Store) compare(ctx context.Context, selector expand.HistogramSelector, start, end time.Time, edges []expand.Edge) (known []expand.Edge, warned bool, err error) {
	promQL, err := selector.Layout()
	if err != nil {
		return nil, false, err
	}
	answer, err := s.answer(ctx, plan.Leaf{PromQL: promQL, Range: layoutRange(start.Add(plan.MaxWindow), end, s.now())}, s.maxSeries)
	counts := map[float64][]float64{}
	for _, series := range answer.Series {
		bound, err := strconv.ParseFloat(series.Labels[model.BucketLabel], 64)
		if err == nil {
			counts[bound] = added(counts[bound], series.Values)
		}
	}
	all := counts[math.Inf(1)]
	for _, edge := range edges {
		count, seen := counts[edge.Bound]
		if seen || all == nil {
			edge.Partial = seen && fewer(count, all)
			known = append(known, edge)
		}
	}
	return known, len(answer.Warnings) > 0, err
}

// layoutRange returns the instants from start to end, or now where that is earlier, at which buckets are counted.
func layoutRange(start, end, now time.Time) plan.Range {
	if now.Before(end) {
		end = now.Truncate(time.Minute)
	}
	step := (end.Sub(start)/layouts + time.Minute - 1).Truncate(time.Minute)
	if step <= 0 {
		return plan.Instant(end)
	}
	return plan.Range{Start: end.Add(-end.Sub(start).Truncate(step)), End: end, Step: step}
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

// histogramLife returns how long what was found is to be remembered.
func histogramLife(found expand.Histogram, warned bool) time.Duration {
	switch {
	case warned:
		return 0
	case found.Classic || found.Native:
		return histogramTTL
	default:
		return missingHistogramTTL
	}
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
