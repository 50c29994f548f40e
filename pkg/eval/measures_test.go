package eval

import (
	"slices"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/query"
)

func TestEveryMeasureIsComputed(t *testing.T) {
	rows := slices.DeleteFunc(query.Rows(), func(row query.Row) bool { return row.Basis == query.OfGates }) // They are decided by pkg/eval/gate.
	for _, row := range rows {
		if measures[row.Measure] == nil {
			t.Errorf("no function computes the measure %s; add one to the table in measures.go", row.Measure)
		}
	}
	if len(measures) != len(rows) {
		t.Errorf("%d measures have a function, and %d a row in pkg/query", len(measures), len(rows))
	}
}
