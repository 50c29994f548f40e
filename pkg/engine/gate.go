package engine

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/eval/gate"
	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// execGate answers a request for the verdict of a gate by two queries: for the evidence on its arms, and for the state of its condition.
func (x *execution) execGate(ctx context.Context) (*Result, error) {
	g, err := x.question(ctx)
	if err != nil {
		return nil, err
	}
	evidence, compared, err := x.evidence(ctx, &g)
	if err != nil {
		return nil, err
	}
	requirement, err := x.requirement(ctx, &g)
	if err != nil {
		return nil, err
	}
	over := series.InstantOf(g.To)
	if x.Query.Format == query.Timeseries {
		over = x.Times.Grid()
	}
	all := &Result{Result: &eval.Result{Plan: &plan.Plan{Query: x.Query, Catalog: x.Catalog, Range: over}}}
	for _, part := range []*Result{evidence, requirement} {
		if part != nil {
			all.Requests = all.Requests.with(part.Requests)
			all.Notices.Merge(part.StoreNotices)
			all.Notices.Merge(part.Plan.Notices)
		}
	}
	all.Gate = g.Decide(compared, resultOf(evidence), resultOf(requirement))
	all.Notices.Merge(all.Gate.Notices)
	all.Gate.Notices = all.Notices
	all.Members = all.Gate.Members(over, resultOf(evidence), resultOf(requirement))
	return all, nil
}

// resultOf returns the numbers of a result, which may be nil.
func resultOf(r *Result) *eval.Result {
	if r == nil {
		return nil
	}
	return r.Result
}

// explainGate plans both queries of a gate.
func (x *execution) explainGate(ctx context.Context) (*Explanation, error) {
	g, err := x.question(ctx)
	if err != nil {
		return nil, err
	}
	all := &Explanation{}
	for _, part := range x.partsOf(&g) {
		explanation, err := part.explain(ctx)
		if err != nil {
			return nil, err
		}
		all.Plans, all.Requests = append(all.Plans, explanation.Plans...), all.Requests.with(explanation.Requests)
	}
	return all, nil
}

// partsOf returns the queries of a gate.
func (x *execution) partsOf(g *gate.Question) []*execution {
	var parts []*execution
	if g.Evidence != nil {
		q, times := g.EvidenceQuery()
		parts = append(parts, x.about(g.Evidence, q, times))
	}
	if g.IsRequired() {
		q, times := g.RequirementQuery()
		parts = append(parts, x.about(g.Required, q, times))
	}
	return parts
}

// about returns the execution of another query in the same session.
func (x *execution) about(c *catalog.Catalog, q query.Query, times plan.Times) *execution {
	fork := *x
	fork.Catalog, fork.Query, fork.Times = c, q, times
	fork.Times.Noted = false
	return &fork
}

// question returns what is asked of a gate, whose start is resolved.
func (x *execution) question(ctx context.Context) (gate.Question, error) {
	since, times := x.Query.Since, x.Times
	if err := times.Check(); err != nil {
		return gate.Question{}, err
	}
	if event, ok := strings.CutPrefix(since, query.EventPrefix); ok {
		onset, err := x.onset(ctx, event)
		if err != nil {
			return gate.Question{}, err
		}
		times.From = onset
	} else if since != "" {
		times.From, _ = time.Parse(time.RFC3339, since) // It was validated.
	}
	return gate.New(x.Catalog, x.Query, times, gate.Options{Anchored: since != "", Override: x.Override})
}

// eventSpan is how far back events are looked for from which a gate looks at its candidate.
const eventSpan = 24 * time.Hour

// onset returns when the newest run of an event began.
func (x *execution) onset(ctx context.Context, event string) (time.Time, error) {
	named := func(e cer.Event) bool { return e.Name == event }
	if !slices.ContainsFunc(x.Catalog.Events, named) {
		return time.Time{}, query.Invalidf("the catalog has no event %q, which since names; add it, or set since to a time", event)
	}
	times := x.Times
	times.From = times.To.Add(-eventSpan)
	found, err := x.about(x.Catalog, query.Query{Format: query.Events, Measure: query.Score, Level: query.LevelOverall, Window: query.WindowAuto}, times).exec(ctx)
	if err != nil {
		return time.Time{}, err
	}
	var newest time.Time
	for _, e := range found.Events {
		if e.Name == event && e.From.After(newest) {
			newest = e.From
		}
	}
	if newest.IsZero() {
		return newest, query.Invalidf("the event %q, which since names, did not happen in the 24h before %s; set since to a time", event, times.Until().UTC().Format(time.RFC3339))
	}
	return newest, nil
}

// evidence returns the answer to a gate's query for evidence, and the SLIs that it compares; nil where it compares nothing.
func (x *execution) evidence(ctx context.Context, g *gate.Question) (*Result, []gate.Compared, error) {
	if g.Evidence == nil {
		return nil, nil, nil
	}
	q, times := g.EvidenceQuery()
	found, err := x.about(g.Evidence, q, times).exec(ctx)
	if err != nil {
		return nil, nil, err
	}
	dimension, _ := g.Evidence.Dimension(g.Stated.Compare.Dimension)
	compared := g.Arms(found.Result, func(sli *cer.SLI) (why string) {
		if err == nil {
			why, err = x.whyUnseen(ctx, g, sli, sli.LabelOf(dimension))
		}
		return why
	})
	if err == nil {
		err = x.checkArms(ctx, g, compared, dimension)
	}
	return found, compared, err
}

// noTelemetry says of an SLI that it has no series.
var noTelemetry = "the store has had no telemetry of it for " + model.Duration(seenSpan).String()

// whyUnseen says why an SLI of which a gate saw neither arm can't be compared by a label: it has no series, or these lack the label. It is
// "" where neither is so.
func (x *execution) whyUnseen(ctx context.Context, g *gate.Question, sli *cer.SLI, label string) (string, error) {
	for _, cause := range []struct{ label, text string }{
		{model.MetricNameLabel, noTelemetry}, {label, "its series do not have the label " + label},
	} {
		values, err := x.labelValues(ctx, cause.label, selectorsOf(g.Evidence, sli), g.To.Add(-seenSpan), g.To)
		if err != nil {
			return "", err
		}
		if !slices.ContainsFunc(values, func(value string) bool { return value != "" }) {
			return cause.text, nil
		}
	}
	return "", nil
}

// requirement returns the answer to a gate's query for its condition; nil where it has none.
func (x *execution) requirement(ctx context.Context, g *gate.Question) (*Result, error) {
	if !g.IsRequired() {
		return nil, nil
	}
	q, times := g.RequirementQuery()
	return x.about(g.Required, q, times).exec(ctx)
}

const (
	// seenSpan is how far back values are looked for that the compared dimension has.
	seenSpan = time.Hour
	// newCandidate is how long a gate waits for the first telemetry of an arm.
	newCandidate = 5 * time.Minute
)

// checkArms refuses arms of which there is no telemetry, where that is not due to the candidate being new, with the values that there are.
// It fails where no SLI can be compared.
func (x *execution) checkArms(ctx context.Context, g *gate.Question, compared []gate.Compared, d cer.Dimension) error {
	if len(compared) > 0 && !slices.ContainsFunc(compared, func(c gate.Compared) bool { return c.LeftOut != noTelemetry }) {
		return query.Invalidf("the store has had no telemetry of the SLIs of the gate %s for %s, so nothing can be compared; Save & test says which selectors match nothing",
			g.Stated.Name, model.Duration(seenSpan))
	}
	if reasons := leftOut(compared); len(compared) > 0 && len(reasons) == len(compared) {
		return query.Invalidf("no SLI of the gate %s can be compared by %s: %s", g.Stated.Name, d.Name, list.First(reasons, 3))
	}
	candidate, baseline := seenArms(compared)
	if candidate && baseline || g.Elapsed() < newCandidate {
		return nil
	}
	values, err := x.CohortValues(ctx, g.Evidence, d, g.To.Add(-seenSpan), g.To)
	if err != nil {
		return err
	}
	values = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(values))), func(v string) bool { return v == "" })
	for _, arm := range []struct {
		value string
		seen  bool
	}{{g.Candidate, candidate}, {g.Baseline, baseline}} {
		if !arm.seen && !slices.Contains(values, arm.value) {
			return query.Invalidf("no series has the %s %q; in the hour before %s there were %s", d.Name, arm.value, g.To.UTC().Format(time.RFC3339), orNone(values))
		}
	}
	return nil
}

// orNone lists values.
func orNone(values []string) string {
	if len(values) == 0 {
		return "none"
	}
	return list.First(values, 20)
}

// leftOut returns why SLIs are not compared.
func leftOut(compared []gate.Compared) []string {
	var reasons []string
	for i := range compared {
		if c := &compared[i]; c.LeftOut != "" {
			reasons = append(reasons, c.Flow.Name+"/"+c.SLI.Name+": "+c.LeftOut)
		}
	}
	return reasons
}

// seenArms reports whether there is telemetry of either arm in any time slice.
func seenArms(compared []gate.Compared) (candidate, baseline bool) {
	for i := range compared {
		for _, s := range compared[i].Slices {
			candidate, baseline = candidate || s.Seen, baseline || s.BaselineSeen
		}
	}
	return candidate, baseline
}
