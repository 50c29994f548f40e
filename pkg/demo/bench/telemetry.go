package bench

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
)

// telemetry is a data set: what some instances say of flows, each of which has counters of requests by code and a
// histogram of their durations. Its samples are a function of the time alone, so that it can be written far into the past
// at once, and be continued while time goes on.
type telemetry struct {
	// job is the label by which the data sets of a store are told apart.
	job              string
	flows, instances int
	scrape           time.Duration
	// since is the first scrape, and written the last one; zero before there is one.
	since, written time.Time
	series         []*series
}

// series is one time series, and what the store calls it.
type series struct {
	labels labels.Labels
	ref    storage.SeriesRef
}

// sample is a number of a series, at a time in milliseconds since 1970.
type sample struct {
	series *series
	at     int64
	value  float64
}

// codes are the statuses that requests are counted by.
var codes = []string{"200", "404", "500"}

// bounds are those of the buckets, in seconds, as the label le spells them. The last bucket has all requests.
var bounds = []string{"0.025", "0.05", "0.1", "0.2", "0.3", "0.5", "0.8", "1", "2", "5", "10", "+Inf"}

// within are the shares of requests that are at or under the bounds.
var within = []float64{0.05, 0.15, 0.38, 0.7, 0.84, 0.93, 0.972, 0.984, 0.9945, 0.9985, 0.9996, 1}

// newTelemetry returns a data set that begins at the first scrape after since.
func newTelemetry(job string, flows, instances int, scrape time.Duration, since time.Time) *telemetry {
	t := &telemetry{job: job, flows: flows, instances: instances, scrape: scrape, since: since.Truncate(scrape).Add(scrape)}
	for flow := range flows {
		for instance := range instances {
			own := []string{"job", job, "handler", handler(flow), "instance", fmt.Sprintf("i%02d", instance),
				"region", regions[instance%len(regions)], "tier", tiers[instance%len(tiers)]}
			for _, code := range codes {
				t.add(requestsMetric, append(own, "code", code))
			}
			for _, bound := range bounds {
				t.add(durationsMetric+"_bucket", append(own, "le", bound))
			}
			t.add(durationsMetric+"_count", own)
		}
	}
	return t
}

// The names of metrics, and the values of labels.
const (
	requestsMetric  = "http_requests_total"
	durationsMetric = "http_request_duration_seconds"
)

var (
	regions = []string{"eu", "us"}
	tiers   = []string{"premium", "standard"}
)

// handler is the label of a flow.
func handler(flow int) string { return "/" + flowName(flow) }

// flowName is what the catalog calls a flow.
func flowName(flow int) string { return fmt.Sprintf("flow%04d", flow+1) }

func (t *telemetry) add(metric string, own []string) {
	t.series = append(t.series, &series{labels: labels.FromStrings(append([]string{model.MetricNameLabel, metric}, own...)...)})
}

// next is the first scrape that has not been written.
func (t *telemetry) next() time.Time {
	if t.written.IsZero() {
		return t.since
	}
	return t.written.Add(t.scrape)
}

// samples returns those of the scrapes after what has been written, up to a time, which are then taken for written.
func (t *telemetry) samples(until time.Time) []sample {
	var all []sample
	for at := t.next(); !at.After(until); at = at.Add(t.scrape) {
		all = t.appendScrape(all, at)
		t.written = at
	}
	return all
}

// appendScrape adds the samples of one scrape of all instances.
func (t *telemetry) appendScrape(all []sample, at time.Time) []sample {
	seconds, ms := at.Sub(t.since).Seconds(), at.UnixMilli()
	next := 0
	add := func(value float64) {
		all = append(all, sample{series: t.series[next], at: ms, value: math.Floor(value)})
		next++
	}
	for flow := range t.flows {
		missed, failed := 0.01*seconds, 0.0005*seconds+0.1*inBursts(seconds, flow)
		slower := drift(seconds, flow)
		for instance := range t.instances {
			rate := 20 + float64((flow*7+instance*3)%40)
			add(1e6 + rate*(seconds-missed-failed))
			add(1e4 + rate*missed)
			add(1e3 + rate*failed)
			for _, share := range within {
				add(1e6 + rate*(share*seconds-0.5*share*(1-share)*slower))
			}
			add(1e6 + rate*seconds)
		}
	}
	return all
}

// Each flow has a burst of errors once in a period.
const (
	burstPeriod = 26 * time.Hour
	burst       = 25 * time.Minute
)

// inBursts is how many of the seconds since the beginning lie in bursts of a flow.
func inBursts(seconds float64, flow int) float64 {
	period, length := burstPeriod.Seconds(), burst.Seconds()
	since := seconds + period*math.Mod(float64(flow)*0.618, 1)
	periods := math.Floor(since / period)
	return periods*length + min(since-periods*period, length)
}

// drift is how many seconds' worth of requests have been slow so far, which rises and falls within an hour.
func drift(seconds float64, flow int) float64 {
	const turns = 2 * math.Pi / 3600
	return (1 - math.Cos(turns*seconds+float64(flow))) / turns
}

// number prints a number as PromQL and YAML read it.
func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
