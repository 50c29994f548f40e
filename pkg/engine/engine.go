package engine

import (
	"context"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/eval/gate"
	"github.com/cer-reliability/cer-datasource/pkg/eval/graph"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Config configures an Engine.
type Config struct {
	// Store is where the telemetry is.
	Store *fetch.Store
	// ScrapeInterval is that of the telemetry of catalogs that state none.
	ScrapeInterval time.Duration
	// Tracer starts the spans cer.plan, cer.fetch and cer.eval; nil starts none.
	Tracer trace.Tracer
	// BlockConcurrency is the number of blocks of time slices of one request that are computed at the same time.
	BlockConcurrency int
	// Merger merges expressions; nil is one of the engine's own.
	Merger *Merger
	// ObserveSamples is called with the number of samples in the store's answers to a plan. It may be nil.
	ObserveSamples func(n int)
	// ObserveEvaluation is called with the time that an evaluation took. It may be nil.
	ObserveEvaluation func(took time.Duration)
}

// defaults sets the fields that are left empty.
func (c *Config) defaults() {
	if c.ScrapeInterval <= 0 {
		c.ScrapeInterval = DefaultScrapeInterval
	}
	if c.Tracer == nil {
		c.Tracer = noop.NewTracerProvider().Tracer("")
	}
	if c.BlockConcurrency <= 0 {
		c.BlockConcurrency = DefaultBlockConcurrency
	}
	if c.Merger == nil {
		c.Merger = &Merger{}
	}
	if c.ObserveSamples == nil {
		c.ObserveSamples = func(int) {}
	}
	if c.ObserveEvaluation == nil {
		c.ObserveEvaluation = func(time.Duration) {}
	}
}

// Engine answers requests by the telemetry of one store. It is safe for concurrent use.
type Engine struct{ cfg Config }

// New returns the engine of cfg, whose Store must not be nil.
func New(cfg Config) *Engine {
	cfg.defaults()
	return &Engine{cfg: cfg}
}

// Session is what requests have in common that are answered together, such as those of the panels of a dashboard: one
// timeout, and one request to the store for what several of them need. It is safe for concurrent use.
type Session struct{ batch *fetch.Batch }

// Session returns a session whose requests to the store are those of ctx. The store's timeout starts now. It is to be closed.
func (e *Engine) Session(ctx context.Context) *Session {
	return &Session{batch: e.cfg.Store.Batch(ctx)}
}

// Close cancels what is under way.
func (s *Session) Close() { s.batch.Close() }

// Request is a query of a catalog.
type Request struct {
	Catalog *catalog.Catalog
	Query   query.Query
	// Times are the range of the query and the current time. Scrape, Overlap, RatesTile and Lookback are set by the engine.
	Times plan.Times
	// RefID names the request in traces.
	RefID string
	// TraceLabels are the names of the labels of exemplars that have the IDs of traces; none for the usual ones.
	TraceLabels []string
	// Override is why what a gate requires is not asked; "" where it is.
	Override string
}

// Result is the answer to a request.
type Result struct {
	*eval.Result
	Requests Requests
	// Gate is the verdict of a gate; nil unless the request is for one.
	Gate *gate.Result
	// Graph is the nodes and edges of a graph; nil unless the request is for one.
	Graph *graph.Graph
}

// Explanation is what would be requested of the store to answer a request, by one plan, or by those of its shards.
type Explanation struct {
	Plans    []*plan.Plan
	Requests Requests
}

// Exec answers a request. The error is a *query.Invalid for a query that can't be answered, a *fetch.Error for what went wrong
// at the store, an *eval.Missing for an SLI that has to be there, and a *PanicError for a bug.
func (e *Engine) Exec(ctx context.Context, s *Session, r Request) (result *Result, err error) {
	defer recoverInto(&err)
	x := e.execution(s, r)
	ctx = e.cfg.Store.ForQuery(ctx)
	if result, err = x.exec(ctx); x.Times.RatesTile != e.cfg.Store.RatesTile() { // Only the answers told what the store is.
		return x.exec(ctx)
	}
	return result, err
}

// Explain returns what Exec would request. Its errors are those of Exec.
func (e *Engine) Explain(ctx context.Context, s *Session, r Request) (explanation *Explanation, err error) {
	defer recoverInto(&err)
	return e.execution(s, r).explain(ctx)
}

// execution is the work on a request.
type execution struct {
	*Engine
	Request
	batch *fetch.Batch
	// partial is set where the store warns that an answer about facts may be incomplete.
	partial *atomic.Bool
	// maxFlowInstants is the product of instants and flows that is answered in shards at most; 0 for no such bound.
	maxFlowInstants int
}

// execution returns the work on a request, for which the engine says what its store is like.
func (e *Engine) execution(s *Session, r Request) *execution {
	r.Times.Scrape = plan.ScrapeInterval(r.Catalog.Catalog, e.cfg.ScrapeInterval)
	r.Times.Overlap, r.Times.RatesTile = e.cfg.Store.Overlap(), e.cfg.Store.RatesTile()
	return &execution{Engine: e, Request: r, batch: s.batch}
}

// explain plans the request, or where that is too much its shards.
func (x *execution) explain(ctx context.Context) (*Explanation, error) {
	if x.Query.IsOfGate() {
		return x.explainGate(ctx)
	}
	if x.Query.Format == query.Graph {
		return x.explainGraph(ctx)
	}
	p, err := x.plan(ctx)
	if shards := x.shards(err); shards != nil {
		return x.explainShards(ctx, shards)
	}
	if err != nil {
		return nil, err
	}
	return &Explanation{Plans: []*plan.Plan{p}, Requests: x.cfg.Merger.requestsOf(p)}, nil
}

// exec takes the request through all hops, or several queries by which it is answered.
func (x *execution) exec(ctx context.Context) (*Result, error) {
	switch {
	case x.Query.IsOfGate():
		return x.execGate(ctx)
	case x.Query.IsOfRange():
		return x.execSummary(ctx)
	case x.Query.Format == query.Graph:
		return x.execGraph(ctx)
	case x.Query.Format == query.Exemplars:
		return x.execExemplars(ctx)
	default:
		return x.execPlan(ctx)
	}
}

// execPlan answers the request by one plan, or where that is too much in shards.
func (x *execution) execPlan(ctx context.Context) (*Result, error) {
	p, err := x.plan(ctx)
	if shards := x.shards(err); shards != nil {
		return x.execShards(ctx, shards)
	}
	if err != nil {
		return nil, err
	}
	sums, err := x.blockSums(ctx, p)
	if err != nil {
		return nil, err
	}
	answers, release, err := x.fetch(ctx, x.batch, p)
	if err != nil {
		return nil, err
	}
	defer release()
	evaluated, err := x.evaluate(ctx, p, answers, sums)
	if err != nil {
		return nil, err
	}
	return &Result{Result: evaluated, Requests: x.cfg.Merger.requestsOf(p)}, nil
}
