package score

import (
	"math"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// observations holds an observation for each instant, in columns since there are millions of them at times. traffic is nil
// where there is none at any instant.
type observations struct {
	status       []cer.Status
	value, score []float64
	traffic      []float64
}

func newObservations(n int) observations {
	return observations{status: make([]cer.Status, n), value: make([]float64, n), score: make([]float64, n)}
}

// clear makes all observations missing, and without a score by a policy.
func (o *observations) clear() {
	for i := range o.status {
		o.status[i], o.value[i], o.score[i] = cer.Missing, math.NaN(), math.NaN()
	}
}

// len returns the number of instants.
func (o *observations) len() int { return len(o.status) }

// at returns the observation at an instant.
func (o *observations) at(i int) cer.Observation {
	one := cer.Observation{Status: o.status[i], Value: o.value[i], Score: o.score[i], Traffic: math.NaN()}
	if o.traffic != nil {
		one.Traffic = o.traffic[i]
	}
	return one
}

// set sets the observation at an instant.
func (o *observations) set(i int, one cer.Observation) {
	o.status[i], o.value[i], o.score[i] = one.Status, one.Value, one.Score
	if o.traffic == nil && !math.IsNaN(one.Traffic) {
		o.traffic = NewColumn(o.len())
	}
	if o.traffic != nil {
		o.traffic[i] = one.Traffic
	}
}
