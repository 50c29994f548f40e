package fetch

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"runtime/debug"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// What a Config that leaves it open stands for.
const (
	DefaultMethod      = http.MethodPost
	DefaultConcurrency = 10
	DefaultTimeout     = time.Minute
	// DefaultMaxSeries is how many series one request may bring.
	DefaultMaxSeries = 20_000
)

// Config says which store is asked, and how.
type Config struct {
	// URL is where the store's API stands, without /api/v1.
	URL string
	// Client sends the requests; it brings authentication, TLS, headers and the limit on the size of answers.
	Client *http.Client
	// Method is POST, or GET for stores behind a proxy that lets nothing else through.
	Method string
	// CustomQueryParameters are added to each request.
	CustomQueryParameters url.Values
	// Concurrency is the number of requests that may be under way at the same time, over all batches.
	Concurrency int
	// Timeout bounds a batch, and whatever else is asked, from its start to the last byte.
	Timeout time.Duration
	// TooLarge is the error, in the sense of errors.Is, with which Client ends an answer that is over its limit;
	// nil where it has no limit.
	TooLarge error
	// Identity names on whose behalf Client asks under a context, where it forwards who that is. What is remembered
	// for one identity is not told to another. Nil stands for a client that always asks as itself.
	Identity func(context.Context) string
	// Urgent reports whether somebody is paged by what is asked under a context. It has slots of its own. It may be nil.
	Urgent func(context.Context) bool
	// Room bounds what is worked on at the same time, whichever store it comes from. It may be nil.
	Room *Room
	// Cache keeps points; nil keeps none. Scope tells its user from others that have the same cache.
	Cache *Cache
	Scope string
	// Overlap is how long samples may be late, so that points are asked for again.
	Overlap time.Duration
	// Fresh is how long points that may still change are shared with those who ask for them too.
	Fresh time.Duration
	// MaxSeries is how many series one request may bring.
	MaxSeries int
	// Now returns the time; nil stands for time.Now.
	Now func() time.Time
	// Asked is told of each request when it is over, by its error or nil. It may be nil.
	Asked func(*Error)
}

// defaults fills in what is left open.
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
	if c.Asked == nil {
		c.Asked = func(*Error) {}
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
	if c.Now == nil {
		c.Now = time.Now
	}
}

// Store is a Prometheus-compatible store. It is safe for concurrent use.
type Store struct {
	client client
	http   *http.Client
	api    v1.API
	// slots holds an entry a request that is under way, and reserved one that is urgent and found no other slot.
	slots, reserved chan struct{}
	urgent          func(context.Context) bool
	timeout         time.Duration
	tooLarge        error
	identity        func(context.Context) string
	asked           func(*Error)
	// secrets matches the custom query parameters in a text; nil where there are none.
	secrets *regexp.Regexp

	histograms memory[histogramKey, expand.Histogram]

	room           *Room
	cache          *Cache
	cacheScope     string
	overlap, fresh time.Duration
	maxSeries      int
	now            func() time.Time
	// pieces are those that the store is being asked for, whoever wants them.
	pieces flights[pieceKey, plan.Answer]
	merged mergings
	// apart remembers which merged requests are not worth it.
	apart memory[string, bool]
}

// New returns the store that cfg speaks of, and asks it nothing yet. The error is an *Error that says which setting
// is wrong.
func New(cfg Config) (*Store, error) {
	cfg.defaults()
	client, err := newClient(cfg)
	if err != nil {
		return nil, err
	}
	return &Store{
		client:   client,
		http:     cfg.Client,
		api:      v1.NewAPI(client),
		slots:    make(chan struct{}, cfg.Concurrency-reservedOf(cfg.Concurrency)),
		reserved: make(chan struct{}, reservedOf(cfg.Concurrency)),
		urgent:   cfg.Urgent,
		timeout:  cfg.Timeout,
		tooLarge: cfg.TooLarge,
		identity: cfg.Identity,
		asked:    cfg.Asked,
		secrets:  secretsOf(client.parameters),

		histograms: memory[histogramKey, expand.Histogram]{now: cfg.Now},
		apart:      memory[string, bool]{now: cfg.Now},

		room: cfg.Room, cache: cfg.Cache, cacheScope: cfg.Scope, overlap: cfg.Overlap, fresh: cfg.Fresh, maxSeries: cfg.MaxSeries, now: cfg.Now,
	}, nil
}

// Close gives up the connections that are not in use. What is under way goes on.
func (s *Store) Close() { s.http.CloseIdleConnections() }

// Overlap is how late samples may be.
func (s *Store) Overlap() time.Duration { return s.overlap }

// Cached returns what the store's cache has done so far.
func (s *Store) Cached() Stats { return s.cache.Stats() }

// reservedOf returns how many of the requests that may be under way are for what is urgent: a quarter, so that panels
// can't keep alert rules waiting.
func reservedOf(concurrency int) int { return concurrency / 4 }

// scope names for whom points are kept that are asked for under ctx.
func (s *Store) scope(ctx context.Context) string { return s.cacheScope + "\x00" + s.identity(ctx) }

// bounded returns ctx within the store's timeout, which ends it with the error that users are to see.
func (s *Store) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, s.timeout, tooSlow(s.timeout))
}

// ask waits for a slot and runs one request in it. Every request goes through here, so that the limit holds for all
// of them; the error is nil or an *Error. PromQL is what is asked, and "" where that is not PromQL.
func (s *Store) ask(ctx context.Context, promQL string, request func(context.Context) error) (err error) {
	defer func() {
		// A request runs on a goroutine of this package, where nobody above could recover.
		if cause := recover(); cause != nil {
			err = panicked(cause, debug.Stack())
		}
		var failed *Error
		errors.As(err, &failed)
		s.asked(failed)
	}()
	var reserved chan struct{} // Nobody gets a slot of nil.
	if s.urgent(ctx) {
		reserved = s.reserved
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case reserved <- struct{}{}:
		defer func() { <-s.reserved }()
	case <-ctx.Done():
	}
	if err := ctx.Err(); err != nil {
		return s.translate(ctx, promQL, err)
	}
	if err := request(ctx); err != nil {
		return s.translate(ctx, promQL, err)
	}
	return nil
}
