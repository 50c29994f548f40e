package state

import (
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/eval/budget"
	"github.com/cer-reliability/cer-datasource/pkg/eval/score"
)

// Evaluator decides the policies of a plan. What it has decided once it reuses.
type Evaluator struct {
	budgets *budget.Calculator
	decided map[statesKey]*policyStates
	// newest has the newest incidents, nil where there is none.
	newest map[statesKey]*Incident
}

// statesKey identifies a flow, or all flows, in trees of one group and cohort.
type statesKey struct {
	trees  *score.Trees
	member score.Key
}

// NewEvaluator returns an evaluator whose budgets are those of a calculator.
func NewEvaluator(budgets *budget.Calculator) *Evaluator {
	return &Evaluator{budgets: budgets, decided: map[statesKey]*policyStates{}, newest: map[statesKey]*Incident{}}
}

// statesOf returns the policy states of a member, which is a flow or all flows.
func (e *Evaluator) statesOf(m score.Member) *policyStates {
	key := statesKey{m.Tree.Trees, m.Key()}
	if e.decided[key] == nil {
		e.decided[key] = e.decidePolicies(m)
	}
	return e.decided[key]
}

// States returns the worst state of a member since the instant before, at each instant of the plan's range, as a number; NaN where it
// is unknown all the while.
func (e *Evaluator) States(m score.Member) []float64 {
	s := e.statesOf(m)
	return s.worst(m.Tree.Dataset.Plan.Range, func(i int) cer.State { return s.states[i] })
}

// PoliciesNow returns the names of the policies that are on for a member at the newest minute.
func (e *Evaluator) PoliciesNow(m score.Member) []string {
	s := e.statesOf(m)
	if len(s.states) == 0 {
		return nil
	}
	return s.policiesAt(len(s.states)-1, cer.True)
}

// MaintenanceNow returns the name of the maintenance that suppresses the state of a member at the newest minute; "" where none does.
func (e *Evaluator) MaintenanceNow(m score.Member) string {
	s := e.statesOf(m)
	if len(s.states) == 0 {
		return ""
	}
	return s.suppressedBy[len(s.states)-1]
}

// On returns whether any policy is on for a member at each instant of the plan's range.
func (e *Evaluator) On(m score.Member) []cer.Truth {
	s, over := e.statesOf(m), m.Tree.Dataset.Plan.Range
	on := make([]cer.Truth, over.Len())
	for i := range on {
		on[i] = s.onAt(s.position(over.At(i)))
	}
	return on
}

// Explain returns findings on the members of a tree: which policies are on at the newest minute, or why the state is
// unknown.
func (e *Evaluator) Explain(t *score.Tree) []annotate.Finding {
	var findings []annotate.Finding
	for _, m := range t.Members() {
		s := e.statesOf(m)
		newest := len(s.states) - 1
		if newest < 0 {
			continue
		}
		findings = append(findings, annotate.WhyState(annotate.State{
			Subject: m.Subject(), State: s.states[newest], Maintenance: s.suppressedBy[newest],
			Policies: len(s.policies), Active: s.policiesAt(newest, cer.True), Unknown: s.policiesAt(newest, cer.Unknown),
		})...)
	}
	return findings
}

// PolicyStates is the state of a member that one policy alone decides.
type PolicyStates struct {
	Policy string
	// Numbers are as those of States.
	Numbers []float64
}

// ByPolicy returns the states of a member by each of the policies about it, in the order of the catalog. That of a policy which has
// states of its own for cohorts is the worst of them.
func (e *Evaluator) ByPolicy(m score.Member) []PolicyStates {
	s, p := e.statesOf(m), m.Tree.Dataset.Plan
	var all []PolicyStates
	for i := range p.States.Policies {
		one := p.States.Policies[i].Policy
		if !one.About(m.Flow()) {
			continue
		}
		numbers := s.worst(p.Range, func(i int) cer.State { return s.stateBy(one, i) })
		all = append(all, PolicyStates{Policy: one.Stated.Name, Numbers: numbers})
	}
	return all
}
