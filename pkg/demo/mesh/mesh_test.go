package mesh_test

import (
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/demo/mesh"
	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore/promstoretest"
)

// The store says what the mesh was told to be: so many services, one of which fails.
func TestTheMeshIsAsItIsTold(t *testing.T) {
	end := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	store := promstoretest.Open(t)
	c := mesh.Config{Services: 8, Start: end.Add(-time.Hour), End: end, Interval: 30 * time.Second, Outage: end.Add(-10 * time.Minute)}
	if err := c.Backfill(store); err != nil {
		t.Fatal(err)
	}
	const failed = `sum by (destination_service_name) (rate(istio_requests_total{response_code="503"}[5m]))
		/ sum by (destination_service_name) (rate(istio_requests_total[5m]))`
	for promQL, want := range map[string]float64{
		`count(count by (destination_service_name) (istio_requests_total))`:                                                   8,
		`count((` + failed + `) > 0.39)`:                                                                                      1,
		`count((` + failed + `) < 0.001)`:                                                                                     7,
		`count(sum by (destination_service_name) (rate(istio_requests_total[30m])) > 60)`:                                     2,
		`count(rate(istio_request_duration_milliseconds_bucket{le="500"}[5m]) > 0)`:                                           8,
		`count(histogram_quantile(0.5, rate(istio_request_duration_milliseconds_bucket[5m])) < 100)`:                          8,
		`count(count by (le) (istio_request_duration_milliseconds_bucket))`:                                                   20,
		`count(rate(istio_request_duration_milliseconds_sum[5m]) / rate(istio_request_duration_milliseconds_count[5m]) < 90)`: 8,
	} {
		query, err := store.Engine().NewInstantQuery(t.Context(), store.Queryable(), nil, promQL, end)
		if err != nil {
			t.Fatal(err)
		}
		vector, err := query.Exec(t.Context()).Vector()
		if err != nil || len(vector) != 1 || vector[0].F != want {
			t.Errorf("%s: %v %v, want %v", promQL, vector, err, want)
		}
		query.Close()
	}
}
