package budget

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// Sums are those of the time slices, and the same to the last bit whatever the range that these come with.
func TestWindowSumsAreTheSameInEveryRange(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 9))
	const all = 3000
	start := time.Date(2026, 3, 4, 10, 2, 0, 0, time.UTC)
	timeSlices := make([]cer.TimeSlice, all)
	for i := range timeSlices {
		if random.IntN(4) > 0 {
			timeSlices[i] = cer.TimeSlice{Lost: random.Float64(), Total: 1 + random.Float64(), Known: true}
		}
	}
	sumsOf := func(from, to, stride int) *windowSums {
		return newWindowSums(nil, timeSlices[from:to], start.Add(time.Duration(from)*time.Minute).UnixMilli(), time.Minute.Milliseconds(), stride)
	}
	for range 2000 {
		stride := []int{1, 1, 5}[random.IntN(3)]
		last := random.IntN(all)
		count := 1 + random.IntN(last/stride+1)
		first := last - (count-1)*stride
		from, to := random.IntN(first+1), last+1+random.IntN(all-last)
		got, again := sumsOf(0, all, stride).sum(last, count), sumsOf(from, to, stride).sum(last-from, count)
		if got != again {
			t.Fatalf("%d slices, %d apart, up to %d add up to %+v, and to %+v from %d to %d", count, stride, last, got, again, from, to)
		}
		var want cer.TimeSlice
		for k := range count {
			want = want.Add(timeSlices[last-k*stride])
		}
		if d := got.Lost - want.Lost; got.Known != want.Known || d > 1e-9 || d < -1e-9 || got.Total-want.Total > 1e-9 || want.Total-got.Total > 1e-9 {
			t.Fatalf("%d slices, %d apart, up to %d add up to %+v, want %+v", count, stride, last, got, want)
		}
	}
}
