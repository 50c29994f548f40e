package cer_test

import (
	"math"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

const day = 24 * time.Hour

func TestReferenceBurnFactors(t *testing.T) {
	tests := []struct {
		period, window time.Duration
		share, want    float64
	}{
		{30 * day, time.Hour, .02, 14.4}, {30 * day, 6 * time.Hour, .05, 6}, {30 * day, day, .1, 3}, {30 * day, 3 * day, .1, 1},
		{28 * day, time.Hour, .02, 13.44}, {28 * day, 6 * time.Hour, .05, 5.6}, {28 * day, day, .1, 2.8}, {28 * day, 3 * day, .1, .9333333333333333},
		{7 * day, time.Hour, .1, 16.8}, {7 * day, 6 * time.Hour, .2, 5.6}, {7 * day, day, .4, 2.8},
		{90 * day, time.Hour, .01, 21.6}, {90 * day, 6 * time.Hour, .03, 10.8}, {90 * day, day, .05, 4.5},
	}
	for _, test := range tests {
		near(t, test.period.String()+" "+test.window.String(), cer.BurnFactor(test.share, test.period, test.window), test.want)
	}
}

func TestReferenceExhaustion(t *testing.T) {
	month := 30 * day
	for burn, want := range map[float64]time.Duration{1: month, 2: 15 * day, 10: 3 * day, 1000: time.Duration(43.2 * float64(time.Minute))} {
		near(t, want.String(), cer.Exhaustion(1, burn, month), want.Seconds())
	}
	if got := cer.Exhaustion(1, 0, month); !math.IsNaN(got) {
		t.Errorf("a budget that nothing burns is exhausted after %v s", got)
	}
	near(t, "nothing left", cer.Exhaustion(-.5, 2, month), 0)
	near(t, "the largest burn at 90 %", cer.MaxBurn(.9), 10)
}

func TestShortWindows(t *testing.T) {
	for long, want := range map[time.Duration]time.Duration{
		time.Hour: 5 * time.Minute, 6 * time.Hour: 30 * time.Minute, day: 2 * time.Hour, 3 * day: 6 * time.Hour, 30 * time.Minute: 5 * time.Minute,
	} {
		if got := cer.ShortWindow(long, 5*time.Minute); got != want {
			t.Errorf("the short window of %s is %s, want %s", long, got, want)
		}
	}
}

func TestReferenceCompositeBurn(t *testing.T) {
	composite := func(weights, scores []float64) float64 {
		var members []cer.Member
		for i := range weights {
			members = append(members, cer.Member{Weight: weights[i], Score: scores[i]})
		}
		return cer.Mean.Of(members)
	}
	tests := []struct {
		weights, scores []float64
		objective, want float64
	}{
		{[]float64{6, 4}, []float64{.999, .998}, .99, .14}, {[]float64{6, 4}, []float64{.9992, .9985}, .99, .108}, {[]float64{6, 4}, []float64{.9995, .999}, .99, .07},
		{[]float64{1, 1}, []float64{.99, .95}, .95, .6}, {[]float64{1, 1}, []float64{.995, .96}, .95, .45}, {[]float64{1, 1}, []float64{.998, .97}, .95, .32},
		{[]float64{6, 4}, []float64{.995, .98}, .99, 1.1}, {[]float64{1}, []float64{.95}, .999, 50},
	}
	for _, test := range tests {
		loss := cer.LossOf([]cer.Slice{cer.RatioTimeslices.SliceOf(cer.Verdict{Score: composite(test.weights, test.scores)}, 1, 0)})
		near(t, "the burn", cer.Burn(loss, test.objective), test.want)
		near(t, "what is left", cer.BudgetLeft(loss, test.objective), 1-test.want)
	}
}

// hours are slices of an hour each, of which some are down and some are of a kind.
func hours(all, down int, of func(v cer.Verdict) cer.Slice) []cer.Slice {
	var slices []cer.Slice
	for i := range all {
		score := 1.0
		if i < down {
			score = 0
		}
		slices = append(slices, of(cer.Verdict{Score: score}))
	}
	return slices
}

func TestReferenceBudgetMethods(t *testing.T) {
	occurrences := []cer.Slice{cer.EventSlice(cer.Reading{Status: cer.Present, Value: 111. / 118, Traffic: 118})}
	loss := cer.LossOf(occurrences)
	nearly(t, "good of all", 1-loss, .940677, 1e-6)
	nearly(t, "consumed", cer.Burn(loss, .95), 1.18644, 1e-5)

	timeslices := func(v cer.Verdict) cer.Slice { return cer.Timeslices.SliceOf(v, math.NaN(), .99) }
	nearly(t, "715 of 720 slices", 1-cer.LossOf(hours(720, 5, timeslices)), .99305, 1e-5)

	week := hours(7*24, 1, timeslices)
	nearly(t, "with a day excluded", cer.LossOf(week[:6*24]), .00694, 1e-5)
	nearly(t, "with that day good", cer.LossOf(week), .00595, 1e-5)
}

func TestSlices(t *testing.T) {
	nan := math.NaN()
	tests := map[string]struct{ got, want cer.Slice }{
		"a slice without telemetry leaves the sums":        {cer.RatioTimeslices.SliceOf(cer.Verdict{Score: nan, Reason: cer.Uncovered}, 5, 0), cer.Slice{}},
		"a quiet slice loses nothing":                      {cer.RatioTimeslices.SliceOf(cer.Verdict{Score: nan, Reason: cer.Quiet}, 0, 0), cer.Slice{Of: 1, Known: true}},
		"events weigh a slice":                             {cer.Occurrences.SliceOf(cer.Verdict{Score: .5}, 8, 0), cer.Slice{Lost: 4, Of: 8, Known: true}},
		"a slice whose events are not known has no weight": {cer.Occurrences.SliceOf(cer.Verdict{Score: .5}, nan, 0), cer.Slice{}},
		"a slice that meets the target but for rounding":   {cer.Timeslices.SliceOf(cer.Verdict{Score: .99 * (1 - 1e-12)}, nan, .99), cer.Slice{Of: 1, Known: true}},
		"a slice under the target":                         {cer.Timeslices.SliceOf(cer.Verdict{Score: .98}, nan, .99), cer.Slice{Lost: 1, Of: 1, Known: true}},
		"bad events of an SLI":                             {cer.EventSlice(cer.Reading{Status: cer.Present, Value: .75, Traffic: 4}), cer.Slice{Lost: 1, Of: 4, Known: true}},
		"an idle SLI loses nothing":                        {cer.EventSlice(cer.Reading{Status: cer.Idle, Value: nan, Traffic: 2}), cer.Slice{Of: 2, Known: true}},
		"a missing SLI leaves the sums":                    {cer.EventSlice(cer.Reading{Status: cer.Missing, Value: nan, Traffic: nan}), cer.Slice{}},
	}
	for name, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: %v, want %v", name, test.got, test.want)
		}
	}
	if got := cer.LossOf([]cer.Slice{{}, {}}); !math.IsNaN(got) {
		t.Errorf("the loss without telemetry is %v", got)
	}
	if got := cer.LossOf([]cer.Slice{{}, {Known: true}}); got != 0 {
		t.Errorf("the loss without events is %v", got)
	}
}

func nearly(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}
