package series

import "github.com/prometheus/prometheus/model/labels"

// Exemplar is an observation that a store keeps with labels of its own, such as the ID of its trace.
type Exemplar struct {
	// Series are the labels of the series that it was counted in, and Labels its own.
	Series, Labels labels.Labels
	// Time is when it was observed, in Unix milliseconds, and Value what was observed, in the unit of the series.
	Time  int64
	Value float64
}

// Exemplars are what a store has of the selectors of an expression between two times. They are shared, and must not be changed.
type Exemplars struct {
	Found []Exemplar
	// Warnings are the store's own words on a partial or doubtful answer.
	Warnings []string
	// Cut says that the answer was longer than is read, so that there are more.
	Cut bool
	// Refused is the error of a store that does not answer questions for exemplars; nil otherwise.
	Refused error
}
