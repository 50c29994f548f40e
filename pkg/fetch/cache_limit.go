package fetch

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// DefaultCacheLimit is the default limit of all caches together, in bytes.
const DefaultCacheLimit = 1 << 30

// evictedShare is the part of the limit that is evicted beyond what is over it, so that not each entry evicts another.
const evictedShare = 16

// CacheLimit bounds the bytes that several caches hold together, whatever the limits of each. Where they outgrow it, the coldest
// entries of the cache that was not used for the longest time are evicted first. It is safe for concurrent use.
type CacheLimit struct {
	limit int64
	used  atomic.Int64
	// uses counts the uses of all caches.
	uses atomic.Int64

	mu     sync.Mutex
	caches map[*Cache]struct{}
}

// NewCacheLimit returns a limit of so many bytes.
func NewCacheLimit(limit int64) *CacheLimit {
	return &CacheLimit{limit: limit, caches: map[*Cache]struct{}{}}
}

// NewCache returns a cache as the function NewCache does, which is within the limit until it is closed.
func (l *CacheLimit) NewCache(limit int64, observe func(hits, misses int64)) *Cache {
	c := newCache(limit, observe, l)
	if c == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.caches[c] = struct{}{}
	return c
}

// Used returns the bytes that all caches hold.
func (l *CacheLimit) Used() int64 { return l.used.Load() }

// evict evicts entries if the caches are over the limit.
func (l *CacheLimit) evict() {
	if l.used.Load() <= l.limit {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	least := slices.SortedFunc(maps.Keys(l.caches), func(a, b *Cache) int { return cmp.Compare(a.lastUse.Load(), b.lastUse.Load()) })
	for _, c := range least {
		over := l.used.Load() - (l.limit - l.limit/evictedShare)
		if over <= 0 {
			return
		}
		c.evict(over)
	}
}

// remove has the limit forget a cache that holds nothing.
func (l *CacheLimit) remove(c *Cache) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.caches, c)
}

// evict evicts the coldest entries of so many bytes.
func (c *Cache) evict(bytes int64) {
	var keys []entryKey
	for e := range c.entries.Coldest() {
		if bytes <= 0 {
			break
		}
		keys = append(keys, e.Key)
		bytes -= int64(e.Value.weight())
	}
	for _, key := range keys {
		c.entries.Invalidate(key)
	}
}

// use notes that the cache is used now.
func (c *Cache) use() {
	if c.shared != nil {
		c.lastUse.Store(c.shared.uses.Add(1))
	}
}

// set holds an entry, unless the cache is closed.
func (c *Cache) set(key entryKey, e entry) {
	if c.shared == nil {
		c.entries.Set(key, e)
		return
	}
	c.use()
	c.shared.used.Add(int64(e.weight()))
	c.entries.Set(key, e)
	if c.closed.Load() { // Here, since it may have been closed meanwhile.
		c.entries.InvalidateAll()
	}
	c.shared.evict()
}

// Close empties the cache, which holds nothing from now on.
func (c *Cache) Close() {
	if c == nil {
		return
	}
	c.closed.Store(true)
	c.entries.InvalidateAll()
	if c.shared != nil {
		c.shared.remove(c)
	}
}
