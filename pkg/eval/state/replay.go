package state

import (
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/score"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Replay is what the policies made of a flow, or of all flows, at each minute of a range.
type Replay struct {
	// Over is the minutes.
	Over     series.Range
	States   []cer.State
	Policies []PolicyReplay
	// TimeSlices are those that end within the range at multiples of their width, side by side, with what was lost in them.
	TimeSlices []cer.TimeSlice
}

// PolicyReplay is a policy at each minute of a replay.
type PolicyReplay struct {
	// Name is that of the policy, with the selector of the cohort that it is decided for, such as regional{region="eu"}.
	Name     string
	Severity cer.AlertSeverity
	// On says of each minute that the policy is on, and that no maintenance suppresses it.
	On []bool
}

// Replay returns what the policies made of a member at each minute that the plan wants states of.
func (e *Evaluator) Replay(m score.Member) *Replay {
	s := e.statesOf(m)
	r := &Replay{Over: s.over, States: s.states}
	for _, p := range s.policies {
		on := make([]bool, len(p.on))
		for i := range on {
			on[i] = p.countsAt(i) && p.on[i] == cer.True && s.suppressedBy[i] == ""
		}
		r.Policies = append(r.Policies, PolicyReplay{Name: p.name(), Severity: p.policy.Stated.Severity, On: on})
	}
	width := m.Tree.Dataset.Plan.Catalog.Budget.Slice
	timeSlices := e.budgets.TimeSlices(m.In(m.Tree.Fine))
	for at := series.Floor(s.over.Start-1, width.Milliseconds()) + width.Milliseconds(); at <= s.over.Last(); at += width.Milliseconds() {
		_, k, _ := m.Tree.TimeSlices(at, width)
		r.TimeSlices = append(r.TimeSlices, timeSlices[k])
	}
	return r
}
