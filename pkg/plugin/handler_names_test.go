package plugin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// namedStore is a store that has the names of metrics and labels, and notes what it is asked.
type namedStore struct {
	values []string

	mu    sync.Mutex
	asked []*http.Request
}

func (s *namedStore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r)
	s.mu.Unlock()
	_ = json.NewEncoder(w).Encode(map[string]any{"status": "success", "data": s.values})
}

const namesYAML = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: shop }
spec:
  trust: ['job="shop"']
  flows: [{ name: checkout, slis: [{ name: up, probe: { selector: up } }] }]
`

// callAs calls a resource for a user of a role, and returns the status and the body.
func callAs(t *testing.T, d *DataSource, role, path string) (int, string) {
	t.Helper()
	before, _, _ := strings.Cut(path, "?")
	var status int
	var body string
	request := &backend.CallResourceRequest{
		PluginContext: backend.PluginContext{User: &backend.User{Role: role}}, Path: before, URL: path, Method: http.MethodGet,
		Headers: map[string][]string{"X-Grafana-User": {"mine"}},
	}
	err := d.CallResource(t.Context(), request, backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error {
		status, body = r.Status, string(r.Body)
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	return status, body
}

// openNamed returns a data source on a store of names.
func openNamed(t *testing.T, values []string) (*DataSource, *namedStore) {
	t.Helper()
	store := &namedStore{values: values}
	server := httptest.NewServer(store)
	t.Cleanup(server.Close)
	h := newHarness(t)
	h.url = server.URL
	return h.open(t, "a", map[string]any{"definition": namesYAML}), store
}

func TestNamesAreAskedOfTheStore(t *testing.T) {
	tests := map[string]struct{ path, want, match string }{
		"metrics":                {"metric-names", "/api/v1/label/__name__/values", `{__name__!="",job="shop"}`},
		"metrics by a part":      {"metric-names?match=req", "/api/v1/label/__name__/values", `{__name__=~".*req.*",job="shop"}`},
		"labels":                 {"labels", "/api/v1/labels", `{__name__!="",job="shop"}`},
		"labels of a metric":     {"labels?metric=up&trust=", "/api/v1/labels", `{__name__=~"up(_bucket)?"}`},
		"values":                 {"label-values?label=code&metric=up&match=5", "/api/v1/label/code/values", `{__name__=~"up(_bucket)?",code=~".*5.*",job="shop"}`},
		"values in other series": {"label-values?label=code&trust=" + url.QueryEscape(`job="a"`) + "&trust=" + url.QueryEscape(`x!="b"`), "/api/v1/label/code/values", `{code!="",job="a",x!="b"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d, store := openNamed(t, []string{"b", "a"})
			if status, body := callAs(t, d, "Editor", test.path); status != http.StatusOK || body != `{"values":["a","b"],"more":false}` {
				t.Fatalf("%d: %s", status, body)
			}
			r := store.asked[0]
			query := r.URL.Query()
			if r.URL.Path != test.want || query.Get("match[]") != test.match {
				t.Errorf("asked %s for %s, want %s for %s", r.URL.Path, query.Get("match[]"), test.want, test.match)
			}
			if query.Get("end") != "1772625630" || query.Get("start") != "1772539230" || query.Get("limit") != "1001" {
				t.Errorf("asked from %s to %s for %s", query.Get("start"), query.Get("end"), query.Get("limit"))
			}
			if r.Header.Get("X-Grafana-User") != "mine" {
				t.Error("the user is not forwarded")
			}
		})
	}
}

func TestNamesAreBounded(t *testing.T) {
	d, _ := openNamed(t, numbered("m", 3000))
	status, body := callAs(t, d, "Admin", "metric-names")
	var answer namesAnswer
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != http.StatusOK {
		t.Fatal(status, body, err)
	}
	if want := numbered("m", maxNames); !answer.More || !slices.Equal(answer.Values, want) {
		t.Errorf("%d names, more: %v", len(answer.Values), answer.More)
	}
}

func TestLabelsAreListedWithoutThatOfTheName(t *testing.T) {
	d, _ := openNamed(t, []string{"__name__", "code"})
	if _, body := callAs(t, d, "Editor", "labels"); body != `{"values":["code"],"more":false}` {
		t.Error(body)
	}
}

func TestNamesAndTheSchemaAreForEditors(t *testing.T) {
	for _, path := range []string{"metric-names", "labels", "label-values?label=code", "schema"} {
		d, store := openNamed(t, []string{})
		if status, body := callAs(t, d, "Viewer", path); status != http.StatusForbidden || len(store.asked) > 0 {
			t.Errorf("%s for a viewer: %d: %s", path, status, body)
		}
		if status, body := callAs(t, d, "Editor", path); status != http.StatusOK {
			t.Errorf("%s for an editor: %d: %s", path, status, body)
		}
	}
}

func TestNamesThatCanNotBeAskedFor(t *testing.T) {
	for path, want := range map[string]string{
		"label-values":              "a label is needed",
		"labels?trust=job":          "the matcher",
		"metric-names?trust=" + "x": "can't be used",
	} {
		d, _ := openNamed(t, []string{})
		if status, body := callAs(t, d, "Editor", path); status != http.StatusBadRequest || !strings.Contains(body, want) {
			t.Errorf("%s: %d: %s", path, status, body)
		}
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusBadGateway) }))
	t.Cleanup(server.Close)
	h := newHarness(t)
	h.url = server.URL
	d := h.open(t, "b", map[string]any{"definition": namesYAML})
	if status, body := callAs(t, d, "Editor", "metric-names"); status < 400 || !strings.Contains(body, "message") {
		t.Errorf("of a store that is down: %s", fmt.Sprint(status, body))
	}
}

func TestTheSchemaIsServed(t *testing.T) {
	d, _ := openNamed(t, []string{})
	_, body := callAs(t, d, "Editor", "schema")
	var schema map[string]any
	if err := json.Unmarshal([]byte(body), &schema); err != nil || schema["title"] != "cer/v1" {
		t.Error(err, schema["title"])
	}
}
