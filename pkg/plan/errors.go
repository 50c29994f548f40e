package plan

import "github.com/cer-reliability/cer-datasource/pkg/query"

// TooLarge is the error of a query that asks for more points than it may.
type TooLarge struct {
	query.Invalid
	Points int
}

// Unwrap returns the sentence for the author of the query.
func (e *TooLarge) Unwrap() error { return &e.Invalid }
