package plugin

import (
	"sync"

	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

// caches holds the cache of each data source. A cache outlives the instances of its data source, so that saving the
// settings does not empty it. It is safe for concurrent use.
type caches struct {
	// limit bounds all of them together.
	limit *fetch.CacheLimit

	mu    sync.Mutex
	byKey map[dataSourceKey]sizedCache
	// known are the facts about the stores of all data sources.
	known *fetch.Cache
}

// facts returns the cache of facts about the stores of all data sources.
func (c *caches) facts() *fetch.Cache {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil {
		c.known = c.limit.NewFacts()
	}
	return c.known
}

// sizedCache is a cache and its limit in bytes. The cache is nil if the limit is 0.
type sizedCache struct {
	cache *fetch.Cache
	limit int64
}

// get returns the cache of a data source with a limit in bytes. It is a new, empty one if the limit has changed.
func (c *caches) get(key dataSourceKey, limit int64) *fetch.Cache {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKey == nil {
		c.byKey = map[dataSourceKey]sizedCache{}
	}
	current, ok := c.byKey[key]
	if !ok || current.limit != limit {
		current.cache.Close()
		current = sizedCache{c.limit.NewCache(limit, countCachePoints), limit}
		c.byKey[key] = current
	}
	return current.cache
}

// drop removes the cache of a data source.
func (c *caches) drop(key dataSourceKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byKey[key].cache.Close()
	delete(c.byKey, key)
}
