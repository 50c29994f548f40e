package series

import "time"

// Answer is what a store has of an expression over a range. Answers are shared, and must not be changed.
type Answer struct {
	Series []Series
	// Warnings are the store's own words on a partial or doubtful answer; Infos are its hints to the author of the
	// expression.
	Warnings, Infos []string
	// Refused is the error of a store that refused the expression by itself, so that there are no series; nil otherwise.
	Refused error
	// Until is when the store is to be asked again, though late samples change nothing any more; zero for at once.
	Until time.Time
}

// IsPartial reports whether the store warned that there may be more, or other, samples.
func (a Answer) IsPartial() bool { return len(a.Warnings) > 0 }
