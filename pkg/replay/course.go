package replay

import (
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/state"
)

// course is what a flow went through: the sum of consecutive replays.
type course struct {
	flow *cer.Flow
	// end is the newest minute.
	end time.Time
	// minutes counts those in each state.
	minutes map[cer.State]int
	// pages are the spans of the state page, and incidents those of ticket or page.
	pages, incidents []Span
	policies         []*policyCourse
	// sum is the sum of the time slices, and known the number of those that are known and not excluded.
	sum   cer.TimeSlice
	known int
}

// policyCourse is what a policy made of a flow.
type policyCourse struct {
	name     string
	severity cer.AlertSeverity
	minutes  int
	spans    []Span
}

// Span is a span of consecutive minutes in which something was on.
type Span struct {
	// From is the first minute, and To the first one after it, or where it is Ongoing the newest one.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Ongoing says that it was not over by the newest minute.
	Ongoing bool `json:"ongoing"`
}

// extend returns the spans with one more minute, which is the newest.
func extend(spans []Span, at time.Time) []Span {
	if n := len(spans); n > 0 && spans[n-1].To.Equal(at) {
		spans[n-1].To = at.Add(cer.Grid)
		return spans
	}
	return append(spans, Span{From: at, To: at.Add(cer.Grid)})
}

// finished returns spans, the last of which is ongoing where it contains the newest minute.
func finished(spans []Span, newest time.Time) []Span {
	all := append([]Span{}, spans...)
	if n := len(all); n > 0 && all[n-1].To.After(newest) {
		all[n-1].To, all[n-1].Ongoing = newest, true
	}
	return all
}

// add adds the replay of the minutes that follow.
func (c *course) add(r *state.Replay) {
	if c.minutes == nil {
		c.minutes = map[cer.State]int{}
	}
	for i, s := range r.States {
		at := r.Over.Time(i)
		c.minutes[s]++
		if s.NeedsAttention() {
			c.incidents = extend(c.incidents, at)
		}
		if s == cer.StatePage {
			c.pages = extend(c.pages, at)
		}
		c.end = at
	}
	for _, p := range r.Policies {
		c.policy(p.Name, p.Severity).add(r, p.On)
	}
	for _, s := range r.TimeSlices {
		c.sum = c.sum.Add(s)
		if s.Known {
			c.known++
		}
	}
}

// policy returns the course of a policy, which begins where there is none yet.
func (c *course) policy(name string, severity cer.AlertSeverity) *policyCourse {
	at := slices.IndexFunc(c.policies, func(p *policyCourse) bool { return p.name == name })
	if at >= 0 {
		return c.policies[at]
	}
	p := &policyCourse{name: name, severity: severity}
	c.policies = append(c.policies, p)
	return p
}

// add adds the minutes of a replay at which the policy was on.
func (p *policyCourse) add(r *state.Replay, on []bool) {
	for i, is := range on {
		if is {
			p.minutes++
			p.spans = extend(p.spans, r.Over.Time(i))
		}
	}
}

// tickets counts the spans in which a policy of that severity was on.
func (c *course) tickets() int {
	n := 0
	for _, p := range c.policies {
		if p.severity == cer.TicketSeverity {
			n += len(p.spans)
		}
	}
	return n
}

// during returns the names of the policies that were on within a span.
func (c *course) during(s Span) (names []string, worst cer.AlertSeverity) {
	worst = cer.TicketSeverity
	for _, p := range c.policies {
		if slices.ContainsFunc(p.spans, func(o Span) bool { return o.From.Before(s.To) && s.From.Before(o.To) }) {
			names = append(names, p.name)
			if p.severity == cer.PageSeverity {
				worst = cer.PageSeverity
			}
		}
	}
	return names, worst
}

// score returns the share that was not lost, in [0,1]; nil without telemetry.
func (c *course) score() *float64 {
	if !c.sum.Known {
		return nil
	}
	score := 1 - c.sum.Loss()
	return &score
}

// left returns the share that an objective leaves of the error budget of the whole course, negative where it is overspent; nil
// without telemetry, or where the objective is 0, which stands for none.
func (c *course) left(objective float64) *float64 {
	if !c.sum.Known || objective == 0 {
		return nil
	}
	left := cer.BudgetLeft(c.sum.Loss(), objective)
	return &left
}
