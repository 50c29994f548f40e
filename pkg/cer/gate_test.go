package cer

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestDefaultGate(t *testing.T) {
	g := DefaultGate()
	g.MaxDrops, g.Bounds = map[string]float64{"fast": .05, "checkout/fast": .02}, map[string]time.Duration{"fast": time.Second}
	for sli, want := range map[[2]string]float64{{"login", "success"}: .01, {"login", "fast"}: .05, {"checkout", "fast"}: .02} {
		if drop := g.MaxDropOf(sli[0], sli[1]); drop != want {
			t.Errorf("the maxDrop of %v is %v, want %v", sli, drop, want)
		}
	}
	if g.BoundOf("login", "fast") != time.Second || g.BoundOf("login", "success") != 0 {
		t.Errorf("the bounds are %v and %v", g.BoundOf("login", "fast"), g.BoundOf("login", "success"))
	}
}

func TestVerdictsAsNumbers(t *testing.T) {
	for i, v := range Verdicts() {
		if want := []float64{1, -1, 0}[i]; v.Number() != want {
			t.Errorf("%s is %v, want %v", v, v.Number(), want)
		}
	}
}

func TestGateShares(t *testing.T) {
	for name, test := range map[string]struct {
		weights []float64
		isKey   []bool
		want    []float64
	}{
		"none":                                   {nil, nil, nil},
		"by weight":                              {[]float64{3, 1}, []bool{false, false}, []float64{.75, .25}},
		"a key SLI has at least 1/number":        {[]float64{1, 7, 2}, []bool{true, false, false}, []float64{1. / 3, 14. / 27, 4. / 27}},
		"a key SLI that has more keeps it":       {[]float64{7, 1, 2}, []bool{true, false, false}, []float64{.7, .1, .2}},
		"one that falls under it after another":  {[]float64{0, 40, 60}, []bool{true, true, false}, []float64{1. / 3, 1. / 3, 1. / 3}},
		"all key":                                {[]float64{1, 2, 97}, []bool{true, true, true}, []float64{1. / 3, 1. / 3, 1. / 3}},
		"no weights":                             {[]float64{0, 0, 0, 0}, make([]bool, 4), []float64{.25, .25, .25, .25}},
		"no weights, one of them key":            {[]float64{0, 0}, []bool{true, false}, []float64{.5, .5}},
		"a key SLI without weight":               {[]float64{0, 5}, []bool{true, false}, []float64{.5, .5}},
		"an SLI without weight beside one of it": {[]float64{0, 5}, []bool{false, false}, []float64{0, 1}},
	} {
		shares := GateShares(test.weights, test.isKey)
		if !slices.EqualFunc(shares, test.want, func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }) {
			t.Errorf("%s: %v, want %v", name, shares, test.want)
		}
	}
}

func TestGateSharesAreShares(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		weights, isKey := make([]float64, 1+random.IntN(12)), make([]bool, 12)
		for k := range weights {
			weights[k], isKey[k] = math.Floor(random.Float64()*4)*random.Float64(), random.IntN(3) == 0
		}
		shares, sum := GateShares(weights, isKey), 0.0
		for k, share := range shares {
			sum += share
			if share < 0 || isKey[k] && share < 1/float64(len(weights))-1e-12 {
				t.Errorf("%v, key %v: share %d is %v", weights, isKey, k, share)
			}
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Errorf("%v, key %v: the shares sum to %v", weights, isKey, sum)
		}
		for k := range weights {
			weights[k] *= 7
		}
		scaled := GateShares(weights, isKey)
		if !slices.EqualFunc(shares, scaled, func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }) {
			t.Errorf("weights times 7 have the shares %v, before %v", scaled, shares)
		}
	}
}

// TestManySLIsFailHardlyMoreThanOne has five healthy SLIs, all of which count for the one gate, at a maxDrop of 0: the shares bound the
// false fails of all of them together.
func TestManySLIsFailHardlyMoreThanOne(t *testing.T) {
	shares := GateShares([]float64{5, 3, 2, 1, 0}, []bool{true, false, false, false, true})
	g, fails, inFull := comparing(), 0, 0
	for run := range studyRuns {
		slis, full := make([]GateSLI, len(shares)), make([]GateSLI, len(shares))
		for k, share := range shares {
			s := studied{traffic: independent(100, 200, .01, .01), seed: 1000 + uint64(k)}
			full[k] = s.sli(s.rollout(run))
			slis[k] = full[k]
			slis[k].Share = share
		}
		if g.Decide(telemetryOf(slis...)).FailedAt > 0 {
			fails++
		}
		if g.Decide(telemetryOf(full...)).FailedAt > 0 {
			inFull++
		}
	}
	t.Logf("of %d healthy candidates %d fail, and %d where no SLI is counted by its share", studyRuns, fails, inFull)
	if bound := studyRuns / 20; fails > bound || inFull <= bound {
		t.Errorf("%d fail, and %d where no SLI is counted by its share; want at most %d, and more", fails, inFull, bound)
	}
}

// TestDecisionsStay takes random time slices: a fail is found in every longer rollout, at the same time slice, and the order of SLIs
// does not matter.
func TestDecisionsStay(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	kinds := []GateSlice{goodSlice, badSlice, fewEvents, unseenSlice, skipped(badSlice), seenSlice(counts(2, 10, 100, 1000))}
	for range 300 {
		var all [3][]GateSlice
		for range 40 {
			for k := range all {
				all[k] = append(all[k], kinds[random.IntN(len(kinds))])
			}
		}
		failedAt := 0
		for n := range 41 {
			a, b, c := keySLI(.5, all[0][:n]), otherSLI(.3, all[1][:n]), otherSLI(.2, all[2][:n])
			o, turned := comparing().Decide(telemetryOf(a, b, c)), comparing().Decide(telemetryOf(c, a, b))
			if o.Verdict != turned.Verdict || o.FailedAt != turned.FailedAt {
				t.Fatalf("%s after %d, and %s after %d in another order", o.Verdict, o.FailedAt, turned.Verdict, turned.FailedAt)
			}
			if failedAt > 0 && (o.Verdict != Fails || o.FailedAt != failedAt) {
				t.Fatalf("%s after %d at %d time slices, but it failed after %d", o.Verdict, o.FailedAt, n, failedAt)
			}
			failedAt = o.FailedAt
		}
	}
}

// TestNeedsAreAboutRight repeats the telemetry for as long as the answer says: there is a verdict by then, and none after a third of it.
func TestNeedsAreAboutRight(t *testing.T) {
	for name, test := range map[string]struct {
		of   GateSlice
		n    int
		want Verdict
	}{
		"to pass":               {seenSlice(counts(0, 0, 20, 200)), 5, Passes},
		"to pass with failures": {seenSlice(counts(1, 10, 100, 1000)), 8, Passes},
		"to pass, early":        {seenSlice(counts(1, 10, 100, 1000)), 3, Passes},
		"to fail":               {seenSlice(counts(2, 10, 100, 1000)), 5, Fails},
	} {
		g := comparing()
		o := g.Decide(telemetryOf(keySLI(1, series(test.n, test.of))))
		more := o.Needs.Seconds / 60
		if events := test.of.Counts[0].Events; o.Verdict != Inconclusive || !(more >= 1) || math.Abs(o.Needs.Events-more*events) > events {
			t.Errorf("%s: %s, needs %+v", name, o.Verdict, o.Needs)
			continue
		}
		third := g.Decide(telemetryOf(keySLI(1, series(test.n+int(more/3), test.of))))
		then := g.Decide(telemetryOf(keySLI(1, series(test.n+int(more), test.of))))
		if third.Verdict != Inconclusive || then.Verdict != test.want {
			t.Errorf("%s: %s after a third of %+v, %s after that", name, third.Verdict, o.Needs, then.Verdict)
		}
	}
}

func TestNeeds(t *testing.T) {
	unknown := unknownNeeds()
	few := keySLI(1, series(20, seenSlice(counts(0, 0, 10, 100))))
	for name, test := range map[string]struct {
		telemetry GateTelemetry
		want      GateNeeds
	}{
		"nothing where it has passed":                 {telemetryOf(keySLI(1, series(5, goodSlice))), unknown},
		"nothing where it has failed":                 {telemetryOf(keySLI(1, series(5, badSlice))), unknown},
		"not known where a drop is allowed by a hair": {telemetryOf(keySLI(1, series(9, seenSlice(counts(19, 109, 1000, 10000))))), unknown},
		"not known without telemetry":                 {telemetryOf(keySLI(1, series(9, unseenSlice))), unknown},
		"not known without SLIs":                      {telemetryOf(), unknown},
		"not known while the condition is unknown":    {telemetryOf(few).at(20*time.Minute, Unknown), unknown},
		"the time until minDuration":                  {telemetryOf(keySLI(1, series(5, goodSlice))).at(4*time.Minute, True), GateNeeds{0, 60}},
		"time slices up to the fifth":                 {telemetryOf(keySLI(1, series(3, goodSlice))), GateNeeds{0, 120}},
		"time slices with failures up to the fifth":   {telemetryOf(keySLI(1, series(3, badSlice))), GateNeeds{0, 120}},
		"time slices of scores up to the fifth":       {telemetryOf(scoreSLI(1, series(1, scored(1, 1)))), GateNeeds{0, 240}},
		"the newest time slice":                       {telemetryOf(keySLI(1, series(50, goodSlice, 1, unseenSlice))), GateNeeds{0, 60}},
		"telemetry in 90% of the time slices":         {telemetryOf(keySLI(1, series(4, unseenSlice, 30, goodSlice))), GateNeeds{0, 360}},
		"not known where a key SLI's evidence does not grow": {
			telemetryOf(scoreSLI(.5, series(5, scored(.985, 1))), keySLI(.5, series(5, seenSlice(counts(0, 0, 0, 100))))), unknown},
	} {
		o := comparing().Decide(test.telemetry)
		if !sameNumber(o.Needs.Events, test.want.Events) || !sameNumber(o.Needs.Seconds, test.want.Seconds) {
			t.Errorf("%s: %s, needs %+v, want %+v", name, o.Verdict, o.Needs, test.want)
		}
	}
}

// TestNeedsAreThoseOfEnoughSLIs has one that will pass, and one without telemetry of the candidate, which need not.
func TestNeedsAreThoseOfEnoughSLIs(t *testing.T) {
	slow, unseen := series(5, seenSlice(counts(0, 0, 20, 200))), series(5, unseenSlice)
	alone := comparing().Decide(telemetryOf(otherSLI(1, slow))).Needs
	if both := comparing().Decide(telemetryOf(otherSLI(.5, unseen), otherSLI(.5, slow))).Needs; !(both.Seconds > 0) || both != alone {
		t.Errorf("both SLIs need %+v, the one %+v", both, alone)
	}
	if both := comparing().Decide(telemetryOf(keySLI(.5, unseen), otherSLI(.5, slow))).Needs; !math.IsNaN(both.Seconds) {
		t.Errorf("with a key SLI without telemetry they need %+v", both)
	}
}

func TestNeedsOfAFailDependOnTheShare(t *testing.T) {
	worse, unseen := series(5, seenSlice(counts(2, 10, 100, 1000))), series(5, unseenSlice)
	alone := comparing().Decide(telemetryOf(keySLI(1, worse))).Needs
	if beside := comparing().Decide(telemetryOf(keySLI(.5, worse), keySLI(.5, unseen))).Needs; !(beside.Seconds > alone.Seconds) {
		t.Errorf("an SLI of half of the weight needs %+v, one of all %+v", beside, alone)
	}
}

// TestEventsOfAPass has the table of docs/gates.md: about how many events a candidate needs that is as good as its baseline, and has a
// tenth of the traffic.
func TestEventsOfAPass(t *testing.T) {
	for maxDrop, events := range map[float64][4]float64{
		.002: {2100, 5900, 37000, 220000}, .005: {830, 1500, 6800, 27000}, .01: {420, 610, 1900, 7200}, .02: {210, 260, 580, 2000},
	} {
		for k, rate := range []float64{0, .001, .01, .05} {
			evidence := func(n float64) float64 { return evidenceOf(counts(n*rate, 10*n*rate, n, 10*n)).NotWorse(maxDrop) }
			if n := events[k]; evidence(.95*n) >= math.Log(20) || evidence(1.05*n) < math.Log(20) {
				t.Errorf("at a failure rate of %v and a maxDrop of %v a pass does not need about %v events", rate, maxDrop, n)
			}
		}
	}
}

// sameNumber reports whether two numbers are equal, or both NaN.
func sameNumber(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
