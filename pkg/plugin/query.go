package plugin

import (
	"context"
	"errors"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/frame"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// QueryData answers the queries of a request concurrently. They share a session, so that what several of them need is
// requested once. An error of one query is returned in its response, and leaves the others as they are.
func (d *DataSource) QueryData(ctx context.Context, req *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	s := d.snapshot(ctx, req.PluginContext.User)
	answers := backend.NewQueryDataResponse()
	answer := func(backend.DataQuery) backend.DataResponse { return backend.DataResponse{} }
	if err := s.ready(); err != nil {
		answer = func(backend.DataQuery) backend.DataResponse { return faultOf(err).response() }
	} else {
		ctx = withUrgency(withIdentity(ctx, req.GetHTTPHeaders()), req.Headers)
		session := s.engine.Session(ctx)
		defer session.Close()
		now := s.now() // One for all queries, so that they ask for the same instants.
		answer = func(q backend.DataQuery) backend.DataResponse { return s.answer(ctx, session, q, now) }
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, q := range req.Queries {
		all.Go(func() {
			response := answer(q)
			mu.Lock()
			defer mu.Unlock()
			answers.Responses[q.RefID] = response
		})
	}
	all.Wait()
	return answers, nil
}

// answer answers one query, with an error in the response where it can't.
func (d *snapshot) answer(ctx context.Context, session *engine.Session, q backend.DataQuery, now time.Time) (response backend.DataResponse) {
	logger := backend.Logger.FromContext(ctx)
	fail := func(value any, stack []byte) {
		logger.Error("Query panicked", "refId", q.RefID, "cause", value, "stack", string(stack))
		response = faultOf(panicked(value)).response()
	}
	defer func() {
		if value := recover(); value != nil {
			fail(value, debug.Stack())
		}
	}()
	frames, err := d.frames(ctx, session, q, now)
	if panicked := (*engine.PanicError)(nil); errors.As(err, &panicked) {
		fail(panicked.Value, panicked.Stack)
		return response
	}
	if err != nil {
		return faultOf(err).response()
	}
	return backend.DataResponse{Frames: frames, Status: backend.StatusOK}
}

// frames parses a query, executes it and returns its result as frames.
func (d *snapshot) frames(ctx context.Context, session *engine.Session, q backend.DataQuery, now time.Time) (data.Frames, error) {
	asked, err := query.Parse(q.JSON)
	if err != nil {
		return nil, err
	}
	request := d.request(asked, plan.Times{From: q.TimeRange.From, To: q.TimeRange.To, Interval: q.Interval, Now: now, Noted: true})
	request.RefID = q.RefID
	if asked.Format == query.Definition {
		explanation, err := d.engine.Explain(ctx, session, request)
		if err != nil {
			return nil, err
		}
		return d.withStaleNotice(frame.OfDefinition(explanation)), nil
	}
	result, err := d.engine.Exec(ctx, session, request)
	// A panel about what the catalog does not state is empty. A rule on it would never fire, which is an error.
	if invalid := (*query.Invalid)(nil); errors.As(err, &invalid) && invalid.Unstated && !isUrgent(ctx) {
		return d.withStaleNotice(frame.OfNothing(asked, invalid.Message)), nil
	}
	if err != nil {
		return nil, err
	}
	if result.Gate != nil && asked.Measure == query.Verdict {
		d.logVerdict(ctx, result.Gate)
	}
	frames := frame.From(result)
	if !isUrgent(ctx) { // Nobody clicks in an alert rule.
		frames = frame.WithLinks(frames, ofCohorts(asked, result.Plan), d.key.uid)
	}
	return d.withStaleNotice(frames), nil
}

// ofCohorts returns a query without its split by policy, which no filter keeps.
func ofCohorts(q query.Query, p *plan.Plan) query.Query {
	if p.ByPolicy {
		q.By = slices.DeleteFunc(slices.Clone(q.By), func(name string) bool { return name == query.ByPolicy })
	}
	return q
}

// request returns the engine's request for a query of the data source's catalog.
func (d *snapshot) request(q query.Query, times plan.Times) engine.Request {
	return engine.Request{Catalog: d.catalog, Query: q, Times: times, TraceLabels: d.traceLabels}
}

// withStaleNotice adds a warning to frames of a definition that is not the one in the settings. Since Grafana keeps
// frames in snapshots and caches, the warning holds only what a viewer may read.
func (d *snapshot) withStaleNotice(frames data.Frames) data.Frames {
	if d.stale && len(frames) > 0 {
		frames[0].AppendNotices(data.Notice{Severity: data.NoticeSeverityWarning, Text: d.problem(viewer)})
	}
	return frames
}
