package fetch

import (
	"crypto/sha256"
	"time"
)

const (
	// factsShare is the share of a limit that facts about stores take at most.
	factsShare = 16
	// DefaultFactsBytes is the default of what they take, in bytes.
	DefaultFactsBytes = DefaultCacheLimit / factsShare
)

// NewFacts returns a cache of facts about stores, which is within the limit.
func (l *CacheLimit) NewFacts() *Cache { return l.NewCache(max(1, l.limit/factsShare), nil) }

// facts are what was found out about a store, in a cache that others may share.
type facts struct {
	cache *Cache
	scope string
	now   func() time.Time
}

// get returns the valid fact with an ID; nil if there is none.
func (f facts) get(id string) Derived { return f.cache.derived(f.key(id), f.now()) }

// put caches a fact under an ID for some time.
func (f facts) put(id string, value Derived, ttl time.Duration) {
	f.cache.set(f.key(id), derivedEntry{value, f.now().Add(ttl)})
}

// key returns the key of a fact in the cache.
func (f facts) key(id string) entryKey {
	sum := sha256.Sum256([]byte("fact\x00" + f.scope + "\x00" + id))
	return entryKey{id: [16]byte(sum[:16])}
}
