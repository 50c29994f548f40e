package fetch

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Defaults of a Config.
const (
	DefaultMethod      = http.MethodPost
	DefaultConcurrency = 10
	DefaultTimeout     = time.Minute
	// DefaultMemory is the memory of a store that shares none.
	DefaultMemory = 2 * DefaultQueryBytes
	// DefaultMaxSeries is the number of series that one request may return.
	DefaultMaxSeries = 20_000
)

// Config configures a Store.
type Config struct {
	// URL is the address of the store's API, without /api/v1.
	URL string
	// Client sends the requests, with its authentication, TLS, headers and limit on the size of answers.
	Client *http.Client
	// Method is POST, or GET for stores behind a proxy that permits nothing else.
	Method string
	// VictoriaMetrics says that the store is one; where it is not set, that is found out by its answers.
	VictoriaMetrics bool
	// CustomQueryParameters are added to each request.
	CustomQueryParameters url.Values
	// Concurrency is the number of concurrent requests, over all batches.
	Concurrency int
	// Timeout bounds a batch, and each call of another method of the store, from its start to the last byte.
	Timeout time.Duration
	// TooLarge is the error, in the sense of errors.Is, of reading an answer that is over Client's limit; nil if there is no
	// limit.
	TooLarge error
	// Identity returns the identity that Client forwards with the requests of a context. Cached data of one identity is not
	// returned to another. Nil is for clients that forward none.
	Identity func(context.Context) string
	// Secrets are those that Client sends, and CallerSecrets, which may be nil, returns those that it forwards with the requests
	// of a context. They are removed from what the store says.
	Secrets       []Secret
	CallerSecrets func(context.Context) []Secret
	// Urgent reports whether the requests of a context are those of an alert rule, for which a part of Concurrency is
	// reserved. It may be nil.
	Urgent func(context.Context) bool
	// Limiter bounds the points that are processed at the same time, over all stores that share it. It may be nil.
	Limiter *Limiter
	// Memory counts what answers take, over all stores that share it; nil is one of DefaultMemory bytes. QueryBytes is what those
	// to one query may take of it.
	Memory     *Memory
	QueryBytes int64
	// Cache holds points; nil holds none. Scope separates the entries of stores that share a cache.
	Cache *Cache
	Scope string
	// Facts holds what was found out about the store, apart from points; nil is one of DefaultFactsBytes.
	Facts *Cache
	// Overlap is the age up to which points may change by late samples, so that they are requested again.
	Overlap time.Duration
	// Fresh is the time for which points that may still change are answered from the cache.
	Fresh time.Duration
	// MaxSeries is the number of series that one request may return.
	MaxSeries int
	// Now returns the time; nil is time.Now.
	Now func() time.Time
	// ObserveRequest is called at the end of each request, with its error or nil. It may be nil.
	ObserveRequest func(*Error)
}

// defaults sets the fields that are left empty.
func (c *Config) defaults() {
	if c.Client == nil {
		c.Client = http.DefaultClient
	}
	if c.Method == "" {
		c.Method = DefaultMethod
	}
	if c.Concurrency <= 0 {
		c.Concurrency = DefaultConcurrency
	}
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Identity == nil {
		c.Identity = func(context.Context) string { return "" }
	}
	if c.ObserveRequest == nil {
		c.ObserveRequest = func(*Error) {}
	}
	if c.Urgent == nil {
		c.Urgent = func(context.Context) bool { return false }
	}
	if c.Overlap <= 0 {
		c.Overlap = DefaultOverlap
	}
	if c.MaxSeries <= 0 {
		c.MaxSeries = DefaultMaxSeries
	}
	if c.Memory == nil {
		c.Memory = NewMemory(DefaultMemory)
	}
	if c.Facts == nil {
		c.Facts = NewCache(DefaultFactsBytes, nil)
	}
	if c.QueryBytes <= 0 {
		c.QueryBytes = DefaultQueryBytes
	}
	if c.Now == nil {
		c.Now = time.Now
	}
}

// Store is a Prometheus-compatible store. It is safe for concurrent use.
type Store struct {
	client client
	http   *http.Client
	// slots holds an entry for each request under way; reserved does for urgent requests that found no free slot there.
	slots, reserved chan struct{}
	urgent          func(context.Context) bool
	timeout         time.Duration
	identity        func(context.Context) string
	observeRequest  func(*Error)
	errors          errorTranslator

	histograms *histogramCache
	alignment  alignment

	limiter        *Limiter
	memory         *Memory
	queryBytes     int64
	cache          *Cache
	cacheScope     string
	overlap, fresh time.Duration
	maxSeries      int
	now            func() time.Time
	// pieces are the calls under way, over all batches.
	pieces callGroup[pieceKey, series.Answer]
	// facts has the expressions of merged requests that failed, or returned too many series.
	facts facts
}

// New returns the store of cfg, without sending it a request. The error is an *Error that names the invalid setting.
func New(cfg Config) (*Store, error) {
	cfg.defaults()
	client, err := newClient(cfg)
	if err != nil {
		return nil, err
	}
	known := facts{cfg.Facts, cfg.Scope, cfg.Now}
	return &Store{
		client:         client,
		http:           cfg.Client,
		slots:          make(chan struct{}, cfg.Concurrency-reservedOf(cfg.Concurrency)),
		reserved:       make(chan struct{}, reservedOf(cfg.Concurrency)),
		urgent:         cfg.Urgent,
		timeout:        cfg.Timeout,
		identity:       cfg.Identity,
		observeRequest: cfg.ObserveRequest,
		errors:         errorTranslator{tooLarge: cfg.TooLarge, settings: newRedactor(slices.Concat(client.secrets, cfg.Secrets)), caller: cfg.CallerSecrets},

		histograms: &histogramCache{facts: known},
		facts:      known,

		limiter: cfg.Limiter, memory: cfg.Memory, queryBytes: cfg.QueryBytes, cache: cfg.Cache, cacheScope: cfg.Scope, overlap: cfg.Overlap, fresh: cfg.Fresh, maxSeries: cfg.MaxSeries, now: cfg.Now,
	}, nil
}

// Close closes idle connections. It does not end requests that are under way.
func (s *Store) Close() { s.http.CloseIdleConnections() }

// Overlap is the age up to which points may change by late samples.
func (s *Store) Overlap() time.Duration { return s.overlap }

// RatesTile reports whether rate and increase count from the sample before their window on, as far as the store is known.
func (s *Store) RatesTile() bool { return s.client.isVictoria.Load() }

// Lookback returns how far instant selectors look back where the store has to be told in MetricsQL, since otherwise that follows the
// step, as far as the store is known; 0 for other stores.
func (s *Store) Lookback() time.Duration {
	if !s.client.isVictoria.Load() {
		return 0
	}
	if !s.client.parameters.Has(lookbackParameter) {
		return lookback
	}
	stated, err := model.ParseDuration(s.client.parameters.Get(lookbackParameter))
	if err != nil { // The store knows what it means.
		return 0
	}
	return time.Duration(stated)
}

// IsUrgent reports whether a context is that of an urgent request, such as an alert rule's.
func (s *Store) IsUrgent(ctx context.Context) bool { return s.urgent(ctx) }

// CacheStats returns the statistics of the store's cache.
func (s *Store) CacheStats() Stats { return s.cache.Stats() }

// reservedOf returns the number of concurrent requests that are reserved for urgent ones: a quarter, so that panels don't
// delay alert rules.
func reservedOf(concurrency int) int { return concurrency / 4 }

// scope identifies those who may share cached data with the requests of ctx.
func (s *Store) scope(ctx context.Context) string { return s.cacheScope + "\x00" + s.identity(ctx) }

// bounded returns ctx with the store's timeout, whose cause is the error for users.
func (s *Store) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, s.timeout, tooSlow(s.timeout))
}

// send waits for a slot and runs one request in it. The error is nil or an *Error. PromQL is the request's expression or
// selector, "" if it has none.
func (s *Store) send(ctx context.Context, promQL string, request func(context.Context) error) error {
	release, err := s.slot(ctx)
	if err != nil {
		failed := s.errors.translate(ctx, promQL, err)
		s.observeRequest(failed)
		return failed
	}
	defer release()
	return s.sendInSlot(ctx, promQL, request)
}

// slot waits for one of the slots, each of which one request at a time may have, and returns what gives it back. Every request
// has one, so that the limit on concurrency holds for all.
func (s *Store) slot(ctx context.Context) (release func(), err error) {
	var reserved chan struct{} // A nil channel has no slots.
	if s.urgent(ctx) {
		reserved = s.reserved
	}
	select {
	case s.slots <- struct{}{}:
		release = func() { <-s.slots }
	case reserved <- struct{}{}:
		release = func() { <-s.reserved }
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := ctx.Err(); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// sendInSlot runs one request. The error is nil or an *Error.
func (s *Store) sendInSlot(ctx context.Context, promQL string, request func(context.Context) error) (err error) {
	defer func() {
		// A panic on a goroutine of this package would end the process.
		if cause := recover(); cause != nil {
			err = panicError(cause)
		}
		var failed *Error
		errors.As(err, &failed)
		s.observeRequest(failed)
	}()
	if err := request(ctx); err != nil {
		return s.errors.translate(ctx, promQL, err)
	}
	return nil
}
