package process

import (
	"net/http"
	"sync"
	"testing"
	"time"
)

// witness is a store that remembers the headers of the requests it got.
type witness struct {
	mu      sync.Mutex
	headers []http.Header
}

// witnessed returns the URL of a store that remembers headers, and what remembers them.
func witnessed(t *testing.T) (string, *witness) {
	t.Helper()
	w := &witness{}
	target := proxyTo(shop.URL())
	return serve(t, func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.headers = append(w.headers, r.Header.Clone())
		w.mu.Unlock()
		target.ServeHTTP(rw, r)
	}), w
}

// seen returns the headers of all requests so far.
func (w *witness) seen(t *testing.T) []http.Header {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.headers) == 0 {
		t.Fatal("the store was not asked")
	}
	return w.headers
}

func TestHeadersReachTheStore(t *testing.T) {
	const tenant = "X-Scope-Orgid"
	tests := map[string]struct {
		// forwarded is what Grafana sends along, name and value what the store is to see.
		forwarded   map[string]string
		name, value string
	}{
		"the user's token":                                       {forwarded: map[string]string{"Authorization": "Bearer me"}, name: "Authorization", value: "Bearer me"},
		"the user's identity":                                    {forwarded: map[string]string{"X-Id-Token": "me"}, name: "X-Id-Token", value: "me"},
		"cookies that are kept":                                  {forwarded: map[string]string{"Cookie": "session=1"}, name: "Cookie", value: "session=1"},
		"the tenant of the settings":                             {name: tenant, value: "tenant-a"},
		"the tenant, whoever says else":                          {forwarded: map[string]string{"http_X-Scope-OrgID": "tenant-b", "X-Scope-OrgID": "tenant-b"}, name: tenant, value: "tenant-a"},
		"what nobody allowed does not":                           {forwarded: map[string]string{"X-Evil": "1"}, name: "X-Evil", value: ""},
		"what the browser can read stays between it and Grafana": {forwarded: map[string]string{"Accept-Encoding": "br, zstd"}, name: "Accept-Encoding", value: ""},
		"where the browser comes from does not":                  {forwarded: map[string]string{"Origin": "https://grafana.example"}, name: "Origin", value: ""},
	}
	for name, test := range tests {
		store, witness := witnessed(t)
		s := newSource(store, shopDefinition, "httpHeaderName1", "X-Scope-OrgID")
		s.secure, s.headers = map[string]string{"httpHeaderValue1": "tenant-a"}, test.forwarded
		t.Run(name, func(t *testing.T) {
			s.frames(t, over(10*time.Minute, 12*time.Minute, `{}`))
			s.health(t)
			if answer := s.resource(t, "Editor", "POST", "validate", asJSON(t, map[string]string{"definition": shopDefinition})); answer.Status != 200 {
				t.Errorf("the resource answered %d %s", answer.Status, answer.Body)
			}
			for _, headers := range witness.seen(t) {
				if got := headers.Get(test.name); got != test.value {
					t.Fatalf("the store got %s: %q, want %q", test.name, got, test.value)
				}
			}
		})
	}
}

func TestTheTenantOfAnotherCantBeAskedForWithoutOneInTheSettings(t *testing.T) {
	store, witness := witnessed(t)
	s := newSource(store, shopDefinition)
	s.headers = map[string]string{"X-Scope-OrgID": "tenant-b"}
	s.resource(t, "Viewer", "POST", "expand", `{}`)
	for _, headers := range witness.seen(t) {
		if tenant := headers.Get("X-Scope-OrgID"); tenant != "" {
			t.Errorf("a viewer's browser chose the tenant %s", tenant)
		}
	}
}
