package plugin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
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
	requests int
	fails    bool
	warns    bool
}

func (s *slow) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	number := func(name string) int {
		n, _ := strconv.ParseFloat(r.FormValue(name), 64)
		return int(n)
	}
	s.requests++
	if s.fails {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
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
	if s.warns {
		answer["warnings"] = []string{"a part of it did not answer"}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// set changes what the store does from now on, though it may still be answering.
func (s *slow) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// asked is how many instants were asked about since the last time.
func (s *slow) asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.instants
	s.instants = 0
	return n
}

// desk is where somebody asks a slow store through data sources, at a time of their own.
type desk struct {
	store  *slow
	shared *sharedState
	url    string
	now    time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{store: &slow{}, shared: newSharedState(""), now: time.Date(2026, 3, 4, 12, 0, 30, 0, time.UTC)}
	d.shared.now = func() time.Time { return d.now }
	server := httptest.NewServer(d.store)
	t.Cleanup(server.Close)
	d.url = server.URL
	return d
}

// open returns the data source of a uid, with some jsonData.
func (d *desk) open(t *testing.T, uid string, settings map[string]any) *DataSource {
	t.Helper()
	raw, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	return newDataSource(t.Context(), backend.DataSourceInstanceSettings{UID: uid, URL: d.url, JSONData: raw}, d.shared)
}

// ask asks a data source about some time up to now.
func (d *desk) ask(t *testing.T, source *DataSource, query string, back time.Duration) backend.DataResponse {
	t.Helper()
	q := asking("A", query, d.now)
	q.TimeRange.From = d.now.Add(-back)
	answers, err := source.QueryData(t.Context(), &backend.QueryDataRequest{Queries: []backend.DataQuery{q}})
	if err != nil {
		t.Fatal(err)
	}
	return answers.Responses["A"]
}

func TestPagesAreKept(t *testing.T) {
	desk := newDesk(t)
	store := desk.store
	open := func(cacheBytes int64) *DataSource {
		return desk.open(t, "u", map[string]any{"definition": pagedYAML, "cacheBytes": cacheBytes})
	}
	d := open(64 << 20)
	budget := func(query string) backend.DataResponse { return desk.ask(t, d, query, time.Hour) }
	look := func(query string, least, most int) {
		t.Helper()
		answer := budget(query)
		if answer.Error != nil {
			t.Fatal(answer.Error)
		}
		column := answer.Frames[0].Fields[len(answer.Frames[0].Fields)-1]
		if left, err := column.FloatAt(column.Len() - 1); err != nil || left < .4999 || left > .5001 {
			t.Errorf("%s: the budget that is left is %v, %v", query, left, err)
		}
		if n := store.asked(); n < least || n > most {
			t.Errorf("%s: the store is asked about %d instants, want %d to %d", query, n, least, most)
		}
	}
	const latest, column = `{"level":"flow","measure":"budget","format":"latest"}`, `{"level":"flow","measure":"budget"}`
	window := int(30 * time.Hour / time.Minute)
	look(latest, window, window+plan.BlockSlices)
	look(latest, 0, 0)
	look(column, 0, plan.BlockSlices+60) // An hour more, before.
	desk.now = desk.now.Add(5 * time.Minute)
	look(latest, 1, 20)
	d = open(64 << 20)
	look(latest, 0, 20)
	desk.now = desk.now.Add(time.Hour)
	look(latest, window, window+plan.BlockSlices)
	d = open(0)
	look(latest, window, window+plan.BlockSlices)
	look(latest, window, window+plan.BlockSlices)

	d = open(32 << 20) // Another size, so that the cache is another one.
	store.set(func() { store.warns = true })
	look(latest, window, window+plan.BlockSlices)
	store.set(func() { store.warns = false })
	look(latest, window, window+plan.BlockSlices)
	desk.now = desk.now.Add(2 * time.Hour)
	store.set(func() { store.fails = true })
	answer := budget(latest)
	if answer.Error == nil {
		t.Fatal("a store that fails is answered for")
	}
	store.set(func() { store.fails = false })
	look(latest, window, 2*(window+plan.BlockSlices)) // Requests of the time before may still come in, and are answered too.
	if texts := fmt.Sprint(noticesOf(budget(latest))); texts != "[]" {
		t.Errorf("it says %s", texts)
	}
}

// noticesOf are the texts of an answer's notices.
func noticesOf(answer backend.DataResponse) []string {
	texts := []string{}
	for _, frame := range answer.Frames {
		if frame.Meta != nil {
			for _, n := range frame.Meta.Notices {
				texts = append(texts, n.Text)
			}
		}
	}
	return slices.Compact(texts)
}

func TestAStoreThatFailsIsAskedForNoMorePages(t *testing.T) {
	desk := newDesk(t)
	store := desk.store
	store.fails = true
	d := desk.open(t, "u", map[string]any{"definition": strings.Replace(pagedYAML, "30h", "90d", 1)})
	if desk.ask(t, d, `{"level":"flow","measure":"budget","format":"latest"}`, time.Hour).Error == nil {
		t.Fatal("a store that fails is answered for")
	}
	store.set(func() {
		if store.requests > 4*engine.DefaultBlockConcurrency {
			t.Errorf("it is asked %d times", store.requests)
		}
	})
}

func TestARaisedOverlapHoldsAtOnce(t *testing.T) {
	desk := newDesk(t)
	ask := func(overlap string) int {
		d := desk.open(t, "u", map[string]any{"definition": pagedYAML, "cacheOverlap": overlap})
		if err := desk.ask(t, d, `{"level":"flow","measure":"budget","format":"latest"}`, time.Hour).Error; err != nil {
			t.Fatal(err)
		}
		return desk.store.asked()
	}
	ask("1m")
	desk.now = desk.now.Add(time.Minute)
	if n := ask("1m"); n > 10 {
		t.Errorf("%d instants are asked about again", n)
	}
	desk.now = desk.now.Add(time.Minute)
	if n := ask("6h"); n < int(6*time.Hour/time.Minute) {
		t.Errorf("of 6 hours that samples may be late by, %d minutes are asked about again", n)
	}
}

// TestIncidentsOfAMonth asks for what is too much at once: all flows are in an incident all the time.
func TestIncidentsOfAMonth(t *testing.T) {
	desk := newDesk(t)
	var definition strings.Builder
	definition.WriteString("apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: many }\nspec:\n" +
		"  policies:\n    - { name: low, severity: page, when: score < 0.96 }\n  flows:\n")
	const flows = 12
	for flow := range flows {
		fmt.Fprintf(&definition, "    - name: f%d\n      slis:\n", flow)
		for sli := range 5 {
			fmt.Fprintf(&definition, "        - { name: s%d, component: availability, value: { promql: max(up) } }\n", sli)
		}
	}
	d := desk.open(t, "u", map[string]any{"definition": definition.String()})
	ask := func(query string) backend.DataResponse { return desk.ask(t, d, query, 30*24*time.Hour) }
	answer := ask(`{"level":"flow","format":"incidents"}`)
	if answer.Error != nil {
		t.Fatal(answer.Error)
	}
	if n := answer.Frames[0].Rows(); n != flows {
		t.Errorf("%d incidents, want one of each flow", n)
	}
	want := refused("the query asks for", "choose a shorter range")
	if whole := ask(`{"level":"overall","format":"incidents"}`); whole.Error == nil || !want.MatchString(whole.Error.Error()) {
		t.Errorf("of the whole, which can't be told in portions, it says %v", whole.Error)
	}
}

// refused matches an error that has some texts, one after the other.
func refused(texts ...string) *regexp.Regexp {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = regexp.QuoteMeta(text)
	}
	return regexp.MustCompile(strings.Join(quoted, ".*"))
}

// TestPointsThatAreTooManyPassThrough has a cache that the sums of all pages fit into, but not with the points they are made
// of: sums are kept, and what is needed for others is asked for again.
func TestPointsThatAreTooManyPassThrough(t *testing.T) {
	const slis = 6
	text := strings.Replace(pagedYAML, "{ name: up, component: availability, value: { promql: max(up) } }", func() string {
		var all []string
		for i := range slis {
			all = append(all, fmt.Sprintf("{ name: up%d, component: availability, value: { promql: max(up%d) } }", i, i))
		}
		return strings.Join(all, ", ")
	}(), 1)
	desk := newDesk(t)
	asked := func(d *DataSource, level string) int {
		if err := desk.ask(t, d, fmt.Sprintf(`{"level":%q,"measure":"burn","window":"30h","format":"latest"}`, level), time.Hour).Error; err != nil {
			t.Fatal(err)
		}
		return desk.store.asked()
	}
	window := slis * int(30*time.Hour/time.Minute)
	for name, test := range map[string]struct {
		cacheBytes int
		components int // How many instants are asked about at the level component, at least.
	}{
		"a small cache": {150_000, window - slis*plan.BlockSlices},
		"a large one":   {10_000_000, 0},
	} {
		d := desk.open(t, name, map[string]any{"definition": text, "cacheBytes": test.cacheBytes})
		if n := asked(d, "flow"); n < window {
			t.Errorf("%s: the store is asked about %d instants at first, want %d", name, n, window)
		}
		if n := asked(d, "flow"); n > slis*plan.BlockSlices {
			t.Errorf("%s: it is asked about %d instants again", name, n)
		}
		if n := asked(d, "component"); n < test.components || test.components == 0 && n > 0 {
			t.Errorf("%s: it is asked about %d instants for another level, want %d", name, n, test.components)
		}
	}
}
