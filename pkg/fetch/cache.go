package fetch

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// How long points are kept.
const (
	// DefaultOverlap is how long samples may be late.
	DefaultOverlap = 10 * time.Minute
	// hardAge is the age at which points are asked for again, whatever they are.
	hardAge = time.Hour
	// emptyAge is that of blocks without any series, which a store may have had no time to index yet.
	emptyAge = 10 * time.Minute
)

// blockPoints is how many points a block holds.
const blockPoints = 120

// Cache keeps the points that stores have answered with, in blocks that lie on the grid of their step. Points that are
// older than late samples can be are not asked for again until they reach a hard age; newer ones are after the time of a
// scrape. It is safe for concurrent use, and outlives the stores that use it. A nil cache keeps nothing.
type Cache struct {
	entries      *otter.Cache[entryKey, entry]
	bytes        uint64
	hits, misses atomic.Uint64
	observe      func(hits, misses int64)
}

// NewCache returns a cache of at most limit bytes; nil, which keeps nothing, where that is 0. The function observe, which
// may be nil, is called with the hits and misses of each look-up, as Stats counts them.
func NewCache(limit int64, observe func(hits, misses int64)) *Cache {
	if limit <= 0 {
		return nil
	}
	if observe == nil {
		observe = func(int64, int64) {}
	}
	entries := otter.Must(&otter.Options[entryKey, entry]{
		MaximumWeight: uint64(limit),
		Weigher:       func(_ entryKey, e entry) uint32 { return e.weight() },
	})
	return &Cache{entries: entries, bytes: uint64(limit), observe: observe}
}

// count adds the points of a look-up to the statistics.
func (c *Cache) count(hits, misses int64) {
	c.hits.Add(uint64(hits))
	c.misses.Add(uint64(misses))
	c.observe(hits, misses)
}

// entry is what a cache holds: a block of points, or what was made of points.
type entry interface {
	// weight estimates its bytes.
	weight() uint32
}

// Stats is what a cache has done so far.
type Stats struct {
	// Bytes are those that it holds, of Limit.
	Bytes, Limit uint64
	// Hits and Misses count the points that were asked for: those that it had, and those that a store was asked for.
	Hits, Misses uint64
}

// Stats returns what the cache has done so far.
func (c *Cache) Stats() Stats {
	if c == nil {
		return Stats{}
	}
	c.entries.CleanUp()
	return Stats{Bytes: c.entries.WeightedSize(), Limit: c.bytes, Hits: c.hits.Load(), Misses: c.misses.Load()}
}

// entryKey names a block, of which leaf, asked by whom and with which step, and which of its blocks; or what was made of
// points, and for which time.
type entryKey struct {
	id    [16]byte
	index int64
}

// block returns a block; nil where it is not there.
func (c *Cache) block(key entryKey) *block {
	if found, ok := c.entries.GetIfPresent(key); ok {
		return found.(*block)
	}
	return nil
}

// leafID identifies what a leaf is in a scope, for its step and the phase of its instants.
func leafID(scope string, leaf plan.Leaf) [16]byte {
	hash := sha256.New()
	hash.Write([]byte(scope))
	hash.Write([]byte{0})
	hash.Write([]byte(leaf.PromQL))
	var grid [16]byte
	step := leaf.Range.Step
	binary.LittleEndian.PutUint64(grid[:8], uint64(step))
	if step > 0 {
		binary.LittleEndian.PutUint64(grid[8:], uint64(phase(leaf.Range)))
	}
	hash.Write(grid[:])
	return [16]byte(hash.Sum(nil)[:16])
}

// phase is how far the instants of a range are from multiples of its step, in milliseconds.
func phase(r series.Range) int64 { return r.Start - series.Floor(r.Start, r.Step) }

// grid numbers the instants of leaves that have the same step and phase, in milliseconds. Those of single instants are
// their time.
type grid struct {
	step, phase int64
}

// gridOf returns the grid of a range.
func gridOf(r series.Range) grid {
	if r.IsInstant() {
		return grid{step: 1}
	}
	return grid{step: r.Step, phase: phase(r)}
}

// number is that of an instant of the grid.
func (g grid) number(t int64) int64 { return (t - g.phase) / g.step }

// at is the instant of a number.
func (g grid) at(number int64) int64 { return number*g.step + g.phase }

// block is points of a leaf that follow each other. It does not change.
type block struct {
	// lo and hi bound the points that are known, by their numbers within the block; hi is not one of them.
	lo, hi int
	// settled is where those begin that late samples may still change.
	settled int
	// asked is when the oldest of the points was asked for, and refreshed when those were that are not settled.
	asked, refreshed time.Time
	series           []series.Series
}

// weight estimates the bytes of a block.
func (b *block) weight() uint32 {
	bytes := 160
	for _, s := range b.series {
		bytes += 96 + 8*len(s.Values)
		s.Labels.Range(func(l labels.Label) { bytes += 48 + len(l.Name) + len(l.Value) })
	}
	return uint32(min(bytes, math.MaxUint32))
}

// until is when all of the points are to be asked for again.
func (b *block) until() time.Time {
	if len(b.series) == 0 {
		return b.asked.Add(emptyAge)
	}
	return b.asked.Add(hardAge)
}

// usable returns which of the points need not be asked for again now; none where lo equals hi.
func (b *block) usable(now time.Time, fresh time.Duration) (lo, hi int) {
	switch {
	case !now.Before(b.until()):
		return 0, 0
	case now.Sub(b.refreshed) < fresh:
		return b.lo, b.hi
	default:
		return b.lo, max(b.lo, b.settled)
	}
}
