package plugin

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// Resources and queries ask the store on behalf of the same user: with the same headers.
func TestA14ResourcesForwardIdentityAsQueriesDo(t *testing.T) {
	for name, header := range map[string]string{
		"the user's login":             "X-Grafana-User",
		"the rules of the user's team": "X-Prom-Label-Policy",
		"the user's token":             "Authorization",
		"the user's id token":          "X-Id-Token",
		"Grafana's id token":           "X-Grafana-Id",
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			var mu sync.Mutex
			lacking := 0
			asked := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				asked++
				if r.Header.Get(header) != "mine" {
					lacking++
				}
				mu.Unlock()
				if strings.Contains(r.URL.Path, "/label/") {
					_, _ = w.Write([]byte(`{"status":"success","data":["eu"]}`))
					return
				}
				h.store.ServeHTTP(w, r)
			}))
			t.Cleanup(server.Close)
			h.url = server.URL
			source := h.open(t, "a", map[string]any{"definition": strings.Replace(pagedYAML, "  flows:", "  dimensions: [{ name: job, label: job }]\n  flows:", 1)})
			for _, call := range []struct{ method, path, body string }{
				{"GET", "cohorts?dimension=job", ""}, {"POST", "expand", `{"query":{}}`}, {"POST", "whatif", `{"weights":{"flows":{"checkout":2}}}`}, {"GET", "catalog", ""},
			} {
				path, _, _ := strings.Cut(call.path, "?")
				var status int
				err := source.CallResource(t.Context(), &backend.CallResourceRequest{
					Path: path, URL: call.path, Method: call.method, Body: []byte(call.body), Headers: map[string][]string{header: {"mine"}},
				}, backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error { status = r.Status; return nil }))
				if err != nil || status != http.StatusOK {
					t.Errorf("%s: %d, %v", call.path, status, err)
				}
			}
			query := asking("A", `{}`, h.now)
			query.TimeRange.From = h.now.Add(-time.Hour)
			key := header
			if header != "Authorization" && header != "X-Id-Token" {
				key = "http_" + header
			}
			if _, err := source.QueryData(t.Context(), &backend.QueryDataRequest{Headers: map[string]string{key: "mine"}, Queries: []backend.DataQuery{query}}); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if asked < 3 || lacking > 0 {
				t.Errorf("%d of %d requests lack it", lacking, asked)
			}
		})
	}
}
