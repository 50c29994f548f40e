package replay

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// maxSpans is how many incidents, and spans of a policy, an answer lists at most: the newest ones.
const maxSpans = 1000

// Comparison is what two catalogs made of a flow over the same days.
type Comparison struct {
	Flow string `json:"flow"`
	// The minutes are those after From, up to and including To.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Days int       `json:"days"`
	// Saved and Changed are nil where there is no such catalog, or it has no such flow, or no policy about it.
	Saved   *Outcome `json:"saved"`
	Changed *Outcome `json:"changed"`

	Notices cer.Annotations `json:"-"`
}

// Outcome is what a catalog made of a flow.
type Outcome struct {
	Revision string `json:"revision"`
	// Objective is nil where there is none.
	Objective *float64 `json:"objective"`
	// Score is the share that was not lost, in [0,1], and Left that of the error budget of all days that is left, negative where it
	// is overspent; nil where there is no telemetry, or no objective.
	Score *float64 `json:"score"`
	Left  *float64 `json:"left"`
	// Pages is how often the state was page, and Tickets how often a policy of that severity was on.
	Pages   int `json:"pages"`
	Tickets int `json:"tickets"`
	// Minutes counts those in each state.
	Minutes   StateMinutes    `json:"minutes"`
	Policies  []PolicyOutcome `json:"policies"`
	Incidents []Incident      `json:"incidents"`
}

// StateMinutes counts the minutes in each state.
type StateMinutes struct {
	OK      int `json:"ok"`
	Ticket  int `json:"ticket"`
	Page    int `json:"page"`
	Unknown int `json:"unknown"`
}

// PolicyOutcome is when a policy was on. One with cohorts of its own stands once for each, with the cohort behind its name.
type PolicyOutcome struct {
	Policy   string            `json:"policy"`
	Severity cer.AlertSeverity `json:"severity"`
	Count    int               `json:"count"`
	Minutes  int               `json:"minutes"`
	Spans    []Span            `json:"spans"`
}

// Incident is a span of states that are ticket or page.
type Incident struct {
	Span
	// Severity is that of the worst state, and Policies those that were on.
	Severity cer.AlertSeverity `json:"severity"`
	Policies []string          `json:"policies"`
}

// Backtest replays a flow over the last days, from 1 to MaxDays, by a saved catalog and by a changed one. Either may be nil, or
// lack the flow, or a policy about it; where both do, the error is a *query.Invalid. Other errors are those of the engine.
func (r *Replayer) Backtest(ctx context.Context, saved, changed *catalog.Catalog, flow string, days int) (*Comparison, error) {
	if err := checkDays(days); err != nil {
		return nil, err
	}
	var catalogs []*catalog.Catalog
	var parts []asked
	var leftOut cer.Annotations
	missing := query.Invalidf("there is no catalog to replay; save one in the settings of the data source, or send one")
	for _, side := range []struct {
		name string
		*catalog.Catalog
	}{{"saved", saved}, {"changed", changed}} {
		c := side.Catalog
		if c == nil {
			continue
		}
		f, _, err := Find(c, flow, "")
		if err != nil {
			missing = err
			continue
		}
		if !slices.ContainsFunc(c.Policies, func(p *policy.Policy) bool { return p.About(f) }) {
			missing = query.Invalidf("no policy of the catalog applies to %s; add an objective to it, which the default policies need, or a policy", flow)
			leftOut.Add(cer.Notice{Subject: flow, Text: fmt.Sprintf("it is not replayed with the %s catalog, which has no policy for it", side.name)})
			continue
		}
		catalogs = append(catalogs, c)
		parts = append(parts, asked{catalog: c, flows: []string{flow}})
	}
	if len(parts) == 0 {
		return nil, missing
	}
	w := r.windowOf(days, catalogs...)
	courses, notices, err := r.run(ctx, w, parts...)
	if err != nil {
		return nil, err
	}
	answer := &Comparison{Flow: flow, From: w.from, To: w.to, Days: days, Notices: leftOut}
	answer.Notices.Merge(notices)
	for i, c := range catalogs {
		outcome := outcomeOf(courses[i][0], c)
		if c == saved {
			answer.Saved = outcome
		} else {
			answer.Changed = outcome
		}
		if len(courses[i][0].incidents) > maxSpans {
			answer.Notices.Add(cer.Notice{Subject: flow, Text: fmt.Sprintf("only the newest %[2]d of %[1]d incidents are listed", len(courses[i][0].incidents), maxSpans)})
		}
	}
	return answer, nil
}

// outcomeOf returns what a catalog made of a flow.
func outcomeOf(c *course, of *catalog.Catalog) *Outcome {
	o := &Outcome{
		Revision: of.Revision, Objective: present(c.flow.Objective), Score: c.score(), Left: c.left(c.flow.Objective),
		Pages: len(c.pages), Tickets: c.tickets(), Policies: []PolicyOutcome{}, Incidents: []Incident{},
		Minutes: StateMinutes{OK: c.minutes[cer.StateOK], Ticket: c.minutes[cer.StateTicket], Page: c.minutes[cer.StatePage], Unknown: c.minutes[cer.StateUnknown]},
	}
	o.Policies = append(o.Policies, c.policyOutcomes()...)
	for _, s := range newest(c.incidents) {
		one := Incident{}
		one.Policies, one.Severity = c.during(s)
		one.Span = finished([]Span{s}, c.end)[0]
		o.Incidents = append(o.Incidents, one)
	}
	return o
}

// policyOutcomes returns when each policy was on.
func (c *course) policyOutcomes() []PolicyOutcome {
	var all []PolicyOutcome
	for _, p := range c.policies {
		all = append(all, PolicyOutcome{p.name, p.severity, len(p.spans), p.minutes, finished(newest(p.spans), c.end)})
	}
	return all
}

// Policies replays a flow, for the cohorts that some filters keep, and returns when each policy about it was on in the minutes after
// from, up to and including to. Errors are those of the engine.
func (r *Replayer) Policies(ctx context.Context, c *catalog.Catalog, flow string, filters []query.AdhocFilter, from, to time.Time) ([]PolicyOutcome, error) {
	courses, _, err := r.run(ctx, window{from, to}, asked{c, []string{flow}, filters})
	if err != nil || len(courses[0]) == 0 {
		return nil, err
	}
	return courses[0][0].policyOutcomes(), nil
}

// newest returns the newest spans, as many as an answer lists.
func newest(spans []Span) []Span { return spans[max(0, len(spans)-maxSpans):] }
