package promstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/scrape"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
)

const (
	// blockDuration is the time span of the database's in-memory head. A day, rather than Prometheus' 2 hours, lets
	// hours of history be written one series after the other.
	blockDuration = 24 * time.Hour
	// maxExemplars is the number of exemplars kept, the newest ones.
	maxExemplars = 10_000
	// lookbackDelta is how long a series is answered after its newest sample: Prometheus' default.
	lookbackDelta = 5 * time.Minute
	// queryTimeout and maxQuerySamples limit a query: Prometheus' defaults.
	queryTimeout    = 2 * time.Minute
	maxQuerySamples = 50_000_000
	// shutdownTimeout is how long Close waits for requests that are being answered.
	shutdownTimeout = 2 * time.Second
)

// Config says where a store lives and what it knows beside samples.
type Config struct {
	// Dir is an empty directory, or one that does not exist yet, for the database's files.
	Dir string
	// Addr is the loopback address to listen on, 127.0.0.1 and a free port where it is empty.
	Addr string
	// Metadata is what /api/v1/metadata answers.
	Metadata []scrape.MetricMetadata
	// Plain keeps answers from being compressed, which on a loopback address takes longer than it saves.
	Plain bool
	// Asked is told of each request to the API once it is answered, from several goroutines at once. It may be nil.
	Asked func(Asked)
	// Logger gets what Prometheus logs; nil discards it.
	Logger *slog.Logger
}

// Store is a running Prometheus. Its methods may be called from several goroutines at once.
type Store struct {
	db      *tsdb.DB
	engine  *promql.Engine
	server  *http.Server
	address net.Addr
}

// Open starts a store, which runs until it is closed.
func Open(cfg Config) (*Store, error) {
	cfg = cfg.withDefaults()
	listener, err := listen(cfg.Addr)
	if err != nil {
		return nil, err
	}
	registry := prometheus.NewRegistry()
	db, err := openDatabase(cfg, registry)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	s := &Store{db: db, engine: newEngine(cfg, registry), address: listener.Addr()}
	s.server = &http.Server{
		Handler: newHandler(s, cfg, registry),
		// Long, since a connection that a proxy has opened ahead must not be closed while its first request is on the way.
		ReadHeaderTimeout: 10 * time.Minute,
		ErrorLog:          slog.NewLogLogger(cfg.Logger.Handler(), slog.LevelError),
	}
	go s.server.Serve(listener) //nolint:errcheck // It always ends with ErrServerClosed, in Close.
	return s, nil
}

// URL returns the base URL of the store, to which clients add /api/v1.
func (s *Store) URL() string { return "http://" + s.address.String() }

// Engine returns the PromQL engine, for queries within the process.
func (s *Store) Engine() *promql.Engine { return s.engine }

// Queryable returns the samples, for queries within the process.
func (s *Store) Queryable() storage.Queryable { return s.db }

// Series returns the number of series in the database's head.
func (s *Store) Series() int { return int(s.db.Head().NumSeries()) }

// AppenderV2 returns an appender of samples, whose Commit makes them visible. A sample may be up to 12 hours older
// than the newest in the store, but not older than the newest of its own series.
func (s *Store) AppenderV2(ctx context.Context) storage.AppenderV2 { return s.db.AppenderV2(ctx) }

// Compact moves samples from memory into blocks as far as that is due, so that it is not done later.
func (s *Store) Compact(ctx context.Context) error { return s.db.Compact(ctx) }

// Close stops answering, and closes the database. The directory stays.
func (s *Store) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	err := s.server.Shutdown(ctx)
	if err != nil {
		err = s.server.Close()
	}
	return errors.Join(err, s.engine.Close(), s.db.Close())
}

// withDefaults returns cfg with what it leaves open filled in.
func (cfg Config) withDefaults() Config {
	if cfg.Addr == "" {
		cfg.Addr = "127.0.0.1:0"
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return cfg
}

// listen opens addr, and refuses addresses that other machines can reach.
func listen(addr string) (net.Listener, error) {
	resolved, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("the store's address %q is not a host and a port: %w", addr, err)
	}
	if !resolved.IP.IsLoopback() {
		return nil, fmt.Errorf("the store's address %q is not a loopback address; use 127.0.0.1 and a port", addr)
	}
	listener, err := net.ListenTCP("tcp", resolved)
	if err != nil {
		return nil, fmt.Errorf("the store can't listen on %q: %w", addr, err)
	}
	return listener, nil
}

// openDatabase opens the database without a write-ahead log, since a store never outlives its process.
func openDatabase(cfg Config, registry *prometheus.Registry) (*tsdb.DB, error) {
	options := tsdb.DefaultOptions()
	options.WALSegmentSize = -1
	options.RetentionDuration = 0
	options.MinBlockDuration = blockDuration.Milliseconds()
	options.MaxBlockDuration = blockDuration.Milliseconds()
	options.EnableExemplarStorage = true
	options.MaxExemplars = maxExemplars
	db, err := tsdb.Open(cfg.Dir, cfg.Logger, registry, options, tsdb.NewDBStats())
	if err != nil {
		return nil, fmt.Errorf("the store can't open its database in %q: %w", cfg.Dir, err)
	}
	return db, nil
}

// newEngine returns a PromQL engine with Prometheus' default settings.
func newEngine(cfg Config, registry *prometheus.Registry) *promql.Engine {
	return promql.NewEngine(promql.EngineOpts{
		Logger:                   cfg.Logger,
		Reg:                      registry,
		MaxSamples:               maxQuerySamples,
		Timeout:                  queryTimeout,
		LookbackDelta:            lookbackDelta,
		NoStepSubqueryIntervalFn: func(int64) int64 { return time.Minute.Milliseconds() },
		EnableAtModifier:         true,
		EnableNegativeOffset:     true,
		EnablePerStepStats:       true,
	})
}
