package fetch

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/series"
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

// bytesOf returns what series take.
func bytesOf(all ...series.Series) int64 {
	n := 0
	for _, s := range all {
		n += seriesBytes + 8*len(s.Values)
		s.Labels.Range(func(l labels.Label) { n += labelBytes + len(l.Name) + len(l.Value) })
	}
	return int64(n)
}

// textsBytes returns what texts take.
func textsBytes(texts ...string) int64 {
	n := 0
	for _, text := range texts {
		n += textBytes + len(text)
	}
	return int64(n)
}

// DefaultQueryBytes is the memory that the answers to one query may take.
const DefaultQueryBytes = 256 << 20

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

// Cohorts bounds the cohorts that the series of an expression may have over a range, and over each part of it.
type Cohorts struct {
	Over series.Range
	// Labels are those whose values make a cohort.
	Labels []string
	// Check returns the error of so many cohorts, or nil if they may be.
	Check func(n int) error
}

// bounds are those of the answers to one query.
type bounds struct {
	account *Account
	// cohorts are by the text of expressions.
	cohorts map[string][]Cohorts
}

// boundsKey is the key of contexts of a query.
type boundsKey struct{}

// ForQuery returns a context whose answers are counted as those of one query.
func (s *Store) ForQuery(ctx context.Context) context.Context {
	return context.WithValue(ctx, boundsKey{}, bounds{account: s.newAccount(ctx)})
}

// WithCohorts returns a context of the same query in which expressions, by their text, may have so many cohorts.
func (s *Store) WithCohorts(ctx context.Context, cohorts map[string][]Cohorts) context.Context {
	return context.WithValue(ctx, boundsKey{}, bounds{account: s.bounds(ctx).account, cohorts: cohorts})
}

func (s *Store) newAccount(ctx context.Context) *Account {
	return &Account{memory: s.memory, limit: s.queryBytes, urgent: s.urgent(ctx)}
}

// bounds returns those of the query that ctx belongs to, or those of a new one.
func (s *Store) bounds(ctx context.Context) bounds {
	if b, ok := ctx.Value(boundsKey{}).(bounds); ok {
		return b
	}
	return bounds{account: s.newAccount(ctx)}
}

// cohortCounter counts the cohorts of series.
type cohortCounter struct {
	Cohorts
	account *Account
	seen    map[string]struct{}
	key     []byte
}

// counter returns the counter for a leaf; nil where its cohorts have no bound.
func (b bounds) counter(leaf Leaf) *cohortCounter {
	for _, one := range b.cohorts[leaf.PromQL] {
		if one.Over.Contains(leaf.Range) {
			return &cohortCounter{Cohorts: one, account: b.account, seen: map[string]struct{}{}}
		}
	}
	return nil
}

// add counts the cohort of a series, unless that lacks a label. The error is a *cohortsError.
func (c *cohortCounter) add(of labels.Labels) error {
	if c == nil {
		return nil
	}
	c.key = c.key[:0]
	for _, name := range c.Labels {
		value := of.Get(name)
		if value == "" {
			return nil
		}
		c.key = append(append(c.key, value...), 0xff)
	}
	if _, ok := c.seen[string(c.key)]; ok {
		return nil
	}
	c.seen[string(c.key)] = struct{}{}
	if err := c.Check(len(c.seen)); err != nil {
		return &cohortsError{err, c.account}
	}
	return nil
}

// cohortsError is the error of more cohorts than a query may ask for.
type cohortsError struct {
	error
	account *Account
}

// Unwrap returns the error that Cohorts.Check returned.
func (e *cohortsError) Unwrap() error { return e.error }

// isOfBounds reports whether an error is due to the bounds of a query, or of all of them.
func isOfBounds(err error) bool {
	var memory *memoryError
	var cohorts *cohortsError
	return errors.As(err, &memory) || errors.As(err, &cohorts)
}

// isOf reports whether an error is due to the bounds of the query with this account, or of all queries.
func (a *Account) isOf(err error) bool {
	var memory *memoryError
	var cohorts *cohortsError
	switch {
	case errors.As(err, &memory):
		return memory.account == nil || memory.account == a
	case errors.As(err, &cohorts):
		return cohorts.account == a
	default:
		return false
	}
}

// hold is bytes of an account that are given back together. It is safe for concurrent use.
type hold struct {
	account *Account

	mu       sync.Mutex
	bytes    int64
	released bool
}

// take adds n bytes to the hold. It fails on a hold that was released; other users of the bytes have holds of their own.
func (h *hold) take(n int64) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.released {
		return &memoryError{limit: h.account.limit, account: h.account}
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
