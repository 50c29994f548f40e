package eval

import (
	"cmp"
	"math"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// sortByCatalog sorts members by the catalog, each with its cohorts together.
func sortByCatalog(p *plan.Plan, members []Member) []Member {
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

// rankMembers sorts the rows of a table by what each takes away from the overall score, where impacts do not say what to
// fix first since none is above 0, as with the aggregate min and ties. Else it leaves them as they are.
func rankMembers(p *plan.Plan, members []Member) []Member {
	if p.Query.Format != query.Table || slices.ContainsFunc(members, func(m Member) bool { return m.Newest(query.Impact) > cer.Tolerance }) {
		return members
	}
	slices.SortStableFunc(members, func(a, b Member) int { return cmp.Compare(b.Lost, a.Lost) })
	return members
}

// worstMembers returns the members that need attention most, as many as the query asks for: of each flow, or at the level
// flow of all flows, unless each policy has members of its own. They stay in their order, and of equal ones the first are kept.
func worstMembers(p *plan.Plan, members []Member) []Member {
	q := p.Query
	if q.Worst == 0 {
		return members
	}
	badness := make([]float64, len(members))
	for i, m := range members {
		badness[i] = m.badness(q)
	}
	var kept []Member
	for i, m := range members {
		worse := 0
		for k, other := range members {
			related := q.Level == query.LevelFlow && !p.ByPolicy || other.Flow == m.Flow
			if related && (badness[k] > badness[i] || badness[k] == badness[i] && k < i) {
				worse++
			}
		}
		if worse < q.Worst {
			m.Calm = calm(members)
			kept = append(kept, m)
		}
	}
	return slices.Clip(kept)
}

// setCalm sets whether the member is calm, where the query asks for the worst state of flows now. Cohorts of flows are no flows to count.
func (m *Member) setCalm(q query.Query) {
	asked := q.Level == query.LevelFlow && q.Format == query.Latest && q.Worst == 1 && len(q.By) == 0
	if asked && m.Newest(query.State) == cer.StateOK.Number() && m.Maintenance == "" {
		m.Calm = 1
	}
}

// calm returns how many flows some members stand for; 0 unless all of them are calm.
func calm(members []Member) int {
	sum := 0
	for _, m := range members {
		if m.Calm == 0 {
			return 0
		}
		sum += m.Calm
	}
	return sum
}

// unknownBadness is where an unknown state stands between ok and ticket: it may hide a worse one.
const unknownBadness = 0.5

// badness returns how much a member needs attention by its newest number; least of all where there is none, but for a state.
func (m Member) badness(q query.Query) float64 {
	measure, lowest := q.WorstBy()
	switch newest := m.Newest(measure); {
	case math.IsNaN(newest) && measure == query.State:
		return unknownBadness
	case math.IsNaN(newest):
		return math.Inf(-1)
	case lowest:
		return -newest
	default:
		return newest
	}
}
