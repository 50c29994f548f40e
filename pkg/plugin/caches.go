package plugin

import (
	"sync"

	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

// caches keep the points of each data source for as long as the process lives, so that saving the settings does not
// empty them. They are safe for concurrent use.
type caches struct {
	mu    sync.Mutex
	byKey map[shelfKey]sized
}

// sized is a cache, which may be nil, and the bytes that it was made for.
type sized struct {
	cache *fetch.Cache
	bytes int64
}

// of returns the cache of a data source, which starts empty where its size has changed.
func (c *caches) of(key shelfKey, bytes int64) *fetch.Cache {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKey == nil {
		c.byKey = map[shelfKey]sized{}
	}
	known, ok := c.byKey[key]
	if !ok || known.bytes != bytes {
		known = sized{fetch.NewCache(bytes), bytes}
		c.byKey[key] = known
	}
	return known.cache
}

// drop forgets the cache of a data source.
func (c *caches) drop(key shelfKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.byKey, key)
}

// stats returns what the caches have done so far, all together.
func (c *caches) stats() fetch.Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all fetch.Stats
	for _, one := range c.byKey {
		s := one.cache.Stats()
		all.Bytes, all.Limit, all.Hits, all.Misses = all.Bytes+s.Bytes, all.Limit+s.Limit, all.Hits+s.Hits, all.Misses+s.Misses
	}
	return all
}
