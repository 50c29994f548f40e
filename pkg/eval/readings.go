package eval

import (
	"math"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// readings holds one an instant, in columns: there are millions of them at times. Where none has traffic, traffic is nil.
type readings struct {
	status       []cer.Status
	value, score []float64
	traffic      []float64
}

func newReadings(n int) readings {
	return readings{status: make([]cer.Status, n), value: make([]float64, n), score: make([]float64, n)}
}

// len is how many there are.
func (r *readings) len() int { return len(r.status) }

// at returns the reading at an instant.
func (r *readings) at(i int) cer.Observation {
	one := cer.Observation{Status: r.status[i], Value: r.value[i], Score: r.score[i], Traffic: math.NaN()}
	if r.traffic != nil {
		one.Traffic = r.traffic[i]
	}
	return one
}

// set sets the reading at an instant.
func (r *readings) set(i int, one cer.Observation) {
	r.status[i], r.value[i], r.score[i] = one.Status, one.Value, one.Score
	if r.traffic == nil && !math.IsNaN(one.Traffic) {
		r.traffic = newColumn(r.len())
	}
	if r.traffic != nil {
		r.traffic[i] = one.Traffic
	}
}

// count returns at how many instants a reading is such, and the last of them.
func (r *readings) count(such func(cer.Observation) bool) (n, last int) {
	for i := range r.status {
		if such(r.at(i)) {
			n, last = n+1, i
		}
	}
	return n, last
}
