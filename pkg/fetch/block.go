package fetch

import (
	"math"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// blockPoints is the number of points that a block holds at most.
const blockPoints = 120

// block is contiguous points of a leaf, by their indexes within the block. It is immutable.
type block struct {
	span
	// settled is the index from which on late samples may change the points.
	settled int64
	// requested is the time at which the oldest of the points were requested, and refreshed that of the points that are not
	// settled.
	requested, refreshed time.Time
	// series hold the values of the span.
	series []series.Series
}

// weight estimates the bytes of a block.
func (b *block) weight() uint32 {
	return uint32(min(160+bytesOf(b.series...), math.MaxUint32))
}

// valid returns which of the points are valid now, if points that are not settled are for the time fresh; an empty span if
// none is.
func (b *block) valid(now time.Time, fresh time.Duration) span {
	age := hardAge
	if len(b.series) == 0 {
		age = emptyAge
	}
	switch {
	case now.Sub(b.requested) >= age:
		return span{}
	case now.Sub(b.refreshed) < fresh:
		return b.span
	default:
		return span{b.lo, max(b.lo, b.settled)}
	}
}

// merge returns a block of the points of b and of a newer block, which replace those of b where both have them. It returns
// the newer one if both together are not contiguous, or b has reached the hard age.
func (b *block) merge(newer *block) *block {
	if newer.requested.Sub(b.requested) >= hardAge || newer.lo > b.hi || newer.hi < b.lo {
		return newer
	}
	both := &block{span: span{min(b.lo, newer.lo), max(b.hi, newer.hi)}, requested: b.requested, refreshed: newer.refreshed}
	left, right := span{b.lo, newer.lo}, span{newer.hi, b.hi} // What remains of the older one.
	switch {
	case left.lo < left.hi && b.settled < newer.lo:
		both.settled, both.refreshed = b.settled, b.refreshed
	case newer.settled < newer.hi:
		both.settled = newer.settled
	default:
		both.settled = max(newer.hi, b.settled)
	}
	if right.lo < right.hi && b.settled < b.hi {
		both.refreshed = b.refreshed
	}
	all := newColumns(int(both.len()))
	all.insert(b.series, int(b.lo-both.lo), left.shifted(-b.lo), right.shifted(-b.lo))
	all.insert(newer.series, int(newer.lo-both.lo), newer.shifted(-newer.lo))
	both.series = all.series
	return both
}

// columns are the series of n instants, joined from parts of their values.
type columns struct {
	n        int
	series   []series.Series
	byLabels map[string]int
	// add is called with each new series, and says why there may be no more; err is what it said first.
	add func(series.Series) error
	err error
}

func newColumns(n int) *columns {
	return &columns{n: n, byLabels: map[string]int{}, add: func(series.Series) error { return nil }}
}

// insert copies the values in spans of each series, shifted by an offset. Where nothing is inserted a series has no samples.
func (c *columns) insert(all []series.Series, offset int, spans ...span) {
	for _, s := range all {
		for _, part := range spans {
			if part.lo < part.hi && slices.ContainsFunc(s.Values[part.lo:part.hi], series.IsSample) {
				if values := c.valuesOf(s.Labels); values != nil {
					copy(values[int64(offset)+part.lo:], s.Values[part.lo:part.hi])
				}
			}
		}
	}
}

// valuesOf returns the values of the series with some labels, which it adds if there is none; nil if there may be no more.
func (c *columns) valuesOf(of labels.Labels) []float64 {
	key := string(of.Bytes(nil))
	at, known := c.byLabels[key]
	if !known {
		if c.err != nil {
			return nil
		}
		at = len(c.series)
		added := series.Series{Labels: of, Values: slices.Repeat([]float64{math.NaN()}, c.n)}
		if c.err = c.add(added); c.err != nil {
			return nil
		}
		c.byLabels[key] = at
		c.series = append(c.series, added)
	}
	return c.series[at].Values
}
