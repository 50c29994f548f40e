package eval

import (
	"math"
	"slices"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// The flows that the worst one stands for are those of all parts in which a query is answered.
func TestTheWorstOfCalmFlowsStandsForAll(t *testing.T) {
	worst := query.Query{Measure: query.State, Level: query.LevelFlow, Format: query.Latest, Worst: 1}
	member := func(q query.Query, state float64, maintenance string) Member {
		m := Member{Columns: map[query.Measure][]float64{query.State: {state}}, Maintenance: maintenance}
		m.setCalm(q)
		return m
	}
	three := worst
	three.Worst = 3
	split := worst
	split.By = []string{"region"}
	tests := map[string]struct {
		q     query.Query
		parts [][]Member
		want  []int
	}{
		"all are ok":                 {worst, [][]Member{{member(worst, 0, ""), member(worst, 0, "")}, {member(worst, 0, "")}}, []int{3}},
		"one is in maintenance":      {worst, [][]Member{{member(worst, 0, ""), member(worst, 0, "works")}, {member(worst, 0, "")}}, []int{0}},
		"one is a page":              {worst, [][]Member{{member(worst, 0, ""), member(worst, 0, "")}, {member(worst, 2, "")}}, []int{0}},
		"three of them are asked":    {three, [][]Member{{member(three, 0, ""), member(three, 0, "")}, {member(three, 0, "")}}, []int{0, 0, 0}},
		"they are cohorts of flows":  {split, [][]Member{{member(split, 0, ""), member(split, 0, "")}, {member(split, 0, "")}}, []int{0}},
		"there is none but this":     {worst, [][]Member{{member(worst, 0, "")}}, []int{1}},
		"of one it is not known":     {worst, [][]Member{{member(worst, 0, "")}, {member(worst, math.NaN(), "")}}, []int{0}},
		"a part of which has a page": {worst, [][]Member{{member(worst, 1, ""), member(worst, 0, "")}, {member(worst, 0, "")}}, []int{0}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := &plan.Plan{Query: test.q}
			var results []*Result
			for _, members := range test.parts {
				results = append(results, &Result{Plan: p, Members: worstMembers(p, members)})
			}
			var got []int
			for _, m := range Join(results).Members {
				got = append(got, m.Calm)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("they stand for %v flows, want %v", got, test.want)
			}
		})
	}
}
