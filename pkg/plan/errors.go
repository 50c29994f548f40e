package plan

import "github.com/cer-reliability/cer-datasource/pkg/query"

// TooLarge is the error of a query that asks for more points than it may.
type TooLarge struct {
	query.Invalid
	// Points is the product of instants, SLIs and cohorts, and FlowInstants that of instants and flows.
	Points, FlowInstants int
}

// Unwrap returns the sentence for the author of the query.
func (e *TooLarge) Unwrap() error { return &e.Invalid }
