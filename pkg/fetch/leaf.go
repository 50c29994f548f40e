package fetch

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Leaf is an expression, by its text, that is evaluated at the instants of a range: the key of an expand.Leaf. Equal leaves
// have equal answers.
type Leaf = expand.LeafKey

// blocksID identifies the blocks of a leaf in the cache: by scope, expression, and the step and phase of its instants.
func blocksID(l Leaf, scope string) [16]byte {
	g := gridOf(l.Range)
	hash := sha256.New()
	hash.Write([]byte(scope))
	hash.Write([]byte{0})
	hash.Write([]byte(l.PromQL))
	hash.Write(binary.LittleEndian.AppendUint64(nil, uint64(l.Range.Step)))
	hash.Write(binary.LittleEndian.AppendUint64(nil, uint64(g.phase)))
	return [16]byte(hash.Sum(nil)[:16])
}

// pieceKey identifies a piece, which is a leaf or a part of its range, that the store is asked for: in a scope, and apart
// from pieces of other urgency, so that urgent requests don't wait for others.
type pieceKey struct {
	leaf   Leaf
	scope  string
	urgent bool
}

// partial is a leaf whose answer is joined from cached points and the answers to pieces.
type partial struct {
	// at is its position among the leaves of a claim.
	at   int
	leaf Leaf
	// requested is the time at which the cache was looked up, fresh the time for which points that may still change are
	// valid, and limit the number of series that there may be.
	requested time.Time
	fresh     time.Duration
	limit     int
	parts     []part
	// positions are those of all pieces among the pieces of a claim.
	positions []int

	mu sync.Mutex
	// pieces is what the pieces take, and over why they could take no more.
	pieces int64
	over   error
}

// part is a range of a leaf that is looked up in the cache by itself. A leaf has one, or two if it has two instants: the
// distance of these is no step that a store keeps to if it aligns ranges, as Thanos' query frontend does.
type part struct {
	over   series.Range
	cached []cachedPoints
	// pieces are the ranges that the cache lacks, and the positions of these pieces among those of a claim.
	pieces    []series.Range
	positions []int
}

// partsOf returns the ranges by which r is looked up and requested, each with its last instant as its end.
func partsOf(r series.Range) []series.Range {
	switch r.Len() {
	case 0:
		return nil
	case 2:
		return []series.Range{series.Instant(r.At(0)), series.Instant(r.At(1))}
	default:
		r.End = r.Last()
		return []series.Range{r}
	}
}

// piecePoints is the number of points of a piece at most, far fewer than stores return.
const piecePoints = 4 * blockPoints

// piecesOf returns the ranges by which r is requested. Long ones are cut at fixed places of their grid, so that requests
// which overlap share pieces, and so that a store evaluates them concurrently.
func piecesOf(r series.Range) []series.Range {
	if r.Len() <= piecePoints {
		return []series.Range{r}
	}
	g := gridOf(r)
	all := g.spanOf(r)
	var pieces []series.Range
	for at := all.lo; at < all.hi; {
		next := min((floorDiv(at, piecePoints)+1)*piecePoints, all.hi)
		pieces = append(pieces, g.rangeOf(span{at, next}))
		at = next
	}
	return pieces
}

// take adds the answer to a piece to what is held.
func (p *partial) take(held *hold, answer series.Answer) error {
	n := bytesOf(answer.Series...)
	err := held.take(n)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.over = err
		return err
	}
	p.pieces += n
	return nil
}

// overBounds returns why the pieces could take no more; nil if they could.
func (p *partial) overBounds() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.over
}

// giveBack gives back what the pieces take, unless one of them is the answer.
func (p *partial) giveBack(held *hold) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.isPiece() {
		held.give(p.pieces)
		p.pieces = 0
	}
}

// isPiece reports whether the answer to a piece is that to the leaf.
func (p *partial) isPiece() bool {
	return len(p.parts) == 1 && len(p.parts[0].pieces) == 1 && p.parts[0].pieces[0] == p.parts[0].over
}

// join returns the answer to the leaf of a claim, given the answers to the pieces by their positions.
func (p *partial) join(c *Claim, answerTo func(at int) (series.Answer, error)) (series.Answer, error) {
	if p.isPiece() {
		return answerTo(p.parts[0].positions[0])
	}
	answer := series.Answer{Until: p.requested.Add(hardAge)}
	all := newColumns(p.leaf.Range.Len())
	all.add = p.adding(c, maxSeriesOf(p.limit, all.n))
	for i, one := range p.parts {
		g := gridOf(one.over)
		first := g.index(one.over.Start)
		for _, has := range one.cached {
			start := has.first + has.block.lo // the index of the first value in the block's series
			all.insert(has.block.series, i+int(start-first), span{has.lo - start, has.hi - start})
			answer.Until = earlier(answer.Until, has.until(p.fresh))
		}
		for k, over := range one.pieces {
			found, err := answerTo(one.positions[k])
			if err != nil {
				return series.Answer{}, err
			}
			offset := i + int(g.index(over.Start)-first)
			all.insert(found.Series, offset, span{max(0, int64(-offset)), int64(min(over.Len(), all.n-offset))})
			answer.Until = earlier(answer.Until, found.Until)
			answer.Warnings, answer.Infos = append(answer.Warnings, found.Warnings...), append(answer.Infos, found.Infos...)
		}
	}
	if all.err != nil {
		return series.Answer{}, all.err
	}
	answer.Series = all.series
	slices.Sort(answer.Warnings)
	answer.Warnings = slices.Compact(answer.Warnings)
	return answer, nil
}

// adding returns a function that says why an answer may have no more series: a limit, or the bounds of a claim's query.
func (p *partial) adding(c *Claim, limit int) func(series.Series) error {
	n, cohorts := 0, c.bounds.counter(p.leaf)
	return func(s series.Series) error {
		if n++; n > limit {
			return &tooManyError{limit: limit}
		}
		if err := cohorts.add(s.Labels); err != nil {
			return err
		}
		return c.held.take(bytesOf(s))
	}
}

// leafOver returns the leaf of the same expression over another range.
func leafOver(leaf Leaf, over series.Range) Leaf { return Leaf{PromQL: leaf.PromQL, Range: over} }

// earlier returns the earlier of two times.
func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
