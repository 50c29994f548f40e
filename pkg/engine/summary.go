package engine

import (
	"context"
	"errors"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// summaryPoints is the number of instants of a range at which the money of a summary is computed, at most.
const summaryPoints = 500

// recent is how long before now a range may end, and still count as one up to now.
const recent = 5 * time.Minute

// execSummary answers a request for a summary by several queries: for the scores at both ends of the range, and for what happened
// in between. Queries that the catalog has nothing for are left out, and so are those that are too large, with a notice.
func (x *execution) execSummary(ctx context.Context) (*Result, error) {
	all, err := x.execPlan(ctx)
	if err != nil || all.Plan.Range.Len() < 2 || len(x.Query.Components) > 0 { // States are those of all components.
		return all, err
	}
	between := eval.Between{From: x.Times.From, To: x.Times.Until(), Recent: x.Times.Now.Sub(x.Times.To) < recent}
	for _, part := range []struct {
		answer  **eval.Result
		level   query.Level
		format  query.Format
		measure query.Measure
	}{
		{&between.Whole, query.LevelOverall, query.Incidents, query.State},
		{&between.Flows, query.LevelFlow, query.Incidents, query.State},
		{&between.Money, query.LevelFlow, query.Timeseries, query.RevenueAtRisk},
	} {
		found, err := x.within(ctx, part.level, part.format, part.measure)
		switch large := (*plan.TooLarge)(nil); {
		case errors.As(err, &large):
			all.Notices.Add(tooLong)
			between.IsCut = true
		case err != nil:
			return nil, err
		case found != nil:
			*part.answer = found.Result
			all.Requests = all.Requests.with(found.Requests)
			all.Notices.Merge(found.StoreNotices)
		}
	}
	all.Summarize(between)
	return all, nil
}

// tooLong is the notice on a summary that leaves something out.
var tooLong = cer.Notice{Text: "the summary leaves out some of what happened within the range, because there are too many states to compute; choose a shorter range, or name flows"}

// within answers a query for what happened within the range; nil where the catalog has nothing for it.
func (x *execution) within(ctx context.Context, level query.Level, format query.Format, measure query.Measure) (*Result, error) {
	q, times := x.Query, x.Times
	q.Level, q.Format, q.Measure, q.Window = level, format, measure, query.WindowAuto
	times.Interval = max(times.Interval, times.To.Sub(times.From)/summaryPoints)
	part := x.about(x.Catalog, q, times)
	part.maxFlowInstants = maxSummaryInstants
	found, err := part.exec(ctx)
	if invalid := (*query.Invalid)(nil); errors.As(err, &invalid) && invalid.Unstated {
		return nil, nil
	}
	return found, err
}
