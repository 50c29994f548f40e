package fetch

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// Memory counts the bytes of the series and points that the answers to queries take, from their arrival until the requests of
// Grafana that they belong to are answered, over all stores that share it. A quarter of its limit is kept for alert rules. It
// is safe for concurrent use.
type Memory struct {
	limit      int64
	used, peak atomic.Int64
}

// What things take beside their texts and numbers, in bytes.
const (
	seriesBytes = 96
	labelBytes  = 48
	textBytes   = 16
)

// textsBytes returns what texts take.
func textsBytes(texts ...string) int64 {
	n := 0
	for _, text := range texts {
		n += textBytes + len(text)
	}
	return int64(n)
}

// DefaultQueryBytes is the memory that the answers to one query may take.
const DefaultQueryBytes = 128 << 20

// NewMemory returns a memory of so many bytes.
func NewMemory(limit int64) *Memory { return &Memory{limit: limit} }

// Used returns the bytes that are held now, and the most that ever were.
func (m *Memory) Used() (now, peak int64) { return m.used.Load(), m.peak.Load() }

// take adds n bytes unless the memory would then be over its limit.
func (m *Memory) take(n int64, urgent bool) error {
	limit := m.limit
	if !urgent {
		limit -= limit / 4
	}
	now := m.used.Add(n)
	if now > limit {
		m.used.Add(-n)
		return &memoryError{limit: m.limit}
	}
	for peak := m.peak.Load(); now > peak && !m.peak.CompareAndSwap(peak, now); peak = m.peak.Load() {
	}
	return nil
}

// Account counts the bytes that the answers to one query take of a Memory. It is safe for concurrent use.
type Account struct {
	memory *Memory
	limit  int64
	urgent bool
	used   atomic.Int64
}

// take adds n bytes unless the query would then be over its limit, or all queries over that of the memory.
func (a *Account) take(n int64) error {
	if a.used.Add(n) > a.limit {
		a.used.Add(-n)
		return &memoryError{limit: a.limit, account: a}
	}
	if err := a.memory.take(n, a.urgent); err != nil {
		a.used.Add(-n)
		return err
	}
	return nil
}

// give takes back n bytes.
func (a *Account) give(n int64) {
	a.used.Add(-n)
	a.memory.used.Add(-n)
}

// accountKey is the key of contexts of a query.
type accountKey struct{}

// ForQuery returns a context whose answers are counted as those of one query.
func (s *Store) ForQuery(ctx context.Context) context.Context {
	return context.WithValue(ctx, accountKey{}, s.newAccount(ctx))
}

func (s *Store) newAccount(ctx context.Context) *Account {
	return &Account{memory: s.memory, limit: s.queryBytes, urgent: s.urgent(ctx)}
}

// account returns the account of the query that ctx belongs to, or a new one.
func (s *Store) account(ctx context.Context) *Account {
	if a, ok := ctx.Value(accountKey{}).(*Account); ok {
		return a
	}
	return s.newAccount(ctx)
}

// hold is bytes of an account that are given back together. It is safe for concurrent use.
type hold struct {
	account *Account

	mu       sync.Mutex
	bytes    int64
	released bool
}

// take adds n bytes to the hold.
func (h *hold) take(n int64) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.released {
		return context.Canceled
	}
	if err := h.account.take(n); err != nil {
		return err
	}
	h.bytes += n
	return nil
}

// give takes back n bytes of the hold.
func (h *hold) give(n int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.released {
		h.bytes -= n
		h.account.give(n)
	}
}

// release gives all bytes back. No more can be taken.
func (h *hold) release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.released {
		h.released = true
		h.account.give(h.bytes)
	}
}

// memoryError is the error of answers that outgrow a limit in bytes: that of the account of a query, or that of all queries
// where there is none.
type memoryError struct {
	limit   int64
	account *Account
}

// Error returns the limit.
func (e *memoryError) Error() string { return fmt.Sprintf("more than %d bytes", e.limit) }
