package score

import (
	"math"

	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
)

// weightQuality counts the instants at which the dynamic weight of a flow could not follow the data.
type weightQuality struct {
	missing, unusable annotate.Points
}

// weigh returns the weights of the flows of a tree at each instant.
func weigh(t *Tree) ([][]float64, []weightQuality) {
	weights, quality := make([][]float64, len(t.flows)), make([]weightQuality, len(t.flows))
	dynamic := make([][]float64, len(t.flows))
	for k := range t.flows {
		f := &t.flows[k]
		weights[k] = t.column(func(int) float64 { return f.Flow.Flow.Weight })
		if f.Weight != nil {
			dynamic[k], quality[k] = f.readWeight()
		}
	}
	for k, column := range dynamic {
		if column == nil || t.flows[k].followsTraffic() {
			continue
		}
		for i, weight := range column {
			if !math.IsNaN(weight) {
				weights[k][i] = weight
			}
		}
	}
	scaleByTraffic(t, weights, dynamic)
	return weights, quality
}

// followsTraffic reports whether the weight of the flow is scaled by its traffic.
func (f *flow) followsTraffic() bool { return f.Flow.Flow.Dynamic.Traffic }

// readWeight reads what the weight of the flow follows: its traffic, or its expression.
func (f *flow) readWeight() (column []float64, quality weightQuality) {
	column = f.tree.numbers(f.Weight)
	for i := range column {
		switch {
		case math.IsNaN(column[i]):
			quality.missing.Add(i)
		case column[i] < 0 || math.IsInf(column[i], 0):
			quality.unusable.Add(i)
			column[i] = math.NaN()
		}
	}
	return column, quality
}

// scaleByTraffic multiplies the weights that follow traffic by each flow's traffic over the mean of those flows whose
// traffic is known. The others of them keep their weight, as if they had the mean.
func scaleByTraffic(t *Tree, weights, traffic [][]float64) {
	isKnown := func(k, i int) bool {
		return traffic[k] != nil && t.flows[k].followsTraffic() && !math.IsNaN(traffic[k][i])
	}
	for i := range t.n {
		sum, known := 0.0, 0
		for k := range traffic {
			if isKnown(k, i) {
				sum += traffic[k][i]
				known++
			}
		}
		if sum == 0 {
			continue
		}
		for k := range traffic {
			if isKnown(k, i) {
				weights[k][i] *= traffic[k][i] / (sum / float64(known))
			}
		}
	}
}
