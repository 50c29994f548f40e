package cer

import (
	"cmp"
	"math"
	"slices"
)

// needs returns about how much more telemetry is needed: for a fail of the SLI whose evidence grows fastest, or for a pass of enough
// SLIs, whichever is sooner. More telemetry makes no condition true, nor does it make SLIs.
func (g *Gate) needs(t GateTelemetry, trials []gateTrial, o GateOutcome) GateNeeds {
	soonest := unknownNeeds()
	if t.Required == True && (g.Compare == nil || len(trials) > 0) {
		soonest = g.needsToPass(t, trials, o)
	}
	for k := range trials {
		if fail := trials[k].needsToFail(g, t); sooner(fail) < sooner(soonest) {
			soonest = fail
		}
	}
	return soonest
}

// needsToPass returns what the slowest of the SLIs needs that have to pass: of every key SLI, and of the others the fastest
// that make up enough of the weight.
func (g *Gate) needsToPass(t GateTelemetry, trials []gateTrial, o GateOutcome) GateNeeds {
	type lacking struct {
		needs GateNeeds
		share float64
		isKey bool
	}
	var all []lacking
	for k := range trials {
		if o.SLIs[k].Verdict != Passes {
			all = append(all, lacking{trials[k].needsToPass(g, t), trials[k].sli.Share, trials[k].sli.IsKey})
		}
	}
	slices.SortStableFunc(all, func(a, b lacking) int { return cmp.Compare(sooner(a.needs), sooner(b.needs)) })
	most, passed := GateNeeds{Seconds: max(0, (g.MinDuration - t.Elapsed).Seconds())}, o.Passed
	for _, l := range all {
		if !l.isKey && Meets(passed, g.MinPassed) {
			continue
		}
		passed += l.share
		if !(l.needs.Seconds <= most.Seconds) {
			most.Seconds = l.needs.Seconds
		}
		most.Events = max(most.Events, l.needs.Events)
	}
	return most
}

// sooner returns the time that is needed, with that which is not known behind all others.
func sooner(n GateNeeds) float64 {
	if math.IsNaN(n.Seconds) {
		return math.Inf(1)
	}
	return n.Seconds
}

// needsToPass returns what the SLI needs to pass.
func (t *gateTrial) needsToPass(g *Gate, all GateTelemetry) GateNeeds {
	least := float64(t.slicesToPass()) * all.Width.Seconds()
	switch {
	case t.sli.CountsEvents:
		logs := t.evidence.notWorseLogs(t.sli.MaxDrop)
		return t.more(logs[:], math.Log(1/g.Beta), least, all.Width.Seconds())
	case least > 0:
		return GateNeeds{Seconds: least}
	default:
		return unknownNeeds()
	}
}

// slicesToPass returns the least number of time slices that are lacking for a pass: of both arms, of the newest one, and of the
// candidate to be seen in 90 % of them.
func (t *gateTrial) slicesToPass() int {
	lacking := max(0, LeastSlices-t.compared(), 9*t.looked-10*t.seen)
	if !t.newest {
		return max(1, lacking)
	}
	return lacking
}

// needsToFail returns what the SLI needs to fail.
func (t *gateTrial) needsToFail(g *Gate, all GateTelemetry) GateNeeds {
	if !t.sli.CountsEvents || t.sli.Share == 0 || !(t.drop() > t.sli.MaxDrop) {
		return unknownNeeds()
	}
	width := all.Width.Seconds()
	least := float64(max(0, LeastSlices-t.evidence.Failing)) * width
	logs := t.evidence.worseLogs()
	return t.more(logs[:], math.Log(1/g.Alpha/t.sli.Share), least, width)
}

// more returns at most how many more events, and time slices of a width in seconds, take the logarithm of evidence to what is wanted,
// where the highest of the logarithms that it is a mean over grows as it did so far. It takes at least some seconds.
func (t *gateTrial) more(logs []float64, wanted, least, width float64) GateNeeds {
	highest, factor := slices.Max(logs), 0.0
	if !(highest > 0) {
		return unknownNeeds()
	}
	if logMean(logs) < wanted {
		factor = (wanted+math.Log(float64(len(logs))))/highest - 1
	}
	return GateNeeds{
		Events:  math.Ceil(factor * t.evidence.Events()),
		Seconds: max(least, math.Ceil(factor*float64(t.looked))*width),
	}
}

// unknownNeeds returns needs that are not known.
func unknownNeeds() GateNeeds { return GateNeeds{Events: math.NaN(), Seconds: math.NaN()} }

// GateShares returns the shares of the weights of SLIs, which sum to 1: that of a key SLI is at least 1/number of SLIs. Where all weights
// are 0 they are alike.
func GateShares(weights []float64, isKey []bool) []float64 {
	raised := make([]bool, len(weights))
	for {
		shares, again := sharesBeside(weights, raised), false
		for k, share := range shares {
			if isKey[k] && !raised[k] && share < 1/float64(len(weights)) {
				raised[k], again = true, true
			}
		}
		if !again {
			return shares
		}
	}
}

// sharesBeside returns the shares of weights: 1/number of those raised, while the others share the rest by their weights.
func sharesBeside(weights []float64, raised []bool) []float64 {
	least := 1 / float64(len(weights))
	sum, left, others := 0.0, 1.0, 0.0
	for k, w := range weights {
		if raised[k] {
			left -= least
			continue
		}
		sum += w
		others++
	}
	shares := make([]float64, len(weights))
	for k, w := range weights {
		switch {
		case raised[k]:
			shares[k] = least
		case sum > 0:
			shares[k] = left * w / sum
		default:
			shares[k] = left / others
		}
	}
	return shares
}
