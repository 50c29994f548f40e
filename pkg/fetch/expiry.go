package fetch

import (
	"time"

	"github.com/maypok86/otter/v2"
)

// maxExpiring is the number of values that a cache with expiry holds at most.
const maxExpiring = 20_000

// newExpiringCache returns a cache whose values expire after a time to live each, by the time that now returns.
func newExpiringCache[K comparable, V any](now func() time.Time, ttl func(V) time.Duration) *otter.Cache[K, V] {
	return otter.Must(&otter.Options[K, V]{
		MaximumSize:      maxExpiring,
		ExpiryCalculator: otter.ExpiryWritingFunc(func(e otter.Entry[K, V]) time.Duration { return ttl(e.Value) }),
		Clock:            clock(now),
	})
}

// clock makes a function that returns the time an otter.Clock.
type clock func() time.Time

// NowNano returns the time in Unix nanoseconds.
func (c clock) NowNano() int64 { return c().UnixNano() }

// Tick returns no ticks: writes are enough to remove expired values, which are never returned.
func (c clock) Tick(time.Duration) <-chan time.Time { return nil }
