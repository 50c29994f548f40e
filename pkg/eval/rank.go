package eval

import (
	"cmp"
	"math"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// losesOf is what a subject's weight and what its score lacks to 1 take away from the whole at the newest instant; 0 where
// it has no score.
func (e *evaluation) losesOf(s subject) float64 {
	if s.level == query.LevelOverall || e.n == 0 {
		return 0
	}
	last := e.n - 1
	lost := e.flowShares(s.flow)[last]
	if s.level == query.LevelFlow {
		lost *= 1 - e.flows[s.flow].verdicts[last].Score
	} else {
		lost *= e.sumOfShares(s, func(m cer.Member) float64 { return 1 - m.Score })[last]
	}
	if math.IsNaN(lost) {
		return 0
	}
	return lost
}

// ranked returns the rows of a table in the order of what to fix first where impacts do not tell that, since none is
// above 0, as with the aggregate min and ties: by what each loses. Else it leaves them as they are.
func ranked(p *plan.Plan, members []Member) []Member {
	if p.Query.Format != query.Table || slices.ContainsFunc(members, func(m Member) bool { return m.newest(query.Impact) > cer.Tolerance }) {
		return members
	}
	slices.SortStableFunc(members, func(a, b Member) int { return cmp.Compare(b.Lost, a.Lost) })
	return members
}

// newest is the newest number of a measure, NaN where there is none.
func (m Member) newest(measure query.Measure) float64 {
	column := m.Columns[measure]
	if len(column) == 0 {
		return math.NaN()
	}
	return column[len(column)-1]
}
