package plan

import (
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// heldStep is the distance, in milliseconds, of the instants at which a score is looked for that can be held.
const heldStep = 60_000

// rangesBefore returns ranges that hold all whole minutes up to delay before each instant of r, as few and as short as a
// store's limit of points allows: together where the instants lie close, else one by one where there are two.
func rangesBefore(r series.Range, delay time.Duration) []series.Range {
	if r.Len() == 0 {
		return nil
	}
	if r.Len() == 2 && r.Step > delay.Milliseconds() {
		return append(rangesBefore(series.Instant(r.Start), delay), rangesBefore(series.Instant(r.End), delay)...)
	}
	var ranges []series.Range
	start, end := series.Floor(r.Start-delay.Milliseconds(), heldStep)+heldStep, series.Floor(r.Last(), heldStep)
	for start <= end {
		last := min(start+(MaxPointsPerSeries-1)*heldStep, end)
		ranges = append(ranges, series.Range{Start: start, End: last, Step: heldStep})
		start = last + heldStep
	}
	return ranges
}
