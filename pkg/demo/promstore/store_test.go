package promstore

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/scrape"
)

// start is when the samples of the tests begin.
var start = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// openStore returns an empty store that is closed with the test.
func openStore(t *testing.T) *Store {
	t.Helper()
	store, err := Open(Config{
		Dir: t.TempDir(),
		Metadata: []scrape.MetricMetadata{
			{MetricFamily: "requests_total", Type: model.MetricTypeCounter, Help: "Requests."},
			{MetricFamily: "duration_seconds", Type: model.MetricTypeHistogram, Help: "Durations.", Unit: "seconds"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// fill appends 10 minutes of a counter that gains 15 every 15 s, with an exemplar, and of a native histogram of
// 1 observation a second, each in (0.5, 1].
func fill(t *testing.T, store *Store) {
	t.Helper()
	counter := labels.FromStrings("__name__", "requests_total", "code", "200")
	native := labels.FromStrings("__name__", "duration_seconds")
	for i := range 41 {
		at, n := start.Add(time.Duration(i)*15*time.Second), float64(i*15)
		trace := exemplar.Exemplar{Labels: labels.FromStrings("trace_id", "abc"), Value: 1, Ts: at.UnixMilli(), HasTs: true}
		err := store.Append(
			Sample{Labels: counter, Time: at, Value: n, Exemplars: []exemplar.Exemplar{trace}},
			Sample{Labels: native, Time: at, Histogram: &histogram.FloatHistogram{
				Count: n, Sum: 0.75 * n,
				PositiveSpans: []histogram.Span{{Offset: 0, Length: 1}}, PositiveBuckets: []float64{n},
			}},
		)
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAPI(t *testing.T) {
	store := openStore(t)
	fill(t, store)
	tests := map[string]struct{ path, want string }{
		"instant query":   {"query?query=increase(requests_total[5m])&time=1793621400", `"value":[1793621400,"300"]`},
		"range query":     {"query_range?query=requests_total&start=1793620800&end=1793620830&step=15", `"values":[[1793620800,"0"],[1793620815,"15"],[1793620830,"30"]]`},
		"all statistics":  {"query?query=requests_total&time=1793621400&stats=all", `"totalQueryableSamplesPerStep":[[1793621400,1]]`},
		"native fraction": {"query?query=histogram_fraction(0,1,rate(duration_seconds[5m]))&time=1793621400", `"value":[1793621400,"1"]`},
		"native buckets":  {"query?query=duration_seconds&time=1793621400", `"buckets":[[0,"0.5","1","600"]]`},
		"series":          {"series?match[]=requests_total", `{"__name__":"requests_total","code":"200"}`},
		"label names":     {"labels", `["__name__","code"]`},
		"label values":    {"label/__name__/values", `["duration_seconds","requests_total"]`},
		"metadata of all": {"metadata", `"duration_seconds":[{"type":"histogram","unit":"seconds","help":"Durations."}]`},
		"metadata of one": {"metadata?metric=requests_total", `{"requests_total":[{"type":"counter","unit":"","help":"Requests."}]}`},
		"exemplars":       {"query_exemplars?query=requests_total&start=1793620800&end=1793621400", `"labels":{"trace_id":"abc"}`},
		"build":           {"status/buildinfo", `"version":"3.16.0"`},
		"runtime":         {"status/runtimeinfo", `"reloadConfigSuccess":true`},
		"cardinality":     {"status/tsdb", `"numSeries":2`},
		"blocks":          {"status/tsdb/blocks", `"blocks":[]`},
		"configuration":   {"status/config", `"yaml":`},
		"flags":           {"status/flags", `"data":{}`},
		"targets":         {"targets", `"status":"success"`},
		"scrape pools":    {"scrape_pools", `"scrapePools":[]`},
		"rules":           {"rules", `"groups":[]`},
		"alerts":          {"alerts", `"alerts":[]`},
		"alertmanagers":   {"alertmanagers", `"activeAlertmanagers":[]`},
		"bad PromQL":      {"query?query=rate(", `"errorType":"bad_data"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if body := get(t, store.URL()+"/api/v1/"+test.path); !strings.Contains(body, test.want) {
				t.Errorf("the answer lacks %s:\n%s", test.want, body)
			}
		})
	}
}

func TestAnswersAreCompressedUnlessTheyAreToBePlain(t *testing.T) {
	for want, cfg := range map[string]Config{"gzip": {Dir: t.TempDir()}, "": {Dir: t.TempDir(), Plain: true}} {
		store, err := Open(cfg)
		if err != nil {
			t.Fatal(err)
		}
		request := httptest.NewRequest(http.MethodGet, "/api/v1/labels", nil)
		request.Header.Set("Accept-Encoding", "gzip")
		recorder := httptest.NewRecorder()
		store.server.Handler.ServeHTTP(recorder, request)
		if got := recorder.Header().Get("Content-Encoding"); got != want {
			t.Errorf("Content-Encoding is %q, not %q", got, want)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatIsAskedIsTold(t *testing.T) {
	told := make(chan Asked, 1)
	store, err := Open(Config{Dir: t.TempDir(), Asked: func(a Asked) { told <- a }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	fill(t, store)
	tests := map[string]struct {
		path string
		want Asked
	}{
		"at an instant": {"query?query=increase(requests_total[5m])&time=1793621400", Asked{"/api/v1/query", "increase(requests_total[5m])", 20, 1}},
		"over a range":  {"query_range?query=requests_total&start=1793620800&end=1793620830&step=15", Asked{"/api/v1/query_range", "requests_total", 3, 3}},
		"a number":      {"query?query=1", Asked{"/api/v1/query", "1", 0, 1}},
		"bad PromQL":    {"query?query=rate(", Asked{Path: "/api/v1/query"}},
		"no PromQL":     {"labels", Asked{Path: "/api/v1/labels"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			get(t, store.URL()+"/api/v1/"+test.path)
			if got := <-told; got != test.want {
				t.Errorf("told is %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestPagesOfOtherOriginsMayRead(t *testing.T) {
	store := openStore(t)
	request := httptest.NewRequest(http.MethodGet, "/api/v1/labels", nil)
	request.Header.Set("Origin", "http://grafana.example")
	recorder := httptest.NewRecorder()
	store.server.Handler.ServeHTTP(recorder, request)
	if got := recorder.Header().Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("Access-Control-Allow-Origin is %q, not *", got)
	}
}

func TestQueriesWithinTheProcess(t *testing.T) {
	store := openStore(t)
	fill(t, store)
	query, err := store.Engine().NewInstantQuery(t.Context(), store.Queryable(), nil, "rate(requests_total[5m])", start.Add(10*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	defer query.Close()
	vector, err := query.Exec(context.Background()).Vector()
	if err != nil {
		t.Fatal(err)
	}
	if len(vector) != 1 || math.Abs(vector[0].F-1) > 1e-12 {
		t.Errorf("the rate is %v, not 1", vector)
	}
}

func TestSeriesMayBeWrittenOneAfterTheOther(t *testing.T) {
	store := openStore(t)
	for _, name := range []string{"a", "b"} {
		for i := range 6*60 + 1 {
			sample := Sample{Labels: labels.FromStrings("__name__", name), Time: start.Add(time.Duration(i) * time.Minute)}
			if err := store.Append(sample); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestAppendSaysWhichSampleIsRefused(t *testing.T) {
	store := openStore(t)
	sample := func(at time.Time) Sample { return Sample{Labels: labels.FromStrings("__name__", "a"), Time: at} }
	err := store.Append(sample(start), sample(start.Add(-time.Minute)))
	if err == nil {
		err = store.Append(sample(start.Add(-time.Minute)))
	}
	if err == nil || !strings.Contains(err.Error(), `{__name__="a"} at 2026-11-02T11:59:00Z`) {
		t.Errorf("a sample that is older than its series is refused with %v", err)
	}
}

func TestOnlyLoopbackAddresses(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:9090", "nowhere"} {
		store, err := Open(Config{Dir: t.TempDir(), Addr: addr})
		if err == nil {
			t.Errorf("the store listens on %q", addr)
			store.Close()
		}
	}
}

func TestVersionIsThatOfTheModule(t *testing.T) {
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	match := regexp.MustCompile(`github.com/prometheus/prometheus v0\.(\d+)\.(\d+)`).FindSubmatch(mod)
	if match == nil {
		t.Fatal("go.mod does not require Prometheus")
	}
	minor, _ := strconv.Atoi(string(match[1]))
	if want := fmt.Sprintf("%d.%d.%s", minor/100, minor%100, match[2]); Version != want {
		t.Errorf("Version is %s, but go.mod requires %s", Version, want)
	}
}

func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		store, err := Open(Config{Dir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		store.Close()
	}
}

// get returns the body of the answer to a GET request.
func get(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(strings.NewReplacer("[", "%5B", "]", "%5D").Replace(url))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
