package plugin

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// postDiscover sends a body to POST /discover of a data source as a user of a role, and returns the status and the answer.
func postDiscover(source *DataSource, role, body string) (int, string) {
	r := httptest.NewRequest(http.MethodPost, "/discover", strings.NewReader(body))
	r = r.WithContext(backend.WithUser(r.Context(), &backend.User{Role: role}))
	w := httptest.NewRecorder()
	source.routes().ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestDiscoverRefusals(t *testing.T) {
	for name, test := range map[string]struct {
		role, body, says string
		status           int
	}{
		"a viewer":            {"Viewer", "{}", "this needs the role Editor or Admin", http.StatusForbidden},
		"no JSON":             {"Editor", "x", "not valid JSON", http.StatusBadRequest},
		"an odd objective":    {"Editor", `{"objective": 99}`, "the objective is 99; write a share between 0 and 1", http.StatusBadRequest},
		"an objective of 0":   {"Editor", `{"objective": 0}`, "the objective is 0", http.StatusBadRequest},
		"odd weights":         {"Editor", `{"weights": "money"}`, "it can be traffic or equal", http.StatusBadRequest},
		"no services":         {"Editor", `{"services": []}`, "no service is chosen", http.StatusBadRequest},
		"too many services":   {"Editor", `{"services": [` + strings.Repeat(`{},`, 500) + `{}]}`, "501 services are chosen, more than 500", http.StatusBadRequest},
		"an unknown preset":   {"Editor", `{"services": [{"preset": "isto", "service": "a"}]}`, "there is no preset isto; did you mean istio", http.StatusBadRequest},
		"a service of none":   {"Editor", `{"services": [{"preset": "istio"}]}`, "name a service of the preset istio", http.StatusBadRequest},
		"a matcher of no one": {"Editor", `{"trust": ["job"]}`, "can't be used", http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			d, store := openNamed(t, []string{})
			if status, body := postDiscover(d, test.role, test.body); status != test.status || !strings.Contains(body, test.says) {
				t.Errorf("the status is %d, and the answer %s", status, body)
			}
			if len(store.asked) > 0 {
				t.Errorf("the store is asked %d times", len(store.asked))
			}
		})
	}
}

func TestDiscoverOfAStoreWithoutSettings(t *testing.T) {
	h := newHarness(t)
	h.url = ""
	if status, body := postDiscover(h.open(t, "a", nil), "Editor", "{}"); status != http.StatusBadRequest || !strings.Contains(body, "the setting url is empty") {
		t.Errorf("the status is %d, and the answer %s", status, body)
	}
}

// The names of metrics are asked for in requests that any proxy takes, of trusted series of the last hour, and only once where none is
// known.
func TestDiscoverAsksOnlyForTheNamesOfPresets(t *testing.T) {
	d, store := openNamed(t, []string{})
	status, body := postDiscover(d, "Editor", "{}")
	var answer struct {
		Presets   []any
		Questions int
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != http.StatusOK || answer.Presets == nil || answer.Questions != len(store.asked) || len(store.asked) != 3 {
		t.Fatalf("the status is %d, the store is asked %d times: %s", status, len(store.asked), body)
	}
	for _, r := range store.asked {
		query := r.URL.Query()
		if r.URL.Path != "/api/v1/label/__name__/values" || !strings.HasSuffix(query.Get("match[]"), `job="shop"}`) || query.Get("end") != "1772625630" || query.Get("start") != "1772622030" {
			t.Errorf("it asks %s", r.URL)
		}
		if n := len(r.URL.String()); n > 2000 {
			t.Errorf("the address has %d characters", n)
		}
	}
}
