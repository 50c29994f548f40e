package main

import (
	"fmt"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

const (
	// meshServices is the number of services of the mesh, more than are listed.
	meshServices = 60
	// meshInterval is the time between two scrapes of the mesh.
	meshInterval = time.Minute
	// meshPast is how far its telemetry reaches back, so that there is a history.
	meshPast = 6 * time.Hour
)

// meshBounds are edges of buckets in milliseconds, with the share of requests that are as fast as that.
var meshBounds = []struct {
	le    string
	share float64
}{{"100", 0.7}, {"250", 0.95}, {"500", 0.995}, {"1000", 0.999}, {"+Inf", 1}}

// fillMesh writes telemetry as Istio's proxies have it: of service-01, which is the busiest, to service-60, until the time end. One of
// 500 requests fails.
func fillMesh(store *promstore.Store, end time.Time) error {
	for at := end.Add(-meshPast); !at.After(end); at = at.Add(meshInterval) {
		var samples []promstore.Sample
		for n := 1; n <= meshServices; n++ {
			requests := at.Sub(end.Add(-2*meshPast)).Seconds() * float64(meshServices+1-n)
			add := func(metric, label, value string, count float64) {
				samples = append(samples, promstore.Sample{Time: at, Value: count, Labels: labels.FromStrings(labels.MetricName, metric,
					"reporter", "destination", "destination_service_name", fmt.Sprintf("service-%02d", n), label, value)})
			}
			add("istio_requests_total", "response_code", "200", requests*0.998)
			add("istio_requests_total", "response_code", "503", requests*0.002)
			for _, b := range meshBounds {
				add("istio_request_duration_milliseconds_bucket", "le", b.le, requests*b.share)
			}
		}
		if err := store.Append(samples...); err != nil {
			return err
		}
	}
	return nil
}
