package eval

import (
	"math"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// ruling is what the policies say of a flow, or of the whole, at each of the minutes whose states are known.
type ruling struct {
	over      series.Range
	decisions []decision
	// suppressed names the maintenance that a minute is in; "" where it is in none.
	suppressed []string
	states     []cer.State
}

// decision is whether a policy is on, for a cohort that it judges by itself.
type decision struct {
	policy *policy.Policy
	// of names the cohort behind a subject, such as {region="eu"}; "" for all users.
	of string
	on []cer.Truth
}

// name is that of the policy, with the cohort that it was judged for.
func (d decision) name() string { return d.policy.Stated.Name + d.of }

// at returns the position of the minute that an instant is in.
func (r *ruling) at(t int64) int { return int((t - r.over.Start) / r.over.Step) }

// ruling decides the policies that are about a subject.
func (e *evaluation) ruling(s subject) *ruling {
	if known, ok := e.rulings[s.flow]; ok {
		return known
	}
	over := e.plan.States.Known
	r := &ruling{over: over, suppressed: make([]string, over.Len()), states: make([]cer.State, over.Len())}
	for i := range e.plan.States.Policies {
		j := &e.plan.States.Policies[i]
		if !j.Policy.About(s.of(e)) {
			continue
		}
		for _, within := range e.within(j.Plan) {
			r.decisions = append(r.decisions, decision{policy: j.Policy, of: within.suffix(), on: e.decide(j, within, s)})
		}
	}
	standings := make([]cer.PolicyResult, len(r.decisions))
	for i := range r.states {
		for k, d := range r.decisions {
			standings[k] = cer.PolicyResult{Severity: d.policy.Stated.Severity, On: d.on[i]}
		}
		r.suppressed[i] = e.fine().suppressed(s.of(e), over.At(i))
		r.states[i] = cer.StateOf(standings, r.suppressed[i] != "")
	}
	e.rulings[s.flow] = r
	return r
}

// fine is the evaluation of the slices that end each minute.
func (e *evaluation) fine() *evaluation { return e.slices[e.plan.Fine] }

// within returns the evaluations of a part of the plan for the cohorts that make up that of e: the part splits by the
// dimensions of the plan, and then by more.
func (e *evaluation) within(part *plan.Plan) []*evaluation {
	l := e.ledger.parts[part]
	var all []*evaluation
	for _, c := range l.together(e.group.of(part.Fine), part.Fine.Range) {
		if c[:len(e.of)].concerns(e.of) {
			all = append(all, l.evaluations(e.group, c))
		}
	}
	return all
}

// concerns reports whether what is known of c is about some of the users of other: they tell nothing different.
func (c cohort) concerns(other cohort) bool {
	for k, value := range c {
		if value != "" && other[k] != "" && value != other[k] {
			return false
		}
	}
	return true
}

// decide says whether a policy is on for a subject at each minute whose state is known, by the evaluation of the users
// that it judges.
func (e *evaluation) decide(j *plan.PolicyPlan, by *evaluation, s subject) []cer.Truth {
	known := e.plan.States.Known
	minutes := known
	minutes.Start -= int64(j.Policy.Rule().Reach()) * minutes.Step
	columns := make([][]float64, len(j.Policy.Needs()))
	for i, number := range j.Policy.Needs() {
		if number.Number == policy.Delta {
			columns[i] = by.delta(j.Deltas[number.Dimension], number, s, minutes)
		} else {
			columns[i] = by.numberOf(number, s, minutes)
		}
	}
	return j.Policy.Decide(minutes.Len(), columns)
}

// numberOf is a number that a condition needs of a subject, or of its SLI or component, at each of some minutes.
func (e *evaluation) numberOf(number policy.Reference, s subject, minutes series.Range) []float64 {
	s, ok := e.named(number, s)
	if !ok {
		return newColumn(minutes.Len())
	}
	switch fine := e.fine(); number.Number {
	case policy.Burn:
		return fine.whileKnown(s, e.burnOver(s, number.Window, minutes), minutes)
	case policy.Budget:
		return fine.whileKnown(s, e.budgetOver(s, minutes), minutes)
	case policy.Coverage:
		return fine.atMinutes(fine.coverage(s), minutes)
	case policy.Value:
		return fine.atMinutes(fine.values(s), minutes)
	case policy.RevenueAtRisk:
		return fine.atMinutes(fine.revenueAtRisk(s), minutes)
	default:
		return fine.atMinutes(fine.scores(s), minutes)
	}
}

// whileKnown takes the numbers away of those minutes whose own slice has no telemetry. Older slices still tell how much
// was lost, but nobody knows whether it goes on: as they leave a window its burn rate would fall, and clear a page.
// Slices that a maintenance excludes are not lost.
func (e *evaluation) whileKnown(s subject, numbers []float64, minutes series.Range) []float64 {
	slices := e.slicesOf(s)
	for i := range numbers {
		_, last, _ := e.plan.Slices(minutes.At(i), e.plan.Catalog.Budget.Slice)
		if !slices[last].Known && !slices[last].Excluded {
			numbers[i] = math.NaN()
		}
	}
	return numbers
}

// named returns the SLI or the component of a subject that a number is asked of, or the subject itself; false where it
// has none such.
func (e *evaluation) named(number policy.Reference, s subject) (subject, bool) {
	if number.Number == policy.RevenueAtRisk {
		return e.withCurrency(s)
	}
	if number.SLI == "" && number.Component == "" {
		return s, true
	}
	if s.flow < 0 {
		return s, false
	}
	named := subject{level: query.LevelSLI, flow: s.flow}
	if number.SLI == "" {
		named.level, named.component = query.LevelComponent, number.Component
	}
	for j, sli := range e.flows[s.flow].slis {
		if sli.Name == number.SLI || number.Component != "" && sli.Component == number.Component {
			named.slis = append(named.slis, j)
		}
	}
	return named, len(named.slis) > 0
}

// withCurrency returns a subject with the currency of its money; false where there is none, or more than one.
func (e *evaluation) withCurrency(s subject) (subject, bool) {
	currencies := e.currencies(query.RevenueAtRisk)
	if s.flow >= 0 {
		currencies = nil
		if money := s.of(e).Revenue; money != nil {
			currencies = []string{money.Currency}
		}
	}
	if len(currencies) != 1 {
		return s, false
	}
	s.currency = currencies[0]
	return s, true
}

// delta is the score of a candidate cohort of a subject minus that of a baseline, at each of some minutes. part splits by
// the dimensions of the evaluation, and then by that of the difference.
func (e *evaluation) delta(part *plan.Plan, number policy.Reference, s subject, minutes series.Range) []float64 {
	of := func(value string) []float64 {
		apart := e.ledger.parts[part].evaluations(e.group, append(slices.Clone(e.of), value))
		fine := apart.fine()
		return fine.atMinutes(fine.scores(s), minutes)
	}
	delta, baseline := of(number.Candidate), of(number.Baseline)
	for i := range delta {
		delta[i] -= baseline[i]
	}
	return delta
}

// atMinutes picks from a column of slices those that end at some minutes.
func (e *evaluation) atMinutes(column []float64, minutes series.Range) []float64 {
	picked := make([]float64, minutes.Len())
	for i := range picked {
		_, last, _ := e.plan.Slices(minutes.At(i), e.plan.Catalog.Budget.Slice)
		picked[i] = column[last]
	}
	return picked
}

// state is the state of a subject at each instant that the query wants numbers of.
func (e *evaluation) state(s subject) []float64 {
	r := e.ruling(s)
	states := newColumn(e.plan.Range.Len())
	for i := range states {
		states[i] = r.states[r.at(e.plan.Range.At(i))].Number()
	}
	return states
}

// explainState says which policies are on for a subject at the newest minute, or why nobody knows.
func (e *evaluation) explainState(s subject) []finding {
	r := e.ruling(s)
	if len(r.states) == 0 {
		return nil
	}
	last := len(r.states) - 1
	add := func(severity cer.Severity, text string) []finding {
		return []finding{{Notice: cer.Notice{Severity: severity, Subject: e.nameOf(s) + e.suffix(), Text: text}, points: 1, now: true}}
	}
	on, unknown := list.First(r.policies(last, cer.True), maxPolicies), list.First(r.policies(last, cer.Unknown), maxPolicies)
	switch {
	case r.suppressed[last] != "" && on != "":
		return add(cer.Info, "ok while the maintenance "+r.suppressed[last]+" goes on, though "+on+" is on")
	case r.suppressed[last] != "":
		return add(cer.Info, "ok while the maintenance "+r.suppressed[last]+" goes on")
	case len(r.decisions) == 0:
		return add(cer.Warning, "no policy is about it, so that its state is not known; state one, or an objective, which the default policies need")
	case on != "":
		return add(cer.Info, r.states[last].String()+", since "+on+" is on")
	case unknown != "":
		return add(cer.Warning, "its state is not known, since telemetry is missing by which "+unknown+" is decided")
	}
	return nil
}

// policiesOn names the policies that are on for a subject at the newest instant; none where the query asks for no state.
func (e *evaluation) policiesOn(s subject, columns map[query.Measure][]float64) []string {
	if columns[query.State] == nil || e.plan.Range.Len() == 0 {
		return nil
	}
	r := e.ruling(s)
	return r.policies(len(r.states)-1, cer.True)
}

// policies names those that are on, or off, or of which it can't be told, at a minute.
func (r *ruling) policies(at int, on cer.Truth) []string {
	var names []string
	for _, d := range r.decisions {
		if d.on[at] == on {
			names = append(names, d.name())
		}
	}
	return names
}

// maxPolicies is how many policies a sentence names.
const maxPolicies = 3
