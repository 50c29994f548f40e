package series

import (
	"fmt"
	"time"
)

// Range is the instants Start, Start+Step, ... up to End, both ends included, in Unix milliseconds. Where Step is 0 it is
// the single instant that Start and End both are. Ranges are equal where their fields are, so that they can be keys of maps.
type Range struct {
	Start, End, Step int64
}

// New returns the range from start to end, in steps above 0. All of them are cut to whole milliseconds.
func New(start, end time.Time, step time.Duration) Range {
	return Range{Start: start.UnixMilli(), End: end.UnixMilli(), Step: step.Milliseconds()}
}

// Instant returns the range that is the single instant t, in Unix milliseconds.
func Instant(t int64) Range { return Range{Start: t, End: t} }

// InstantOf returns the range that is the single instant t, cut to whole milliseconds.
func InstantOf(t time.Time) Range { return Instant(t.UnixMilli()) }

// IsInstant reports whether the range is a single instant without a step.
func (r Range) IsInstant() bool { return r.Step == 0 }

// Len returns the number of instants; 0 where End is before Start.
func (r Range) Len() int {
	switch {
	case r.End < r.Start:
		return 0
	case r.IsInstant():
		return 1
	default:
		return int((r.End-r.Start)/r.Step) + 1
	}
}

// At returns the i-th instant, in Unix milliseconds.
func (r Range) At(i int) int64 { return r.Start + int64(i)*r.Step }

// Last returns the last instant, in Unix milliseconds; Start where there is none.
func (r Range) Last() int64 { return r.At(max(r.Len()-1, 0)) }

// Contains reports whether all instants of a part are instants of the range, and the part has the same step or a single instant.
func (r Range) Contains(part Range) bool {
	if part.Start < r.Start || part.Last() > r.Last() || !part.IsInstant() && part.Step != r.Step {
		return false
	}
	return r.IsInstant() || (part.Start-r.Start)%r.Step == 0
}

// Time returns the i-th instant, in UTC.
func (r Range) Time(i int) time.Time { return Time(r.At(i)) }

// String returns the range in words, such as 2026-03-01T12:00:00Z .. 2026-03-01T13:00:00Z every 1m0s.
func (r Range) String() string {
	end := Time(r.End).Format(time.RFC3339)
	if r.IsInstant() {
		return "at " + end
	}
	return fmt.Sprintf("%s .. %s every %s", Time(r.Start).Format(time.RFC3339), end, Duration(r.Step))
}

// Time returns the time of an instant in Unix milliseconds, in UTC.
func Time(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// Duration returns a number of milliseconds as a duration.
func Duration(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }

// Floor returns the multiple of step since 1970 at or before t; both are in milliseconds, and a step under 1 counts as 1.
func Floor(t, step int64) int64 {
	step = max(step, 1)
	rest := t % step
	if rest < 0 {
		rest += step
	}
	return t - rest
}

// FloorTime returns Floor of a time and a duration.
func FloorTime(t time.Time, step time.Duration) time.Time {
	return Time(Floor(t.UnixMilli(), step.Milliseconds()))
}
