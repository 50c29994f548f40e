package cer

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
)

// The time slices of the tables: of a candidate that passes after five of them, one that fails after five, one of which there are
// too few events, and one without telemetry of the candidate.
var (
	goodSlice   = seenSlice(counts(0, 0, 600, 6000))
	badSlice    = seenSlice(counts(5, 5, 100, 1000))
	fewEvents   = seenSlice(counts(0, 0, 1, 10))
	unseenSlice = GateSlice{BaselineSeen: true, Counts: []ArmCounts{counts(0, 3, 0, 900)}}
)

// seenSlice returns a time slice with telemetry of both arms.
func seenSlice(c ...ArmCounts) GateSlice { return GateSlice{Seen: true, BaselineSeen: true, Counts: c} }

// scored returns a time slice of an SLI that counts no events.
func scored(candidate, baseline float64) GateSlice {
	return GateSlice{Seen: !math.IsNaN(candidate), BaselineSeen: !math.IsNaN(baseline), Candidate: candidate, Baseline: baseline}
}

// skipped returns a time slice that was under maintenance.
func skipped(s GateSlice) GateSlice {
	s.Skipped = true
	return s
}

// series returns n of one time slice after another: series(5, a, 2, b).
func series(of ...any) []GateSlice {
	var all []GateSlice
	for i := 0; i < len(of); i += 2 {
		all = append(all, slices.Repeat([]GateSlice{of[i+1].(GateSlice)}, of[i].(int))...)
	}
	return all
}

// keySLI returns an SLI that counts events, of an allowed drop of 1 % and a share.
func keySLI(share float64, s []GateSlice) GateSLI {
	return GateSLI{Share: share, IsKey: true, MaxDrop: .01, CountsEvents: true, Slices: s}
}

// otherSLI returns one that is not key.
func otherSLI(share float64, s []GateSlice) GateSLI {
	sli := keySLI(share, s)
	sli.IsKey = false
	return sli
}

// scoreSLI returns one that counts no events.
func scoreSLI(share float64, s []GateSlice) GateSLI {
	sli := keySLI(share, s)
	sli.CountsEvents = false
	return sli
}

// telemetryOf returns what a gate is asked with once the last time slice is over.
func telemetryOf(slis ...GateSLI) GateTelemetry {
	t := GateTelemetry{SLIs: slis, Width: time.Minute, Elapsed: time.Hour - time.Minute, Required: True}
	if len(slis) > 0 {
		t.Elapsed = time.Duration(len(slis[0].Slices)) * time.Minute
	}
	return t
}

// comparing returns a gate that compares, with changes.
func comparing(changes ...func(*Gate)) *Gate {
	g := DefaultGate()
	g.Compare = &Comparison{Dimension: "release", Candidate: "canary", Baseline: "stable"}
	for _, change := range changes {
		change(&g)
	}
	return &g
}

func onTimeout(v Verdict) func(*Gate) { return func(g *Gate) { g.OnTimeout = v } }

// at changes when a gate is asked, and what its condition is by then.
func (t GateTelemetry) at(elapsed time.Duration, required Truth) GateTelemetry {
	t.Elapsed, t.Required = elapsed, required
	return t
}

func TestVerdictsOfOneSLI(t *testing.T) {
	for name, test := range map[string]struct {
		slices   []GateSlice
		want     Verdict
		failedAt int
	}{
		"nothing passes before the fifth time slice":              {series(4, goodSlice), Inconclusive, 0},
		"a candidate without failures passes after the fifth":     {series(5, goodSlice), Passes, 0},
		"nothing fails before the fifth time slice with failures": {series(4, badSlice), Inconclusive, 0},
		"a candidate that alone fails is stopped after the fifth": {series(5, badSlice), Fails, 5},
		"a fail stays, however well the candidate does then":      {series(5, badSlice, 55, goodSlice), Fails, 5},
		"a pass is not kept where the candidate fails later":      {series(5, goodSlice, 50, badSlice), Fails, 13},
		"a pass is not kept without telemetry":                    {series(50, goodSlice, 1, unseenSlice), Inconclusive, 0},
		"too few events say nothing":                              {series(20, fewEvents), Inconclusive, 0},
		"telemetry in 90% of the time slices is enough":           {series(4, goodSlice, 1, unseenSlice, 5, goodSlice), Passes, 0},
		"telemetry in less than 90% of them is not":               {series(4, goodSlice, 2, unseenSlice, 5, goodSlice), Inconclusive, 0},
		"time slices of one arm alone do not count":               {series(40, seenSlice(counts(0, 0, 600, 600)), 4, goodSlice), Inconclusive, 0},
		"nothing without telemetry passes":                        {series(59, unseenSlice), Inconclusive, 0},
		"no time slice says nothing":                              {nil, Inconclusive, 0},
		"maintenance at the end changes nothing":                  {series(5, goodSlice, 20, skipped(unseenSlice)), Passes, 0},
		"failures under maintenance do not count":                 {series(20, skipped(badSlice), 5, goodSlice), Passes, 0},
		"nor does good under maintenance":                         {series(4, goodSlice, 20, skipped(goodSlice)), Inconclusive, 0},
		"an outage of both arms fails no candidate":               {series(20, seenSlice(counts(50, 500, 100, 1000))), Inconclusive, 0},
		"a drop that is allowed is no fail, but a pass":           {series(30, seenSlice(counts(30, 100, 6000, 60000))), Passes, 0},
	} {
		t.Run(name, func(t *testing.T) {
			o := comparing().Decide(telemetryOf(keySLI(1, test.slices)).at(59*time.Minute, True))
			if o.Verdict != test.want || o.FailedAt != test.failedAt || o.TimedOut {
				t.Errorf("%s after time slice %d, timed out %v, want %s after %d", o.Verdict, o.FailedAt, o.TimedOut, test.want, test.failedAt)
			}
		})
	}
}

func TestVerdictsInTime(t *testing.T) {
	undecided, passing := telemetryOf(keySLI(1, series(60, fewEvents))), telemetryOf(keySLI(1, series(60, goodSlice)))
	unseen := telemetryOf(keySLI(.5, series(60, unseenSlice)), otherSLI(.5, series(60, fewEvents)))
	nothing := telemetryOf()
	alone := func(g *Gate) { g.Compare = nil }
	for name, test := range map[string]struct {
		gate      *Gate
		telemetry GateTelemetry
		want      Verdict
		timedOut  bool
	}{
		"before maxDuration it is undecided":                      {comparing(), undecided.at(59*time.Minute, True), Inconclusive, false},
		"after maxDuration onTimeout speaks":                      {comparing(), undecided.at(time.Hour, True), Fails, true},
		"onTimeout: inconclusive":                                 {comparing(onTimeout(Inconclusive)), undecided.at(time.Hour, True), Inconclusive, true},
		"onTimeout: pass":                                         {comparing(onTimeout(Passes)), undecided.at(time.Hour, True), Passes, true},
		"onTimeout: pass, a key SLI without telemetry":            {comparing(onTimeout(Passes)), unseen.at(time.Hour, True), Inconclusive, true},
		"onTimeout: pass, no SLI":                                 {comparing(onTimeout(Passes)), nothing.at(time.Hour, True), Inconclusive, true},
		"onTimeout: pass, the condition unknown":                  {comparing(onTimeout(Passes)), undecided.at(time.Hour, Unknown), Inconclusive, true},
		"what passes does after maxDuration, too":                 {comparing(), passing.at(time.Hour, True), Passes, false},
		"nothing passes before minDuration":                       {comparing(), passing.at(5*time.Minute-1, True), Inconclusive, false},
		"it passes at minDuration":                                {comparing(), passing.at(5*time.Minute, True), Passes, false},
		"a fail does not wait for minDuration":                    {comparing(), telemetryOf(keySLI(1, series(5, badSlice))).at(0, True), Fails, false},
		"a condition that is false fails":                         {comparing(), passing.at(time.Minute, False), Fails, false},
		"a condition that is unknown does not pass":               {comparing(), passing.at(59*time.Minute, Unknown), Inconclusive, false},
		"nor does it fail":                                        {comparing(), nothing.at(time.Minute, Unknown), Inconclusive, false},
		"without comparison the condition decides: true":          {comparing(alone), nothing.at(5*time.Minute, True), Passes, false},
		"without comparison the condition decides: false":         {comparing(alone), nothing.at(0, False), Fails, false},
		"without comparison the condition decides: unknown":       {comparing(alone), nothing.at(5*time.Minute, Unknown), Inconclusive, false},
		"without comparison, unknown, onTimeout: pass":            {comparing(alone, onTimeout(Passes)), nothing.at(time.Hour, Unknown), Inconclusive, true},
		"without comparison minDuration holds as well":            {comparing(alone), nothing.at(time.Minute, True), Inconclusive, false},
		"a comparison that no SLI can do does not pass by itself": {comparing(), nothing.at(59*time.Minute, True), Inconclusive, false},
	} {
		t.Run(name, func(t *testing.T) {
			if o := test.gate.Decide(test.telemetry); o.Verdict != test.want || o.TimedOut != test.timedOut || o.FailedAt != 0 && test.want != Fails {
				t.Errorf("%s, timed out %v, want %s, %v", o.Verdict, o.TimedOut, test.want, test.timedOut)
			}
		})
	}
}

func TestVerdictsOfSeveralSLIs(t *testing.T) {
	good, bad, few := series(6, goodSlice), series(6, badSlice), series(6, fewEvents)
	worse := series(6, seenSlice(counts(2, 10, 100, 1000))) // by more than 1 %, with less evidence than a fail needs
	allowed, noisy := series(6, seenSlice(counts(30, 100, 6000, 60000))), series(6, seenSlice(counts(52, 502, 100, 1000)))
	lower, level := series(6, scored(.7, .9)), series(6, scored(.9, .9))
	for name, test := range map[string]struct {
		gate *Gate
		slis []GateSLI
		want Verdict
		each []Verdict
	}{
		"every key SLI has to pass": {comparing(), []GateSLI{keySLI(.1, few), otherSLI(.9, good)}, Inconclusive, []Verdict{Inconclusive, Passes}},
		"others need not":           {comparing(), []GateSLI{otherSLI(.1, few), otherSLI(.9, good)}, Passes, []Verdict{Inconclusive, Passes}},
		"half of the weight has to pass": {comparing(), []GateSLI{otherSLI(.4, good), otherSLI(.6, few)}, Inconclusive,
			[]Verdict{Passes, Inconclusive}},
		"half is enough":                   {comparing(), []GateSLI{otherSLI(.5, good), otherSLI(.5, few)}, Passes, []Verdict{Passes, Inconclusive}},
		"minPassed may be less":            {comparing(func(g *Gate) { g.MinPassed = .4 }), []GateSLI{otherSLI(.4, good), otherSLI(.6, few)}, Passes, []Verdict{Passes, Inconclusive}},
		"minPassed may be all":             {comparing(func(g *Gate) { g.MinPassed = 1 }), []GateSLI{otherSLI(.9, good), otherSLI(.1, few)}, Inconclusive, []Verdict{Passes, Inconclusive}},
		"the SLI that dropped is to blame": {comparing(), []GateSLI{keySLI(.5, good), otherSLI(.5, bad)}, Fails, []Verdict{Passes, Fails}},
		"a small share needs more evidence": {comparing(), []GateSLI{keySLI(1-1e-30, good), otherSLI(1e-30, bad)}, Passes,
			[]Verdict{Passes, Inconclusive}},
		"SLIs fail together": {comparing(), slices.Repeat([]GateSLI{otherSLI(.2, series(13, worse[0]))}, 5), Fails, slices.Repeat([]Verdict{Fails}, 5)},
		"one with failures in four time slices lends none its evidence": {comparing(),
			[]GateSLI{keySLI(.5, series(4, badSlice, 2, goodSlice)), otherSLI(.5, worse)}, Inconclusive, []Verdict{Inconclusive, Inconclusive}},
		"an SLI without evidence of its own is not to blame": {comparing(),
			[]GateSLI{keySLI(.5, allowed), otherSLI(.5, noisy)}, Passes, []Verdict{Passes, Inconclusive}},
		"a score that drops fails": {comparing(), []GateSLI{keySLI(.5, good), scoreSLI(.5, lower)}, Fails, []Verdict{Passes, Fails}},
		"and blames no SLI without enough evidence": {comparing(), []GateSLI{keySLI(.5, worse), scoreSLI(.5, lower)}, Fails,
			[]Verdict{Inconclusive, Fails}},
		"a score that holds passes": {comparing(), []GateSLI{keySLI(.5, good), scoreSLI(.5, level)}, Passes, []Verdict{Passes, Passes}},
	} {
		t.Run(name, func(t *testing.T) {
			o := test.gate.Decide(telemetryOf(test.slis...))
			each := make([]Verdict, len(o.SLIs))
			for k, sli := range o.SLIs {
				each[k] = sli.Verdict
			}
			if o.Verdict != test.want || !slices.Equal(each, test.each) {
				t.Errorf("%s of %v, want %s of %v; evidence %v", o.Verdict, each, test.want, test.each, o.Evidence)
			}
		})
	}
}

func TestVerdictsOfScores(t *testing.T) {
	none := math.NaN()
	for name, test := range map[string]struct {
		slices []GateSlice
		want   Verdict
	}{
		"a mean drop over four time slices says nothing":        {series(4, scored(.5, 1)), Inconclusive},
		"over five it fails":                                    {series(5, scored(.5, 1)), Fails},
		"only time slices of both arms count":                   {series(4, scored(.5, 1), 3, scored(none, 1), 3, scored(.5, none)), Inconclusive},
		"a fail stays":                                          {series(5, scored(.5, 1), 50, scored(1, 1)), Fails},
		"it is the mean that counts":                            {series(1, scored(.97, 1), 5, scored(1, 1)), Passes},
		"a drop by exactly what is allowed passes":              {series(9, scored(.89, .9)), Passes},
		"a higher score passes":                                 {series(5, scored(1, .5)), Passes},
		"four time slices do not pass":                          {series(4, scored(1, 1)), Inconclusive},
		"a score that is missing in the newest does not pass":   {series(9, scored(1, 1), 1, scored(none, 1)), Inconclusive},
		"nor one that is missing in over a tenth of the slices": {series(2, scored(none, 1), 9, scored(1, 1)), Inconclusive},
		"time slices under maintenance do not count":            {series(9, skipped(scored(.5, 1)), 5, scored(1, 1)), Passes},
	} {
		t.Run(name, func(t *testing.T) {
			o := comparing().Decide(telemetryOf(scoreSLI(1, test.slices)).at(59*time.Minute, True))
			if sli := o.SLIs[0]; o.Verdict != test.want || !math.IsNaN(sli.Worse) || !math.IsNaN(sli.Events) || o.Evidence != 0 {
				t.Errorf("%s, want %s: %+v", o.Verdict, test.want, sli)
			}
		})
	}
}

// TestRunsDecideLikeGatesThatAreAskedThen adds time slices one by one, of two SLIs the first of which fails.
func TestRunsDecideLikeGatesThatAreAskedThen(t *testing.T) {
	for name, slis := range map[string][]GateSLI{
		"one that turns bad": {keySLI(.5, series(8, goodSlice, 9, badSlice)), otherSLI(.5, series(17, goodSlice))},
		"one without events": {keySLI(.5, series(3, unseenSlice, 14, goodSlice)), scoreSLI(.5, series(5, scored(1, 1), 12, scored(.7, 1)))},
		"none":               nil,
	} {
		g := comparing()
		run := g.Run(slis)
		for n := range 18 {
			prefix := slices.Clone(slis)
			for k := range prefix {
				prefix[k].Slices = prefix[k].Slices[:n]
			}
			telemetry := telemetryOf(prefix...).at(time.Duration(n)*time.Minute, TruthOf(n != 12))
			if len(slis) > 0 {
				run.AddUntil(n)
			}
			if got, want := fmt.Sprintf("%+v", run.Outcome(telemetry)), fmt.Sprintf("%+v", g.Decide(telemetry)); got != want {
				t.Errorf("%s, after %d time slices: %s, want %s", name, n, got, want)
			}
		}
	}
}
