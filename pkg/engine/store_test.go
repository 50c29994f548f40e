package engine_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// fakeStore is a Prometheus whose expressions are 0.95 at every instant, and whose histograms have a bucket that half of the
// instances lack. It records the requests.
type fakeStore struct {
	mu       sync.Mutex
	requests []fetch.Leaf
	instants int
	fails    bool
	warns    bool
	// jobs is the number of jobs whose samples it counts; 0 counts none.
	jobs int
}

// ServeHTTP answers queries, and those about the edges of histograms.
func (s *fakeStore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fails {
		s.requests = append(s.requests, fetch.Leaf{})
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	answer := map[string]any{"status": "success", "data": []string{}}
	switch promQL := r.FormValue("query"); {
	case strings.HasPrefix(promQL, "count by (le"):
		answer["data"] = result(over(r), seriesOf("2", over(r), "le", "+Inf"), seriesOf("1", over(r), "le", "1"))
	case strings.HasPrefix(promQL, "count_values") && s.jobs > 0:
		all := make([]map[string]any, s.jobs)
		for i := range all {
			all[i] = seriesOf("1", over(r), "job", strconv.Itoa(i), "samples", "41")
		}
		answer["data"] = result(over(r), all...)
	case promQL != "":
		s.requests, s.instants = append(s.requests, fetch.Leaf{PromQL: promQL, Range: over(r)}), s.instants+over(r).Len()
		answer["data"] = result(over(r), seriesOf("0.95", over(r)))
	}
	if s.warns {
		answer["warnings"] = []string{"a part of it did not answer"}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// over returns the range of a request.
func over(r *http.Request) series.Range {
	ms := func(name string) int64 {
		seconds, _ := strconv.ParseFloat(r.FormValue(name), 64)
		return int64(1000 * seconds)
	}
	if r.FormValue("time") != "" {
		return series.Instant(ms("time"))
	}
	return series.Range{Start: ms("start"), End: ms("end"), Step: ms("step")}
}

// result returns the data of the answer to a query over a range.
func result(over series.Range, all ...map[string]any) map[string]any {
	kind := "matrix"
	if over.IsInstant() {
		kind = "vector"
	}
	return map[string]any{"resultType": kind, "result": all}
}

// seriesOf returns a series that has the same value at each instant.
func seriesOf(value string, over series.Range, labels ...string) map[string]any {
	metric := map[string]string{}
	for i := 0; i < len(labels); i += 2 {
		metric[labels[i]] = labels[i+1]
	}
	values := make([][]any, over.Len())
	for i := range values {
		values[i] = []any{float64(over.At(i)) / 1000, value}
	}
	if over.IsInstant() {
		return map[string]any{"metric": metric, "value": values[0]}
	}
	return map[string]any{"metric": metric, "values": values}
}

// set changes the store, which may still be answering.
func (s *fakeStore) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// takeInstants returns the number of instants of all requests since the last call.
func (s *fakeStore) takeInstants() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.instants
	s.instants = 0
	return n
}

// takeRequests returns the queries since the last call.
func (s *fakeStore) takeRequests() []fetch.Leaf {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.requests
	s.requests = nil
	return all
}

// bench is a store, and a clock.
type bench struct {
	store *fakeStore
	url   string
	now   time.Time
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{store: &fakeStore{}, now: time.Date(2026, 3, 4, 12, 0, 30, 0, time.UTC)}
	server := httptest.NewServer(b.store)
	t.Cleanup(server.Close)
	b.url = server.URL
	return b
}

// engine returns an engine for the store, with a cache that may be nil and samples that are late by overlap.
func (b *bench) engine(t *testing.T, cache *fetch.Cache, overlap time.Duration, change ...func(*engine.Config)) *engine.Engine {
	t.Helper()
	store, err := fetch.New(fetch.Config{URL: b.url, Cache: cache, Overlap: overlap, Fresh: engine.DefaultScrapeInterval,
		Limiter: fetch.NewLimiter(2 * plan.MaxPoints), Now: func() time.Time { return b.now }})
	if err != nil {
		t.Fatal(err)
	}
	cfg := engine.Config{Store: store}
	for _, f := range change {
		f(&cfg)
	}
	return engine.New(cfg)
}

// request returns the request for a query over some time up to now.
func (b *bench) request(t *testing.T, c *catalog.Catalog, text string, back time.Duration) engine.Request {
	t.Helper()
	q, err := query.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return engine.Request{Catalog: c, Query: q, RefID: "A",
		Times: plan.Times{From: b.now.Add(-back), To: b.now, Interval: time.Minute, Now: b.now}}
}

// exec answers a query of a catalog over some time up to now.
func (b *bench) exec(t *testing.T, e *engine.Engine, c *catalog.Catalog, text string, back time.Duration) (*engine.Result, error) {
	t.Helper()
	session := e.Session(t.Context())
	defer session.Close()
	return e.Exec(t.Context(), session, b.request(t, c, text, back))
}

// load returns the catalog of a definition.
func load(t *testing.T, yaml string) *catalog.Catalog {
	t.Helper()
	c, issues := definition.Load(definition.Source{Name: "definition", Content: []byte(yaml)})
	if c == nil {
		t.Fatal(issues)
	}
	return fixture.Compile(c)
}

// texts returns the notices of a result.
func texts(r *engine.Result) []string {
	var all []string
	for _, n := range slices.Concat(r.Plan.Notices, r.Notices) {
		all = append(all, n.String())
	}
	return all
}
