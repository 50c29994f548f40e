package stores

import (
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// called is what Save & test calls the stores.
var called = map[string]string{
	Embedded: "Prometheus 3.", Prometheus: "Prometheus 2.", VictoriaMetrics: "VictoriaMetrics", Mimir: "Grafana Mimir 2.", Thanos: "Thanos 0.",
}

func TestSaveAndTest(t *testing.T) {
	each(t, func(t *testing.T, store *Store) {
		store.Write(t, shopSamples(begin, end)...)
		for name, changes := range map[string]map[string]any{"with its type": nil, "without": {"prometheusType": ""}} {
			t.Run(name, func(t *testing.T) {
				result := store.source(t, shop, changes).health(end)
				if result.Status != backend.HealthStatusOk {
					t.Errorf("the status is %s", result.Status)
				}
				says(t, result.Message, called[store.Name], " was reached.", "Catalog shop", "2 flows, 5 SLIs.", "Every selector matches series of the last 24 hours.",
					"30 s apart", "0.1, 0.25, 0.5, 1")
			})
		}
		t.Run("a day later", func(t *testing.T) {
			result := store.source(t, shop, nil).health(end.Add(36 * time.Hour))
			says(t, result.Message, "no series of the last 24 hours matches probe_success; check the spelling")
		})
	})
}
