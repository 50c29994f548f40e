package fetch

import "github.com/cer-reliability/cer-datasource/pkg/series"

// grid numbers the instants of leaves that have the same step and phase, which are in milliseconds: the indexes of
// neighbours differ by one. The index of a single instant, which has no step, is its time.
type grid struct {
	step, phase int64
	isSingle    bool
}

// gridOf returns the grid of a range.
func gridOf(r series.Range) grid {
	if r.IsInstant() {
		return grid{step: 1, isSingle: true}
	}
	return grid{step: r.Step, phase: r.Start - series.Floor(r.Start, r.Step)}
}

// index returns the index of an instant of the grid, in Unix milliseconds.
func (g grid) index(t int64) int64 { return (t - g.phase) / g.step }

// instant returns the instant with an index, in Unix milliseconds.
func (g grid) instant(index int64) int64 { return index*g.step + g.phase }

// blockSize is the number of points that a block of the grid holds; single instants have no neighbours.
func (g grid) blockSize() int64 {
	if g.isSingle {
		return 1
	}
	return blockPoints
}

// spanOf returns the indexes of a range of the grid.
func (g grid) spanOf(r series.Range) span {
	first := g.index(r.Start)
	return span{first, first + int64(r.Len())}
}

// rangeOf returns the instants of a span.
func (g grid) rangeOf(s span) series.Range {
	if g.isSingle {
		return series.Instant(g.instant(s.lo))
	}
	return series.Range{Start: g.instant(s.lo), End: g.instant(s.hi - 1), Step: g.step}
}

// blockSpan is the part of a span that lies in a block, with the number of the block and the index of its first point.
type blockSpan struct {
	span
	number, start int64
}

// split returns the parts of a span by blocks.
func (g grid) split(all span) []blockSpan {
	size := g.blockSize()
	var parts []blockSpan
	for number := floorDiv(all.lo, size); number*size < all.hi; number++ {
		start := number * size
		parts = append(parts, blockSpan{all.and(span{start, start + size}), number, start})
	}
	return parts
}

// span is the indexes from lo up to, and without, hi.
type span struct{ lo, hi int64 }

func (s span) len() int64 { return s.hi - s.lo }

func (s span) and(other span) span { return span{max(s.lo, other.lo), min(s.hi, other.hi)} }

func (s span) shifted(by int64) span { return span{s.lo + by, s.hi + by} }

// without returns what is missing of the span besides another one, so that both together are contiguous, since blocks have
// no holes.
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

// maxGaps is the number of parts in which a range is requested at most.
const maxGaps = 4

// appendGap adds a gap behind others, as a part of the last one if they touch or are too many.
func appendGap(gaps []span, next span) []span {
	last := len(gaps) - 1
	if last >= 0 && (gaps[last].hi >= next.lo || len(gaps) == maxGaps) {
		gaps[last].hi = max(gaps[last].hi, next.hi)
		return gaps
	}
	return append(gaps, next)
}

// floorDiv returns a/b, rounded down, for b above 0.
func floorDiv(a, b int64) int64 {
	if a < 0 {
		return -((-a + b - 1) / b)
	}
	return a / b
}
