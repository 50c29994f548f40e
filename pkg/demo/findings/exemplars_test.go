package findings

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// traced is an exemplar of a test: of a request that was counted by a counter and by a histogram.
type traced struct {
	id, job, handler, code, region string
	seconds                        float64
	at                             time.Time
}

// appendTraced gives a trial's store counters and buckets of requests with their exemplars. Those of a series are in the order of time.
func (tr *trial) appendTraced(all []traced) {
	tr.t.Helper()
	bySeries := map[string][]traced{}
	for _, one := range all {
		key := strings.Join([]string{one.job, one.handler, one.code, one.region}, "\x00")
		bySeries[key] = append(bySeries[key], one)
	}
	var samples []promstore.Sample
	for _, requests := range bySeries {
		slices.SortFunc(requests, func(a, b traced) int { return a.at.Compare(b.at) })
		for i, one := range requests {
			of := labels.FromStrings("job", one.job, "handler", one.handler, "code", one.code, "region", one.region)
			trace := exemplar.Exemplar{Labels: labels.FromStrings("trace_id", one.id), Value: one.seconds, Ts: one.at.UnixMilli(), HasTs: true}
			for name, le := range map[string]string{"requests_total": "", "duration_seconds_bucket": "+Inf"} {
				builder := labels.NewBuilder(of).Set("__name__", name)
				if le != "" {
					builder.Set("le", le)
				}
				samples = append(samples, promstore.Sample{Labels: builder.Labels(), Time: one.at, Value: float64(i + 1), Exemplars: []exemplar.Exemplar{trace}})
			}
		}
	}
	if err := tr.store.Append(samples...); err != nil {
		tr.t.Fatal(err)
	}
}

// rows returns the rows of a table, each a cell by the name of its column.
func (a answer) rows() []map[string]any {
	a.t.Helper()
	if a.Error != nil {
		a.t.Fatalf("the query fails: %v", a.Error)
	}
	var rows []map[string]any
	for _, field := range a.Frames[0].Fields {
		for i := range field.Len() {
			if len(rows) <= i {
				rows = append(rows, map[string]any{})
			}
			if value, ok := field.ConcreteAt(i); ok {
				rows[i][field.Name] = value
			}
		}
	}
	return rows
}

// ofTraces is a catalog with a flow whose requests leave traces.
var ofTraces = catalog(`
trust: ['job="shop"']
dimensions: [{ name: zone, label: region }]
flows:
  - name: checkout
    title: Checkout
    labels: { team: payments }
    slis:
      - { name: ok, title: Orders, component: availability, ratio: { good: 'requests_total{handler="/checkout",code!~"5.."}', total: 'requests_total{handler="/checkout"}' } }
      - { name: fast, component: latency, latency: { histogram: 'duration_seconds{handler="/checkout"}', under: 500ms } }
      - { name: reachable, component: availability, probe: { selector: up } }
`)

// someTraces are requests of two regions, one of which fails, and one is slow.
func someTraces() []traced {
	at := func(before time.Duration) time.Time { return noon.Add(-before) }
	return []traced{
		{"fine", "shop", "/checkout", "200", "eu", .1, at(10 * time.Minute)},
		{"slow", "shop", "/checkout", "200", "us", 1.5, at(20 * time.Minute)},
		{"failed", "shop", "/checkout", "503", "eu", .2, at(30 * time.Minute)},
		{"other-job", "mail", "/checkout", "503", "eu", 9, at(5 * time.Minute)},
		{"other-path", "shop", "/search", "503", "eu", 9, at(5 * time.Minute)},
	}
}

func TestTracesOfSlowAndFailedRequests(t *testing.T) {
	tr := try(t, ofTraces, nil)
	tr.appendTraced(someTraces())
	found := tr.ask(`"format": "exemplars", "by": ["zone", "team"]`, noon.Add(-time.Hour), noon, time.Minute)
	var got []string
	for _, row := range found.rows() {
		got = append(got, fmt.Sprint(row["sli"], " ", row["verdict"], " ", row["traceID"], " ", row["value"], " ", row["zone"], " ", row["team"]))
	}
	want := []string{
		"ok failed failed <nil> eu payments", "fast slow slow 1.5 us payments",
		"fast ok fine 0.1 eu payments", "ok ok fine <nil> eu payments", "ok ok slow <nil> us payments", "fast ok failed 0.2 eu payments",
	}
	slices.Sort(got[2:])
	slices.Sort(want[2:])
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	first := found.rows()[0]
	if at := first["time"].(time.Time); !at.Equal(noon.Add(-30*time.Minute)) || first["flowTitle"] != "Checkout" || first["sliTitle"] != "Orders" || first["handler"] != "/checkout" || first["code"] != "503" {
		t.Errorf("the first row is %v", first)
	}
	found.says("only counters and histograms have exemplars; there are none of checkout/reachable")
	for _, want := range []string{
		"# exemplars from 2026-03-04T11:00:00Z to 2026-03-04T12:00:00Z",
		`requests_total{code!~"5..",handler="/checkout",job="shop"} or requests_total{handler="/checkout",job="shop"}`,
		`duration_seconds{handler="/checkout",job="shop"} or duration_seconds_bucket{handler="/checkout",job="shop"}`,
	} {
		if asked := found.Frames[0].Meta.ExecutedQueryString; !strings.Contains(asked, want) {
			t.Errorf("asked was %s, want %s", asked, want)
		}
	}
	tr.ask(`"format": "exemplars"`, noon.Add(-2*time.Hour), noon.Add(-time.Hour), time.Minute).says("no exemplars for this query in the time range")
}

// theIDs are those of the traces of the rows, sorted and each once.
func (a answer) theIDs() []string {
	var all []string
	for _, row := range a.rows() {
		all = append(all, row["traceID"].(string))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// TestExemplarsNeverLeaveTheTrustedSelectors asks random catalogs for the exemplars of random cohorts, of a store and of one that answers
// with all that it has whatever it is asked, and compares the traces with those that a look at each request finds.
func TestExemplarsNeverLeaveTheTrustedSelectors(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	one := func(of ...string) string { return of[random.IntN(len(of))] }
	var all []traced
	for i := range 400 {
		all = append(all, traced{fmt.Sprintf("%03d", i), one("shop", "mail", "batch"), one("/a", "/b", "/c"), one("200", "404", "500"), one("eu", "us", ""),
			random.Float64(), noon.Add(-time.Duration(1+i) * 8 * time.Second)})
	}
	tr := try(t, catalog("flows: [{ name: x, slis: [{ name: y, component: latency, latency: { histogram: d, under: 1s } }] }]"), nil)
	tr.appendTraced(all)
	open := tr.inFront(func(w http.ResponseWriter, r *http.Request, body []byte, store http.Handler) {
		form := parametersOf(r, body)
		if strings.HasSuffix(r.URL.Path, "/query_exemplars") {
			form.Set("query", `{__name__=~".+"}`)
		}
		asked := httptest.NewRequest(http.MethodGet, r.URL.Path+"?"+form.Encode(), nil)
		store.ServeHTTP(w, asked)
	})
	for range 40 {
		job, path, cohort := one("shop", "mail"), one("/a", "/b"), one("eu", "us")
		operator := one("=", "!=", "=~", "!~")
		sli := one(`ratio: { bad: 'requests_total{handler="%[1]s",code=~"5.."}', total: 'requests_total{handler="%[1]s"}' }`,
			`latency: { histogram: 'duration_seconds{handler="%[1]s"}', under: 300ms }`,
			`ratio: { good: 'sum(rate(requests_total{handler="%[1]s",code="200"}[__window]))', total: 'sum(rate(requests_total{handler="%[1]s"}[__window]))' }`,
			`value: { promql: 'histogram_quantile(0.9, sum by (le) (rate(duration_seconds_bucket{handler="%[1]s"}[__window])))' }, curve: { linear: { zero: 1, one: 0 } }`)
		definition := catalog(fmt.Sprintf(`
trust: ['job="%s"']
dimensions: [{ name: zone, label: region }]
flows:
  - name: x
    slis:
      - { name: y, component: latency, %s }`, job, fmt.Sprintf(sli, path)))
		var want []string
		for _, request := range all {
			isOf := request.region == cohort
			kept := isOf != strings.HasPrefix(operator, "!") || request.region == "" && !strings.HasPrefix(operator, "!")
			if request.job == job && request.handler == path && kept {
				want = append(want, request.id)
			}
		}
		slices.Sort(want)
		query := fmt.Sprintf(`"format": "exemplars", "adhocFilters": [{"key": "zone", "operator": %q, "value": %q}]`, operator, cohort)
		for name, address := range map[string]string{"the store": tr.store.URL(), "a store that answers with all": open} {
			source := &trial{t: t, store: tr.store}
			source.instance = source.dataSource(address, definition, nil)
			found := source.ask(query, noon.Add(-time.Hour), noon, time.Minute)
			if got := found.theIDs(); !slices.Equal(got, want) {
				t.Errorf("%s, %s with zone %s %s: the traces are %v, want %v", name, definition, operator, cohort, got, want)
			}
		}
	}
}

func TestStoresWithoutExemplars(t *testing.T) {
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"an old Prometheus": {http.NotFound, "the store does not answer exemplar queries: The store answered 404 Not Found"},
		"VictoriaMetrics": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Server-Hostname", "victoria")
			_, _ = w.Write([]byte(`{"status":"success","data":[]}`))
		}, "VictoriaMetrics, which keeps no exemplars"},
		"Prometheus without the feature": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"status":"success","data":[]}`))
		}, "--enable-feature=exemplar-storage"},
		"Thanos before a store without it": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = w.Write([]byte(`{"status":"error","errorType":"execution","error":"rpc error: code = Unimplemented desc = unknown service"}`))
		}, "rpc error: code = Unimplemented desc = unknown service"},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, ofTraces, nil)
			behind := &trial{t: t, store: tr.store}
			behind.instance = behind.dataSource(tr.inFront(func(w http.ResponseWriter, r *http.Request, _ []byte, store http.Handler) {
				if strings.HasSuffix(r.URL.Path, "/query_exemplars") {
					test.answer(w, r)
					return
				}
				store.ServeHTTP(w, r)
			}), ofTraces, nil)
			found := behind.ask(`"format": "exemplars"`, noon.Add(-time.Hour), noon, time.Minute)
			if found.Error != nil || len(found.Frames[0].Fields) > 0 {
				t.Fatalf("the answer is %v, %v", found.Frames, found.Error)
			}
			found.says(test.want)
		})
	}
}

func TestAlertRulesGetNoExemplars(t *testing.T) {
	tr := try(t, ofTraces, nil)
	tr.appendTraced(someTraces())
	if got := tr.askAsRule(`"format": "exemplars"`); got.Error == nil || !strings.Contains(got.Error.Error(), "an alert rule can't use exemplars") || len(got.Frames) > 0 {
		t.Errorf("the answer is %v, %v", got.Frames, got.Error)
	}
}

func TestTraceIDsOfConfiguredLabels(t *testing.T) {
	tr := try(t, ofTraces, nil)
	at := noon.Add(-time.Minute)
	err := tr.store.Append(promstore.Sample{Labels: labels.FromStrings("__name__", "requests_total", "job", "shop", "handler", "/checkout", "code", "500"), Time: at, Value: 1,
		Exemplars: []exemplar.Exemplar{{Labels: labels.FromStrings("dd.trace", "abc", "flow", "own"), Value: 1, Ts: at.UnixMilli(), HasTs: true}}})
	if err != nil {
		t.Fatal(err)
	}
	tr.instance = tr.dataSource(tr.store.URL(), ofTraces, map[string]any{"exemplarTraceIdDestinations": []any{map[string]any{"name": "dd.trace", "url": "https://traces.example/${__value.raw}"}}})
	found := tr.ask(`"format": "exemplars", "slis": ["ok"]`, noon.Add(-time.Hour), noon, time.Minute)
	if rows := found.rows(); len(rows) != 1 || rows[0]["traceID"] != "abc" || rows[0]["exported_flow"] != "own" || rows[0]["flow"] != "checkout" {
		t.Errorf("the rows are %v", rows)
	}
	if text, err := found.Frames[0].MarshalJSON(); err != nil || !strings.Contains(string(text), `"traceLabels":["dd.trace"]`) {
		t.Errorf("the frame does not say where its trace IDs are from (%v): %s", err, text)
	}
}
