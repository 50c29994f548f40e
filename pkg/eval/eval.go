package eval

import (
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// Result holds the numbers of a query.
type Result struct {
	Plan *plan.Plan
	// Members are those of the query's level that it shows, in the order of the catalog.
	Members []Member
	Notices []cer.Notice
}

// Member is what has numbers of its own: the whole, a flow, a component of a flow, or an SLI.
type Member struct {
	// Flow is nil at level overall.
	Flow *cer.Flow
	// Component is "" at the levels overall and flow.
	Component cer.Component
	// SLI is nil but for level sli.
	SLI *cer.SLI
	// Columns hold a number an instant of the plan's range, NaN where there is none: of the measure that was asked
	// for, or of every measure for a table.
	Columns map[plan.Measure][]float64
}

// Evaluate computes what a plan is after. answers[i] is that to p.Leaves[i].
func Evaluate(p *plan.Plan, answers []plan.Answer) *Result {
	e := newEvaluation(p, answers)
	return &Result{Plan: p, Members: e.members(), Notices: append(e.notices, e.explain()...)}
}

// evaluation is the score tree of a plan, filled with numbers.
type evaluation struct {
	plan    *plan.Plan
	n       int
	flows   []flow
	overall []cer.Verdict
	notices []cer.Notice
}

// flow is a flow of the tree.
type flow struct {
	plan.Flow
	slis []*cer.SLI
	// readings[s][i] is that of the s-th SLI at the i-th instant.
	readings [][]cer.Reading
	verdicts []cer.Verdict
	doubts   []doubts
}

// newEvaluation reads every SLI, and judges every flow and the whole at each instant.
func newEvaluation(p *plan.Plan, answers []plan.Answer) *evaluation {
	e := &evaluation{plan: p, n: p.Range.Len()}
	columns := e.columns(answers)
	partial := make([]bool, len(answers))
	for i, answer := range answers {
		partial[i] = len(answer.Warnings) > 0
	}
	for _, planned := range p.Flows {
		e.flows = append(e.flows, e.read(planned, columns, partial))
	}
	e.overall = e.judgeOverall()
	return e
}

// columns merges the answers to the leaves.
func (e *evaluation) columns(answers []plan.Answer) []column {
	columns := make([]column, len(answers))
	for i, answer := range answers {
		merged, conflicts := merge(answer, e.n)
		columns[i] = merged
		if conflicts > 0 {
			slis, _ := e.plan.DefinedAs(e.plan.Leaves[i].PromQL)
			e.notices = append(e.notices, cer.Notice{Severity: cer.Warning, Subject: strings.Join(slis, ", "), Text: "several series came back at " + ofPoints(conflicts, e.n) +
				" for " + e.plan.Leaves[i].PromQL + "; aggregate them in the definition, for example with sum(...) or avg(...). Until then they count as missing"})
		}
		for _, warning := range answer.Warnings {
			e.notices = append(e.notices, cer.Notice{Severity: cer.Warning, Text: "the store warns: " + warning})
		}
	}
	return columns
}

// read reads the SLIs of a flow and judges the flow.
func (e *evaluation) read(planned plan.Flow, columns []column, partial []bool) flow {
	f := flow{Flow: planned}
	for _, s := range planned.SLIs {
		r := &reader{sli: s.SLI, window: s.Window, forms: s.Forms, columns: columns, partial: partial}
		f.slis = append(f.slis, s.SLI)
		f.readings = append(f.readings, r.readings(e.n))
		f.doubts = append(f.doubts, r.doubts)
	}
	f.verdicts = e.judge(&f, f.all())
	return f
}

// all returns the positions of all SLIs of the flow.
func (f *flow) all() []int {
	positions := make([]int, len(f.slis))
	for i := range positions {
		positions[i] = i
	}
	return positions
}

// judge returns the verdict of some of a flow's SLIs, by position, at each instant.
func (e *evaluation) judge(f *flow, positions []int) []cer.Verdict {
	slis := make([]*cer.SLI, len(positions))
	for k, s := range positions {
		slis[k] = f.slis[s]
	}
	readings := make([]cer.Reading, len(positions))
	scratch := make([]cer.Member, 0, len(positions))
	verdicts := make([]cer.Verdict, e.n)
	for i := range verdicts {
		for k, s := range positions {
			readings[k] = f.readings[s][i]
		}
		verdicts[i] = cer.Judge(slis, readings, e.plan.Catalog.Aggregate, e.plan.Catalog.MinCoverage, scratch)
	}
	return verdicts
}

// judgeOverall returns the verdict of the whole at each instant.
func (e *evaluation) judgeOverall() []cer.Verdict {
	whole := e.whole()
	overall := make([]cer.Verdict, e.n)
	for i := range overall {
		overall[i] = whole.at(i)
	}
	return overall
}

// whole judges the flows of an evaluation together, an instant at a time.
type whole struct {
	evaluation *evaluation
	flows      []*cer.Flow
	verdicts   []cer.Verdict
	scratch    []cer.Member
}

func (e *evaluation) whole() *whole {
	w := &whole{evaluation: e, verdicts: make([]cer.Verdict, len(e.flows)), scratch: make([]cer.Member, 0, len(e.flows))}
	for k := range e.flows {
		w.flows = append(w.flows, e.flows[k].Flow.Flow)
	}
	return w
}

// at returns the verdict of the whole at an instant.
func (w *whole) at(i int) cer.Verdict { return w.with(i, -1, cer.Verdict{}) }

// with returns the verdict of the whole at an instant if the k-th flow's were another one.
func (w *whole) with(i, k int, instead cer.Verdict) cer.Verdict {
	for j := range w.evaluation.flows {
		w.verdicts[j] = w.evaluation.flows[j].verdicts[i]
	}
	if k >= 0 {
		w.verdicts[k] = instead
	}
	catalog := w.evaluation.plan.Catalog
	return cer.JudgeOverall(w.flows, w.verdicts, catalog.Aggregate, catalog.MinCoverage, w.scratch)
}
