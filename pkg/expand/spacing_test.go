package expand_test

import (
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// counted is the number of series of a job with a number of samples, at some instants.
func counted(job, samples string, values ...float64) series.Series {
	return series.Series{Labels: labels.FromStrings("job", job, "samples", samples), Values: values}
}

// grains returns the ends of n grains of time.
func grains(n int) []int64 {
	ends := make([]int64, n)
	for i := range ends {
		ends[i] = int64(i+100) * expand.SpacingGrain.Milliseconds()
	}
	return ends
}

func TestSpacingsAreMeasuredByTheNumberOfSamples(t *testing.T) {
	nan := math.NaN()
	const step = 3 * 3_600_000
	for name, test := range map[string]struct {
		times   []int64
		answers [][]series.Series
		needing int
		want    expand.Spacing
	}{
		"samples each 15 s": {
			answers: [][]series.Series{{counted("a", "40", 3)}}, want: expand.Spacing{"a": 15 * time.Second},
		},
		"no usual spacing has 17 samples in ten minutes": {
			answers: [][]series.Series{{counted("a", "17", 3)}}, want: expand.Spacing{"a": 38 * time.Second},
		},
		"the median over the series of a job counts": {
			answers: [][]series.Series{{counted("a", "40", 5), counted("a", "12", 4)}}, want: expand.Spacing{"a": 15 * time.Second},
		},
		"jobs by themselves": {
			answers: [][]series.Series{{counted("a", "40", 5), counted("b", "10", 4)}},
			want:    expand.Spacing{"a": 15 * time.Second, "b": time.Minute},
		},
		"rare samples need a longer window": {
			answers: [][]series.Series{{counted("a", "2", 5)}, {counted("a", "12", 5)}}, want: expand.Spacing{"a": 5 * time.Minute},
		},
		"rarer samples need the longest one": {
			answers: [][]series.Series{nil, {counted("a", "3", 5)}, {counted("a", "18", 5)}}, want: expand.Spacing{"a": 20 * time.Minute},
		},
		"holes in a longer window do not matter": {
			answers: [][]series.Series{{counted("a", "7", 5)}, {counted("a", "20", 5)}}, needing: 1, want: expand.Spacing{"a": 90 * time.Second},
		},
		"too few samples at an instant do not matter beside others of the grain": {
			times:   []int64{grains(1)[0] - step, grains(1)[0]},
			answers: [][]series.Series{{counted("a", "7", 5, nan), counted("a", "40", nan, 5)}}, needing: 1, want: expand.Spacing{"a": 15 * time.Second},
		},
		"of an even number of series the one with more samples counts": {
			answers: [][]series.Series{{counted("a", "40", 1), counted("a", "12", 1)}}, want: expand.Spacing{"a": 15 * time.Second},
		},
		"one sample tells nothing": {answers: [][]series.Series{{counted("a", "1", 5)}}, needing: 1},
		"no samples":               {answers: [][]series.Series{nil, nil, nil}, needing: 1},
	} {
		t.Run(name, func(t *testing.T) {
			if test.times == nil {
				test.times = grains(1)
			}
			found := expand.NewSpacingMeasurement(test.times)
			all := []int{0, 1}[:len(test.times)]
			for k, answer := range test.answers {
				if len(found.Needing(all)) == 0 {
					t.Fatalf("the answer %d was not needed", k)
				}
				found.Add(k, answer)
			}
			if got := len(found.Needing(all)); got != test.needing {
				t.Errorf("%d instants need more, want %d", got, test.needing)
			}
			isSpacing(t, found.Timeline(), 0, math.MaxInt64, test.want)
		})
	}
}

// isSpacing reports spacings that a timeline has in a period other than one; nil stands for none.
func isSpacing(t *testing.T, timeline expand.Timeline[expand.Spacing], from, to int64, want expand.Spacing) {
	t.Helper()
	switch got := timeline.Over(from, to); {
	case want == nil && len(got) == 0:
	case want == nil || len(got) != 1 || !maps.Equal(got[0], want):
		t.Errorf("from %d to %d the spacings are %v, want %v", from, to, got, want)
	}
}

// TestSpacingsHoldForATime has an interval that changed: between the instants at which it was measured the larger one holds. Holes of
// one instant do not matter.
func TestSpacingsHoldForATime(t *testing.T) {
	of := func(spacings ...string) []series.Series {
		all := map[string]series.Series{}
		for i, samples := range spacings {
			if _, ok := all[samples]; !ok {
				all[samples] = counted("a", samples, make([]float64, len(spacings))...)
			}
			all[samples].Values[i] = 1
		}
		return slices.Collect(maps.Values(all))
	}
	ends := grains(12)
	found := expand.NewSpacingMeasurement(ends)
	found.Add(0, of("40", "40", "11", "40", "10", "10", "40", "10", "10", "10", "10", "10"))
	timeline := found.Timeline()
	isSpacing(t, timeline, 0, ends[3]-1, expand.Spacing{"a": 15 * time.Second})
	isSpacing(t, timeline, ends[3], ends[5], expand.Spacing{"a": time.Minute})
	isSpacing(t, timeline, ends[11], ends[11]+1e9, expand.Spacing{"a": 15 * time.Second})

	young := expand.NewSpacingMeasurement(ends[:8])
	young.Add(0, of("6", "40", "40", "40", "40", "40", "40", "17"))
	isSpacing(t, young.Timeline(), 0, ends[11], expand.Spacing{"a": 15 * time.Second})
}

// TestSpacingsOfBirthsAreSettled has a job whose first samples are fewer than later ones: since its series had just begun, or since it
// was scraped less often at first.
func TestSpacingsOfBirthsAreSettled(t *testing.T) {
	ends := grains(4 + expand.NewestSpacings)
	at := func(positions ...int) []float64 {
		values := make([]float64, len(ends))
		for _, i := range positions {
			values[i] = 1
		}
		return values
	}
	born := func() expand.SpacingMeasurement {
		found := expand.NewSpacingMeasurement(ends)
		found.Add(0, []series.Series{counted("a", "30", at(1)...), counted("a", "40", at(2, 3, 4, 5, 6, 7, 8, 9)...)})
		return found
	}
	before := ends[1] - (10 * time.Minute).Milliseconds()
	for name, test := range map[string]struct {
		answer []series.Series
		want   time.Duration
	}{
		"nothing was there before":    {nil, 15 * time.Second},
		"another job was there":       {[]series.Series{counted("b", "30", 1)}, 15 * time.Second},
		"it was there before":         {[]series.Series{counted("a", "30", 1)}, 20 * time.Second},
		"it was there, with one more": {[]series.Series{counted("a", "31", 2)}, 20 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			found := born()
			births := found.Births()
			if len(births) != 1 || births[0].Job != "a" || births[0].K != 0 || births[0].Before != before {
				t.Fatalf("births are %+v", births)
			}
			found.Settle(births[0], test.answer)
			isSpacing(t, found.Timeline(), 0, ends[0], expand.Spacing{"a": test.want})
			if left := found.Births(); test.want != 20*time.Second && len(left) > 0 {
				t.Errorf("there are births yet: %v", left)
			}
		})
	}
	always := expand.NewSpacingMeasurement(ends)
	always.Add(0, []series.Series{counted("a", "30", at(0)...), counted("a", "40", at(1, 2, 3, 4, 5, 6, 7, 8, 9)...)})
	if births := always.Births(); len(births) > 0 {
		t.Errorf("of before the first instant nothing is known: %v", births)
	}
}

// TestSpacingsAreLookedAtMoreCloselyWhereTheyChanged has four instants a grain.
func TestSpacingsAreLookedAtMoreCloselyWhereTheyChanged(t *testing.T) {
	var times []int64
	for at := grains(1)[0]; len(times) < 13; at += expand.SpacingStep.Milliseconds() {
		times = append(times, at)
	}
	for range expand.NewestSpacings {
		times = append(times, times[len(times)-1]+expand.NewestSpacingStep.Milliseconds())
	}
	first := []int{0, 4, 8, 12, 13, 14, 15, 16, 17, 18}
	for name, test := range map[string]struct {
		samples []string
		want    []int
	}{
		"nothing changed":             {[]string{"40", "40", "40", "40", "40", "40", "40", "40", "40", "40"}, nil},
		"it changed":                  {[]string{"40", "10", "10", "10", "10", "10", "10", "10", "10", "10"}, []int{1, 2, 3}},
		"it changed in the last one":  {[]string{"40", "40", "40", "10", "10", "10", "10", "10", "10", "10"}, []int{9, 10, 11}},
		"it changed after that":       {[]string{"40", "40", "40", "40", "10", "10", "10", "10", "10", "10"}, nil},
		"a hole at one instant":       {[]string{"40", "40", "20", "40", "40", "40", "40", "40", "40", "40"}, nil},
		"it changed and changed back": {[]string{"40", "10", "10", "40", "40", "40", "40", "40", "40", "40"}, []int{1, 2, 3, 9, 10, 11}},
		"it is not known at first":    {[]string{"1", "40", "40", "40", "40", "40", "40", "40", "40", "40"}, []int{1, 2, 3}},
		"nothing is known":            {nil, []int{1, 2, 3, 5, 6, 7, 9, 10, 11}},
	} {
		t.Run(name, func(t *testing.T) {
			found := expand.NewSpacingMeasurement(times)
			if got := found.First(); !slices.Equal(got, first) {
				t.Fatalf("first at %v, want %v", got, first)
			}
			for i, samples := range test.samples {
				values := make([]float64, len(times))
				values[first[i]] = 1
				found.Add(0, []series.Series{counted("a", samples, values...)})
			}
			if got := found.Between(); !slices.Equal(got, test.want) {
				t.Errorf("between at %v, want %v", got, test.want)
			}
		})
	}
}

// TestSpacingsThatGrowAreSeen has jobs that are scraped less often from some instant on, so that ten minutes have too few samples,
// and the hour and the six hours before it samples of both kinds.
func TestSpacingsThatGrowAreSeen(t *testing.T) {
	const step = 3 * 3_600_000
	start := grains(1)[0]
	times := []int64{start, start + step, start + 2*step, start + 3*step, start + 4*step}
	for range expand.NewestSpacings { // It stays as it was at last.
		times = append(times, times[len(times)-1]+expand.NewestSpacingStep.Milliseconds())
	}
	counted := func(job, samples string, values ...float64) series.Series {
		return counted(job, samples, append(values, slices.Repeat(values[len(values)-1:], expand.NewestSpacings)...)...)
	}
	nan := math.NaN()
	for name, test := range map[string]struct {
		answers       [][]series.Series
		first, second time.Duration
	}{
		"from 15 s to 5 min, hours before": {[][]series.Series{
			{counted("a", "40", 3, 3, 3, nan, nan), counted("a", "2", nan, nan, nan, 3, 3)},
			{counted("a", "12", 0, 0, 0, 3, 3)},
		}, 15 * time.Second, 5 * time.Minute},
		"from 15 s to 5 min, half an hour before": {[][]series.Series{
			{counted("a", "40", 3, 3, 3, nan, nan), counted("a", "2", nan, nan, nan, 3, 3)},
			{counted("a", "126", 0, 0, 0, 3, nan), counted("a", "12", 0, 0, 0, nan, 3)},
			{counted("a", "1326", 0, 0, 0, 3, 0)},
		}, 15 * time.Second, 5 * time.Minute},
		"a job that has ended is not taken for one that is scraped rarely": {[][]series.Series{
			{counted("a", "40", 3, 3, 3, nan, nan), counted("b", "40", 1, 1, 1, 1, 1)},
			nil,
			{counted("a", "100", 0, 0, 0, 3, nan)},
		}, 15 * time.Second, 15 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			found := expand.NewSpacingMeasurement(times)
			all := make([]int, len(times))
			for i := range all {
				all[i] = i
			}
			for k, answer := range test.answers {
				if len(found.Needing(all)) == 0 {
					t.Fatalf("the answer %d was not needed", k)
				}
				found.Add(k, answer)
			}
			widest := func(from, to int64) time.Duration {
				widest := time.Duration(0)
				for _, spacing := range found.Timeline().Over(from, to) {
					for _, d := range spacing {
						widest = max(widest, d)
					}
				}
				return widest
			}
			if got := widest(0, times[1]); got != test.first {
				t.Errorf("at first it is %s, want %s", got, test.first)
			}
			if got := widest(times[2], times[3]); got != test.second {
				t.Errorf("when it changes it is %s, want %s", got, test.second)
			}
			if got := widest(times[len(times)-1], math.MaxInt64); got != test.second {
				t.Errorf("at last it is %s, want %s", got, test.second)
			}
		})
	}
}
