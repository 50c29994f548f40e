package eval

import (
	"math"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// onlyWorst keeps of the members of an evaluation those that need attention most, as many as the query asks for: of each
// flow, or at the level flow of all flows. They stay in their order, and of equal ones the first are kept.
func onlyWorst(q query.Query, members []Member) []Member {
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
			related := q.Level == query.LevelFlow || other.Flow == m.Flow
			if related && (badness[k] > badness[i] || badness[k] == badness[i] && k < i) {
				worse++
			}
		}
		if worse < q.Worst {
			kept = append(kept, m)
		}
	}
	return slices.Clip(kept)
}

// badness is how much a member needs attention by its newest number; least of all where there is none.
func (m Member) badness(q query.Query) float64 {
	by, low := q.WorstBy()
	column := m.Columns[by]
	switch {
	case len(column) == 0 || math.IsNaN(column[len(column)-1]):
		return math.Inf(-1)
	case low:
		return -column[len(column)-1]
	default:
		return column[len(column)-1]
	}
}
