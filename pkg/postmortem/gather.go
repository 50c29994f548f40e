package postmortem

import (
	"context"
	"errors"
	"math"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/replay"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// beforehand is how long before the onset events are looked for.
const beforehand = 2 * time.Hour

// work is what it takes to write one report.
type work struct {
	Request
	engine  *engine.Engine
	session *engine.Session
	catalog *catalog.Catalog
	flow    *cer.Flow
	now     time.Time
	notices cer.Annotations
}

// Write returns the report of an incident by the telemetry of an engine's store, at a time that is now. The error is a *NotFound one
// where there was no such incident, a *query.Invalid one where nothing can be known of incidents of the flow, or one of the engine.
func Write(ctx context.Context, e *engine.Engine, c *catalog.Catalog, r Request, now time.Time) (*Report, error) {
	f, _, err := replay.Find(c, r.Flow, "")
	if err != nil {
		return nil, err
	}
	session := e.Session(ctx)
	defer session.Close()
	w := &work{Request: r, engine: e, session: session, catalog: c, flow: f, now: now}
	found, until, err := w.find(ctx)
	if err != nil {
		return nil, err
	}
	report := w.reportOf(found, until)
	for _, gather := range []func(context.Context, *Report) error{w.addBudget, w.addRevenue, w.addScores, w.addPolicies, w.addEvents} {
		if err := gather(ctx, report); err != nil {
			return nil, err
		}
	}
	for _, n := range w.notices {
		report.Notices = append(report.Notices, n.String())
	}
	report.Timeline, report.Questions = timelineOf(report), questionsOf(report)
	return report, nil
}

// exec answers a query over a range, in steps of a minute. Notices that cast doubt on numbers are kept.
func (w *work) exec(ctx context.Context, q query.Query, from, to time.Time) (*engine.Result, error) {
	result, err := w.engine.Exec(ctx, w.session, engine.Request{
		Catalog: w.catalog, Query: q, RefID: "report", Times: plan.Times{From: from, To: to, Now: w.now, Interval: cer.Grid},
	})
	if err != nil {
		return nil, err
	}
	for _, notices := range []cer.Annotations{result.Plan.Notices, result.Notices} {
		for _, n := range notices {
			if n.Severity != cer.Info {
				w.notices.Add(n)
			}
		}
	}
	return result, nil
}

// reportOf returns the report with what is known of the incident itself.
func (w *work) reportOf(i eval.Incident, until time.Time) *Report {
	return &Report{
		Catalog: w.catalog.Name, Revision: w.catalog.Revision,
		Flow: w.flow.Name, Title: w.flow.DisplayName(), Owner: w.flow.Owner, Runbook: w.flow.Runbook,
		Cohorts: w.cohorts(), State: i.Worst.String(),
		Onset: i.Onset.UTC(), BeganBefore: i.BeganBefore, Detected: i.Detected.UTC(), End: i.End.UTC(), Ongoing: i.Ongoing, Recovered: i.Recovered,
		EvaluatedAt: until.UTC(), TimeToDetect: inSeconds(i.TimeToDetect()), TimeToRecover: inSeconds(i.TimeToRecover()),
		LowestScore: number(i.LowestScore), Objective: stated(i.Member.Objective), BudgetSpent: number(i.BudgetSpent),
		BudgetWindow: model.Duration(w.catalog.Budget.Window).String(), CausedBy: contributions(i.SLIs), MostAffected: contributions(i.Cohorts),
		Scores: []Snapshot{}, Policies: []replay.PolicyOutcome{}, Events: []Event{}, Notices: []string{},
	}
}

// cohorts are those that the report is restricted to.
func (w *work) cohorts() string {
	texts := make([]string, len(w.Filters))
	for i, f := range w.Filters {
		texts[i] = f.Key + f.Operator + f.Value
	}
	return strings.Join(texts, ", ")
}

// inSeconds turns a number of minutes into one of seconds; nil for NaN.
func inSeconds(minutes float64) *float64 { return number(minutes * cer.Grid.Seconds()) }

// addBudget adds the error budget that is left, of a flow with an objective.
func (w *work) addBudget(ctx context.Context, r *Report) error {
	if r.Objective == nil {
		return nil
	}
	result, err := w.exec(ctx, w.query(query.Latest, query.Budget), r.EvaluatedAt, r.EvaluatedAt)
	if err == nil && len(result.Members) > 0 {
		r.BudgetLeft = number(result.Members[0].Newest(query.Budget))
	}
	return err
}

// addRevenue adds the revenue that was lost, of a flow that states its revenue.
func (w *work) addRevenue(ctx context.Context, r *Report) error {
	if w.flow.Revenue == nil {
		return nil
	}
	result, err := w.exec(ctx, w.query(query.Timeseries, query.RevenueAtRisk), r.Onset, r.End)
	if err != nil || len(result.Members) == 0 {
		return err
	}
	r.Revenue = &Revenue{Currency: w.flow.Revenue.Currency}
	if perHour, known := sum(result.Members[0].Columns[query.RevenueAtRisk]); known {
		lost := perHour * series.Duration(result.Plan.Range.Step).Hours()
		r.Revenue.Lost = &lost
	}
	return nil
}

// sum returns the sum of the numbers that are not NaN, and whether there are any.
func sum(column []float64) (all float64, known bool) {
	for _, v := range column {
		if !math.IsNaN(v) {
			all, known = all+v, true
		}
	}
	return all, known
}

// addScores adds the scores before, at the lowest score and after.
func (w *work) addScores(ctx context.Context, r *Report) error {
	course, err := w.exec(ctx, w.query(query.Timeseries, query.Score), r.Onset, r.End)
	if err != nil {
		return err
	}
	if err := w.addSnapshot(ctx, r, before, r.Onset.Add(-w.catalog.Window-cer.Grid)); err != nil {
		return err
	}
	if at, ok := lowestOf(course.Result); ok {
		if err := w.addSnapshot(ctx, r, lowest, at); err != nil {
			return err
		}
	}
	if at := r.End.Add(w.catalog.Window); !r.Ongoing && !at.After(r.EvaluatedAt) {
		return w.addSnapshot(ctx, r, after, at)
	}
	return nil
}

// lowestOf returns when the score of a flow was lowest for the first time; false where there is none.
func lowestOf(r *eval.Result) (at time.Time, ok bool) {
	if len(r.Members) == 0 {
		return at, false
	}
	least := math.Inf(1)
	for i, score := range r.Members[0].Columns[query.Score] {
		if score < least {
			least, at = score, r.Plan.Range.Time(i)
		}
	}
	return at, !math.IsInf(least, 1)
}

// addSnapshot adds the scores at a time.
func (w *work) addSnapshot(ctx context.Context, r *Report, when string, at time.Time) error {
	flow, err := w.exec(ctx, w.query(query.Table, query.Score), at, at)
	if err != nil {
		return err
	}
	ofSLIs := w.query(query.Table, query.Score)
	ofSLIs.Level = query.LevelSLI
	slis, err := w.exec(ctx, ofSLIs, at, at)
	if err != nil || len(flow.Members) == 0 {
		return err
	}
	m := flow.Members[0]
	s := Snapshot{When: when, At: at.UTC(), Score: number(m.Newest(query.Score)), Coverage: number(m.Newest(query.Coverage)), SLIs: []SLIScore{}}
	for _, m := range slis.Members {
		s.SLIs = append(s.SLIs, SLIScore{
			SLI: m.SLI.Name, Title: m.SLI.DisplayName(), Component: m.Component, DependsOn: m.SLI.DependsOn, Unit: unitOf(m.SLI),
			Value: number(m.Newest(query.Value)), Score: number(m.Newest(query.Score)),
		})
	}
	r.Scores = append(r.Scores, s)
	return nil
}

// unitOf returns the unit of an SLI's value.
func unitOf(s *cer.SLI) string {
	switch kind := s.Indicator.Kind(); {
	case kind.IsShare():
		return string(query.UnitShare)
	case kind == cer.KindQuantile:
		return string(query.UnitSeconds)
	default:
		return string(query.UnitNone)
	}
}

// addPolicies adds the policies that were on from the onset to the end.
func (w *work) addPolicies(ctx context.Context, r *Report) error {
	replayer := replay.Replayer{Engine: w.engine, Now: w.now}
	all, err := replayer.Policies(ctx, w.catalog, r.Flow, w.Filters, r.Onset.Add(-cer.Grid), r.End)
	for _, p := range all {
		if p.Count > 0 {
			r.Policies = append(r.Policies, p)
		}
	}
	return err
}

// addEvents adds the events, maintenances and changes of the catalog from some time before the onset up to the end, or for a day.
func (w *work) addEvents(ctx context.Context, r *Report) error {
	q := query.Query{Format: query.Events, Flows: query.Names{w.flow.Name}, Measure: query.Score, Level: query.LevelOverall, Window: query.WindowAuto}
	found, err := w.exec(ctx, q, r.Onset.Add(-beforehand), earlier(r.End, r.Onset.Add(day)))
	if invalid := (*query.Invalid)(nil); errors.As(err, &invalid) && invalid.Unstated {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range found.Events {
		r.Events = append(r.Events, Event{Name: e.Name, Kind: e.Kind, Text: e.Text(), From: e.From.UTC(), To: e.To.UTC()})
	}
	return nil
}
