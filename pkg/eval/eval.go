package eval

import (
	"fmt"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Result holds the numbers of a query.
type Result struct {
	Plan *plan.Plan
	// Members are those of the query's level that it shows, in the order of the catalog, and of each its cohorts.
	Members []Member
	// Summaries are a few sentences on each member, if the query asks for them.
	Summaries [][]string
	// Events are those of the catalog, if the query asks for them.
	Events []Event
	// Incidents are those of the members, in the order in which they began, if the query asks for them.
	Incidents []Incident
	Notices   []cer.Notice
}

// Member is what has numbers of its own: the whole, a flow, a component of a flow, or an SLI, for all users or for a
// cohort.
type Member struct {
	// Flow is nil at level overall.
	Flow *cer.Flow
	// Component is "" at the levels overall and flow.
	Component cer.Component
	// SLI is nil but for level sli.
	SLI *cer.SLI
	// Cohort holds the values of the dimensions and labels of flows that the query splits by, as far as they are known.
	Cohort map[string]string
	// Currency is that of the member's money; "" where the query asks for none.
	Currency string
	// Lost is what the member takes away from the whole at the newest instant, by its weight and what its score lacks to 1;
	// 0 unless the query asks for a table.
	Lost float64
	// Policies are those that are on at the newest instant, if the query asks for states.
	Policies []string
	// Columns hold a number an instant of the plan's range, NaN where there is none: of the measure that was asked
	// for, or of every measure for a table.
	Columns map[query.Measure][]float64
}

// Missing is the error of a query that needs an SLI which is missing, and whose policy is to fail then.
type Missing struct{ SLI string }

// Error returns the sentence for whoever asked.
func (e *Missing) Error() string {
	return e.SLI + " has no telemetry, and its definition says missing: error, so that no score is better than one without it; restore the telemetry, or choose another policy"
}

// Evaluate computes what a plan is after. answers[i] is that to p.Leaves[i], and kept has the sums of each block; nil
// where there is none. It fails with a *Missing error, and with a *query.Invalid one where the store turns out to have more
// cohorts than a query may ask for.
func Evaluate(p *plan.Plan, answers []series.Answer, kept Kept) (*Result, error) {
	result := &Result{Plan: p}
	if p.Range.Len() == 0 {
		return result, nil
	}
	if len(answers) != len(p.Leaves) {
		return nil, fmt.Errorf("%d answers for %d leaves; this is a bug in the plugin", len(answers), len(p.Leaves))
	}
	l := newLedger(p, answers, kept)
	told := &explanation{plan: p}
	result.Events, result.Notices = l.events(), l.said()
	segments := p.Segments()
	if len(segments) == 0 {
		return result, nil
	}
	for _, g := range groups(p, segments[0]) {
		for _, of := range l.together(g.of(segments[0]), segments[0].Range) {
			e := l.evaluations(g, of)
			if err := e.failed(); err != nil {
				return nil, err
			}
			result.Members = append(result.Members, onlyWorst(p.Query, e.members())...)
			result.Incidents = append(result.Incidents, e.incidents()...)
			if p.Query.Format == query.Summary && e.n > 0 {
				result.Summaries = append(result.Summaries, e.summary())
			}
			told.add(e)
			if l.crowded != nil {
				break
			}
		}
		if l.crowded != nil {
			return nil, l.crowded
		}
	}
	result.Members = ranked(p, inOrder(p, result.Members))
	inOrderOfOnset(result.Incidents)
	result.Notices = slices.Concat(l.said(), told.notices())
	return result, nil
}

// inOrder sorts members by the catalog, each with its cohorts together.
func inOrder(p *plan.Plan, members []Member) []Member {
	if p.Query.Level == query.LevelOverall || len(p.By) == 0 {
		return members
	}
	type place struct {
		flow      *cer.Flow
		component cer.Component
		sli       *cer.SLI
	}
	var places []place
	byPlace := map[place][]Member{}
	for _, m := range members {
		at := place{m.Flow, m.Component, m.SLI}
		if _, known := byPlace[at]; !known {
			places = append(places, at)
		}
		byPlace[at] = append(byPlace[at], m)
	}
	var sorted []Member
	for _, at := range places {
		sorted = append(sorted, byPlace[at]...)
	}
	return sorted
}

// group is the flows that make up a whole: all, or those with the same values of the labels that the query splits by.
type group struct {
	// number is its place among the groups.
	number int
	// flows are their positions in each segment of the plan.
	flows  []int
	values map[string]string
}

// of returns the flows of the group in a segment.
func (g group) of(segment *plan.Segment) []*plan.Flow {
	flows := make([]*plan.Flow, len(g.flows))
	for k, at := range g.flows {
		flows[k] = &segment.Flows[at]
	}
	return flows
}

// groups returns the wholes of a plan, all of whose segments have the same flows.
func groups(p *plan.Plan, segment *plan.Segment) []group {
	var all []group
	byKey := map[string]int{}
	for k := range segment.Flows {
		f := &segment.Flows[k]
		values, key := map[string]string{}, ""
		if p.Query.Level == query.LevelOverall {
			values = labelsOf(p, f.Flow)
			key = cohortOf(func(name string) string { return f.Flow.Labels[name] }, p.FlowLabels).key()
		}
		at, known := byKey[key]
		if !known {
			at = len(all)
			byKey[key] = at
			all = append(all, group{number: at, values: values})
		}
		all[at].flows = append(all[at].flows, k)
	}
	return all
}

// labelsOf returns the labels of a flow that the query splits by.
func labelsOf(p *plan.Plan, f *cer.Flow) map[string]string {
	values := map[string]string{}
	for _, name := range p.FlowLabels {
		if value := f.Labels[name]; value != "" {
			values[name] = value
		}
	}
	return values
}

// evaluation is the score tree of a segment of a plan for one cohort, filled with numbers.
type evaluation struct {
	ledger *ledger
	plan   *plan.Plan
	// instants are those of the segment, n their number.
	instants series.Range
	n        int
	of       cohort
	group    group
	flows    []flow
	// weights[k][i] is the weight of the k-th flow at the i-th instant.
	weights  [][]float64
	weighing []weighing
	overall  []cer.Composite
	// maintenance is when flows are worked on; none where the instants are no slices.
	maintenance []maintenance
	// slices are the evaluations of the slices that budgets are counted in, by segment.
	slices map[*plan.Segment]*evaluation
	// pages are what the slices before the instants add to losses, and first is the end of the first one of all.
	pages []*Sums
	first int64
	// lost remembers what slices add to the losses of subjects, windows what they sum up to, and rulings what policies
	// say of flows.
	lost    map[subjectKey][]cer.TimeSlice
	windows map[windowsKey]*windows
	rulings map[int]*ruling
}

// evaluations evaluates the segments of a plan for a cohort, once, and returns that of the instants that the query
// wants numbers of, or else of slices.
func (l *ledger) evaluations(g group, of cohort) *evaluation {
	key := evaluatedKey{g.number, of.key()}
	if known, ok := l.evaluated[key]; ok {
		return known
	}
	var first *evaluation
	slices := map[*plan.Segment]*evaluation{}
	for _, segment := range l.plan.Segments() {
		e := newEvaluation(l, segment, g, of)
		if first == nil {
			first = e
		}
		e.slices = slices
		slices[segment] = e
	}
	l.evaluated[key] = first
	return first
}

// newEvaluation reads every SLI of some flows for a cohort, and judges each flow and the whole at each instant.
func newEvaluation(l *ledger, segment *plan.Segment, g group, of cohort) *evaluation {
	e := &evaluation{ledger: l, plan: l.plan, instants: segment.Range, n: segment.Range.Len(), of: of, group: g,
		first: segment.First(), lost: map[subjectKey][]cer.TimeSlice{}, windows: map[windowsKey]*windows{}, rulings: map[int]*ruling{}}
	if segment == l.plan.Coarse {
		e.pages = l.pages()
	}
	e.maintenance = l.maintenances(segment.Maintenance, of)
	for _, planned := range g.of(segment) {
		e.flows = append(e.flows, e.read(planned))
	}
	e.weigh()
	e.overall = e.judgeOverall()
	return e
}

// failed returns the error of an SLI that is missing at the newest instant and whose policy is to fail then.
func (e *evaluation) failed() error {
	for k := range e.flows {
		f := &e.flows[k]
		for j, s := range f.SLIs {
			if !f.Shown || !s.Shown || s.SLI.Missing != cer.Fail {
				continue
			}
			for _, r := range f.readingsOf(j) {
				if n := r.len(); n > 0 && !r.at(n-1).Covered() {
					return &Missing{SLI: f.Flow.Flow.Name + "/" + s.SLI.Name + e.suffix()}
				}
			}
		}
	}
	return nil
}

// judgeOverall returns the verdict of the whole at each instant.
func (e *evaluation) judgeOverall() []cer.Composite {
	whole := e.whole()
	overall := make([]cer.Composite, e.n)
	for i := range overall {
		overall[i] = whole.at(i)
	}
	return overall
}

// whole judges the flows of an evaluation together, an instant at a time.
type whole struct {
	evaluation *evaluation
	// effects[k] are those of maintenances on the k-th flow, nil where there are none.
	effects  [][]cer.MaintenanceEffect
	weights  []float64
	verdicts []cer.Composite
	scratch  []cer.Member
}

func (e *evaluation) whole() *whole {
	n := len(e.flows)
	w := &whole{evaluation: e, weights: make([]float64, n), verdicts: make([]cer.Composite, n), scratch: make([]cer.Member, 0, n)}
	for k := range e.flows {
		w.effects = append(w.effects, e.effects(e.flows[k].Flow.Flow))
	}
	return w
}

// at returns the verdict of the whole at an instant.
func (w *whole) at(i int) cer.Composite { return w.with(i, -1, cer.Composite{}) }

// with returns the verdict of the whole at an instant if the k-th flow's were another one.
func (w *whole) with(i, k int, instead cer.Composite) cer.Composite {
	for j := range w.evaluation.flows {
		w.weights[j] = w.evaluation.weights[j][i]
		w.verdicts[j] = w.evaluation.flows[j].verdicts[i]
		if w.effects[j] != nil {
			w.verdicts[j] = w.effects[j][i].Composite(w.verdicts[j])
		}
	}
	if k >= 0 {
		w.verdicts[k] = instead
	}
	catalog := w.evaluation.plan.Catalog
	return cer.CombineFlows(w.weights, w.verdicts, catalog.Aggregate, catalog.MinCoverage, w.scratch)
}
