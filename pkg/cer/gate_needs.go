package cer

import (
	"cmp"
	"math"
	"slices"
)

// needs returns about how much more telemetry is needed: for a fail of the SLI whose evidence grows fastest, or for a pass of enough
// SLIs, whichever is sooner.
func (g *Gate) needs(t GateTelemetry, trials []gateTrial, o GateOutcome) GateNeeds {
	pass := g.needsToPass(t, trials, o)
	for k := range trials {
		fail := trials[k].needsToFail(g, t)
		if !math.IsNaN(fail.Seconds) && !(pass.Seconds <= fail.Seconds) {
			pass = fail
		}
	}
	return pass
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
	width := all.Width.Seconds()
	slices := max(0, LeastSlices-t.compared())
	if !t.sli.CountsEvents {
		if slices == 0 {
			return GateNeeds{Seconds: math.NaN()}
		}
		return GateNeeds{Seconds: float64(slices) * width}
	}
	n := t.more(t.evidence.NotWorse(t.sli.MaxDrop), math.Log(1/g.Beta), width)
	if !math.IsNaN(n.Seconds) {
		n.Seconds = max(n.Seconds, float64(slices)*width)
	}
	return n
}

// needsToFail returns what the SLI needs to fail.
func (t *gateTrial) needsToFail(g *Gate, all GateTelemetry) GateNeeds {
	if !t.sli.CountsEvents || t.sli.Share == 0 || !(t.drop() > t.sli.MaxDrop) {
		return GateNeeds{Events: math.NaN(), Seconds: math.NaN()}
	}
	return t.more(t.evidence.Worse(), math.Log(1/g.Alpha/t.sli.Share), all.Width.Seconds())
}

// more returns how many more events, and time slices of a width in seconds, take the logarithm of evidence from reached to wanted, which
// grows as it did so far.
func (t *gateTrial) more(reached, wanted, width float64) GateNeeds {
	if !(reached > 0) {
		return GateNeeds{Events: math.NaN(), Seconds: math.NaN()}
	}
	factor := max(0, wanted/reached-1)
	return GateNeeds{Events: math.Ceil(factor * t.evidence.Events()), Seconds: math.Ceil(factor*float64(t.looked)) * width}
}

// GateShares returns the shares of the weights of SLIs, which sum to 1: that of a key SLI is at least 1/number of SLIs. Where all weights
// are 0 they are alike.
func GateShares(weights []float64, isKey []bool) []float64 {
	n := len(weights)
	shares, fixed := make([]float64, n), make([]bool, n)
	for {
		sum, left, free := 0.0, 1.0, 0
		for k, w := range weights {
			if fixed[k] {
				left -= 1 / float64(n)
				continue
			}
			sum += w
			free++
		}
		again := false
		for k, w := range weights {
			switch {
			case fixed[k]:
				shares[k] = 1 / float64(n)
			case sum > 0:
				shares[k] = left * w / sum
			default:
				shares[k] = left / float64(free)
			}
			if isKey[k] && !fixed[k] && shares[k] < 1/float64(n) {
				fixed[k], again = true, true
			}
		}
		if !again {
			return shares
		}
	}
}
