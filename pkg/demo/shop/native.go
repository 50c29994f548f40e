package shop

import (
	"math"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
)

const (
	// nativeSchema makes 8 buckets a doubling: each bound is 2^(1/8) times the one below.
	nativeSchema = 3
	// nativeLow and nativeHigh are the buckets of the smallest and the largest value, about 1 ms and 60 s.
	nativeLow, nativeHigh = -80, 48
)

// native is a native histogram: all buckets in one series.
type native struct {
	series
	counts   [nativeHigh - nativeLow + 1]uint64
	total    uint64
	sumValue float64
}

// newNative returns an empty histogram.
func newNative(metric string, set labels.Labels) *native {
	return &native{series: newSeries(metric, set)}
}

// observe counts one value in seconds.
func (n *native) observe(v float64) {
	bucket := int(math.Ceil(math.Log2(v) * (1 << nativeSchema)))
	n.counts[min(max(bucket, nativeLow), nativeHigh)-nativeLow]++
	n.total++
	n.sumValue += v
}

func (n *native) withdraw(e *exposition) { e.withdraw(&n.series) }
func (n *native) reset()                 { *n = native{series: n.series} }

func (n *native) expose(e *exposition) {
	if n.total == 0 {
		e.withdraw(&n.series)
		return
	}
	e.native(&n.series, n.histogram())
}

// histogram returns the counts in Prometheus' form: spans of buckets that are not empty, each count as the
// difference to the one before.
func (n *native) histogram() *histogram.Histogram {
	h := &histogram.Histogram{Schema: nativeSchema, Count: n.total, Sum: n.sumValue}
	before, next := int64(0), 0
	for i, count := range n.counts {
		if count == 0 {
			continue
		}
		bucket := i + nativeLow
		if len(h.PositiveSpans) == 0 || bucket > next {
			h.PositiveSpans = append(h.PositiveSpans, histogram.Span{Offset: int32(bucket - next)})
		}
		h.PositiveSpans[len(h.PositiveSpans)-1].Length++
		h.PositiveBuckets = append(h.PositiveBuckets, int64(count)-before)
		before, next = int64(count), bucket+1
	}
	return h
}
