package series

import (
	"math"

	"github.com/prometheus/prometheus/model/labels"
)

// Series is the samples that a store has of an expression for one set of labels.
type Series struct {
	Labels labels.Labels
	// Values holds one number for each instant of a range: NaN where there is no sample, and Undefined where there is a
	// sample that is not a number.
	Values []float64
}

// Undefined stands for a sample that is not a number, such as 0/0. It is a NaN, but not the one that stands for no
// sample.
var Undefined = math.Float64frombits(undefined)

const undefined = 0x7ff8000000000000 | 0xce7

// Sample returns a number of a store as Series hold it.
func Sample(v float64) float64 {
	if math.IsNaN(v) {
		return Undefined
	}
	return v
}

// IsUndefined reports whether v is Undefined.
func IsUndefined(v float64) bool { return math.Float64bits(v) == undefined }

// IsSample reports whether v is a sample, be it a number or Undefined.
func IsSample(v float64) bool { return !math.IsNaN(v) || IsUndefined(v) }
