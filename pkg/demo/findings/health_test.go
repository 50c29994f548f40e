package findings

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// health is Save & test, at noon.
func (tr *trial) health() *backend.CheckHealthResult {
	tr.t.Helper()
	clock.Store(&noon)
	result, err := tr.instance.(backend.CheckHealthHandler).CheckHealth(context.Background(), &backend.CheckHealthRequest{})
	if err != nil {
		tr.t.Fatal(err)
	}
	return result
}

// before returns the URL of a store before that of the trial, which answers some requests itself.
func (tr *trial) before(answers func(w http.ResponseWriter, path string, form url.Values) bool) string {
	return tr.inFront(func(w http.ResponseWriter, r *http.Request, body []byte, store http.Handler) {
		if !answers(w, r.URL.Path, parametersOf(r, body)) {
			store.ServeHTTP(w, r)
		}
	})
}

// A store that refuses queries, of either kind, does not pass Save & test, though it lists series.
func TestS9AStoreThatRefusesQueriesDoesNotPass(t *testing.T) {
	refuse := func(status int, body string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) { w.WriteHeader(status); _, _ = io.WriteString(w, body) }
	}
	for name, answer := range map[string]func(http.ResponseWriter){
		"forbidden":          refuse(http.StatusForbidden, "queries are not for you"),
		"unknown":            refuse(http.StatusNotFound, "404 page not found"),
		"a failure":          refuse(http.StatusInternalServerError, `{"status":"error","errorType":"internal","error":"no queriers"}`),
		"an execution":       refuse(http.StatusUnprocessableEntity, `{"status":"error","errorType":"execution","error":"no queriers"}`),
		"a limit":            refuse(http.StatusBadRequest, `{"status":"error","errorType":"bad_data","error":"the query time range exceeds the limit (err-mimir-max-query-length)"}`),
		"a page":             refuse(http.StatusOK, "<title>Sign in</title>"),
		"a missing tenant":   refuse(http.StatusUnauthorized, "no org id"),
		"no more room":       refuse(http.StatusTooManyRequests, "too many outstanding requests"),
		"bad data, whatever": refuse(http.StatusBadRequest, `{"status":"error","errorType":"bad_data","error":"no"}`),
	} {
		for _, kind := range []string{"query", "query_range"} {
			t.Run(name+" by "+kind, func(t *testing.T) {
				tr, _ := tryFailingShop(t)
				tr = tr.at(tr.before(func(w http.ResponseWriter, path string, _ url.Values) bool {
					if !strings.HasSuffix(path, "/"+kind) {
						return false
					}
					answer(w)
					return true
				}), catalog(failingShop), nil)
				if result := tr.health(); result.Status != backend.HealthStatusError {
					t.Errorf("it passes: %s", result.Message)
				}
			})
		}
	}
	t.Run("one that answers passes", func(t *testing.T) {
		tr, _ := tryFailingShop(t)
		if result := tr.health(); result.Status != backend.HealthStatusOk || strings.Contains(result.Message, "copies") || strings.Contains(result.Message, "an hour ago") {
			t.Errorf("%s: %s", result.Status, result.Message)
		}
	})
}

// The setting prometheusType names a store that does not say what it is, and VictoriaMetrics is recognised by what it leaves out.
func TestS9TheStoreIsNamed(t *testing.T) {
	for name, test := range map[string]struct {
		status             int
		build, says, named string
	}{
		"VictoriaMetrics":                              {200, `{"status":"success","data":{}}`, "", "VictoriaMetrics was reached"},
		"VictoriaMetrics of late":                      {200, `{"status":"success","data":{"version":"2.24.0"}}`, "", "VictoriaMetrics was reached"},
		"VictoriaMetrics that is said to be it":        {200, `{"status":"success","data":{}}`, "VictoriaMetrics", "VictoriaMetrics was reached"},
		"a store without the API, by the setting":      {404, "404 page not found", "Mimir", "Mimir was reached"},
		"a store without the API, and no setting":      {404, "404 page not found", "", "A store of unknown type was reached"},
		"a store that says otherwise than the setting": {200, `{"status":"success","data":{"version":"3.1.0","goVersion":"go1.26"}}`, "Thanos", "Prometheus 3.1.0 was reached"},
	} {
		t.Run(name, func(t *testing.T) {
			tr, _ := tryFailingShop(t)
			tr = tr.at(tr.before(func(w http.ResponseWriter, path string, _ url.Values) bool {
				if !strings.HasSuffix(path, "/buildinfo") {
					return false
				}
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.build)
				return true
			}), catalog(failingShop), map[string]any{"prometheusType": test.says})
			if result := tr.health(); result.Status != backend.HealthStatusOk || !strings.HasPrefix(result.Message, test.named) {
				t.Errorf("%s: %s", result.Status, result.Message)
			}
		})
	}
}

// What the store warns of is shown, with selectors of which nothing was found, and with answers.
func TestS11WarningsOfTheStoreAreShown(t *testing.T) {
	const warning = "No StoreAPIs matched for this query"
	for name, test := range map[string]struct {
		says   string
		warned string
	}{
		"Thanos":          {`"warnings":["` + warning + `"],`, warning},
		"VictoriaMetrics": {`"isPartial":true,`, "the answer is partial"},
		"a secret":        {`"warnings":["password: s3cret-of-mine"],`, "the store warns"},
	} {
		t.Run(name, func(t *testing.T) {
			tr, _ := tryFailingShop(t)
			tr = tr.at(tr.before(func(w http.ResponseWriter, path string, _ url.Values) bool {
				switch {
				case strings.Contains(path, "/label/"):
					_, _ = io.WriteString(w, `{"status":"success",`+test.says+`"data":[]}`)
				case strings.HasSuffix(path, "/query"):
					_, _ = io.WriteString(w, `{"status":"success",`+test.says+`"data":{"resultType":"vector","result":[]}}`)
				default:
					return false
				}
				return true
			}), catalog(failingShop), map[string]any{"customQueryParameters": "token=s3cret-of-mine"})
			message := tr.health().Message
			for _, want := range []string{"no series of the last 24 hours matches errors_total; the store warns that its answer may be incomplete", "The store warns: ", test.warned} {
				if !strings.Contains(strings.ToLower(message), strings.ToLower(want)) {
					t.Errorf("it does not say %q: %s", want, message)
				}
			}
			if strings.Contains(message, "check the spelling") || strings.Contains(message, "s3cret") {
				t.Error(message)
			}
		})
	}
}

// Series of which a store has copies, and series that are lost, are said.
func TestS10AndS12CopiesAndLostSeriesAreSaid(t *testing.T) {
	from, lost := noon.Add(-3*time.Hour), noon.Add(-30*time.Minute)
	for name, test := range map[string]struct {
		labels func(i int) string
		to     func(i int) time.Time
		says   string
	}{
		"copies by replica":            {func(i int) string { return fmt.Sprintf(`replica="%d"`, i%2) }, nil, "up to 2 copies of each series"},
		"copies by prometheus_replica": {func(i int) string { return fmt.Sprintf(`prometheus_replica="p%d"`, i) }, nil, "up to 6 copies of each series"},
		"copies by receivers":          {func(i int) string { return fmt.Sprintf(`pod="%d",receive="%t"`, i/2, i%2 == 0) }, nil, "up to 2 copies of each series"},
		"no copies":                    {func(i int) string { return fmt.Sprintf(`pod="%d",replica="a"`, i) }, nil, ""},
		"half are lost":                {func(i int) string { return fmt.Sprintf(`pod="%d"`, i) }, func(i int) time.Time { return map[bool]time.Time{true: lost, false: noon}[i%2 == 0] }, "has 3 series, and had 6 an hour ago"},
		"all are lost":                 {func(i int) string { return fmt.Sprintf(`pod="%d"`, i) }, func(int) time.Time { return lost }, "has 0 series, and had 6 an hour ago"},
		"a third is lost":              {func(i int) string { return fmt.Sprintf(`pod="%d"`, i) }, func(i int) time.Time { return map[bool]time.Time{true: lost, false: noon}[i%3 == 0] }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var all []series
			known := map[string]bool{}
			for i := range 6 {
				to := noon
				if test.to != nil {
					to = test.to(i)
				}
				if metric := `r_total{code="200",` + test.labels(i) + `}`; !known[metric] {
					known[metric] = true
					all = append(all, series{metric, from, to, 30 * time.Second, counter(from, 1)})
				}
			}
			tr := try(t, catalog(`
flows:
  - name: shop
    slis: [{ name: ok, component: availability, ratio: { bad: 'r_total{code="500"}', total: r_total } }]`), nil, all...)
			message := tr.health().Message
			if said := strings.Contains(message, "copies") || strings.Contains(message, "an hour ago"); said != (test.says != "") || !strings.Contains(message, test.says) {
				t.Errorf("it does not say %q: %s", test.says, message)
			}
		})
	}
}

// What was found alike of many metrics is one sentence.
func TestS9FactsThatAreAlikeAreOneSentence(t *testing.T) {
	from := noon.Add(-3 * time.Hour)
	spec := "flows:\n  - name: shop\n    slis:\n"
	var all []series
	for i := range 8 {
		spec += fmt.Sprintf("      - { name: fast-%d, component: latency, latency: { histogram: 'd_seconds{handler=\"/%d\"}', under: 300ms } }\n", i, i)
		for j, le := range []string{"0.1", "0.3", "+Inf"} {
			all = append(all, series{fmt.Sprintf(`d_seconds_bucket{handler="/%d",le="%s"}`, i, le), from, noon, 30 * time.Second, counter(from, float64(j+1))})
		}
		all = append(all, series{fmt.Sprintf(`d_seconds_count{handler="/%d"}`, i), from, noon, 30 * time.Second, counter(from, 3)})
	}
	tr := try(t, catalog(spec), nil, all...)
	message := tr.health().Message
	if n := strings.Count(message, "the bucket edges 0.1, 0.3"); n != 1 || !strings.Contains(message, "and 5 more have the bucket edges") {
		t.Errorf("it says %d times: %s", n, message)
	}
}
