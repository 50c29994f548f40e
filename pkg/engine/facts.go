package engine

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/sourcegraph/conc/pool"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// newestGrain is the distance of the newest time at which the spacing of samples is measured, which is older than late samples can
// be, so that what was found once stays. The others are multiples of expand.SpacingStep.
const newestGrain = expand.NewestSpacingStep

// facts returns what the store has of the series that the query needs, over the time that the query may look back on. Of the future
// nothing is asked.
func (x *execution) facts(ctx context.Context) (facts expand.Facts, err error) {
	if x.Times.Until().Before(x.Times.From) {
		return facts, nil
	}
	questions, err := plan.QuestionsOf(x.Query, x.Catalog)
	if err != nil {
		return facts, err
	}
	start := factsStart(x.Times.From.Add(-plan.Reach(x.Query, x.Catalog)), x.Times.Until())
	spacings := make([]measuredSpacing, len(questions.Spacings))
	group := pool.New().WithMaxGoroutines(maxFactQuestions).WithContext(ctx).WithCancelOnError().WithFirstError() // It hands panics on.
	group.Go(func(ctx context.Context) (err error) {
		later := query.MaxWindow - plan.LooksBack(x.Query, x.Catalog, x.Times) // Of before nothing is looked at.
		facts, err = x.batch.Histograms(ctx, questions.Histograms, start, x.Times.Until(), later, mergedBy(expand.MergeTexts))
		return err
	})
	x.partial = new(atomic.Bool)
	for i, question := range questions.Spacings {
		group.Go(func(ctx context.Context) (err error) {
			spacings[i], err = x.spacing(ctx, question, x.spacingTimes(start))
			return err
		})
	}
	recorded := make([]expand.RecordedLabels, len(questions.Recorded))
	for i, question := range questions.Recorded {
		group.Go(func(ctx context.Context) error {
			found, _, err := x.atTimes(ctx, question.Expr, []int64{x.newest().UnixMilli()}, []int{0})
			recorded[i] = expand.RecordedLabelsOf(found)
			return err
		})
	}
	err = group.Wait()
	facts.Partial = facts.Partial || x.partial.Load()
	facts.Recorded = map[string]expand.RecordedLabels{}
	for i, question := range questions.Recorded {
		facts.Recorded[question.Share] = recorded[i]
	}
	facts.Spacings, facts.Uncounted = map[string]expand.Timeline[expand.Spacing]{}, map[string]bool{}
	for i, question := range questions.Spacings {
		facts.Spacings[question.Metric], facts.Uncounted[question.Metric] = spacings[i].timeline, spacings[i].refused
	}
	return facts, err
}

// leastShared is the time from which on facts are looked for over some lengths of time only.
const leastShared = 48 * time.Hour

// factsStart returns a start for facts at or before the one that a query needs, so that queries whose windows are of about the same
// length share them: a store reads all samples of the time, however few instants are asked for. The lengths are 2, 3, 4, 6, 8, 12, ...
// days.
func factsStart(start, until time.Time) time.Time {
	needed := until.Sub(start)
	if needed <= leastShared {
		return start
	}
	shared := leastShared
	for shared < needed {
		if shared/2*3 >= needed {
			return until.Add(-shared / 2 * 3)
		}
		shared *= 2
	}
	return until.Add(-shared)
}

// newest returns the newest time at which facts are looked for.
func (x *execution) newest() time.Time {
	newest := series.FloorTime(x.Times.Now.Add(-x.Times.Overlap), newestGrain)
	if next := series.FloorTime(x.Times.Until(), expand.SpacingGrain).Add(expand.SpacingGrain); next.Before(newest) {
		return next
	}
	return newest
}

// atTimes returns the series of an expression with a value for each of some times: its value at those at some positions, and 0 at
// the others; and the answers that they are from.
func (x *execution) atTimes(ctx context.Context, expr *expand.Expr, times []int64, positions []int) (all []series.Series, answers []series.Answer, err error) {
	ranges, of := runs(times, positions)
	leaves := make([]fetch.Leaf, len(ranges))
	for i, over := range ranges {
		leaves[i] = expand.Leaf{Expr: expr, Range: over}.Key()
	}
	answers, err = x.batch.Fetch(ctx, leaves, nil)
	if err != nil {
		return nil, nil, err
	}
	for i, answer := range answers {
		if (len(all)+len(answer.Series))*len(times) > maxFactPoints {
			return nil, nil, errManyCounts
		}
		if answer.IsPartial() {
			x.partial.Store(true)
		}
		for _, s := range answer.Series {
			values := make([]float64, len(times))
			for k, v := range s.Values {
				values[of[i][k]] = v
			}
			all = append(all, series.Series{Labels: s.Labels, Values: values})
		}
	}
	return all, answers, nil
}

// runs returns the ranges of the times at some positions, and the positions of each: those that follow each other on a grid are one
// range.
func runs(times []int64, positions []int) (ranges []series.Range, of [][]int) {
	for _, at := range positions {
		if last := len(ranges) - 1; last >= 0 && extends(&ranges[last], times[at]) {
			of[last] = append(of[last], at)
			continue
		}
		ranges, of = append(ranges, series.Instant(times[at])), append(of, []int{at})
	}
	return ranges, of
}

// extends lets a range end at a time, and reports whether that is the next one on its grid.
func extends(r *series.Range, at int64) bool {
	for _, step := range []int64{expand.SpacingGrain.Milliseconds(), expand.SpacingStep.Milliseconds(), expand.NewestSpacingStep.Milliseconds()} {
		if at == r.End+step && at%step == 0 && (r.IsInstant() || r.Step == step) {
			r.Step, r.End = step, at
			return true
		}
	}
	return false
}
