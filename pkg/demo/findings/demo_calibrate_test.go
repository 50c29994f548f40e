package findings

import (
	"math"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore/promstoretest"
	simulator "github.com/cer-reliability/cer-datasource/pkg/demo/shop"
)

// TestU7CalibrationsOfTheDemo recomputes what each objective of an SLI would have left of its error budget from the events of the
// shop's last six hours, as Prometheus counts them in slices of five minutes, each with the sample before it.
func TestU7CalibrationsOfTheDemo(t *testing.T) {
	tr := &trial{t: t, store: promstoretest.Open(t)}
	shop := simulator.New(simulator.Config{Seed: 1, End: noon, History: 6 * time.Hour, Interval: 15 * time.Second, Incidents: simulator.Schedule(noon)})
	if err := shop.Backfill(t.Context(), tr.store); err != nil {
		t.Fatal(err)
	}
	tr.instance = tr.dataSource(tr.store.URL(), string(simulator.Catalog), nil)
	events := func(selector string) float64 {
		return tr.promQL(`sum_over_time(sum(increase(`+selector+`[5m15s]))[6h:5m])`, noon)
	}
	for _, sli := range []struct{ flow, name, good, total string }{
		{"checkout", "success", `http_requests_total{job=~"shop-.*",handler="/checkout",code!~"5.."}`, `http_requests_total{job=~"shop-.*",handler="/checkout"}`},
		{"login", "trusted", `auth_attempts_total{job=~"shop-.*",outcome!="suspicious"}`, `auth_attempts_total{job=~"shop-.*"}`},
		{"checkout", "fast", `http_request_duration_seconds_bucket{job=~"shop-.*",handler="/checkout",le="0.8"}`, `http_request_duration_seconds_count{job=~"shop-.*",handler="/checkout"}`},
	} {
		a := tr.replay(noon, "Editor", "calibrate", map[string]any{"flow": sli.flow, "sli": sli.name, "days": 1})
		if a.Status != 200 || a.Score == nil {
			t.Fatalf("%s/%s: %d %s", sli.flow, sli.name, a.Status, a.Message)
		}
		lost := 1 - events(sli.good)/events(sli.total)
		t.Logf("%s/%s lost %v, by Prometheus %v", sli.flow, sli.name, 1-*a.Score, lost)
		for _, row := range a.Rows {
			if left := 1 - lost/(1-row.Objective); math.Abs(*row.Left-left) > 1e-6*math.Abs(1-left) || *row.Kept != (left >= 0) {
				t.Errorf("%s/%s at %v: %v is left, kept %v; want %v", sli.flow, sli.name, row.Objective, *row.Left, *row.Kept, left)
			}
		}
	}
}
