package cer

import "math"

// Curve turns an SLI's value into a score.
type Curve interface {
	// Score returns the score of v in [0,1]; NaN stays NaN.
	Score(v float64) float64
}

// Identity scores a value as it is.
type Identity struct{}

// Linear scores 0 at Zero and 1 at One, and between them in proportion. Zero may be above One.
type Linear struct {
	Zero, One float64
}

// Step scores 1 on the better side of At, the edge included, else 0.
type Step struct {
	At          float64
	LowerBetter bool
	// Strict says that At itself scores 0.
	Strict bool `json:",omitempty"`
}

// LogNormal is the scoring curve of Lighthouse: 0.9 at P10, 0.5 at Median, 0 < P10 < Median.
type LogNormal struct {
	P10, Median float64
}

// Budget scores the distance to an objective in units of its error budget: 1 without any loss, 0 at a burn rate of
// Factor. The definition calls it the curve objective.
type Budget struct {
	Objective, Factor float64
}

// lighthouseZ is erfc^-1(0.2), the deviation at which half of erfc is a tenth, as in Lighthouse's
// shared/statistics.js.
const lighthouseZ = 0.9061938024368232

// Tolerance is the relative slack with which a number meets a threshold: x does at x >= threshold (1 - Tolerance),
// so that rounding in a store's sums does not decide.
const Tolerance = 1e-9

// Meets reports whether x is at least the threshold.
func Meets(x, threshold float64) bool {
	return x >= threshold-math.Abs(threshold)*Tolerance
}

// Score returns v, limited to [0,1].
func (Identity) Score(v float64) float64 { return scoreOf(v) }

// Score returns (v - Zero)/(One - Zero), limited to [0,1].
func (c Linear) Score(v float64) float64 {
	return scoreOf((v - c.Zero) / (c.One - c.Zero))
}

// Score returns 1 where v is At or better, or where the step is strict better than At, else 0.
func (c Step) Score(v float64) float64 {
	better := Meets(v, c.At)
	switch {
	case c.LowerBetter && c.Strict:
		better = !better
	case c.LowerBetter:
		better = Meets(-v, -c.At)
	case c.Strict:
		better = !Meets(-v, -c.At)
	}
	switch {
	case math.IsNaN(v):
		return v
	case better:
		return 1
	default:
		return 0
	}
}

// Score returns erfc(z)/2 with z = 0.906... ln(v/Median)/ln(Median/P10), and 1 where v <= 0.
func (c LogNormal) Score(v float64) float64 {
	if v <= 0 {
		return 1
	}
	z := lighthouseZ * math.Log(v/c.Median) / math.Log(c.Median/c.P10)
	return scoreOf(math.Erfc(z) / 2)
}

// Score returns 1 - (1-v)/(Factor (1-Objective)), limited to [0,1].
func (c Budget) Score(v float64) float64 {
	return scoreOf(1 - (1-v)/(c.Factor*(1-c.Objective)))
}

// Half returns the value that a curve scores 0.5; of a step, which never does, its edge. It is NaN for no known curve.
func Half(of Curve) float64 {
	switch c := of.(type) {
	case Identity:
		return 0.5
	case Linear:
		return c.Zero/2 + c.One/2
	case Step:
		return c.At
	case LogNormal:
		return c.Median
	case Budget:
		return 1 - c.Factor*(1-c.Objective)/2
	default:
		return math.NaN()
	}
}

// scoreOf limits v to [0,1] and leaves NaN alone. What differs from 0 by rounding only is 0: a geometric mean would make
// something of it, such as 4e-4 of 1e-17 with a fifth of the weight.
func scoreOf(v float64) float64 {
	if v < Tolerance {
		return 0
	}
	return clamp(v)
}

// clamp limits v to [0,1] and leaves NaN alone.
func clamp(v float64) float64 {
	return max(0, min(1, v))
}
