package fetch

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// How long points are cached.
const (
	// DefaultOverlap is the age up to which points may change by late samples.
	DefaultOverlap = 10 * time.Minute
	// hardAge is the time after which points are requested again, even if late samples can no longer change them.
	hardAge = time.Hour
	// emptyAge is that time for blocks without any series, which a store may not have indexed yet.
	emptyAge = 10 * time.Minute
)

// Cache holds the points of the answers of stores, in blocks that lie on the grid of their step. Points that late samples
// can no longer change are valid up to a hard age; others are for as long as the Config's Fresh. It is safe for concurrent
// use, and outlives the stores that use it. A nil cache holds nothing.
type Cache struct {
	entries      *otter.Cache[entryKey, entry]
	bytes        uint64
	hits, misses atomic.Uint64
	observe      func(hits, misses int64)
	// shared is the limit of several caches; nil if there is none. lastUse is the number of the last use of the cache among theirs.
	shared  *CacheLimit
	lastUse atomic.Int64
	closed  atomic.Bool
}

// NewCache returns a cache of at most limit bytes; nil, which holds nothing, if that is 0. The function observe, which may
// be nil, is called with the hits and misses of each lookup, as Stats counts them.
func NewCache(limit int64, observe func(hits, misses int64)) *Cache {
	return newCache(limit, observe, nil)
}

// newCache is NewCache with a limit of several caches, which may be nil.
func newCache(limit int64, observe func(hits, misses int64), shared *CacheLimit) *Cache {
	if limit <= 0 {
		return nil
	}
	if observe == nil {
		observe = func(int64, int64) {}
	}
	options := &otter.Options[entryKey, entry]{
		MaximumWeight: uint64(limit),
		Weigher:       func(_ entryKey, e entry) uint32 { return e.weight() },
	}
	if shared != nil {
		options.OnAtomicDeletion = func(e otter.DeletionEvent[entryKey, entry]) { shared.used.Add(-int64(e.Value.weight())) }
	}
	return &Cache{entries: otter.Must(options), bytes: uint64(limit), observe: observe, shared: shared}
}

// count adds the points of a lookup to the statistics.
func (c *Cache) count(hits, misses int64) {
	c.hits.Add(uint64(hits))
	c.misses.Add(uint64(misses))
	c.observe(hits, misses)
}

// entry is a block of points, or a value derived from points.
type entry interface {
	// weight estimates its bytes.
	weight() uint32
}

// entryKey is the key of an entry: of a block, the ID of a leaf's blocks and the number of the block on the grid; or the ID
// of derived values and the number of one.
type entryKey struct {
	id     [16]byte
	number int64
}

// Stats is the statistics of a cache.
type Stats struct {
	// Bytes is the size of the entries, at most Limit.
	Bytes, Limit uint64
	// Hits and Misses are the numbers of points that were looked up so far: those that the cache held, and those that it
	// lacked.
	Hits, Misses uint64
}

// Stats returns the statistics of the cache.
func (c *Cache) Stats() Stats {
	if c == nil {
		return Stats{}
	}
	c.entries.CleanUp()
	return Stats{Bytes: c.entries.WeightedSize(), Limit: c.bytes, Hits: c.hits.Load(), Misses: c.misses.Load()}
}

// block returns a block; nil if there is none.
func (c *Cache) block(key entryKey) *block {
	if found, ok := c.entries.GetIfPresent(key); ok {
		return found.(*block)
	}
	return nil
}

// cachedPoints is a span of points that the cache holds in a block, whose first point would have the index first.
type cachedPoints struct {
	span
	block *block
	first int64
}

// until returns the time up to which the points are valid, given how long points are that late samples may still change.
func (p cachedPoints) until(fresh time.Duration) time.Time {
	if p.hi > p.first+p.block.settled {
		return p.block.refreshed.Add(fresh)
	}
	return p.block.requested.Add(hardAge)
}

// lookup returns the valid points of a range among the blocks with an ID, and the parts of the range that are to be
// requested. Points that late samples may still change are valid for the time fresh.
func (c *Cache) lookup(id [16]byte, over series.Range, now time.Time, fresh time.Duration) (found []cachedPoints, missing []series.Range) {
	if c == nil {
		return nil, []series.Range{over}
	}
	c.use()
	g := gridOf(over)
	all := g.spanOf(over)
	var gaps []span
	for _, part := range g.split(all) {
		b := c.block(entryKey{id, part.number})
		if b == nil {
			gaps = appendGap(gaps, part.span)
			continue
		}
		valid := b.valid(now, fresh).shifted(part.start)
		for _, gap := range part.without(valid) {
			gaps = appendGap(gaps, gap)
		}
		if both := part.and(valid); both.lo < both.hi {
			found = append(found, cachedPoints{span: both, block: b, first: part.start})
		}
	}
	requested := int64(0)
	for _, gap := range gaps {
		requested += gap.len()
		missing = append(missing, g.rangeOf(gap))
	}
	c.count(max(0, all.len()-requested), requested)
	return found, missing
}

// insert holds the points of an answer over a range in the blocks with an ID. It was requested at a time, up to overlap
// before which late samples may change points. An answer with warnings may be incomplete and is not cached.
func (c *Cache) insert(id [16]byte, over series.Range, answer series.Answer, requested time.Time, overlap time.Duration) {
	if c == nil || len(answer.Warnings) > 0 {
		return
	}
	g := gridOf(over)
	all := g.spanOf(over)
	settled := all.hi
	if limit := requested.Add(-overlap).UnixMilli(); g.instant(all.hi-1) >= limit {
		settled = max(all.lo, g.index(limit-1)+1)
	}
	for _, part := range g.split(all) {
		b := &block{
			span: part.shifted(-part.start), settled: min(max(settled, part.lo), part.hi) - part.start,
			requested: requested, refreshed: requested, series: seriesWithSamples(answer.Series, part.shifted(-all.lo)),
		}
		key := entryKey{id, part.number}
		if old := c.block(key); old != nil {
			b = old.merge(b)
		}
		c.set(key, b)
	}
}

// seriesWithSamples returns copies of a part of the values of those series that have any samples there.
func seriesWithSamples(all []series.Series, part span) []series.Series {
	var some []series.Series
	for _, s := range all {
		if values := s.Values[part.lo:part.hi]; slices.ContainsFunc(values, series.IsSample) {
			some = append(some, series.Series{Labels: s.Labels, Values: slices.Clone(values)})
		}
	}
	return some
}
