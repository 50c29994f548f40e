package engine

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

const (
	// spacingGrain is how far apart the times are at which the spacing of samples is looked at, all of them multiples of it.
	spacingGrain = 12 * time.Hour
	// newestGrain is the distance of the newest of these times, which is older than late samples can be, so that what was found
	// once stays.
	newestGrain = 10 * time.Minute
)

// facts returns what the store has of the series that the query needs, over the time that the query may look back on.
func (x *execution) facts(ctx context.Context) (facts expand.Facts, err error) {
	questions, err := plan.QuestionsOf(x.Query, x.Catalog)
	if err != nil {
		return facts, err
	}
	start := x.Times.From.Add(-plan.Reach(x.Query, x.Catalog))
	spacings := make([]expand.Timeline[expand.Spacing], len(questions.Spacings))
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		facts, err = x.batch.Histograms(ctx, questions.Histograms, start, x.Times.Until(), query.MaxWindow, mergedBy(expand.MergeTexts))
		return err
	})
	for i, question := range questions.Spacings {
		group.Go(func() (err error) {
			spacings[i], err = x.spacing(ctx, question, start)
			return err
		})
	}
	err = group.Wait()
	facts.Spacings = map[string]expand.Timeline[expand.Spacing]{}
	for i, question := range questions.Spacings {
		facts.Spacings[question.Metric] = spacings[i]
	}
	return facts, err
}

// spacing returns how far apart the samples of a metric are, from a time on where the query is of time slices, else at the newest
// time.
func (x *execution) spacing(ctx context.Context, question expand.SpacingQuestion, start time.Time) (expand.Timeline[expand.Spacing], error) {
	ranges := x.spacingRanges(start)
	var times []int64
	for _, over := range ranges {
		for i := range over.Len() {
			times = append(times, over.At(i))
		}
	}
	answer, err := x.atTimes(ctx, question.Frequent, ranges)
	if err != nil {
		return nil, err
	}
	found, few := expand.FrequentSpacings(answer, len(times))
	if few {
		if answer, err = x.atTimes(ctx, question.Rare, ranges); err != nil {
			return nil, err
		}
		found = expand.WithRareSpacings(found, answer)
	}
	return expand.SpacingTimeline(times, found), nil
}

// spacingRanges returns the times at which spacings are looked at.
func (x *execution) spacingRanges(start time.Time) []series.Range {
	newest := series.FloorTime(x.Times.Now.Add(-x.Times.Overlap), newestGrain)
	if next := series.FloorTime(x.Times.Until(), spacingGrain).Add(spacingGrain); next.Before(newest) {
		newest = next
	}
	var ranges []series.Range
	if x.Query.Measure.IsOfSlices() {
		grid := series.New(series.FloorTime(start, spacingGrain), series.FloorTime(newest, spacingGrain), spacingGrain)
		if ranges = append(ranges, grid); grid.End == newest.UnixMilli() {
			return ranges
		}
	}
	return append(ranges, series.InstantOf(newest))
}

// atTimes returns the series of an expression at the times of ranges, one after the other; none where the store refuses the
// expression, since numbers can be had without facts.
func (x *execution) atTimes(ctx context.Context, expr *expand.Expr, ranges []series.Range) ([]series.Series, error) {
	leaves := make([]fetch.Leaf, len(ranges))
	n := 0
	for i, over := range ranges {
		leaves[i] = expand.Leaf{Expr: expr, Range: over}.Key()
		n += over.Len()
	}
	answers, err := x.batch.Fetch(ctx, leaves, nil)
	if fetch.IsOfTheQuery(err) {
		return nil, nil
	}
	var all []series.Series
	at := 0
	for i, answer := range answers {
		for _, s := range answer.Series {
			values := make([]float64, n)
			copy(values[at:], s.Values)
			all = append(all, series.Series{Labels: s.Labels, Values: values})
		}
		at += ranges[i].Len()
	}
	return all, err
}
