package fetch

import (
	"context"
	"maps"
	"sync"
	"time"
)

// memory keeps what the store said for a while, and lets those who want the same at the same time share one asking.
type memory[K comparable, V any] struct {
	now func() time.Time
	// flights and urgent are what the store is being asked. Who is urgent does not wait with those who are not.
	flights, urgent flights[K, V]

	mu    sync.Mutex
	byKey map[K]memo[V]
	// swept is when what holds no longer was dropped.
	swept time.Time
}

const (
	// maxMemos is how many things are remembered.
	maxMemos = 20_000
	// sweepEvery is how often those are dropped that hold no longer.
	sweepEvery = 30 * time.Second
)

// memo is a value and the time up to which it holds.
type memo[V any] struct {
	value V
	until time.Time
}

// remembering says what the store said of the key at a position, and for how long that is to be remembered.
type remembering[V any] func(at int, value V, ttl time.Duration, err error)

// get returns what is remembered of keys, or else what ask says of those at some positions. An error is not remembered.
// The asking lives on when ctx is done while others wait for it.
func (m *memory[K, V]) get(ctx context.Context, urgent bool, keys []K, ask func(ctx context.Context, missing []int, say remembering[V])) ([]V, error) {
	flights := &m.flights
	if urgent {
		flights = &m.urgent
	}
	booked := flights.book(context.WithoutCancel(ctx), keys, func(ctx context.Context, fresh []int, land func(int, V, error)) {
		var missing []int
		for _, at := range fresh {
			if value, ok := m.recall(keys[at]); ok {
				land(at, value, nil)
			} else {
				missing = append(missing, at)
			}
		}
		if len(missing) == 0 {
			return
		}
		ask(ctx, missing, func(at int, value V, ttl time.Duration, err error) {
			if err == nil && ttl > 0 {
				m.remember(keys[at], memo[V]{value: value, until: m.now().Add(ttl)})
			}
			land(at, value, err)
		})
	})
	defer booked.leave()
	return booked.waitAll(ctx)
}

// recall returns what is remembered of key, if it still holds.
func (m *memory[K, V]) recall(key K) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	known, ok := m.byKey[key]
	return known.value, ok && m.now().Before(known.until)
}

// remember keeps a memo, and drops now and then those that hold no longer. Where there are too many it drops any.
func (m *memory[K, V]) remember(key K, fresh memo[V]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byKey == nil {
		m.byKey = map[K]memo[V]{}
	}
	if now := m.now(); now.Sub(m.swept).Abs() >= sweepEvery {
		m.swept = now
		maps.DeleteFunc(m.byKey, func(_ K, old memo[V]) bool { return !now.Before(old.until) })
	}
	for other := range m.byKey {
		if len(m.byKey) < maxMemos {
			break
		}
		delete(m.byKey, other)
	}
	m.byKey[key] = fresh
}
