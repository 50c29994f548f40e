package findings

import (
	"strings"
	"testing"
	"time"
)

// TestStepsOfDiscovery runs the commands of docs/discovery.md on a day of requests.
func TestStepsOfDiscovery(t *testing.T) {
	try(t, "", nil, discoverySeries()...).follows("discovery.md", 6)
}

// discoverySeries are a day of Istio's telemetry of a shop, whose buckets have no edge at 500 ms, and of its database.
func discoverySeries() []series {
	from := noon.Add(-25 * time.Hour)
	at := func(metric string, perSecond float64) series {
		return series{metric, from, noon, 30 * time.Second, counter(from, perSecond)}
	}
	var all []series
	for service, has := range map[string]struct{ perSecond, failed, fast float64 }{
		"search": {50, .001, .998}, "checkout": {5, .004, .99}, "login": {2, .002, .999}, "PassthroughCluster": {8, 0, 1},
	} {
		for _, metric := range []struct {
			labels string
			share  float64
		}{
			{`istio_requests_total{response_code="200"}`, 1 - has.failed}, {`istio_requests_total{response_code="503"}`, has.failed},
			{`istio_request_duration_milliseconds_bucket{le="100"}`, has.fast / 2}, {`istio_request_duration_milliseconds_bucket{le="800"}`, has.fast},
			{`istio_request_duration_milliseconds_bucket{le="+Inf"}`, 1}, {`istio_request_duration_milliseconds_count{}`, 1},
		} {
			labels := `reporter="destination",destination_service_name="` + service + `",`
			all = append(all, at(strings.Replace(metric.labels, "{", "{"+labels, 1), metric.share*has.perSecond))
		}
	}
	return append(all, at(`pg_stat_database_xact_commit{datname="shop"}`, 29.97), at(`pg_stat_database_xact_rollback{datname="shop"}`, .03))
}
