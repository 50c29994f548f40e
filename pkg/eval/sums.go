package eval

import (
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Sums are what the slices of a page add to the losses of those that its plan is about. They do not change.
type Sums struct {
	slices map[summedKey][]cer.TimeSlice
	// conflicts and warned are what is to be said of the answers that the sums are made of.
	conflicts map[string]conflict
	warned    []string
}

// summedKey names a group of flows, by its number, and a subject in it.
type summedKey struct {
	group   int
	subject subjectKey
}

// Block is a block of time slices of a plan, or of a part of one.
type Block struct {
	Part  *plan.Plan
	Range series.Range
}

// Kept has the sums of blocks.
type Kept map[Block]*Sums

// SumsOf computes the sums of a page by its plan. answers[i] is that to p.Leaves[i].
func SumsOf(p *plan.Plan, answers []series.Answer) *Sums {
	sums := &Sums{slices: map[summedKey][]cer.TimeSlice{}, conflicts: map[string]conflict{}}
	l := newLedger(p, answers, nil)
	if len(p.Coarse.Flows) == 0 {
		return sums
	}
	for _, g := range groups(p, p.Coarse) {
		e := l.evaluations(g, cohort{})
		for _, s := range e.counted() {
			sums.slices[summedKey{g.number, s.key()}] = e.slicesOf(s)
		}
	}
	for promQL, found := range l.conflicts {
		sums.conflicts[promQL] = *found
	}
	sums.warned = l.warned
	return sums
}

// Bytes estimates what the sums take.
func (s *Sums) Bytes() int {
	const overhead, slice = 160, 24
	bytes := overhead
	for _, slices := range s.slices {
		bytes += overhead + slice*len(slices)
	}
	return bytes
}

// counted lists those whose losses are counted over long windows: whom the query shows, and of whom its policies need
// numbers.
func (e *evaluation) counted() []subject {
	var all []subject
	for _, s := range e.subjects() {
		all = append(all, s)
		for _, number := range e.plan.Counted {
			if number.Number != policy.Burn && number.Number != policy.Budget {
				continue
			}
			if named, ok := e.named(number, s); ok {
				all = append(all, named)
			}
		}
	}
	return all
}

// pages returns the sums of the plan's pages.
func (l *ledger) pages() []*Sums {
	if l.plan.Coarse == nil {
		return nil
	}
	pages := make([]*Sums, len(l.plan.Coarse.Blocks))
	for k, block := range l.plan.Coarse.Blocks {
		pages[k] = l.kept[Block{l.plan, block}]
	}
	return pages
}

// pagesOf is what the slices of each page add to the loss of a subject, and what maintenances make of that.
func (e *evaluation) pagesOf(s subject) [][]cer.TimeSlice {
	pages := make([][]cer.TimeSlice, len(e.pages))
	for k, sums := range e.pages {
		pages[k] = sums.slices[summedKey{e.group.number, s.key()}]
	}
	return pages
}
