package stores

import (
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
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

// TestSpacingsOfSamplesOnTheGrid has samples exactly where ranges begin and end, which Prometheus 2 counts at both.
func TestSpacingsOfSamplesOnTheGrid(t *testing.T) {
	const definition = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: spaced }
spec:
  flows:
    - name: shop
      slis:
        - { name: minutes, component: availability, ratio: { bad: minutes_errors_total, total: minutes_total } }
        - { name: rare, component: availability, ratio: { bad: rare_errors_total, total: rare_total } }
        - { name: rarer, component: availability, ratio: { bad: rarer_errors_total, total: rarer_total } }
`
	each(t, func(t *testing.T, store *Store) {
		var samples []promstore.Sample
		for name, spacing := range map[string]time.Duration{"minutes": 2 * time.Minute, "rare": 5 * time.Minute, "rarer": 10 * time.Minute} {
			grows := func(at time.Time) float64 { return at.Sub(begin).Seconds() }
			for _, metric := range []string{"_errors_total", "_total"} {
				samples = append(samples, spaced(begin, end, spacing, grows, name+metric, "instance", "on the grid")...)
				samples = append(samples, spaced(begin.Add(time.Minute/2), end, spacing, grows, name+metric, "instance", "beside it")...)
			}
		}
		store.Write(t, samples...)
		says(t, store.source(t, definition, nil).health(end).Message, "minutes_errors_total, minutes_total are 2 min apart", "rare_errors_total, rare_total are 5 min apart",
			"rarer_errors_total, rarer_total are 10 min apart")
	})
}
