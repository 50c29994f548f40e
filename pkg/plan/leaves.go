package plan

import (
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// leavesOf returns what has to be asked for a plan and its parts, each leaf once.
func leavesOf(p *Plan) []expand.Leaf {
	l := &leafList{known: map[expand.LeafKey]bool{}}
	for _, part := range p.Parts() {
		for _, s := range []*Segment{part.Instants, part.Coarse, part.Fine} {
			if s != nil {
				l.addSegment(s)
			}
		}
	}
	l.addMaintenance(p.Maintenance)
	for i := range p.Events {
		l.add(&p.Events[i].Source, p.Range)
	}
	if p.States != nil {
		for i := range p.States.Deployments {
			l.add(&p.States.Deployments[i].Source, p.States.Known)
		}
	}
	for i := range p.Births {
		l.addLeaf(p.BirthLeaf(i))
	}
	return l.leaves
}

// leafList is leaves without repetitions.
type leafList struct {
	leaves []expand.Leaf
	known  map[expand.LeafKey]bool
}

// addSegment adds all that the flows of a segment are read by.
func (l *leafList) addSegment(s *Segment) {
	for i := range s.Flows {
		f := &s.Flows[i]
		for j := range f.SLIs {
			l.addSLI(s, &f.SLIs[j])
		}
		l.add(f.Weight, s.Range)
		l.add(f.Money, s.Range)
	}
	l.addMaintenance(s.Maintenance)
}

// addSLI adds all that an SLI of a segment is read by.
func (l *leafList) addSLI(s *Segment, sli *SLI) {
	for _, v := range sli.Views() {
		l.add(&v.Source, s.Range)
		l.add(v.Fallback, s.Range)
		if v.Held == nil {
			continue
		}
		for _, over := range sli.HeldRanges(s.Range) {
			l.add(&v.Held.Source, over)
			l.add(v.Held.Fallback, over)
		}
	}
	l.add(sli.Lag, s.Range)
	for i := range sli.Quantiles {
		l.add(&sli.Quantiles[i].Source, s.Range)
	}
}

// addMaintenance adds the expressions of maintenances.
func (l *leafList) addMaintenance(all []Maintenance) {
	for _, m := range all {
		l.add(m.Source, m.Over)
	}
}

// add adds the expressions of a source, which may be nil, over a range.
func (l *leafList) add(source *Source, over series.Range) {
	if source == nil {
		return
	}
	over = source.Over(over)
	for _, form := range source.Forms {
		within := form.Holds.In(over)
		if within.Len() == 0 && over.Len() > 0 {
			continue
		}
		for _, part := range form.Total {
			l.addLeaf(expand.Leaf{Expr: part.Expr, Range: within})
		}
		for _, part := range slices.Concat(form.Parts, form.Bounded) {
			l.addLeaf(expand.Leaf{Expr: part.Expr, Range: within})
		}
	}
}

// addLeaf adds a leaf unless it is there.
func (l *leafList) addLeaf(leaf expand.Leaf) {
	if key := leaf.Key(); !l.known[key] {
		l.known[key] = true
		l.leaves = append(l.leaves, leaf)
	}
}
