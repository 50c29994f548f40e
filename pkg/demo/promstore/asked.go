package promstore

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/storage"
)

// Asked is one request that a store has answered.
type Asked struct {
	// Path is that of the API, such as /api/v1/query_range.
	Path string
	// PromQL is the expression that was evaluated; "" where none was.
	PromQL string
	// Samples is what the store itself counts as totalQueryableSamples, and Numbers how many the answer has.
	Samples, Numbers int64
}

// askedKey is the key of the *Asked in a request's context.
type askedKey struct{}

// observed tells of each request once it is answered; told may be nil.
func observed(next http.Handler, told func(Asked)) http.Handler {
	if told == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := &Asked{Path: r.URL.Path}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), askedKey{}, asked)))
		told(*asked)
	})
}

// observedEngine notes in the context of a request what evaluating it took. It adds up what the engine has counted
// anyway, so that nobody is slowed.
type observedEngine struct{ *promql.Engine }

// NewInstantQuery returns a query whose evaluation is noted.
func (e observedEngine) NewInstantQuery(ctx context.Context, q storage.Queryable, opts promql.QueryOpts, qs string, ts time.Time) (promql.Query, error) {
	query, err := e.Engine.NewInstantQuery(ctx, q, opts, qs, ts)
	return observedQuery{query}, err
}

// NewRangeQuery returns a query whose evaluation is noted.
func (e observedEngine) NewRangeQuery(ctx context.Context, q storage.Queryable, opts promql.QueryOpts, qs string, start, end time.Time, interval time.Duration) (promql.Query, error) {
	query, err := e.Engine.NewRangeQuery(ctx, q, opts, qs, start, end, interval)
	return observedQuery{query}, err
}

// observedQuery is a query whose evaluation is noted.
type observedQuery struct{ promql.Query }

// Exec evaluates the query.
func (q observedQuery) Exec(ctx context.Context) *promql.Result {
	result := q.Query.Exec(ctx)
	asked, ok := ctx.Value(askedKey{}).(*Asked)
	if !ok {
		return result
	}
	asked.PromQL, asked.Numbers = q.String(), numbers(result)
	if counted := q.Stats(); counted != nil && counted.Samples != nil {
		asked.Samples = counted.Samples.TotalSamples
	}
	return result
}

// numbers counts those of a result.
func numbers(result *promql.Result) int64 {
	switch value := result.Value.(type) {
	case promql.Matrix:
		n := 0
		for _, series := range value {
			n += len(series.Floats)
		}
		return int64(n)
	case promql.Vector:
		return int64(len(value))
	case promql.Scalar:
		return 1
	default:
		return 0
	}
}
