// Package mesh generates the metrics of services in an Istio mesh, for which no catalog exists yet.
package mesh

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// Config says which telemetry there is.
type Config struct {
	// Services is how many services the mesh has; at least 2.
	Services int
	// Start and End are the times of the first and the last sample, and Interval is the time between two.
	Start, End time.Time
	Interval   time.Duration
	// Outage is when a large share of the requests to Failing begin to fail, which lasts until End. Zero is never.
	Outage time.Time
}

// Failing is the service that fails, the second busiest.
const Failing = "checkout"

const (
	// busiest is the mean of the requests a second to the busiest service.
	busiest = 120
	// failing is the share of requests that always fail, and outage that while Failing fails.
	failing, outage = 0.0004, 0.4
	// median is that of the durations of requests in milliseconds, and sigma the standard deviation of their logarithm.
	median, sigma = 70, 0.6
	// daily is the share by which traffic rises and falls within a day.
	daily = 0.3
)

// edges are the bounds of Istio's buckets, in milliseconds.
var edges = []float64{.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 600000, 1800000, 3600000, math.Inf(1)}

// Services returns the names of so many services, the busiest first.
func Services(n int) []string {
	names := []string{"frontend", Failing, "cart", "catalog", "search"}
	domains := []string{"orders", "payments", "stock", "prices", "users", "mail", "reviews", "media", "ads", "billing", "returns"}
	for i := len(names); i < n; i++ {
		names = append(names, fmt.Sprintf("%s-%d", domains[i%len(domains)], i/len(domains)+1))
	}
	return names[:n]
}

// service is what counts the requests to a service.
type service struct {
	name string
	// rate is the mean of the requests a second.
	rate       float64
	ok, failed float64
}

// Backfill adds all samples to a store.
func (c Config) Backfill(store *promstore.Store) error {
	var services []*service
	for i, name := range Services(c.Services) {
		services = append(services, &service{name: name, rate: busiest / float64(i+1)})
	}
	for at := c.Start; !at.After(c.End); at = at.Add(c.Interval) {
		var samples []promstore.Sample
		for _, s := range services {
			s.serve(c, at)
			samples = append(samples, s.samples(at)...)
		}
		if err := store.Append(samples...); err != nil {
			return err
		}
	}
	return nil
}

// serve counts the requests of an interval that ends at a time.
func (s *service) serve(c Config, at time.Time) {
	day := 2 * math.Pi * float64(at.Unix()%86400) / 86400
	requests := s.rate * (1 - daily*math.Cos(day)) * c.Interval.Seconds()
	share := failing
	if s.name == Failing && !c.Outage.IsZero() && at.After(c.Outage) {
		share = outage
	}
	s.failed += share * requests
	s.ok += (1 - share) * requests
}

// samples returns those of the service's series at a time.
func (s *service) samples(at time.Time) []promstore.Sample {
	of := func(name, label, value string, v float64) promstore.Sample {
		return promstore.Sample{Time: at, Value: math.Floor(v), Labels: labels.FromStrings(model.MetricNameLabel, name, label, value,
			"destination_service_name", s.name, "destination_service_namespace", "shop", "reporter", "destination", "job", "istio-mesh")}
	}
	samples := []promstore.Sample{of("istio_requests_total", "response_code", "200", s.ok), of("istio_requests_total", "response_code", "503", s.failed)}
	all := s.ok + s.failed
	for _, edge := range edges {
		samples = append(samples, of("istio_request_duration_milliseconds_bucket", model.BucketLabel, strconv.FormatFloat(edge, 'f', -1, 64), all*within(edge)))
	}
	return append(samples, of("istio_request_duration_milliseconds_count", "response_code", "200", all),
		of("istio_request_duration_milliseconds_sum", "response_code", "200", all*median*math.Exp(sigma*sigma/2)))
}

// within is the share of requests that take at most some milliseconds: the log-normal distribution.
func within(ms float64) float64 { return math.Erfc(-math.Log(ms/median)/sigma/math.Sqrt2) / 2 }
