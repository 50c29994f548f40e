package query

import "fmt"

// Invalid is the error of a query that can't be answered, whatever the store has.
type Invalid struct{ Message string }

// Error returns a sentence for the author of the query.
func (e *Invalid) Error() string { return e.Message }

// Invalidf returns an *Invalid error.
func Invalidf(format string, args ...any) error {
	return &Invalid{Message: fmt.Sprintf(format, args...)}
}
