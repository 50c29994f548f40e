package state

import (
	"math"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/eval/score"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// policyStates has the policies that pick a flow, or all flows, and the states that result at the minutes of a range.
type policyStates struct {
	over     series.Range
	policies []policyState
	// suppressedBy names the maintenance that a minute is in; "" where it is in none.
	suppressedBy []string
	states       []cer.State
	// results is reused from minute to minute.
	results []cer.PolicyResult
}

// policyState is whether a policy is on at each minute, for a cohort that it is decided for by itself.
type policyState struct {
	policy *policy.Policy
	// cohort is the selector of the cohort, such as {region="eu"}; "" for all users.
	cohort string
	on     []cer.Truth
	// counts holds whether the cohort counts at each minute; nil where it always does.
	counts []bool
}

// countsAt reports whether the policy is decided at a minute.
func (p policyState) countsAt(i int) bool { return p.counts == nil || p.counts[i] }

// name returns the name of the policy, with the cohort that it is decided for.
func (p policyState) name() string { return p.policy.Stated.Name + p.cohort }

// position returns the position of the minute that an instant, in Unix milliseconds, is in.
func (s *policyStates) position(at int64) int { return int((at - s.over.Start) / s.over.Step) }

// worst returns the worst state of the minutes in each step of a range, as numbers: those after the minute of the instant before up to
// that of its own instant, which always counts. It is NaN where all of them are unknown.
func (s *policyStates) worst(over series.Range, stateAt func(minute int) cer.State) []float64 {
	numbers := make([]float64, over.Len())
	for i := range numbers {
		at := over.At(i)
		last := s.position(at)
		worst := stateAt(last)
		for k := s.position(at-over.Step) + 1; k < last; k++ {
			worst = max(worst, stateAt(k))
		}
		numbers[i] = worst.Number()
	}
	return numbers
}

// policiesAt returns the names of the policies that are on, off or unknown at a minute.
func (s *policyStates) policiesAt(i int, on cer.Truth) []string {
	var names []string
	for _, p := range s.policies {
		if p.countsAt(i) && p.on[i] == on {
			names = append(names, p.name())
		}
	}
	return names
}

// onAt returns whether any policy is on at a minute; False where there is none.
func (s *policyStates) onAt(i int) cer.Truth {
	on := cer.False
	for _, p := range s.policies {
		if p.countsAt(i) {
			on = on.Or(p.on[i])
		}
	}
	return on
}

// decidePolicies decides the policies that pick a member, and combines them into states.
func (e *Evaluator) decidePolicies(m score.Member) *policyStates {
	planned := m.Tree.Dataset.Plan.States
	n := planned.Known.Len()
	s := &policyStates{over: planned.Known, suppressedBy: make([]string, n), states: make([]cer.State, n)}
	for i := range planned.Policies {
		p := &planned.Policies[i]
		if !p.Policy.About(m.Flow()) {
			continue
		}
		s.policies = append(s.policies, e.decidePolicy(p, m, planned.Known)...)
	}
	for i := range s.states {
		s.suppressedBy[i] = m.Tree.Fine.SuppressedBy(m.Flow(), s.over.At(i))
		s.states[i] = s.stateBy(nil, i)
	}
	return s
}

// stateBy returns the state at a minute that one policy decides, or all of them where it is nil.
func (s *policyStates) stateBy(one *policy.Policy, i int) cer.State {
	s.results = s.results[:0]
	for _, p := range s.policies {
		if p.countsAt(i) && (one == nil || p.policy == one) {
			s.results = append(s.results, cer.PolicyResult{Severity: p.policy.Stated.Severity, On: p.on[i]})
		}
	}
	return cer.StateOf(s.results, s.suppressedBy[i] != "")
}

// decidePolicy decides a policy for a member, or for each of its cohorts where the policy has states of its own for them.
func (e *Evaluator) decidePolicy(p *plan.PolicyPlan, m score.Member, known series.Range) []policyState {
	lifetimes := []score.Lifetime{{Cohort: m.Tree.Cohort}}
	data := m.Tree.Dataset.Part(p.Plan)
	if len(p.Plan.By) > len(m.Tree.Cohort) {
		lifetimes = data.Lifetimes(m.Tree.Group, m.Flow(), m.Tree.Cohort, known, p.Policy.Rule().Lookback)
	}
	all := make([]policyState, 0, len(lifetimes))
	for _, l := range lifetimes {
		split := m.In(data.Trees(m.Tree.Group, l.Cohort).Fine)
		all = append(all, policyState{
			policy: p.Policy, cohort: annotate.Selector(split.Tree.Labels()...), on: e.decide(p, split, known), counts: l.At})
	}
	return all
}

// overlapping returns the trees of a part of the plan for those cohorts of a member that overlap with its own. The part splits
// by the dimensions of the member's plan, and then by more.
func overlapping(m score.Member, part *plan.Plan, segment *plan.Segment) []*score.Trees {
	data, cohort := m.Tree.Dataset.Part(part), m.Tree.Cohort
	var all []*score.Trees
	for _, c := range data.CohortsOf(m.Tree.Group, m.Flow(), segment) {
		if c[:len(cohort)].Overlaps(cohort) {
			all = append(all, data.Trees(m.Tree.Group, c))
		}
	}
	return all
}

// decide returns whether a policy is on at each of the known minutes for a member in a tree of fine time slices.
func (e *Evaluator) decide(p *plan.PolicyPlan, m score.Member, known series.Range) []cer.Truth {
	minutes := known
	minutes.Start -= int64(p.Policy.Rule().Reach()) * minutes.Step
	columns := make([][]float64, len(p.Policy.Needs()))
	for i, r := range p.Policy.Needs() {
		if r.Number == policy.Delta {
			columns[i] = delta(p.Deltas[r.Dimension], r, m, minutes)
		} else {
			columns[i] = e.number(r, m, minutes)
		}
	}
	return p.Policy.Decide(minutes.Len(), columns)
}

// number returns a number that a condition needs of a member, or of its SLI or component, at each of some minutes.
func (e *Evaluator) number(r policy.Reference, m score.Member, minutes series.Range) []float64 {
	m, ok := m.Referenced(r)
	if !ok {
		return score.NewColumn(minutes.Len())
	}
	scored := m.In(m.Tree.Scored())
	switch r.Number {
	case policy.Burn:
		return e.whileKnown(m, e.budgets.BurnOver(m, r.Window, minutes), minutes)
	case policy.Failures:
		return e.whileKnown(m, e.budgets.Failures(m, r.Window, minutes), minutes)
	case policy.Budget:
		return e.whileKnown(m, e.budgets.RemainingOver(m, minutes), minutes)
	case policy.Coverage:
		return m.Tree.AtMinutes(scored.Coverage(), minutes)
	case policy.Value:
		return m.Tree.AtMinutes(scored.Values(), minutes)
	case policy.RevenueAtRisk:
		return m.Tree.AtMinutes(scored.RevenueAtRisk(), minutes)
	default:
		return m.Tree.AtMinutes(scored.Scores(), minutes)
	}
}

// whileKnown removes the numbers of those minutes whose own time slice has no telemetry. Older time slices are known, but
// as they leave a window its burn rate would fall, and clear a page that may still be due. Time slices that a maintenance
// excludes are known.
func (e *Evaluator) whileKnown(m score.Member, numbers []float64, minutes series.Range) []float64 {
	timeSlices, width := e.budgets.TimeSlices(m), m.Tree.Dataset.Plan.Catalog.Budget.Slice
	for i := range numbers {
		_, at, _ := m.Tree.TimeSlices(minutes.At(i), width)
		if !timeSlices[at].Known && !timeSlices[at].Excluded {
			numbers[i] = math.NaN()
		}
	}
	return numbers
}

// delta returns the score of a candidate cohort of a member minus that of a baseline, at each of some minutes. It is unknown
// where the member is of one cohort of the dimension itself, and where the filters of the query keep only one of both. The part
// splits by the dimensions of the member's plan, and then, unless it is one of them, by that of the difference.
func delta(part *plan.Plan, r policy.Reference, m score.Member, minutes series.Range) []float64 {
	k := slices.IndexFunc(part.By, func(d cer.Dimension) bool { return d.Name == r.Dimension })
	isOneCohort := k < len(m.Tree.Cohort) && m.Tree.Cohort[k] != ""
	if isOneCohort || !part.Kept(part.By[k], r.Candidate) || !part.Kept(part.By[k], r.Baseline) {
		return score.NewColumn(minutes.Len())
	}
	scores := func(value string) []float64 {
		cohort := make(score.Cohort, len(part.By))
		cohort[k] = value
		split := m.In(m.Tree.Dataset.Part(part).Trees(m.Tree.Group, cohort.Within(m.Tree.Cohort)).Scored())
		return split.Tree.AtMinutes(split.Scores(), minutes)
	}
	difference, baseline := scores(r.Candidate), scores(r.Baseline)
	for i := range difference {
		difference[i] -= baseline[i]
	}
	return difference
}
