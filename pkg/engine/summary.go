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

// summaryPoints is how many instants of a range the money of a summary is computed at.
const summaryPoints = 500

// recent is how long before now a range may end that is one up to now.
const recent = 5 * time.Minute

// execSummary answers a request for a summary by several queries: for the scores at both ends of the range, and for what happened
// in between. Those that the catalog states nothing for, and those that are too large, which it notes, are left out.
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
		q, times := x.Query, x.Times
		q.Level, q.Format, q.Measure, q.Window = part.level, part.format, part.measure, query.WindowAuto
		times.Interval = max(times.Interval, times.To.Sub(times.From)/summaryPoints)
		found, err := x.optional(ctx, q, times)
		if large := (*plan.TooLarge)(nil); errors.As(err, &large) {
			all.Notices.Add(tooLong)
			between.IsCut = true
			continue
		}
		if err != nil {
			return nil, err
		}
		if found != nil {
			*part.answer = found.Result
			all.Requests = all.Requests.with(found.Requests)
			all.Notices.Merge(found.StoreNotices)
		}
	}
	all.Summarize(between)
	return all, nil
}

// tooLong is the notice on a summary that leaves something out.
var tooLong = cer.Notice{Text: "what happened within the range is left out in part, since its states are too many to decide; choose a shorter range, or name flows"}

// optional returns the answer to another query; nil where the catalog states nothing for it.
func (x *execution) optional(ctx context.Context, q query.Query, times plan.Times) (*Result, error) {
	part := x.about(x.Catalog, q, times)
	part.maxFlowInstants = maxSummaryInstants
	found, err := part.exec(ctx)
	if invalid := (*query.Invalid)(nil); errors.As(err, &invalid) && invalid.Unstated {
		return nil, nil
	}
	return found, err
}
