package eval

import (
	"fmt"

	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/eval/budget"
	"github.com/cer-reliability/cer-datasource/pkg/eval/score"
	"github.com/cer-reliability/cer-datasource/pkg/eval/state"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Missing is the error of a query that needs an SLI which is missing, and whose policy is to fail then.
type Missing struct{ SLI string }

// Error returns a sentence for the author of the query.
func (e *Missing) Error() string { return annotate.RequiredMissing(e.SLI) }

// Evaluate computes the numbers of a plan. answers[i] is the answer to p.Leaves[i], and blocks has the sums of each block of
// time slices of the plan; nil where there is none. A plan without instants has no numbers, and needs no answers. It fails
// with a *Missing error, and with a *query.Invalid one where the store turns out to have more cohorts than a query may ask
// for.
func Evaluate(p *plan.Plan, answers []series.Answer, blocks budget.BlockResults) (*Result, error) {
	if p.Range.Len() == 0 {
		return &Result{Plan: p}, nil
	}
	if len(answers) != len(p.Leaves) {
		return nil, fmt.Errorf("there are %d answers for %d expressions; this is a bug in the plugin", len(answers), len(p.Leaves))
	}
	e := newEvaluator(p, answers, blocks)
	e.result.Events = events(e.data)
	if p.States != nil {
		e.deployments = eventsOf(e.data, p.States.Deployments, p.States.Known)
	}
	if err := e.evaluate(); err != nil {
		return nil, err
	}
	e.explainBirths()
	e.explainRevisions()
	e.result.StoreNotices = e.data.StoreAnnotations()
	e.result.Notices.Merge(e.result.StoreNotices)
	e.result.Notices.Merge(e.findings.Annotations())
	return e.result, nil
}

// evaluator computes the result of a plan.
type evaluator struct {
	plan     *plan.Plan
	data     *score.Dataset
	budgets  *budget.Calculator
	states   *state.Evaluator
	findings annotate.Findings
	// deployments are those that may have led to incidents, in the order in which they began, if the query wants to know.
	deployments []Event
	result      *Result
}

func newEvaluator(p *plan.Plan, answers []series.Answer, blocks budget.BlockResults) *evaluator {
	data := score.NewDataset(p, answers)
	budgets := budget.NewCalculator(data, blocks)
	return &evaluator{plan: p, data: data, budgets: budgets, states: state.NewEvaluator(budgets), result: &Result{Plan: p}}
}

// evaluate adds the numbers of each group of flows and each cohort to the result.
func (e *evaluator) evaluate() error {
	if len(e.plan.Segments()) == 0 {
		return nil
	}
	widest := e.plan.Widest()
	for _, g := range score.Groups(e.plan, widest) {
		cohorts := e.data.Cohorts(g, widest)
		for k, c := range cohorts {
			if err := e.add(e.data.Trees(g, c).Main, k == 0); err != nil {
				return err
			}
		}
		if err := e.data.Err(); err != nil {
			return err
		}
	}
	e.result.Members = rankMembers(e.plan, sortByCatalog(e.plan, e.result.Members))
	sortByOnset(e.result.Incidents)
	return nil
}

// add adds the numbers of a tree to the result. isFirst says that it is that of the first cohort of its group.
func (e *evaluator) add(t *score.Tree, isFirst bool) error {
	q := e.plan.Query
	if sli := t.Required(); sli != "" && q.Format != query.Replay { // One piece of a replay ends before the newest minute.
		return &Missing{SLI: sli}
	}
	e.result.Members = append(e.result.Members, worstMembers(e.plan, e.members(t))...)
	if q.Format == query.Incidents {
		e.result.Incidents = append(e.result.Incidents, e.incidents(t)...)
		e.result.Courses = append(e.result.Courses, e.courses(t)...)
	}
	if q.Format == query.Table && t.Len() > 0 {
		e.result.IsUnderObjective = e.result.IsUnderObjective || t.IsUnderObjective(t.Len()-1)
	}
	if q.IsOfRange() && t.Len() > 0 {
		o := outline(t)
		e.result.Outlines = append(e.result.Outlines, o)
		e.result.Summaries = append(e.result.Summaries, o.Sentences(o.To.Sub(o.From), false))
	}
	e.explain(t, isFirst)
	return e.data.Err()
}

// explain adds findings on why numbers are missing, or not quite what was asked for.
func (e *evaluator) explain(t *score.Tree, isFirst bool) {
	switch m := e.plan.Query.Measure; {
	case e.plan.Query.Format == query.Evidence: // The gate says what is missing.
	case e.plan.Query.Format == query.Replay: // What is unknown is counted.
	case m.IsOfIncidents() && m != query.NewestIncident:
		e.findings.Scores = append(e.findings.Scores, e.states.ExplainMeanTimes(t)...)
	case m.IsOfPolicies():
		e.findings.Scores = append(e.findings.Scores, e.states.Explain(t)...)
		if e.plan.Query.Format == query.Table { // It has budgets, too.
			e.findings.Scores = append(e.findings.Scores, e.budgets.Explain(t)...)
		}
	case m.IsBudget(), e.plan.Query.Long > 0:
		e.findings.Scores = append(e.findings.Scores, e.budgets.Explain(t)...)
	default:
		t.Explain(&e.findings)
		if isFirst {
			t.ExplainUnweighted(&e.findings)
		}
	}
}

// explainBirths adds findings on series that began with increases that no rate counts.
func (e *evaluator) explainBirths() {
	if len(e.plan.Births) == 0 {
		return
	}
	for _, f := range e.plan.Instants.Flows {
		for i := range f.SLIs {
			sli := &f.SLIs[i]
			if metric, n := e.data.Births(sli); n > 0 && f.Shown {
				e.findings.SLIs = append(e.findings.SLIs, annotate.Born(f.Flow.Name+"/"+sli.SLI.Name, e.plan.Range.Len(), n, metric, sli.Window))
			}
		}
	}
}

// explainRevisions adds a notice to a summary of a range within which the catalog changed.
func (e *evaluator) explainRevisions() {
	if !e.plan.Query.IsOfRange() || e.plan.Range.Len() < 2 {
		return
	}
	if all := revisions(e.plan, annotate.MaxChanges); len(all) > 0 {
		newest := all[len(all)-1]
		e.result.Notices.Add(annotate.CatalogChanged(len(all), newest.From, newest.Text()))
	}
}

// members returns the members of a tree that have a measure which is asked for.
func (e *evaluator) members(t *score.Tree) []Member {
	var members []Member
	for _, m := range t.Members() {
		if e.plan.ByPolicy {
			members = append(members, e.policyMembers(m)...)
		} else if columns := e.columns(m); len(columns) > 0 {
			members = append(members, e.member(m, columns))
		}
	}
	return members
}

// member returns a member with its numbers, and what the format of the query shows beside them.
func (e *evaluator) member(m score.Member, columns map[query.Measure][]float64) Member {
	member := memberOf(m)
	member.Columns = columns
	if columns[query.State] != nil {
		member.Policies, member.On, member.Maintenance = e.states.PoliciesNow(m), e.states.On(m), e.states.MaintenanceNow(m)
		member.setCalm(e.plan.Query)
	}
	if columns[query.NewestIncident] != nil {
		e.addIncident(&member, m)
	}
	switch e.plan.Query.Format {
	case query.Replay:
		member.Replay = e.states.Replay(m)
	case query.Evidence:
		member.Maintained = m.Tree.InMaintenance(m.Flow())
	case query.Table:
		member.Lost = m.NewestLoss()
	}
	return member
}

// addIncident adds the newest incident of a member, and the deployment before its detection.
func (e *evaluator) addIncident(to *Member, m score.Member) {
	if to.Incident = e.states.Newest(m); to.Incident != nil {
		to.Deployment = deploymentBefore(e.deployments, to.Flow, to.Incident.Detected)
	}
}

// policyMembers returns a member for each policy about another one, with the state that the policy alone decides.
func (e *evaluator) policyMembers(m score.Member) []Member {
	var members []Member
	for _, s := range e.states.ByPolicy(m) {
		member := memberOf(m)
		member.Cohort[query.ByPolicy] = s.Policy
		member.Columns = map[query.Measure][]float64{query.State: s.Numbers}
		members = append(members, member)
	}
	return members
}

// incidents returns the incidents of the members of a tree.
func (e *evaluator) incidents(t *score.Tree) []Incident {
	var all []Incident
	for _, m := range t.Members() {
		for _, found := range e.states.Incidents(m) {
			all = append(all, Incident{Member: memberOf(m), Incident: found})
		}
	}
	return all
}

// courses returns what became of the scores of the members of a tree.
func (e *evaluator) courses(t *score.Tree) []Course {
	var all []Course
	for _, m := range t.Members() {
		all = append(all, Course{Member: memberOf(m), Course: e.states.Course(m)})
	}
	return all
}

// memberOf returns a member without numbers.
func memberOf(m score.Member) Member {
	return Member{Flow: m.Flow(), Component: m.Component, SLI: m.SLI(), Cohort: m.Labels(), Quantile: m.Quantile, Currency: m.Currency,
		Objective: m.Objective()}
}
