package fetch

import (
	"context"
	"crypto/sha256"
	"math"
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Derived is a value computed from points that the cache can hold beside them, such as the sums of a block.
type Derived interface {
	// Bytes estimates the memory that the value takes.
	Bytes() int
}

// derivedEntry is a derived value in the cache, and the time up to which it is valid.
type derivedEntry struct {
	value Derived
	until time.Time
}

// weight estimates the bytes of the value, and of the entry itself.
func (e derivedEntry) weight() uint32 {
	return uint32(min(seriesBytes+e.value.Bytes(), math.MaxUint32))
}

// PutDerived caches a value that was computed from answers which late samples no longer change, under a key and the number
// of a block. Derived returns it for as long as the answers are valid, to requests with the same identity as ctx.
func (s *Store) PutDerived(ctx context.Context, key string, number int64, value Derived, answers []series.Answer) {
	until := s.now().Add(emptyAge)
	if slices.ContainsFunc(answers, func(a series.Answer) bool { return len(a.Series) > 0 }) {
		until = s.now().Add(hardAge)
	}
	for _, answer := range answers {
		if answer.Refused != nil {
			until = earlier(until, s.now().Add(emptyAge))
			continue
		}
		until = earlier(until, answer.Until)
	}
	if s.cache != nil && s.now().Before(until) {
		s.cache.set(entryKey{s.derivedID(ctx, key), number}, derivedEntry{value, until})
	}
}

// Derived returns the valid value that was cached by PutDerived under a key and a number; nil if there is none.
func (s *Store) Derived(ctx context.Context, key string, number int64) Derived {
	return s.cache.derived(entryKey{s.derivedID(ctx, key), number}, s.now())
}

// derived returns the value with a key that is valid at a time; nil if there is none.
func (c *Cache) derived(key entryKey, now time.Time) Derived {
	if c == nil {
		return nil
	}
	c.use()
	found, ok := c.entries.GetIfPresent(key)
	if !ok || !now.Before(found.(derivedEntry).until) {
		return nil
	}
	return found.(derivedEntry).value
}

// derivedID identifies the derived values of a key in the scope of ctx.
func (s *Store) derivedID(ctx context.Context, key string) [16]byte {
	sum := sha256.Sum256([]byte("derived\x00" + s.scope(ctx) + "\x00" + key))
	return [16]byte(sum[:16])
}
