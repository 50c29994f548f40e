package cer

import "math"

// ArmCounts are the events of both arms of a comparison in a time slice, or in one of its strata. They are not rounded.
type ArmCounts struct {
	// Bad of the Events of the candidate are bad.
	Bad, Events float64
	// AllBad of the AllEvents of the candidate and the baseline together are bad.
	AllBad, AllEvents float64
}

// baseline returns the events of the baseline, and how many of them are bad.
func (c ArmCounts) baseline() (events, bad float64) { return c.AllEvents - c.Events, c.AllBad - c.Bad }

// LeastSlices is the number of time slices that a verdict needs.
const LeastSlices = 5

var (
	// worseRatios are the ratios of failure rates, candidate to baseline, that the evidence that a candidate is worse is a mean over.
	worseRatios = [...]float64{1.25, 1.5, 2, 3, 5, 10, 30, 100}
	// betterRatios are those that the evidence that it is not worse by a drop is a mean over: ratios to the rate that is not
	// allowed.
	betterRatios = [...]float64{.95, .9, .8, .6, .4, .2, .05, .001}
)

// Evidence is what time slices say of a candidate's events against those of its baseline. It is valid however often it is looked
// at: where the candidate is no worse, the probability that the evidence ever reaches 1/alpha is at most alpha. The
// order in which time slices are added does not matter. The zero value is that of no time slice.
//
// Sources: Lindon, Sanden, Shirikian: Rapid Regression Detection in Software Deployments through Sequential Testing
// (arXiv 2205.14762); Turner, Ly, Grünwald: Generic E-variables for exact sequential k-sample tests that allow for optional
// stopping (2024).
type Evidence struct {
	// Failing is the number of time slices in which an event of either arm is bad, Compared of those in which both arms have
	// events.
	Failing, Compared int
	// logs are the logarithms of the likelihood ratios at each of worseRatios, before they are divided by the dispersion.
	logs [len(worseRatios)]float64
	// cells is the number of counts with a bad event. The others are sums over them: of x, m, m p and x^2/m, where x of m bad
	// events are the candidate's, which has the share p of all events.
	cells                        int
	bad, allBad, expected, ratio float64
	// drop and dropWeight are the numerator and the denominator of the Mantel-Haenszel difference.
	drop, dropWeight float64
	// Of the counts in which both arms have events: the candidate's events, how many are bad, and sums over them of n r and
	// n^2 r/k, where n events of the candidate stand beside k events of the baseline at a failure rate of r.
	events, comparedBad, baseline, variance float64
}

// Add adds the counts of one time slice: one item, or one for each stratum.
func (e *Evidence) Add(strata ...ArmCounts) {
	failing, compared := false, false
	for _, c := range strata {
		if !(c.AllEvents > 0) {
			continue
		}
		failing, compared = failing || c.AllBad > 0, compared || c.Events > 0 && c.Events < c.AllEvents
		e.addWorse(c)
		e.addDrop(c)
	}
	if failing {
		e.Failing++
	}
	if compared {
		e.Compared++
	}
}

// addWorse adds to the evidence that the candidate is worse: x ln g - m ln(1 - p + p g).
func (e *Evidence) addWorse(c ArmCounts) {
	if !(c.AllBad > 0) {
		return
	}
	p := c.Events / c.AllEvents
	for k, g := range worseRatios {
		e.logs[k] += c.Bad*math.Log(g) - c.AllBad*math.Log1p(p*(g-1))
	}
	e.cells++
	e.bad += c.Bad
	e.allBad += c.AllBad
	e.expected += c.AllBad * p
	e.ratio += c.Bad * c.Bad / c.AllBad
}

// addDrop adds to the difference between the arms.
func (e *Evidence) addDrop(c ArmCounts) {
	others, othersBad := c.baseline()
	if !(c.Events > 0 && others > 0) {
		return
	}
	e.drop += (c.Bad*others - othersBad*c.Events) / c.AllEvents
	e.dropWeight += c.Events * others / c.AllEvents
	rate := othersBad / others
	e.events += c.Events
	e.comparedBad += c.Bad
	e.baseline += c.Events * rate
	e.variance += c.Events * c.Events * rate / others
}

// Events returns the events of the candidate in the time slices in which the baseline has events too.
func (e *Evidence) Events() float64 { return e.events }

// CandidateShare returns the share of the candidate's events that are good, and BaselineShare that of the baseline, whose time
// slices weigh as much as the candidate's events; NaN without events.
func (e *Evidence) CandidateShare() float64 { return 1 - e.comparedBad/e.events }

// BaselineShare returns the baseline's share: see CandidateShare.
func (e *Evidence) BaselineShare() float64 { return 1 - e.baseline/e.events }

// Drop returns by how much the candidate's good share is lower than the baseline's, by Mantel and Haenszel, so that a ramp of the
// traffic does not matter; NaN where no time slice has events of both.
func (e *Evidence) Drop() float64 { return e.drop / e.dropWeight }

// Dispersion returns phi, by how much more the candidate's part of the bad events varies than that of independent events
// would, at least 1: Pearson's chi-squared divided by its degrees of freedom.
func (e *Evidence) Dispersion() float64 {
	h := (e.bad + e.expected/e.allBad) / (e.allBad + 1)
	if e.cells < 2 || h <= 0 || h >= 1 {
		return 1
	}
	return max(1, (e.ratio-2*h*e.bad+h*h*e.allBad)/(h*(1-h))/float64(e.cells-1))
}

// Worse returns the natural logarithm of the evidence that the candidate fails more often than the baseline: of the mean of the
// likelihood ratios, each to the power 1/phi.
func (e *Evidence) Worse() float64 {
	logs := e.worseLogs()
	return logMean(logs[:])
}

// worseLogs returns the logarithms that Worse is a mean over.
func (e *Evidence) worseLogs() [len(worseRatios)]float64 {
	powers, phi := e.logs, e.Dispersion()
	for k := range powers {
		powers[k] /= phi
	}
	return powers
}

// NotWorse returns the natural logarithm of the evidence that the candidate is not worse by maxDrop, in [0,1), where the
// failure rate of the baseline is taken for the lower end of its 95 % interval.
func (e *Evidence) NotWorse(maxDrop float64) float64 {
	logs := e.notWorseLogs(maxDrop)
	return logMean(logs[:])
}

// notWorseLogs returns the logarithms that NotWorse is a mean over.
func (e *Evidence) notWorseLogs(maxDrop float64) (logs [len(betterRatios)]float64) {
	if !(e.events > 0) {
		return logs
	}
	rate, deviation := e.baseline/e.events, math.Sqrt(e.variance)/e.events
	refused := min(max(0, rate-1.645*deviation)+maxDrop, 1-1e-12)
	for k, q := range betterRatios {
		logs[k] = e.comparedBad*math.Log(q) + (e.events-e.comparedBad)*(math.Log1p(-q*refused)-math.Log1p(-refused))
	}
	return logs
}

// logMean returns the logarithm of the mean of numbers whose logarithms are given.
func logMean(logs []float64) float64 {
	highest := logs[0]
	for _, l := range logs {
		highest = max(highest, l)
	}
	sum := 0.0
	for _, l := range logs {
		sum += math.Exp(l - highest)
	}
	return highest + math.Log(sum/float64(len(logs)))
}
