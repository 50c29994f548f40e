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

func TestS9SaveAndTest(t *testing.T) {
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

// TestS10SeriesThatAreLost says that half of the series of an hour ago are there.
func TestS10SeriesThatAreLost(t *testing.T) {
	each(t, func(t *testing.T, store *Store) {
		samples := counter(begin, end, 2, 0, "errors_total")
		for _, instance := range []string{"a", "b", "c", "d"} {
			until := end
			if instance > "b" {
				until = end.Add(-30 * time.Minute)
			}
			samples = append(samples, counter(begin, until, 10, 0, "requests_total", "instance", instance)...)
		}
		store.Write(t, samples...)
		says(t, store.source(t, partialShop, nil).health(end).Message, "shop/ok: requests_total has 2 series, and had 4 an hour ago")
	})
}

// TestS12CopiesOfSeries says that copies differ in the label of replicas only.
func TestS12CopiesOfSeries(t *testing.T) {
	each(t, func(t *testing.T, store *Store) {
		for _, replica := range []string{"1", "2"} {
			store.Write(t, join(counter(begin, end, 2, 0, "errors_total", "prometheus_replica", replica),
				counter(begin, end, 10, 0, "requests_total", "prometheus_replica", replica))...)
		}
		says(t, store.source(t, partialShop, nil).health(end).Message, "shop/ok: the store has up to 2 copies of each series of requests_total", "--query.replica-label")
	})
}
