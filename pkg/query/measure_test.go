package query_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/internal/golden"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// The editor reads the table from a file. After a change of the table: go test ./pkg/query -update
func TestTheEditorsTableIsCurrent(t *testing.T) {
	text, err := query.MeasuresJSON()
	if err != nil {
		t.Fatal(err)
	}
	golden.CompareFile(t, "../../src/measures.gen.json", string(text))
}

func TestRowsAreComplete(t *testing.T) {
	seen := map[query.Measure]bool{}
	for _, row := range query.Rows() {
		switch {
		case seen[row.Measure]:
			t.Errorf("there are two rows of %s", row.Measure)
		case len(row.Levels) == 0 || row.Unit == "" || row.Basis == "" || row.Window == "":
			t.Errorf("the row of %s lacks a column: %+v", row.Measure, row)
		case slices.ContainsFunc(row.ComponentLevels, func(l query.Level) bool { return !row.Measure.ExistsAt(l) }):
			t.Errorf("%s may be restricted by components at a level at which it does not exist", row.Measure)
		case row.Measure.IsBudget() != (row.Basis == query.OfBudgets):
			t.Errorf("%s needs an objective, or is held against one, but not both", row.Measure)
		}
		seen[row.Measure] = true
	}
}

func TestColumnsOfTables(t *testing.T) {
	tests := map[string]struct {
		q    query.Query
		want []query.Measure
	}{
		"a series has its measure": {query.Query{Format: query.Timeseries, Measure: query.Burn}, []query.Measure{query.Burn}},
		"a table of the instant": {query.Query{Format: query.Table, Measure: query.Score},
			[]query.Measure{query.Score, query.Value, query.Impact, query.Coverage, query.Weight, query.Traffic, query.Lag}},
		"a table of budgets": {query.Query{Format: query.Table, Measure: query.Exhaustion},
			[]query.Measure{query.Score, query.Coverage, query.Burn, query.Budget, query.Exhaustion}},
		"a table of states": {query.Query{Format: query.Table, Measure: query.State},
			[]query.Measure{query.State, query.Score, query.Coverage, query.Burn, query.Budget, query.Exhaustion}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := test.q.Columns(); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// A table at an instant shows every measure, so that components go with it whichever it states.
func TestComponentsOfTablesDependOnNoMeasure(t *testing.T) {
	for _, row := range query.Rows() {
		if row.Basis != query.OfInstants || row.Measure.IsMoney() || !row.Measure.ComesAs(query.Table) { // There is no table of those.
			continue
		}
		for _, level := range []query.Level{query.LevelComponent, query.LevelSLI} {
			text := fmt.Sprintf(`{"format":"table","measure":%q,"level":%q,"components":["latency"]}`, row.Measure, level)
			if _, err := query.Parse([]byte(text)); err != nil {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
}
