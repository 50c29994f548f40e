package discover_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/discover"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// full is a store that has the metrics of all presets, of the service cart, with 2 events a second each. It counts requests.
type full struct {
	presets []definition.Preset
	asked   atomic.Int64
}

func (s *full) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked.Add(1)
	names, labels := []string{}, map[string]string{"le": "+Inf"}
	for _, p := range s.presets {
		names = append(names, p.Signature...)
		labels[p.Label] = "cart"
	}
	data := map[string]any{"resultType": "vector", "result": []any{map[string]any{"metric": labels, "value": []any{noon.Unix(), "2"}}}}
	if strings.HasSuffix(r.URL.Path, "/query_range") {
		data = map[string]any{"resultType": "matrix", "result": []any{map[string]any{"metric": labels, "values": [][]any{{noon.Unix(), "2"}}}}}
	}
	var body any = data
	if strings.HasSuffix(r.URL.Path, "/values") {
		body = names
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"status": "success", "data": body})
}

// All presets are asked about at the same time, which the race detector looks at, by few questions each.
func TestAllPresetsAtOnce(t *testing.T) {
	server := &full{presets: definition.Presets()}
	address := httptest.NewServer(server)
	t.Cleanup(address.Close)
	store, err := fetch.New(fetch.Config{URL: address.URL, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	a, err := discover.Run(t.Context(), store, discover.Request{}, noon)
	if err != nil {
		t.Fatal(err)
	}
	all := len(server.presets)
	if n := int(server.asked.Load()); len(a.Presets) != all || n != a.Questions || n > 2+3*all {
		t.Errorf("%d presets of %d are found by %d requests, of which %d are stated", len(a.Presets), all, n, a.Questions)
	}
	if _, issues := definition.Load(definition.Source{Content: []byte(a.Definition)}); len(issues) > 0 || a.Flows != 1 {
		t.Errorf("%d flows, %v:\n%s", a.Flows, issues, a.Definition)
	}
	for _, p := range a.Presets {
		history := 0
		for _, v := range p.Services[0].History {
			if v != nil && *v > 0 {
				history++
			}
		}
		if p.Kind == discover.Component && history > 0 || p.Services[0].Name != "cart" || len(p.Services[0].SLIs) != len(p.SLIs) {
			t.Errorf("%s has %+v", p.Name, p.Services)
		}
	}
}
