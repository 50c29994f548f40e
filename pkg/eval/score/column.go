package score

import "math"

// NewColumn returns a column of n instants without numbers.
func NewColumn(n int) []float64 {
	column := make([]float64, n)
	for i := range column {
		column[i] = math.NaN()
	}
	return column
}

// newColumn returns a column of n instants with the numbers that at returns.
func newColumn(n int, at func(i int) float64) []float64 {
	column := make([]float64, n)
	for i := range column {
		column[i] = at(i)
	}
	return column
}

// addTo adds a number to a sum, which is NaN while there is nothing in it. NaN adds nothing.
func addTo(sum *float64, number float64) {
	switch {
	case math.IsNaN(number):
	case math.IsNaN(*sum):
		*sum = number
	default:
		*sum += number
	}
}
