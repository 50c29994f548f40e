package eval

import (
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/query"
)

func TestEveryMeasureIsComputed(t *testing.T) {
	rows := query.Rows()
	for _, row := range rows {
		if measures[row.Measure] == nil {
			t.Errorf("no function computes the measure %s; add one to the table in measures.go", row.Measure)
		}
	}
	if len(measures) != len(rows) {
		t.Errorf("%d measures have a function, and %d a row in pkg/query", len(measures), len(rows))
	}
}
