package stores

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// tenant is the only one that the stand-in for Mimir knows.
const tenant = "shop"

// limits are those of Mimir's tenant, of which none is there by default.
type limits struct {
	// totalLength is that of the range of a request, and partialLength that of what a selector reads, with its own range.
	totalLength, partialLength time.Duration
	// series is the number of series that a query selects, and bytes the length of its text.
	series, bytes int
	// aligns says that ranges are moved to multiples of their step (align_queries_with_step).
	aligns bool
}

// mimir answers as Mimir does, with what the embedded Prometheus has.
type mimir struct {
	store  *promstore.Store
	next   http.Handler
	limits atomic.Pointer[limits]
}

// openMimir starts a Mimir: the embedded Prometheus under /prometheus, which wants to know the tenant. Its query frontend splits ranges
// at midnight, which changes no answer, and moves none.
func openMimir(t testing.TB, _ ...string) *Store {
	t.Helper()
	embedded, err := promstore.Open(promstore.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(embedded.URL())
	if err != nil {
		t.Fatal(err)
	}
	next := httputil.NewSingleHostReverseProxy(target)
	next.ErrorLog = log.New(io.Discard, "", 0) // It may be asked for something that nobody waits for any longer.
	m := &mimir{store: embedded, next: next}
	m.limits.Store(&limits{})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /prometheus/api/v1/status/buildinfo", m.buildInfo)
	mux.Handle("/prometheus/", http.StripPrefix("/prometheus", m))
	server := httptest.NewServer(mux)
	stop := sync.OnceFunc(func() {
		server.CloseClientConnections()
		server.Close()
		_ = embedded.Close() // It may be in the midst of an answer.
	})
	t.Cleanup(stop)
	return &Store{
		URL:      server.URL + "/prometheus",
		Settings: map[string]any{"prometheusType": "Mimir", "httpHeaderName1": "X-Scope-OrgID"},
		Secrets:  map[string]string{"httpHeaderValue1": tenant},
		write:    func(_ context.Context, samples []promstore.Sample) error { return embedded.Append(samples...) },
		stop:     stop,
		mimir:    m,
	}
}

// buildInfo answers what this is, to those too who name no tenant.
func (m *mimir) buildInfo(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, `{"status":"success","data":{"application":"Grafana Mimir","version":"2.17.1","revision":"0","branch":"HEAD","goVersion":"go1.24.6",`+
		`"features":{"ruler_config_api":"true","alertmanager_config_api":"true","query_sharding":"false","federated_rules":"false"}}}`)
}

// ServeHTTP answers a tenant's request within the limits.
func (m *mimir) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	of := r.Header.Get("X-Scope-OrgID")
	if of == "" {
		http.Error(w, "no org id", http.StatusUnauthorized)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	form, err := url.ParseQuery(r.URL.RawQuery + "&" + string(body))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if isQuery := strings.HasPrefix(r.URL.Path, "/api/v1/query"); isQuery {
		if of != tenant { // Another tenant has no series.
			form.Set("query", "absent_over_time(up[1m]) > 1")
		}
		if refused := m.check(r.Context(), form); refused != nil {
			refused.write(w)
			return
		}
		body = []byte(m.limits.Load().aligned(form).Encode())
		r.URL.RawQuery, r.Method = "", http.MethodPost
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	m.next.ServeHTTP(w, r)
}

// aligned moves a range to multiples of its step.
func (l *limits) aligned(form url.Values) url.Values {
	step := secondsOf(form, "step")
	if l.aligns && step > 0 {
		for _, name := range []string{"start", "end"} {
			form.Set(name, strconv.FormatInt(int64(secondsOf(form, name).Truncate(step)/time.Second), 10))
		}
	}
	return form
}

// secondsOf returns a field of seconds.
func secondsOf(form url.Values, name string) time.Duration {
	seconds, _ := strconv.ParseFloat(form.Get(name), 64)
	return time.Duration(seconds * float64(time.Second))
}

// refusal is an error as the API says it.
type refusal struct {
	status    int
	errorType string
	text      string
}

func (r *refusal) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(r.status)
	_ = json.NewEncoder(w).Encode(map[string]string{"status": "error", "errorType": r.errorType, "error": r.text})
}

// overLimit words an error as Mimir does: https://grafana.com/docs/mimir/latest/manage/mimir-runbooks/#errors-catalog.
func overLimit(status int, errorType, what, id, flag string) *refusal {
	return &refusal{status, errorType, fmt.Sprintf("%s (err-mimir-%s). To adjust the related per-tenant limit, configure -%s, or contact your service administrator.", what, id, flag)}
}

// check returns the error of a query that is over a limit, nil for others.
func (m *mimir) check(ctx context.Context, form url.Values) *refusal {
	l, query := m.limits.Load(), form.Get("query")
	length := secondsOf(form, "end") - secondsOf(form, "start")
	if l.bytes > 0 && len(query) > l.bytes {
		return overLimit(http.StatusBadRequest, "bad_data", fmt.Sprintf("the raw query size in bytes exceeds the limit (query size: %d, limit: %d)", len(query), l.bytes),
			"max-query-expression-size-bytes", "query-frontend.max-query-expression-size-bytes")
	}
	if l.totalLength > 0 && length > l.totalLength {
		return overLimit(http.StatusBadRequest, "bad_data", fmt.Sprintf("the total query time range exceeds the limit (query length: %s, limit: %s)", length, l.totalLength),
			"max-total-query-length", "query-frontend.max-total-query-length")
	}
	expr, err := parser.NewParser(parser.Options{}).ParseExpr(query)
	if err != nil {
		return &refusal{http.StatusBadRequest, "bad_data", fmt.Sprintf("invalid parameter \"query\": %s", err)}
	}
	if read := length + longestRange(expr); l.partialLength > 0 && read > l.partialLength {
		return overLimit(http.StatusUnprocessableEntity, "execution", fmt.Sprintf("the query time range exceeds the limit (query length: %s, limit: %s)", read, l.partialLength),
			"max-query-length", "querier.max-partial-query-length")
	}
	if l.series > 0 && m.selected(ctx, expr) > l.series {
		return &refusal{http.StatusUnprocessableEntity, "execution", fmt.Sprintf("the query exceeded the maximum number of series (limit: %d series) (err-mimir-max-series-per-query). "+
			"Consider reducing the time range and/or number of series selected by the query. One way to reduce the number of selected series is to add more label matchers to the query. "+
			"Otherwise, to adjust the related per-tenant limit, configure -querier.max-fetched-series-per-query, or contact your service administrator.", l.series)}
	}
	return nil
}

// longestRange returns the longest range of an expression's selectors.
func longestRange(expr parser.Expr) time.Duration {
	longest := time.Duration(0)
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		if matrix, ok := node.(*parser.MatrixSelector); ok {
			longest = max(longest, matrix.Range)
		}
		return nil
	})
	return longest
}

// selected returns the number of series that the selectors of an expression select, whenever these were.
func (m *mimir) selected(ctx context.Context, expr parser.Expr) int {
	n := 0
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		selector, ok := node.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		querier, err := m.store.Queryable().Querier(math.MinInt64, math.MaxInt64)
		if err != nil {
			return err
		}
		defer querier.Close()
		for set := querier.Select(ctx, false, nil, selector.LabelMatchers...); set.Next(); {
			n++
		}
		return nil
	})
	return n
}
