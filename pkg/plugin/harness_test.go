package plugin

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// pagedYAML has a window of 30 hours, whose slices are a minute wide.
const pagedYAML = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: paged }
spec:
  timeSliceWindow: 1m
  budgetWindow: 30h
  flows:
    - { name: checkout, objective: 0.9, slis: [ { name: up, component: availability, value: { promql: max(up) } } ] }
`

// slow is a store that answers 0.95 at every instant, and counts at how many it was asked.
type slow struct {
	mu       sync.Mutex
	instants int
}

func (s *slow) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	number := func(name string) int {
		n, _ := strconv.ParseFloat(r.FormValue(name), 64)
		return int(n)
	}
	answer := map[string]any{"status": "success"}
	values := [][]any{}
	start, end := number("start"), number("end")
	if r.FormValue("time") != "" {
		start, end = number("time"), number("time")
	}
	for at := start; at <= end; at += max(1, number("step")) {
		values = append(values, []any{at, "0.95"})
	}
	s.instants += len(values)
	answer["data"] = map[string]any{"resultType": "matrix", "result": []any{map[string]any{"metric": map[string]string{}, "values": values}}}
	if r.FormValue("time") != "" {
		answer["data"] = map[string]any{"resultType": "vector", "result": []any{map[string]any{"metric": map[string]string{}, "value": values[0]}}}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// asked is how many instants were asked about since the last time.
func (s *slow) asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.instants
	s.instants = 0
	return n
}

// harness runs data sources against one store, at a time that tests set.
type harness struct {
	store  *slow
	shared *sharedState
	url    string
	now    time.Time
}

func newHarness(t *testing.T) *harness {
	t.Helper()
	d := &harness{store: &slow{}, shared: newSharedState(""), now: time.Date(2026, 3, 4, 12, 0, 30, 0, time.UTC)}
	d.shared.now = func() time.Time { return d.now }
	server := httptest.NewServer(d.store)
	t.Cleanup(server.Close)
	d.url = server.URL
	return d
}

// open returns the data source of a uid, with some jsonData.
func (d *harness) open(t *testing.T, uid string, settings map[string]any) *DataSource {
	t.Helper()
	raw, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	return newDataSource(t.Context(), backend.DataSourceInstanceSettings{UID: uid, URL: d.url, JSONData: raw}, d.shared)
}

// ask asks a data source about some time up to now.
func (d *harness) ask(t *testing.T, source *DataSource, query string, back time.Duration) backend.DataResponse {
	t.Helper()
	q := asking("A", query, d.now)
	q.TimeRange.From = d.now.Add(-back)
	answers, err := source.QueryData(t.Context(), &backend.QueryDataRequest{Queries: []backend.DataQuery{q}})
	if err != nil {
		t.Fatal(err)
	}
	return answers.Responses["A"]
}
