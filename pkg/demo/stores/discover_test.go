package stores

import (
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
	"github.com/cer-reliability/cer-datasource/pkg/discover"
)

// discover asks what there is in the store at the end.
func (s *source) discover() (answer discover.Answer) {
	s.t.Helper()
	clock.Store(&end)
	s.context.User = &backend.User{Login: "ann", Role: "Editor"}
	err := s.instance.(backend.CallResourceHandler).CallResource(s.t.Context(),
		&backend.CallResourceRequest{PluginContext: s.context, Path: "discover", URL: "discover", Method: http.MethodPost, Body: []byte("{}")},
		backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error {
			if r.Status != http.StatusOK {
				s.t.Errorf("the status is %d: %s", r.Status, r.Body)
			}
			return json.Unmarshal(r.Body, &answer)
		}))
	if err != nil {
		s.t.Fatal(err)
	}
	return answer
}

// TestWhatThereIsIsDiscovered has two services of a mesh, whose buckets are called by le or by vmrange, and what a mesh has else.
func TestWhatThereIsIsDiscovered(t *testing.T) {
	requests := func(service string, perSecond float64) []promstore.Sample {
		return counter(begin, end, perSecond, 0, "istio_requests_total", "reporter", "destination", "destination_service_name", service, "response_code", "200")
	}
	bucket := func(service string, perSecond float64, label, value string) []promstore.Sample {
		return counter(begin, end, perSecond, 0, "istio_request_duration_milliseconds_bucket", "reporter", "destination", "destination_service_name", service, label, value)
	}
	each(t, func(t *testing.T, store *Store) {
		if a := store.source(t, "", nil).discover(); len(a.Presets) > 0 || len(a.Issues) != 1 {
			t.Errorf("an empty store has %+v", a)
		}
		store.Write(t, join(requests("cart", 10), requests("search", 30),
			bucket("cart", 9, "le", "800"), bucket("cart", 10, "le", "+Inf"), bucket("search", 30, "vmrange", "3.000e+02...4.000e+02"))...)
		a := store.source(t, "", nil).discover()
		if len(a.Presets) != 1 || len(a.Presets[0].Services) != 2 || len(a.Issues) > 0 || a.SLIs != 4 {
			t.Fatalf("it finds %+v", a)
		}
		for i, want := range []float64{30, 10} {
			s := a.Presets[0].Services[i]
			known := slices.DeleteFunc(slices.Clone(s.History), func(v *float64) bool { return v == nil || math.Abs(*v-want) > .1*want })
			if s.EventsPerSecond == nil || math.Abs(*s.EventsPerSecond-want) > .01*want || len(known) != len(s.History) || len(known) == 0 {
				t.Errorf("%s has %s events a second, and the history %v", s.Name, shown(s.EventsPerSecond), s.History)
			}
		}
		says(t, a.Definition, "- {name: latency, under: 800ms}")
		number, notices := store.source(t, a.Definition, nil).latest(end, `"measure": "score", "level": "flow", "flows": ["cart"]`)
		if number == nil || math.Abs(*number-.96) > .01 { // A mean of 1 by 3, and of 0.9 by 2.
			t.Errorf("the score is %s: %s", shown(number), notices)
		}
	})
}
