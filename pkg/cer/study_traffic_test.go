package cer

import (
	"math"
	"math/rand/v2"
)

// dice draws numbers. Its samplers are exact, and as fast as the numbers are small.
type dice struct{ *rand.Rand }

// poisson returns how many events of a Poisson process there are in the time in which mean are expected.
func (d dice) poisson(mean float64) float64 {
	events := 0.0
	for t := d.ExpFloat64(); t < mean; t += d.ExpFloat64() {
		events++
	}
	return events
}

// binomial returns how many of n events are bad, each with the probability p, by the geometric gaps between them.
func (d dice) binomial(n, p float64) float64 {
	bad, rate := 0.0, -math.Log1p(-p)
	for at := d.gap(rate); at <= n; at += d.gap(rate) {
		bad++
	}
	return bad
}

// gap returns how many events there are up to the next bad one: infinitely many at a rate of 0.
func (d dice) gap(rate float64) float64 { return math.Floor(d.ExpFloat64()/rate) + 1 }

// clumps returns how many of n events are bad, at a failure rate p in clumps of a size.
func (d dice) clumps(n, p, size float64) float64 { return min(n, size*d.poisson(n*p/size)) }

// swing returns a log-normal factor with a median of 1.
func (d dice) swing(sigma float64) float64 { return math.Exp(sigma * d.NormFloat64()) }

// traffic draws the counts of a minute, from 0.
type traffic func(d dice, minute int) ArmCounts

// armCounts returns the counts of x of n events of the candidate and y of k events of the baseline that are bad.
func armCounts(x, n, y, k float64) ArmCounts {
	return ArmCounts{Bad: x, Events: n, AllBad: x + y, AllEvents: n + k}
}

// independent is n of all events a minute of the candidate, which fail by the rate p, while the baseline's fail by q.
func independent(n, all, p, q float64) traffic {
	return func(d dice, _ int) ArmCounts {
		return armCounts(d.binomial(n, p), n, d.binomial(all-n, q), all-n)
	}
}

// inClumps has failures in clumps of a size, each in one arm, as of retries.
func inClumps(size, n, all, p, q float64) traffic {
	return func(d dice, _ int) ArmCounts {
		return armCounts(d.clumps(n, p, size), n, d.clumps(all-n, q, size), all-n)
	}
}

// swingingAlike has failure rates that are multiplied by the same log-normal factor in both arms, another each minute.
func swingingAlike(sigma, n, all, p, q float64) traffic {
	return func(d dice, minute int) ArmCounts {
		f := d.swing(sigma)
		return independent(n, all, min(p*f, .999), min(q*f, .999))(d, minute)
	}
}

// swingingApart has a factor of its own for each arm.
func swingingApart(sigma, n, all, p, q float64) traffic {
	return func(d dice, minute int) ArmCounts {
		return independent(n, all, min(p*d.swing(sigma), .999), min(q*d.swing(sigma), .999))(d, minute)
	}
}

// rampAfterOutage takes the candidate from 1 % of the events to 50 % within an hour. In the first minutes both arms fail by the rate
// outage, then the baseline by q; the candidate by more points than that throughout.
func rampAfterOutage(minutes int, outage, all, points, q float64) traffic {
	return func(d dice, minute int) ArmCounts {
		n := math.Round(all * (.01 + .49*float64(minute)/(studyMinutes-1)))
		rate := q
		if minute < minutes {
			rate = outage
		}
		return independent(n, all, rate+points, rate)(d, minute)
	}
}
