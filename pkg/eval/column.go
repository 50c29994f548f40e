package eval

import (
	"math"

	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// column is one number an instant, NaN where there is none.
type column []float64

// newColumn returns a column of n instants without numbers.
func newColumn(n int) column {
	c := make(column, n)
	for i := range c {
		c[i] = math.NaN()
	}
	return c
}

// merge lays the series of an answer over each other. Where several have a number at the same instant nobody can tell
// which is meant: there the column has none, and the instant is counted as a conflict.
func merge(answer plan.Answer, n int) (merged column, conflicts int) {
	if len(answer.Series) == 1 {
		return answer.Series[0].Values, 0
	}
	merged = newColumn(n)
	for i := range merged {
		found := 0
		for _, s := range answer.Series {
			if !math.IsNaN(s.Values[i]) {
				merged[i] = s.Values[i]
				found++
			}
		}
		if found > 1 {
			merged[i] = math.NaN()
			conflicts++
		}
	}
	return merged, conflicts
}
