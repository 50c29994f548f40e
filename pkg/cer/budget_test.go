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
}

// TestReferenceDetection is about 2 % of 30 days of 99.9 %: how long it takes to spend them, and from when on the burn
// rate of an hour says so, which a tenth of that burn rate never does.
func TestReferenceDetection(t *testing.T) {
	const objective = .999
	factor := cer.BurnCondition{Share: .02, Long: time.Hour}.Factor(cer.Budgeting{Window: 30 * day})
	near(t, "the factor", factor, 14.4)
	near(t, "seconds of an outage", cer.Exhaustion(.02, cer.Burn(1, objective), 30*day), 51.84)
	near(t, "hours of 1% of errors", cer.Exhaustion(.02, cer.Burn(.01, objective), 30*day)/3600, 1.44)

	fires := func(lost float64) bool { return cer.Meets(cer.Burn(lost, objective), factor) }
	tests := map[string]struct {
		lost float64 // in the newest hour
		want bool
	}{
		"51.84 seconds of an outage":  {51.84 / 3600, true},
		"51.8 seconds of an outage":   {51.8 / 3600, false},
		"1 minute on a grid of them":  {1. / 60, true},
		"1% of errors all the time":   {.01, false},
		"1.44% of errors":             {.0144, true},
		"nothing":                     {0, false},
		"everything, all of the time": {1, true},
	}
	for name, test := range tests {
		if got := fires(test.lost); got != test.want {
			t.Errorf("%s: it fires: %v, want %v", name, got, test.want)
		}
	}
}

func TestReferenceLargestBurn(t *testing.T) {
	for objective, want := range map[float64]float64{.9: 10, .95: 20, .99: 100, .999: 1000} {
		near(t, "the largest burn", cer.MaxBurn(objective), want)
		near(t, "the burn of an outage", cer.Burn(1, objective), want)
	}
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
		return cer.Mean.Combine(members)
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
		loss := cer.LossOf([]cer.TimeSlice{cer.RatioTimeslices.TimeSlice(cer.Composite{Score: composite(test.weights, test.scores)}, 1, 0)})
		near(t, "the burn", cer.Burn(loss, test.objective), test.want)
		near(t, "what is left", cer.BudgetLeft(loss, test.objective), 1-test.want)
	}
}

// hours are slices of an hour each, of which some are down and some are of a kind.
func hours(all, down int, of func(v cer.Composite) cer.TimeSlice) []cer.TimeSlice {
	var timeSlices []cer.TimeSlice
	for i := range all {
		score := 1.0
		if i < down {
			score = 0
		}
		timeSlices = append(timeSlices, of(cer.Composite{Score: score}))
	}
	return timeSlices
}

// TestReferenceBudgetMethods counts the same ten slices in three ways, which are published as an example of them.
func TestReferenceBudgetMethods(t *testing.T) {
	good := []float64{2, 10, 12, 13, 13, 12, 13, 13, 12, 11}
	all := []float64{4, 10, 12, 13, 14, 15, 14, 13, 12, 11}
	tests := map[string]struct {
		slice          func(ratio, events float64) cer.TimeSlice
		kept, consumed float64 // in percent, to the digits that are published
	}{
		"the events of an SLI": {func(ratio, events float64) cer.TimeSlice {
			return cer.EventTimeSlice(cer.Observation{Status: cer.Present, Value: ratio, Traffic: events})
		}, 94.0678, 118.644},
		"Occurrences": {func(ratio, events float64) cer.TimeSlice {
			return cer.Occurrences.TimeSlice(cer.Composite{Score: ratio}, events, 0)
		}, 94.0678, 118.644},
		"Timeslices": {func(ratio, events float64) cer.TimeSlice {
			return cer.Timeslices.TimeSlice(cer.Composite{Score: ratio}, events, .95)
		}, 60, 800},
		"RatioTimeslices": {func(ratio, events float64) cer.TimeSlice {
			return cer.RatioTimeslices.TimeSlice(cer.Composite{Score: ratio}, events, 0)
		}, 91.571, 168.571},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var timeSlices []cer.TimeSlice
			for i := range good {
				timeSlices = append(timeSlices, test.slice(good[i]/all[i], all[i]))
			}
			loss := cer.LossOf(timeSlices)
			nearly(t, "what is kept", 100*(1-loss), test.kept, 5e-4)
			nearly(t, "what is consumed at 95%", 100*cer.Burn(loss, .95), test.consumed, 5e-3)
		})
	}
}

func TestReferenceTimeSlices(t *testing.T) {
	timeslices := func(v cer.Composite) cer.TimeSlice { return cer.Timeslices.TimeSlice(v, math.NaN(), .99) }
	nearly(t, "715 of 720 slices", 1-cer.LossOf(hours(720, 5, timeslices)), .99305, 1e-5)

	week := hours(7*24, 1, timeslices)
	nearly(t, "with a day excluded", cer.LossOf(week[:6*24]), .00694, 1e-5)
	nearly(t, "with that day good", cer.LossOf(week), .00595, 1e-5)
}

// TestReferenceAllowance is about what 95 % allow in two weeks of 24,000 requests a day: 16,800 bad ones of 336,000, or
// 16 hours and 48 minutes.
func TestReferenceAllowance(t *testing.T) {
	const objective = .95
	var events, minutes []cer.TimeSlice
	for range 14 {
		events = append(events, cer.EventTimeSlice(cer.Observation{Status: cer.Present, Value: 1 - 1_200./24_000, Traffic: 24_000}))
	}
	lost, all := 0.0, 0.0
	for _, s := range events {
		lost, all = lost+s.Lost, all+s.Total
	}
	near(t, "bad requests", lost, 16_800)
	near(t, "requests", all, 336_000)
	near(t, "what they leave", cer.BudgetLeft(cer.LossOf(events), objective), 0)

	down := int((16*time.Hour + 48*time.Minute) / time.Minute)
	for i := range int(14 * day / time.Minute) {
		score := 1.0
		if i < down {
			score = 0
		}
		minutes = append(minutes, cer.Timeslices.TimeSlice(cer.Composite{Score: score}, math.NaN(), objective))
	}
	near(t, "what bad minutes leave", cer.BudgetLeft(cer.LossOf(minutes), objective), 0)
	near(t, "what is left of that many", cer.BudgetLeft(cer.LossOf(minutes[down:]), objective), 1)
}

func TestSlices(t *testing.T) {
	nan := math.NaN()
	tests := map[string]struct{ got, want cer.TimeSlice }{
		"a slice without telemetry leaves the sums":        {cer.RatioTimeslices.TimeSlice(cer.Composite{Score: nan, Reason: cer.ReasonUncovered}, 5, 0), cer.TimeSlice{}},
		"an idle slice loses nothing":                      {cer.RatioTimeslices.TimeSlice(cer.Composite{Score: nan, Reason: cer.ReasonIdle}, 0, 0), cer.TimeSlice{Total: 1, Known: true}},
		"events weigh a slice":                             {cer.Occurrences.TimeSlice(cer.Composite{Score: .5}, 8, 0), cer.TimeSlice{Lost: 4, Total: 8, Known: true}},
		"a slice whose events are not known has no weight": {cer.Occurrences.TimeSlice(cer.Composite{Score: .5}, nan, 0), cer.TimeSlice{}},
		"a slice that meets the target but for rounding":   {cer.Timeslices.TimeSlice(cer.Composite{Score: .99 * (1 - 1e-12)}, nan, .99), cer.TimeSlice{Total: 1, Known: true}},
		"a slice under the target":                         {cer.Timeslices.TimeSlice(cer.Composite{Score: .98}, nan, .99), cer.TimeSlice{Lost: 1, Total: 1, Known: true}},
		"bad events of an SLI":                             {cer.EventTimeSlice(cer.Observation{Status: cer.Present, Value: .75, Traffic: 4}), cer.TimeSlice{Lost: 1, Total: 4, Known: true}},
		"an idle SLI loses nothing":                        {cer.EventTimeSlice(cer.Observation{Status: cer.Idle, Value: nan, Traffic: 2}), cer.TimeSlice{Total: 2, Known: true}},
		"a missing SLI leaves the sums":                    {cer.EventTimeSlice(cer.Observation{Status: cer.Missing, Value: nan, Traffic: nan}), cer.TimeSlice{}},
	}
	for name, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: %v, want %v", name, test.got, test.want)
		}
	}
	if got := cer.LossOf([]cer.TimeSlice{{}, {}}); !math.IsNaN(got) {
		t.Errorf("the loss without telemetry is %v", got)
	}
	if got := cer.LossOf([]cer.TimeSlice{{}, {Known: true}}); got != 0 {
		t.Errorf("the loss without events is %v", got)
	}
}

func nearly(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}
