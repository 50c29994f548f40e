package fetch

import (
	"math"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// size is how many points a block of the grid holds.
func (g grid) size() int64 {
	if g.step == 1 { // Single instants have no neighbours.
		return 1
	}
	return blockPoints
}

// known is points of a leaf that are in the cache, by their numbers on the leaf's grid; hi is not one of them.
type known struct {
	lo, hi int64
	block  *block
	// first is the number of the first point that the block could hold.
	first int64
}

// until is when the points are to be asked for again: soon where late samples may have changed some since.
func (k known) until(fresh time.Duration) time.Time {
	if k.hi > k.first+int64(k.block.settled) {
		return k.block.refreshed.Add(fresh)
	}
	return k.block.asked.Add(hardAge)
}

// look returns what the cache has of a leaf, and the ranges that the store has to be asked for.
func (c *Cache) look(id [16]byte, over series.Range, now time.Time, fresh time.Duration) (have []known, missing []series.Range) {
	if c == nil {
		return nil, []series.Range{over}
	}
	g := gridOf(over)
	first := g.number(over.Start)
	end := first + int64(over.Len())
	var gaps []span
	for at := floorDiv(first, g.size()); at*g.size() < end; at++ {
		start := at * g.size()
		want := span{max(first, start), min(end, start+g.size())}
		b := c.block(entryKey{id, at})
		if b == nil {
			gaps = join(gaps, want)
			continue
		}
		lo, hi := b.usable(now, fresh)
		has := span{start + int64(lo), start + int64(hi)}
		for _, gap := range want.without(has) {
			gaps = join(gaps, gap)
		}
		if both := want.and(has); both.lo < both.hi {
			have = append(have, known{lo: both.lo, hi: both.hi, block: b, first: start})
		}
	}
	asked := int64(0)
	for _, gap := range gaps {
		asked += gap.hi - gap.lo
		if all := (span{first, end}); gap == all {
			missing = append(missing, over)
		} else {
			missing = append(missing, g.rangeOf(gap))
		}
	}
	c.count(max(0, int64(over.Len())-asked), asked)
	return have, missing
}

// span is numbers of points from lo up to hi, which is not one of them.
type span struct{ lo, hi int64 }

func (s span) and(other span) span { return span{max(s.lo, other.lo), min(s.hi, other.hi)} }

// without returns what has to be asked for so that the span is known besides another one, with which it then is one
// piece, since blocks have no holes.
func (s span) without(has span) []span {
	if has.lo >= has.hi {
		return []span{s}
	}
	var gaps []span
	if s.lo < has.lo {
		gaps = append(gaps, span{s.lo, has.lo})
	}
	if s.hi > has.hi {
		gaps = append(gaps, span{has.hi, s.hi})
	}
	return gaps
}

// maxGaps is in how many pieces a range is asked for at most.
const maxGaps = 4

// join adds a span to others that lie before it.
func join(gaps []span, next span) []span {
	last := len(gaps) - 1
	if last >= 0 && (gaps[last].hi >= next.lo || len(gaps) == maxGaps) {
		gaps[last].hi = max(gaps[last].hi, next.hi)
		return gaps
	}
	return append(gaps, next)
}

// rangeOf returns the instants of a span.
func (g grid) rangeOf(s span) series.Range {
	if g.step == 1 {
		return series.Instant(g.at(s.lo))
	}
	return series.Range{Start: g.at(s.lo), End: g.at(s.hi - 1), Step: g.step}
}

// put keeps what a store answered to a leaf over a range, when it was asked at a time. Samples may be late by overlap.
func (c *Cache) put(id [16]byte, over series.Range, answer plan.Answer, asked time.Time, overlap time.Duration) {
	if c == nil || len(answer.Warnings) > 0 {
		return
	}
	g := gridOf(over)
	first := g.number(over.Start)
	end := first + int64(over.Len())
	settled := end
	if limit := asked.Add(-overlap).UnixMilli(); g.at(end-1) >= limit {
		settled = max(first, g.number(limit-1)+1)
	}
	for at := floorDiv(first, g.size()); at*g.size() < end; at++ {
		start := at * g.size()
		part := span{max(first, start), min(end, start+g.size())}
		b := &block{lo: int(part.lo - start), hi: int(part.hi - start), asked: asked, refreshed: asked,
			settled: int(min(max(settled, part.lo), part.hi) - start)}
		for _, s := range answer.Series {
			if values := s.Values[part.lo-first : part.hi-first]; slices.ContainsFunc(values, series.IsSample) {
				b.series = append(b.series, series.Series{Labels: s.Labels, Values: slices.Clone(values)})
			}
		}
		key := entryKey{id, at}
		if old := c.block(key); old != nil {
			b = old.with(b)
		}
		c.entries.Set(key, b)
	}
}

// with returns a block of the points of an older block and of a newer one, whose points count where both have them. Where
// they are not one piece, or the older one is too old, the newer one remains.
func (b *block) with(newer *block) *block {
	if newer.asked.Sub(b.asked) >= hardAge || newer.lo > b.hi || newer.hi < b.lo {
		return newer
	}
	both := &block{lo: min(b.lo, newer.lo), hi: max(b.hi, newer.hi), asked: b.asked, refreshed: newer.refreshed}
	left, right := span{int64(b.lo), int64(newer.lo)}, span{int64(newer.hi), int64(b.hi)} // What remains of the older one.
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
	all := newColumns(both.hi - both.lo)
	all.lay(b.series, b.lo-both.lo, left.shifted(-b.lo), right.shifted(-b.lo))
	all.lay(newer.series, newer.lo-both.lo, span{0, int64(newer.hi - newer.lo)})
	both.series = all.series
	return both
}

// shifted returns the span with other numbers.
func (s span) shifted(by int) span { return span{s.lo + int64(by), s.hi + int64(by)} }

// columns are series of the same instants that are laid together from parts.
type columns struct {
	n      int
	series []series.Series
	at     map[string]int
	// limit is how many series there may be, and refused how many more there are.
	limit, refused int
}

func newColumns(n int) *columns { return &columns{n: n, at: map[string]int{}, limit: math.MaxInt} }

// lay puts numbers of series into the columns: of each span of their positions, behind an offset. A series has no
// numbers where it was not laid. Series over the limit are left out.
func (c *columns) lay(all []series.Series, offset int, spans ...span) {
	for _, s := range all {
		for _, part := range spans {
			if part.lo < part.hi && slices.ContainsFunc(s.Values[part.lo:part.hi], series.IsSample) {
				if column := c.of(s.Labels); column != nil {
					copy(column[int64(offset)+part.lo:], s.Values[part.lo:part.hi])
				}
			}
		}
	}
}

// of returns the column of some labels; nil where there is no room for it.
func (c *columns) of(of labels.Labels) []float64 {
	key := string(of.Bytes(nil))
	at, known := c.at[key]
	switch {
	case !known && len(c.series) == c.limit:
		c.refused++
		return nil
	case !known:
		at = len(c.series)
		c.at[key] = at
		c.series = append(c.series, series.Series{Labels: of, Values: slices.Repeat([]float64{math.NaN()}, c.n)})
	}
	return c.series[at].Values
}

// floorDiv divides, rounded down.
func floorDiv(a, by int64) int64 {
	if a < 0 {
		return -((-a + by - 1) / by)
	}
	return a / by
}
