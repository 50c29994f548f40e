package plugin

import (
	"context"
	"errors"
	"runtime/debug"
	"sync"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/frame"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// QueryData answers the queries of a request side by side. What several of them need is asked once, and what goes
// wrong with one does not touch the others.
func (d *DataSource) QueryData(ctx context.Context, req *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	s := d.snapshot(ctx, req.PluginContext.User)
	answers := backend.NewQueryDataResponse()
	ask := func(backend.DataQuery) backend.DataResponse { return backend.DataResponse{} }
	if err := s.ready(); err != nil {
		ask = func(backend.DataQuery) backend.DataResponse { return faultOf(err).response() }
	} else {
		ctx = withUrgency(withIdentity(ctx, req.GetHTTPHeaders()), req.Headers)
		batch := s.store.Batch(ctx)
		defer batch.Close()
		now := s.now() // One for all queries, so that they ask for the same instants.
		ask = func(q backend.DataQuery) backend.DataResponse { return s.answer(ctx, batch, q, now) }
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, q := range req.Queries {
		all.Go(func() {
			answer := ask(q)
			mu.Lock()
			defer mu.Unlock()
			answers.Responses[q.RefID] = answer
		})
	}
	all.Wait()
	return answers, nil
}

// answer answers one query, with an error in the response where it can't.
func (d *snapshot) answer(ctx context.Context, batch *fetch.Batch, q backend.DataQuery, now time.Time) (response backend.DataResponse) {
	logger := backend.Logger.FromContext(ctx)
	defer func() {
		if cause := recover(); cause != nil {
			logger.Error("Query panicked", "refId", q.RefID, "cause", cause, "stack", string(debug.Stack()))
			response = faultOf(panicked(cause)).response()
		}
	}()
	frames, err := d.frames(ctx, batch, q, now)
	if err != nil {
		return faultOf(err).response()
	}
	return backend.DataResponse{Frames: frames, Status: backend.StatusOK}
}

// frames takes a query through its hops: plan, fetch, evaluate, frame.
func (d *snapshot) frames(ctx context.Context, batch *fetch.Batch, q backend.DataQuery, now time.Time) (data.Frames, error) {
	asked, err := query.Parse(q.JSON)
	if err != nil {
		return nil, err
	}
	ctx = withRefID(ctx, q.RefID)
	if asked.Format == query.Definition {
		p, err := d.plan(ctx, batch, d.catalog, asked, d.times(q, now))
		if err != nil {
			return nil, err
		}
		return d.noted(frame.OfDefinition(p, d.revision)), nil
	}
	result, err := d.result(ctx, batch, d.catalog, asked, d.times(q, now))
	if err != nil {
		return nil, err
	}
	return d.noted(frame.From(result, d.revision)), nil
}

// result plans a query of a catalog, asks the store and evaluates.
func (d *snapshot) result(ctx context.Context, batch *fetch.Batch, c *cer.Catalog, q query.Query, times plan.Times) (*eval.Result, error) {
	p, err := d.plan(ctx, batch, c, q, times)
	var large *plan.TooLarge
	if errors.As(err, &large) && large.Points <= maxPortioned {
		if halves := plan.Halves(q, c); halves != nil {
			return d.inTurn(ctx, batch, c, halves, times)
		}
	}
	if err != nil {
		return nil, err
	}
	kept, err := d.pages(ctx, batch, c, p)
	if err != nil {
		return nil, err
	}
	release, err := batch.Acquire(points(p))
	if err != nil {
		return nil, err
	}
	defer release()
	answers, err := d.fetch(ctx, batch, p)
	if err != nil {
		return nil, blame(err, p)
	}
	return d.evaluate(ctx, p, answers, kept)
}

// points returns the number of instants that the leaves of a plan have in all.
func points(p *plan.Plan) int {
	n := 0
	for _, leaf := range p.Leaves {
		n += leaf.Range.Len()
	}
	return n
}

// maxPortioned is how many points a query may ask for that is answered in portions.
const maxPortioned = 32 * plan.MaxPoints

// inTurn answers the portions of a query one after the other, so that it takes no more memory than one of them.
func (d *snapshot) inTurn(ctx context.Context, batch *fetch.Batch, c *cer.Catalog, portions []query.Query, times plan.Times) (*eval.Result, error) {
	var results []*eval.Result
	for _, portion := range portions {
		result, err := d.apart(ctx, batch, c, portion, times)
		if err != nil {
			return nil, err
		}
		results = append(results, result)
	}
	return eval.Join(results), nil
}

// apart answers a query, and holds nothing of what was asked for it.
func (d *snapshot) apart(ctx context.Context, batch *fetch.Batch, c *cer.Catalog, q query.Query, times plan.Times) (*eval.Result, error) {
	fork := batch.Fork()
	defer fork.Close()
	return d.result(ctx, fork, c, q, times)
}

// plan plans a query of a catalog, for which the store is asked about the histograms that it needs.
func (d *snapshot) plan(ctx context.Context, batch *fetch.Batch, c *cer.Catalog, q query.Query, times plan.Times) (*plan.Plan, error) {
	ctx, span := startSpan(ctx, "cer.plan", len(c.Flows))
	defer span.End()
	selectors, err := plan.Histograms(q, c)
	if err != nil {
		return nil, err
	}
	facts, err := batch.Histograms(ctx, selectors, times.From.Add(-plan.Reach(q, c)), times.Until())
	if err != nil {
		return nil, err
	}
	return plan.Build(q, c, times, facts)
}

// fetch asks the store for the leaves of a plan, if there is any instant to ask about.
func (d *snapshot) fetch(ctx context.Context, batch *fetch.Batch, p *plan.Plan) ([]plan.Answer, error) {
	ctx, span := startSpan(ctx, "cer.fetch", len(p.Leaves))
	defer span.End()
	if p.Range.Len() == 0 {
		return nil, nil
	}
	answers, err := batch.Fetch(ctx, p.Leaves)
	countSamples(answers)
	return answers, err
}

// evaluate computes the numbers of a plan.
func (d *snapshot) evaluate(ctx context.Context, p *plan.Plan, answers []plan.Answer, kept eval.Kept) (*eval.Result, error) {
	_, span := startSpan(ctx, "cer.eval", p.Range.Len())
	defer span.End()
	defer timeEvaluation(time.Now())
	return eval.Evaluate(p, answers, kept)
}

// times is what Grafana says of the time of a query.
func (d *snapshot) times(q backend.DataQuery, now time.Time) plan.Times {
	return plan.Times{
		From: q.TimeRange.From, To: q.TimeRange.To, Interval: q.Interval,
		Now: now, Scrape: plan.ScrapeInterval(d.catalog, d.scrape), Overlap: d.store.Overlap(),
	}
}

// noted says on the frames when they come of a definition that is not the one in the settings. Frames are kept in
// snapshots and caches, so that they say what everybody may know, whoever asks.
func (d *snapshot) noted(frames data.Frames) data.Frames {
	if d.stale && len(frames) > 0 {
		frames[0].AppendNotices(data.Notice{Severity: data.NoticeSeverityWarning, Text: d.problem(viewer)})
	}
	return frames
}
