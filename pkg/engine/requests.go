package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Requests are the queries to the store that answer a request of the engine, with those of its blocks and shards. They are as
// they are sent while the cache is empty: what is answered from the cache is among them, since the text in a panel's inspector
// must not depend on what was requested before. Expressions that are requested one by one since the store refused them merged are
// listed merged. Questions for facts about the store are not listed.
type Requests []RequestGroup

// RequestGroup are expressions each of which is requested over each of some ranges.
type RequestGroup struct {
	Ranges []series.Range
	PromQL []string
	// OfExemplars says that the exemplars of the selectors are asked for, between the ends of the ranges.
	OfExemplars bool
	// expressions are those before merging, whose positions are the members of merged.
	expressions []string
	merged      []expand.Merged
}

// Len returns the number of requests.
func (r Requests) Len() int {
	n := 0
	for _, g := range r {
		n += len(g.Ranges) * len(g.PromQL)
	}
	return n
}

const (
	// maxPrinted is the length in bytes above which String leaves requests out.
	maxPrinted = 128 << 10
	// maxPrintedRanges is the number of ranges of a group that String prints.
	maxPrintedRanges = 200
)

// String prints the ranges and the expressions of each group, a line each, with the ranges as comments of PromQL. Where there
// are very many requests, it prints the first ones, and the number of the rest.
func (r Requests) String() string {
	var out strings.Builder
	printed := 0
	for _, g := range r {
		ranges := g.Ranges[:min(len(g.Ranges), maxPrintedRanges)]
		for i, promQL := range g.PromQL {
			if out.Len() > maxPrinted {
				break
			}
			if i == 0 {
				for _, over := range ranges {
					fmt.Fprintf(&out, "# %s\n", g.describe(over))
				}
			}
			fmt.Fprintln(&out, promQL)
			printed += len(ranges)
		}
	}
	if rest := r.Len() - printed; rest > 0 {
		fmt.Fprintf(&out, "# and %d more requests\n", rest)
	}
	return out.String()
}

// describe says what is asked for over a range.
func (g RequestGroup) describe(over series.Range) string {
	if !g.OfExemplars {
		return over.String()
	}
	return fmt.Sprintf("exemplars from %s to %s", series.Time(over.Start).Format(time.RFC3339), series.Time(over.End).Format(time.RFC3339))
}

// For returns the expressions by which one of a plan is requested: one, unless it is merged with others at some instants only.
func (r Requests) For(promQL string) []string {
	var all []string
	for _, g := range r {
		at := slices.Index(g.expressions, promQL)
		for _, m := range g.merged {
			if request := m.Expr.String(); slices.Contains(m.Members, at) && !slices.Contains(all, request) {
				all = append(all, request)
			}
		}
	}
	return all
}

// with returns the requests and more ones, with those of the same expressions in one group.
func (r Requests) with(more Requests) Requests {
	all := slices.Clone(r)
	for _, g := range more {
		at := slices.IndexFunc(all, func(other RequestGroup) bool { return slices.Equal(other.expressions, g.expressions) })
		if at < 0 {
			all = append(all, g)
			continue
		}
		known := all[at].Ranges
		all[at].Ranges = slices.Concat(known, slices.DeleteFunc(slices.Clone(g.Ranges), func(over series.Range) bool {
			return slices.Contains(known, over)
		}))
	}
	return all
}

// RequestsOf returns the requests of a plan and of its blocks.
func RequestsOf(p *plan.Plan) Requests { return new(Merger).requestsOf(p) }

// requestsOf is RequestsOf with what is remembered of merging.
func (m *Merger) requestsOf(p *plan.Plan) Requests {
	if p.Range.Len() == 0 {
		return nil
	}
	if len(p.Exemplars) > 0 {
		return exemplarRequests(p)
	}
	all := m.requests(p.Leaves, 0)
	for _, part := range p.Parts() {
		all = all.with(m.blockRequests(part))
	}
	return all
}

// requests returns the requests for distinct leaves that are fetched together, once for each shift of their ranges in
// milliseconds.
func (m *Merger) requests(leaves []expand.Leaf, shifts ...int64) Requests {
	sets := setsOf(leaves)
	var groups Requests
	known := map[string]int{} // The groups by the positions of their sets.
	for _, shift := range shifts {
		ranges, setsOver := piecesOf(sets, shift)
		for _, over := range ranges {
			key := fmt.Sprint(setsOver[over])
			at, ok := known[key]
			if !ok {
				at = len(groups)
				known[key], groups = at, append(groups, m.group(leaves, sets, setsOver[over]))
			}
			groups[at].Ranges = append(groups[at].Ranges, over)
		}
	}
	return groups
}

// group returns a group without ranges of the expressions of some sets, in the order of the leaves.
func (m *Merger) group(leaves []expand.Leaf, sets []leafSet, positions []int) RequestGroup {
	var all []int
	for _, at := range positions {
		all = append(all, sets[at].leaves...)
	}
	slices.Sort(all)
	var g RequestGroup
	var exprs []*expand.Expr
	known := map[string]bool{}
	for _, at := range all {
		if promQL := leaves[at].Expr.String(); !known[promQL] {
			known[promQL] = true
			exprs, g.expressions = append(exprs, leaves[at].Expr), append(g.expressions, promQL)
		}
	}
	g.merged = m.merge(exprs)
	for _, merged := range g.merged {
		g.PromQL = append(g.PromQL, merged.Expr.String())
	}
	return g
}

// leafSet are the leaves of a range, by their positions.
type leafSet struct {
	over   series.Range
	leaves []int
}

// setsOf returns the sets of leaves, in the order of their first ones.
func setsOf(leaves []expand.Leaf) []leafSet {
	var sets []leafSet
	known := map[series.Range]int{}
	for i, leaf := range leaves {
		at, ok := known[leaf.Range]
		if !ok {
			at = len(sets)
			known[leaf.Range], sets = at, append(sets, leafSet{over: leaf.Range})
		}
		sets[at].leaves = append(sets[at].leaves, i)
	}
	return sets
}

// piecesOf returns the ranges by which sets are requested whose ranges are shifted by milliseconds, and the positions of the sets
// that are requested over each.
func piecesOf(sets []leafSet, shift int64) (ranges []series.Range, setsOver map[series.Range][]int) {
	setsOver = map[series.Range][]int{}
	for i, set := range sets {
		shifted := series.Range{Start: set.over.Start + shift, End: set.over.End + shift, Step: set.over.Step}
		for _, piece := range fetch.Pieces(shifted) {
			if setsOver[piece] == nil {
				ranges = append(ranges, piece)
			}
			setsOver[piece] = append(setsOver[piece], i)
		}
	}
	return ranges, setsOver
}
