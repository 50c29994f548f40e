package process

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// misspelt is a catalog in which one selector matches nothing, and another only without the trusted matchers.
const misspelt = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: misspelt }
spec:
  trust: ['job="shop"']
  flows:
    - name: checkout
      slis:
        - { name: success, ratio: { good: 'request_total{code="200"}', total: requests_total } }
        - { name: stolen, trust: ['job="bank"'], component: latency, value: { promql: max(backlog) } }
`

// health is Save & test.
func (s *source) health(t *testing.T) *backend.CheckHealthResult {
	t.Helper()
	result, err := s.plugin().CheckHealth(t.Context(), &backend.CheckHealthRequest{PluginContext: s.context(t), Headers: s.headers})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestHealth(t *testing.T) {
	behind := proxyTo(shop.URL())
	taciturn := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/status/buildinfo") {
			http.NotFound(w, r)
			return
		}
		behind.ServeHTTP(w, r)
	})
	locked := serve(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusUnauthorized, "who are you?") })
	tests := map[string]struct {
		source  *source
		healthy bool
		words   []string
	}{
		"a store and a catalog that go together are named, with what is in them": {
			newSource(shop.URL(), shopDefinition), true,
			[]string{"Prometheus 3.16.0 was reached.", "Catalog shop, revision " + revision(t, shopDefinition)[:12],
				"3 flows, 6 SLIs.", "Every selector matches series of the last 24 hours.", "Import the dashboards above, or in the tab Dashboards."},
		},
		"a selector that matches nothing is shown with its SLI": {
			newSource(shop.URL(), misspelt), true,
			[]string{`checkout/success: no series of the last 24 hours matches request_total{code="200",job="shop"}; nothing matches request_total{job="shop"} either; check the name of the metric`},
		},
		"a selector that matches only without the trusted matchers is told from one that matches nothing": {
			newSource(shop.URL(), misspelt), true,
			[]string{`checkout/stolen: no series of the last 24 hours matches backlog{job="bank"}; some series match without the trusted matchers`},
		},
		"a store that does not say what it is is reached all the same": {
			newSource(taciturn, shopDefinition), true, []string{"A store of unknown type was reached."},
		},
		"a warning about the definition is shown": {
			newSource(shop.URL(), strings.Replace(shopDefinition, "objective: 0.95", "window: 15s\n  scrapeInterval: 15s", 1)), true,
			[]string{"definition:6:11: warning: spec.window: the window 15s is less than twice the scrape interval"},
		},
		"a store that is down": {newSource(dead(t), shopDefinition), false, []string{"The store can't be used: ", "connection refused"}},
		"a store that asks who we are": {
			newSource(locked, shopDefinition), false,
			[]string{"The store can't be used: ", "401 Unauthorized: who are you?", "Check the authentication in the data source's settings."},
		},
		"a definition with an error, and where it is": {
			newSource(shop.URL(), strings.Replace(shopDefinition, "weight: 5", "weight: -5", 1)), false,
			[]string{"Prometheus 3.16.0 was reached, but definition:13:15: spec.flows[0].weight: ", "(here: -5)"},
		},
		"no definition":             {newSource(shop.URL(), " \n"), true, []string{"Prometheus 3.16.0 was reached. Next, define a catalog"}},
		"no URL":                    {newSource("", shopDefinition), false, []string{"the setting url is empty"}},
		"a URL that is none":        {newSource("prometheus:9090", shopDefinition), false, []string{"no usable URL", "http://"}},
		"a timeout that is none":    {newSource(shop.URL(), shopDefinition, "queryTimeout", "soon"), false, []string{`the setting queryTimeout is "soon"`}},
		"settings of another shape": {newSource(shop.URL(), shopDefinition, "timeInterval", 15), false, []string{"the settings (jsonData) can't be read", "timeInterval"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			result := test.source.health(t)
			if healthy := result.Status == backend.HealthStatusOk; healthy != test.healthy {
				t.Errorf("the status is %s", result.Status)
			}
			says(t, result.Message, test.words...)
			for line := range strings.SplitSeq(result.Message, "\n") {
				if !strings.HasSuffix(line, ".") {
					t.Errorf("without a full stop Grafana runs this into the next sentence: %s", line)
				}
			}
		})
	}
}

func TestHealthTellsProgramsToo(t *testing.T) {
	result := newSource(shop.URL(), misspelt).health(t)
	var details struct {
		Store, Version, Catalog, Revision string
		Flows, SLIs                       int
		Unmatched                         []struct {
			Flow, SLI, Selector string
			Untrusted           bool
		}
	}
	if err := json.Unmarshal(result.JSONDetails, &details); err != nil {
		t.Fatal(err)
	}
	if details.Store != "Prometheus" || details.Version != "3.16.0" || details.Catalog != "misspelt" ||
		details.Revision != revision(t, misspelt) || details.Flows != 1 || details.SLIs != 2 {
		t.Errorf("the details are %s", result.JSONDetails)
	}
	if u := details.Unmatched; len(u) != 2 || u[0].SLI != "success" || u[0].Untrusted || u[1].SLI != "stolen" || !u[1].Untrusted {
		t.Errorf("unmatched are %+v", u)
	}
}

// serve returns the URL of a store that a function plays.
func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// dead returns the URL of a store that is down.
func dead(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	return server.URL
}

// answer writes the answer of a store.
func answer(w http.ResponseWriter, status int, body string) {
	if strings.HasPrefix(body, "{") {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}
