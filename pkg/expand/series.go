package expand

import "math"

// Series is what a store has of an expression for one set of labels.
type Series struct {
	Labels map[string]string
	// Values holds one number an instant, NaN where there is none, and Undefined where there is a sample that is no
	// number.
	Values []float64
}

// Undefined stands for a sample that is no number, such as 0/0. It is a NaN, so that it counts as no number, but not
// the one that stands for no sample.
var Undefined = math.Float64frombits(undefined)

const undefined = 0x7ff8000000000000 | 0xce7

// Sample returns a number of the store as Series hold it.
func Sample(v float64) float64 {
	if math.IsNaN(v) {
		return Undefined
	}
	return v
}

// IsUndefined reports whether v is Undefined.
func IsUndefined(v float64) bool { return math.Float64bits(v) == undefined }

// IsSample reports whether there is a sample, be it no number.
func IsSample(v float64) bool { return !math.IsNaN(v) || IsUndefined(v) }
