package cer

import "math"

// Aggregate is the way scores of weighted members become one.
type Aggregate string

// The aggregates.
const (
	Mean      Aggregate = "mean"
	Geometric Aggregate = "geometric"
	Harmonic  Aggregate = "harmonic"
	Min       Aggregate = "min"
	Product   Aggregate = "product"
	// Loss is OpenSLO's RatioTimeslices composite: raw weights, and what is lost adds up.
	Loss Aggregate = "loss"
)

// Aggregates lists the aggregates as the definition spells them.
func Aggregates() []Aggregate {
	return []Aggregate{Mean, Geometric, Harmonic, Min, Product, Loss}
}

// Member is what takes part in an aggregate.
type Member struct {
	// Weight is the member's raw weight, >= 0.
	Weight float64
	// Score is in [0,1], or NaN where the member is not present.
	Score float64
}

// present reports whether the member takes part: it has a score and a weight above 0.
func (m Member) present() bool {
	return m.Weight > 0 && !math.IsNaN(m.Score)
}

// Combine combines the members that are present, weights normalised among them (Loss excepted); NaN where none is.
// The result is in [0,1].
func (a Aggregate) Combine(members []Member) float64 {
	all, present := weights(members)
	if present == 0 {
		return math.NaN()
	}
	combine, ok := combiners[a]
	if !ok {
		combine = mean
	}
	return clamp(combine(members, all, present))
}

// Shares writes the share of each member that the aggregate uses into shares: 0 for one that is not present, and all
// NaN where none is. Shares add up to 1, but for Loss, whose raw weights are scaled by all weight over present weight.
func (a Aggregate) Shares(members []Member, shares []float64) {
	all, present := weights(members)
	for i, m := range members {
		switch {
		case present == 0:
			shares[i] = math.NaN()
		case !m.present():
			shares[i] = 0
		case a == Loss:
			shares[i] = m.Weight * all / present
		default:
			shares[i] = m.Weight / present
		}
	}
}

// weights returns the sum of all weights and of the present members' weights.
func weights(members []Member) (all, present float64) {
	for _, m := range members {
		all += m.Weight
		if m.present() {
			present += m.Weight
		}
	}
	return all, present
}

// combiners hold a formula an aggregate, each given the sums of all and of present weights, the latter above 0.
var combiners = map[Aggregate]func(members []Member, all, present float64) float64{
	Mean:      mean,
	Geometric: geometric,
	Harmonic:  harmonic,
	Min:       minimum,
	Product:   product,
	Loss:      loss,
}

// mean is sum w s. The sum of w is 1 but for rounding, which must not make a loss where every s is 1.
func mean(members []Member, _, present float64) float64 {
	sum, shares := 0.0, 0.0
	for _, m := range members {
		if m.present() {
			share := m.Weight / present
			sum += share * m.Score
			shares += share
		}
	}
	return sum / shares
}

// geometric is exp(sum w ln s), and 0 if any s is.
func geometric(members []Member, _, present float64) float64 {
	sum := 0.0
	for _, m := range members {
		if m.present() {
			sum += m.Weight / present * math.Log(m.Score)
		}
	}
	return math.Exp(sum)
}

// harmonic is 1/sum(w/s), and 0 if any s is; rounded as mean is.
func harmonic(members []Member, _, present float64) float64 {
	sum, shares := 0.0, 0.0
	for _, m := range members {
		if m.present() {
			share := m.Weight / present
			sum += share / m.Score
			shares += share
		}
	}
	return shares / sum
}

// minimum is the smallest s.
func minimum(members []Member, _, _ float64) float64 {
	smallest := 1.0
	for _, m := range members {
		if m.present() {
			smallest = min(smallest, m.Score)
		}
	}
	return smallest
}

// product is the product of s.
func product(members []Member, _, _ float64) float64 {
	result := 1.0
	for _, m := range members {
		if m.present() {
			result *= m.Score
		}
	}
	return result
}

// loss is 1 - L with L = sum W(1-s), scaled by all weight over present weight (OpenSLO, RatioTimeslices).
func loss(members []Member, all, present float64) float64 {
	lost := 0.0
	for _, m := range members {
		if m.present() {
			lost += m.Weight * (1 - m.Score)
		}
	}
	return 1 - lost*all/present
}
