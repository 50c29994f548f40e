//go:build !race

// With the race detector these tests take minutes. Others of the package look for races in the same code.

package plugin

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// many is a store of metrics that differ in a label, which it sums by that.
type many struct {
	flows, codes int

	mu       sync.Mutex
	requests map[string]int
}

// ofHandler finds the handler that an expression selects.
var ofHandler = regexp.MustCompile(`handler="([^"]*)"`)

func (m *many) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.FormValue("query")
	m.mu.Lock()
	if m.requests == nil {
		m.requests = map[string]int{}
	}
	if !strings.HasPrefix(query, "count_values") { // How far apart samples are is asked once for hours.
		m.requests[r.URL.Path+" "+query]++
	}
	m.mu.Unlock()
	number := func(name string) (n int64) { _, _ = fmt.Sscanf(r.FormValue(name), "%d", &n); return n }
	start, end, step := number("start"), number("end"), max(1, number("step"))
	kind, field := "matrix", "values"
	if at := number("time"); at != 0 {
		start, end, kind, field = at, at, "vector", "value"
	}
	var points strings.Builder
	for at := start; at <= end; at += step {
		if at > start {
			points.WriteByte(',')
		}
		fmt.Fprintf(&points, `[%d,"0.95"]`, at)
	}
	values := points.String()
	if kind == "matrix" {
		values = "[" + values + "]"
	}
	handlers := []string{}
	if one := ofHandler.FindStringSubmatch(query); one != nil && !strings.Contains(query, "by (handler") && !strings.Contains(query, "handler)") {
		handlers = append(handlers, "")
	} else {
		for i := range m.flows {
			handlers = append(handlers, fmt.Sprintf("h%d", i))
		}
	}
	_, _ = fmt.Fprintf(w, `{"status":"success","data":{"resultType":%q,"result":[`, kind)
	for i, handler := range handlers {
		for code := range max(1, m.codes) {
			if i+code > 0 {
				_, _ = w.Write([]byte(","))
			}
			_, _ = fmt.Fprintf(w, `{"metric":{"handler":%q,"code":"%d"},%q:%s}`, handler, 200+code, field, values)
		}
	}
	_, _ = w.Write([]byte(`]}}`))
}

// sent returns the number of requests, and one of them.
func (m *many) sent() (n int, example string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for query, k := range m.requests {
		n += k
		example = query
	}
	return n, example
}

// manyFlows returns a part of a catalog: flows of so many SLIs, whose counters differ in a label.
func manyFlows(from, to, slis int) string {
	var out strings.Builder
	out.WriteString("apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: x }\nspec:\n  flows:\n")
	for i := from; i < to; i++ {
		fmt.Fprintf(&out, "    - name: f%d\n      objective: 0.9\n      slis:\n", i)
		for j := range slis {
			fmt.Fprintf(&out, "        - { name: s%d, component: availability, ratio: { good: 'm%d_total{handler=\"h%d\",code!~\"5..\"}', total: 'm%d_total{handler=\"h%d\"}' } }\n", j, j, i, j, i)
		}
	}
	return out.String()
}

// openMany returns a data source with a catalog of many flows.
func openMany(t *testing.T, store http.Handler, flows, slis int) (*harness, *DataSource) {
	t.Helper()
	d, source := openCrowd(t, store, 0, map[string]any{})
	const perFile = 500
	var files []definition.Source
	for from := 0; from < flows; from += perFile {
		files = append(files, definition.Source{Name: fmt.Sprint(from), Content: []byte(manyFlows(from, min(from+perFile, flows), slis))})
	}
	loaded, issues := definition.Load(files...)
	if loaded == nil {
		t.Fatal(issues)
	}
	compiled, err := catalog.Compile(loaded)
	if err != nil {
		t.Fatal(err)
	}
	source.source = staticSource{catalog: compiled}
	return d, source
}

// TestA10TablesAndWhatIfShareRequests asks in several formats about a thousand SLIs whose counters differ in a label.
func TestA10TablesAndWhatIfShareRequests(t *testing.T) {
	const slis = 5
	for name, tc := range map[string]struct {
		query string
		most  int
	}{
		"a panel":           {`{"measure":"score","level":"flow"}`, slis},
		"the latest of all": {`{"measure":"score","level":"sli","format":"latest"}`, 2 * slis},
		"a table of SLIs":   {`{"measure":"score","level":"sli","format":"table"}`, 5 * slis},
		"a table of flows":  {`{"measure":"score","level":"flow","format":"table"}`, 5 * slis},
		"ages":              {`{"measure":"lag","level":"sli","format":"latest"}`, slis},
		"what-if":           {"", 4 * slis},
	} {
		t.Run(name, func(t *testing.T) {
			store := &many{flows: 200}
			d, source := openMany(t, store, 200, slis)
			if tc.query != "" {
				if err := d.askAll(t, source, 60, tc.query)["A"].Error; err != nil {
					t.Error(err)
				}
			} else if status, body := d.whatIf(t, source, `{"weights":{"flows":{"f1":7}}}`); status != http.StatusOK {
				t.Errorf("it answers %d %s", status, body)
			}
			n, example := store.sent()
			t.Logf("%d requests", n)
			if n > tc.most {
				t.Errorf("%d requests were sent, such as %.200s", n, example)
			}
		})
	}
}

// TestA10TenThousandSLIs asks about as many SLIs as catalogs have.
func TestA10TenThousandSLIs(t *testing.T) {
	const slis = 5
	store := &many{flows: 2000}
	d, source := openMany(t, store, 2000, slis)
	for name, query := range map[string]string{
		"a panel":         `{"measure":"score","level":"flow"}`,
		"a table of SLIs": `{"measure":"score","level":"sli","format":"table"}`,
		"what-if":         "",
	} {
		before, _ := store.sent()
		if query != "" {
			if err := d.askAll(t, source, 60, query)["A"].Error; err != nil {
				t.Errorf("%s: %v", name, err)
			}
		} else if status, body := d.whatIf(t, source, `{"weights":{"flows":{"f1":7}}}`); status != http.StatusOK {
			t.Errorf("%s: it answers %d %s", name, status, body)
		}
		if after, example := store.sent(); after-before > 5*slis {
			t.Errorf("%s: %d requests were sent, such as %.200s", name, after-before, example)
		}
	}
	d.heldAtMost(t, 32<<20)
}

// whatIf asks what would be.
func (d *harness) whatIf(t *testing.T, source *DataSource, body string) (status int, answer string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/whatif", strings.NewReader(body))
	w := httptest.NewRecorder()
	source.routes().ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// TestA10HangingQueriesHoldFewGoroutines asks a store that does not answer for hundreds of SLIs, very often.
func TestA10HangingQueriesHoldFewGoroutines(t *testing.T) {
	const queries = 200
	for name, query := range map[string]string{
		"panels":  `{"measure":"score","level":"flow"}`,
		"tables":  `{"measure":"score","level":"sli","format":"table"}`,
		"latest":  `{"measure":"value","level":"sli","format":"latest"}`,
		"budgets": `{"measure":"budget","level":"flow"}`,
		"states":  `{"measure":"state","level":"flow"}`,
	} {
		t.Run(name, func(t *testing.T) {
			hang := &hanging{arrived: make(chan struct{}, 1000), done: make(chan struct{})}
			d, source := openMany(t, hang, 40, 5)
			before := runtime.NumGoroutine()
			ctx, cancel := context.WithCancel(t.Context())
			var all sync.WaitGroup
			for k := range queries {
				all.Go(func() {
					q := asking("A", query, d.now.Add(-time.Duration(k)*time.Hour)) // Of different times, so that they share nothing.
					_, _ = source.QueryData(ctx, &backend.QueryDataRequest{Queries: []backend.DataQuery{q}})
				})
			}
			for range 8 { // All slots of panels are taken.
				<-hang.arrived
			}
			most := 0
			for same := 0; same < 50; same++ { // Until all of them wait.
				if now := runtime.NumGoroutine() - before; now > most {
					most, same = now, 0
				}
				time.Sleep(5 * time.Millisecond)
			}
			cancel()
			close(hang.done)
			all.Wait()
			t.Logf("%d goroutines", most)
			if most > 15*queries {
				t.Errorf("%d goroutines are there for %d queries", most, queries)
			}
		})
	}
}

// hanging is a store that does not answer until it is done, but for how far apart samples are.
type hanging struct{ arrived, done chan struct{} }

func (h *hanging) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.FormValue("query"), "count_values") {
		_, _ = fmt.Fprintf(w, `{"status":"success","data":{"resultType":%q,"result":[]}}`, map[bool]string{true: "vector", false: "matrix"}[r.FormValue("time") != ""])
		return
	}
	select {
	case h.arrived <- struct{}{}:
	default:
	}
	select {
	case <-h.done:
	case <-r.Context().Done():
	}
}

// TestA10StatesCountFlowsOnce plans states of a thousand flows, which are as many as fit.
func TestA10StatesCountFlowsOnce(t *testing.T) {
	for name, tc := range map[string]struct {
		flows int
		query string
		fails bool
	}{
		"the latest":           {1000, `{"measure":"state","level":"flow","format":"latest"}`, false},
		"over time":            {1000, `{"measure":"state","level":"flow"}`, false},
		"a table":              {1000, `{"measure":"state","level":"flow","format":"table"}`, false},
		"more than can be had": {1400, `{"measure":"state","level":"flow"}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			d, source := openMany(t, &many{flows: tc.flows}, tc.flows, 1)
			_, err := d.explain(t, source, tc.query)
			if (err != nil) != tc.fails {
				t.Errorf("it fails by %v", err)
			}
		})
	}
}

// explain plans a query about the last half hour.
func (d *harness) explain(t *testing.T, source *DataSource, text string) (*engine.Explanation, error) {
	t.Helper()
	asked, err := query.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	session := source.engine.Session(t.Context())
	defer session.Close()
	times := plan.Times{From: d.now.Add(-30 * time.Minute), To: d.now, Interval: time.Minute, Now: d.now}
	return source.engine.Explain(t.Context(), session, source.snapshot(t.Context(), nil).request(asked, times))
}
