package state

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/eval/budget"
	"github.com/cer-reliability/cer-datasource/pkg/eval/score"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// Incident is a time in which a flow, or all flows together, needed attention.
type Incident struct {
	cer.Incident
	// Onset is when the score fell under the objective, or where it BeganBefore the first minute that was looked at; Detected
	// is when a policy came on, and End the first minute after it, or the newest one where it is ongoing.
	Onset, Detected, End time.Time
	// Ongoing says that it had not ended by the newest minute.
	Ongoing bool
	// BudgetSpent is the share of the error budget of the budget window up to the end of the query that was lost from Onset to
	// End; NaN where there is no objective, or no telemetry.
	BudgetSpent float64
	// SLIs are those that lost most, the largest share first: named flow/sli at level overall, or sli.
	SLIs []annotate.Contribution
	// Cohorts are those that lost more than their share of the events, such as region=eu, that with the largest difference
	// first.
	Cohorts []annotate.Contribution
	// Policies are those that were on.
	Policies []string
}

// Text says in a line how bad the incident was, and what contributed to it.
func (i Incident) Text() string {
	began := time.Time{}
	if i.BeganBefore {
		began = i.Onset
	}
	return annotate.Incident(began, i.LowestScore, i.BudgetSpent, i.SLIs, i.Cohorts)
}

// Incidents returns the incidents of a member that were under way within the range of the query.
func (e *Evaluator) Incidents(m score.Member) []Incident {
	var all []Incident
	for _, found := range e.found(m) {
		all = append(all, e.describe(m, e.statesOf(m), found))
	}
	spans := make([]budget.Span, len(all))
	for i := range all {
		spans[i] = budget.Span{From: all[i].Onset, To: all[i].End}
	}
	for i, spent := range e.budgets.Spent(m, spans) {
		all[i].BudgetSpent = spent
	}
	return all
}

// found returns the incidents of a member that were under way within the range of the query, as positions in its states.
func (e *Evaluator) found(m score.Member) []cer.Incident {
	p := m.Tree.Dataset.Plan
	if p.Range.Len() == 0 {
		return nil
	}
	s, fine := e.statesOf(m), m.In(m.Tree.Fine)
	scores := fine.Tree.AtMinutes(fine.Scores(), p.States.Minutes)
	first := s.position(p.Range.Start)
	all := cer.Incidents(s.states, scores, m.Objective(), int(p.Catalog.Budget.Lookback/cer.Grid))
	return slices.DeleteFunc(all, func(i cer.Incident) bool { return i.End <= first })
}

// describe returns an incident with what contributed to it.
func (e *Evaluator) describe(m score.Member, s *policyStates, found cer.Incident) Incident {
	i := Incident{Incident: found, Onset: s.over.Time(found.Onset), Detected: s.over.Time(found.Detected), End: s.over.Time(found.End)}
	if found.End == s.over.Len() {
		i.Ongoing, i.End = true, s.over.Time(found.End-1)
	}
	for _, p := range s.policies {
		if slices.Contains(p.on[found.Detected:found.End], cer.True) {
			i.Policies = append(i.Policies, p.name())
		}
	}
	i.SLIs = contributions(m.In(m.Tree.Fine).LossBySLI(m.Tree.Consecutive(i.Onset, i.End)))
	i.Cohorts = affectedCohorts(m, i.Onset, i.End)
	return i
}

// disproportion is how many times its share of the events the share of a cohort in a loss is, from which on the cohort is
// named.
const disproportion = 1.5

// affectedCohorts returns the cohorts of a member that lost more than others of their dimension between two times.
func affectedCohorts(m score.Member, from, to time.Time) []annotate.Contribution {
	var affected []annotate.Contribution
	for _, part := range m.Tree.Dataset.Plan.States.Shares {
		affected = append(affected, affectedBy(part, m, from, to)...)
	}
	slices.SortStableFunc(affected, func(a, b annotate.Contribution) int { return cmp.Compare(b.Share-b.Events, a.Share-a.Events) })
	return affected
}

// affectedBy returns the cohorts of one dimension, the last one that a part of the plan splits by.
func affectedBy(part *plan.Plan, m score.Member, from, to time.Time) []annotate.Contribution {
	dimension := part.By[len(part.By)-1].Name
	lost, events := map[string]float64{}, map[string]float64{}
	for _, trees := range overlapping(m, part, part.Coarse) {
		if value := trees.Cohort[len(trees.Cohort)-1]; value != "" {
			name := dimension + "=" + value
			sum := lostBetween(m.In(trees.Coarse), from, to)
			lost[name], events[name] = lost[name]+sum.Lost, events[name]+sum.Total
		}
	}
	all := 0.0
	for _, name := range slices.Sorted(maps.Keys(events)) {
		all += events[name]
	}
	var affected []annotate.Contribution
	for _, c := range contributions(lost) {
		if c.Events = events[c.Name] / all; c.Share >= disproportion*c.Events {
			affected = append(affected, c)
		}
	}
	return affected
}

// lostBetween returns what a member lost in the time slices of its tree that overlap with the time between two instants:
// the events of each time slice times what its score lacks to 1. Where events are not known, time slices count alike.
func lostBetween(m score.Member, from, to time.Time) cer.TimeSlice {
	traffic, width := score.NewColumn(m.Tree.Len()), m.Tree.Dataset.Plan.Catalog.Budget.Slice
	if m.HasTraffic() {
		traffic = m.Traffic()
	}
	var sum cer.TimeSlice
	for i, s := range m.Scores() {
		end := m.Tree.Range.Time(i)
		if math.IsNaN(s) || !end.After(from) || !end.Add(-width).Before(to) {
			continue
		}
		events := traffic[i]
		if math.IsNaN(events) {
			events = 1
		}
		sum.Lost += events * (1 - s)
		sum.Total += events
	}
	return sum
}

// contributions returns amounts as shares of their sum, the largest first.
func contributions(amounts map[string]float64) []annotate.Contribution {
	sum := 0.0
	var all []annotate.Contribution
	for _, name := range slices.Sorted(maps.Keys(amounts)) {
		if amounts[name] > 0 {
			all = append(all, annotate.Contribution{Name: name, Share: amounts[name]})
			sum += amounts[name]
		}
	}
	for i := range all {
		all[i].Share /= sum
	}
	slices.SortStableFunc(all, func(a, b annotate.Contribution) int { return cmp.Compare(b.Share, a.Share) })
	return all
}
