package stores

import (
	"math"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// Samples are from begin on and up to end, when the tests ask: the whole hours of a day of the past, so that all stores take it.
var (
	end   = time.Date(2026, 6, 1, 18, 0, 0, 0, time.UTC)
	begin = end.Add(-6 * time.Hour)
)

// scrape is how far apart samples are.
const scrape = 30 * time.Second

// phase is how long after the half minute targets are scraped.
const phase = 7 * time.Second

// shop is a definition with SLIs of each kind.
const shop = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: shop }
spec:
  objective: 0.9
  window: 5m
  budgetWindow: 4h
  lookback: 1h
  dimensions:
    - { name: region, label: region, values: [eu, us] }
  policies:
    - { name: low, severity: page, when: score < 0.8, for: 2m, keepFor: 5m }
  flows:
    - name: checkout
      weight: 3
      objective: 0.95
      slis:
        - { name: success, component: availability, weight: 3, objective: 0.99, ratio: { bad: 'requests_total{code="500"}', total: requests_total } }
        - { name: fast, component: latency, weight: 2, latency: { histogram: duration_seconds, under: 300ms } }
        - { name: tail, component: latency, weight: 1, quantile: { histogram: duration_seconds, q: 0.9 }, curve: { linear: { one: 100ms, zero: 1s } } }
    - name: mail
      slis:
        - { name: up, component: dependency, weight: 1, probe: { selector: probe_success } }
        - { name: queue, component: dependency, weight: 1, value: { promql: 'max(avg_over_time(queue[__window]))' }, curve: { linear: { zero: 100, one: 0 } } }
`

// counter returns the samples of a counter that grows by perSecond, of which a part of each hour is that many times more.
func counter(from, to time.Time, perSecond, burst float64, name string, of ...string) []promstore.Sample {
	return sampled(from, to, func(at time.Time) float64 {
		passed := at.Sub(begin)
		bursts := float64(passed/time.Hour)*600 + min(600, (passed%time.Hour).Seconds())
		return math.Round(perSecond * (passed.Seconds() + bursts*burst))
	}, name, of...)
}

// sampled returns the samples of a series.
func sampled(from, to time.Time, value func(time.Time) float64, name string, of ...string) []promstore.Sample {
	return spaced(from.Truncate(scrape).Add(phase), to, scrape, value, name, of...)
}

// spaced returns samples that are so far apart.
func spaced(from, to time.Time, spacing time.Duration, value func(time.Time) float64, name string, of ...string) []promstore.Sample {
	series := labels.FromStrings(append(of, "__name__", name)...)
	var samples []promstore.Sample
	for at := from; !at.After(to); at = at.Add(spacing) {
		samples = append(samples, promstore.Sample{Labels: series, Time: at, Value: value(at)})
	}
	return samples
}

// shopSamples returns those of the shop in two regions.
func shopSamples(from, to time.Time) []promstore.Sample {
	var all []promstore.Sample
	for i, region := range []string{"eu", "us"} {
		rate := 10 * float64(i+1)
		add := func(samples []promstore.Sample) { all = append(all, samples...) }
		add(counter(from, to, rate*0.9, 0, "requests_total", "region", region, "code", "200"))
		add(counter(from, to, rate*0.1, 2, "requests_total", "region", region, "code", "500"))
		for k, le := range []string{"0.1", "0.25", "0.5", "1.0", "+Inf"} {
			add(counter(from, to, rate*float64(k+1)/5, 0, "duration_seconds_bucket", "region", region, "le", le))
		}
		add(counter(from, to, rate, 0, "duration_seconds_count", "region", region))
		add(sampled(from, to, func(at time.Time) float64 { return float64(at.Unix() / 30 % 7 / 2 % 2) }, "probe_success", "region", region))
		add(sampled(from, to, func(at time.Time) float64 { return float64(at.Unix() / 30 % 37) }, "queue", "region", region))
	}
	return all
}

// native returns the samples of a native histogram of a tenth of perSecond observations in each of ten buckets up to 1.
func native(from, to time.Time, perSecond float64, name string, of ...string) []promstore.Sample {
	samples := sampled(from, to, func(at time.Time) float64 { return math.Round(at.Sub(begin).Seconds() * perSecond) }, name, of...)
	for i, s := range samples {
		buckets := make([]float64, 10)
		for k := range buckets {
			buckets[k] = s.Value
		}
		samples[i].Value = 0
		samples[i].Histogram = &histogram.FloatHistogram{Count: 10 * s.Value, Sum: 5 * s.Value, Schema: 2,
			PositiveSpans: []histogram.Span{{Offset: -9, Length: 10}}, PositiveBuckets: buckets}
	}
	return samples
}
