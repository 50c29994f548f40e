package plan

import (
	"fmt"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// Range is the instants a plan asks for: Start, Start+Step, ... End, both ends included; a single instant where
// Start equals End.
type Range struct {
	Start, End time.Time
	// Step is above 0 unless the range is an instant.
	Step time.Duration
}

// Instant returns the range that is the single instant t.
func Instant(t time.Time) Range { return Range{Start: t, End: t} }

// IsInstant reports whether the range is a single instant that stands by itself.
func (r Range) IsInstant() bool { return r.Step == 0 }

// Len returns the number of instants; 0 where End is before Start.
func (r Range) Len() int {
	if r.End.Before(r.Start) {
		return 0
	}
	if r.IsInstant() {
		return 1
	}
	return int(r.End.Sub(r.Start)/r.Step) + 1
}

// At returns the i-th instant.
func (r Range) At(i int) time.Time { return r.Start.Add(time.Duration(i) * r.Step) }

// String returns the range as a reader of the plan wants it, in UTC.
func (r Range) String() string {
	if r.IsInstant() {
		return "at " + r.End.UTC().Format(time.RFC3339)
	}
	return fmt.Sprintf("%s .. %s every %s", r.Start.UTC().Format(time.RFC3339), r.End.UTC().Format(time.RFC3339), r.Step)
}

// pastStep is the distance of the instants at which a score is looked for that can be held.
const pastStep = time.Minute

// before returns ranges that hold all whole minutes up to delay before each instant of r, as few and as short as a
// store's limit of points allows: together where the instants lie close, else one by one where there are two.
func (r Range) before(delay time.Duration) []Range {
	if r.Len() == 0 {
		return nil
	}
	if r.Len() == 2 && r.Step > delay {
		return append(Instant(r.Start).before(delay), Instant(r.End).before(delay)...)
	}
	var ranges []Range
	start, end := floor(r.Start.Add(-delay), pastStep).Add(pastStep), floor(r.At(r.Len()-1), pastStep)
	for !start.After(end) {
		last := earlier(start.Add((MaxPointsPerSeries-1)*pastStep), end)
		ranges = append(ranges, Range{Start: start, End: last, Step: pastStep})
		start = last.Add(pastStep)
	}
	return ranges
}

// Leaf is one expression asked of the store at the instants of a range. Equal leaves have equal answers.
type Leaf struct {
	PromQL string
	Range  Range
}

// Series is what the store has of a leaf for one set of labels: one number an instant of the leaf's range.
type Series = expand.Series

// Undefined stands for a sample that is no number, such as 0/0.
var Undefined = expand.Undefined

// Sample returns a number of the store as Series hold it.
func Sample(v float64) float64 { return expand.Sample(v) }

// IsUndefined reports whether v is Undefined.
func IsUndefined(v float64) bool { return expand.IsUndefined(v) }

// Answer is what the store says of a leaf. Answers are shared between plans and must not be changed.
type Answer struct {
	Series []Series
	// Warnings are the store's own words on a partial or doubtful answer; Infos are its hints to whoever wrote the
	// expression.
	Warnings, Infos []string
	// Until is when the store is to be asked again, though late samples change nothing any more; zero where that is at once.
	Until time.Time
}
