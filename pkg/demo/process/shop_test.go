package process

import (
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// The shop's telemetry is scraped every 15 s for 50 minutes, which are over:
//
//	0 .. 30 m   1 of 10 checkouts fails
//	30 .. 50 m  2 of 10 checkouts fail
//	40 m        the probe of login stops
//
// Nothing else changes. Whatever looks back 5 minutes is steady from 5 m to 30 m and again from 35 m on.
const (
	scrape     = 15 * time.Second
	telemetry  = 50 * time.Minute
	failing    = 30 * time.Minute
	probeStops = 40 * time.Minute
)

// start is when the telemetry begins: a full ten minutes, so that the grids of all tests fall on it.
var start = time.Now().UTC().Truncate(10 * time.Minute).Add(-time.Hour)

// at returns an instant of the telemetry.
func at(offset time.Duration) time.Time { return start.Add(offset) }

// shopDefinition is the catalog of most tests. While steady before 30 m its numbers are:
//
//	flow      SLI      component     weight  value  score  why
//	checkout                         5              0.775  (2 x 0.9 + 0.8 + 0.5)/4, under the key SLI's 0.9
//	          success  availability  2       0.9    0.9    9 of 10 requests a second
//	          fast     latency       1       0.8    0.8    120 of 150 requests at or under 0.5 s
//	          p60      latency       1       0.3 s  0.5    90 of 150 is half way from 60 (0.1 s) to 120 (0.5 s)
//	search                           3              0.725  (0.75 + 0.7)/2
//	          fast     latency       1       0.75   0.75   45 of 60 requests in the native bucket (0.5, 1]
//	          backlog  dependency    1       30     0.7    1 - 30/100
//	login                            2              0.75
//	          up       availability  1       0.75   0.75   3 of 4 checks
//
// The overall score is 0.5 x 0.775 + 0.3 x 0.725 + 0.2 x 0.75 = 0.755. From 35 m on checkout/success is 0.8, so that
// checkout is 2.9/4 = 0.725 and the overall score 0.73; from 45 m on login is missing, and the overall score is
// (5 x 0.725 + 3 x 0.725)/8 = 0.725.
const shopDefinition = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: shop }
spec:
  objective: 0.95
  trust: ['job="shop"']
  flows:
    - name: checkout
      title: Checkout
      owner: payments
      runbook: https://runbooks.example/checkout
      weight: 5
      objective: 0.99
      slis:
        - name: success
          weight: 2
          key: true
          ratio: { bad: 'requests_total{code=~"5.."}', total: requests_total }
        - name: fast
          latency: { histogram: request_duration_seconds, under: 500ms }
        - name: p60
          quantile: { histogram: request_duration_seconds, q: 0.6 }
          curve: { linear: { zero: 500ms, one: 100ms } }
    - name: search
      weight: 3
      slis:
        - name: fast
          latency: { histogram: search_duration_seconds, under: 1s }
        - name: backlog
          component: dependency
          dependsOn: index
          value: { promql: max(backlog) }
          curve: { linear: { zero: 100, one: 0 } }
    - name: login
      weight: 2
      slis:
        - name: up
          probe: { selector: 'probe_success{target="login"}' }
`

// openShop returns a store that holds the shop's telemetry.
func openShop(dir string) (*promstore.Store, error) {
	store, err := promstore.Open(promstore.Config{Dir: dir})
	if err != nil {
		return nil, err
	}
	for n := range int(telemetry/scrape) + 1 {
		if err := store.Append(scraped(n)...); err != nil {
			return nil, err
		}
	}
	return store, nil
}

// scraped returns the samples of the n-th scrape. Counters start well above 0, where Prometheus would doubt their
// increase at the start.
func scraped(n int) []promstore.Sample {
	offset, total := time.Duration(n)*scrape, float64(10_000+150*n)
	bad := 1_000 + 15*float64(n) + 15*max(0, float64(n)-float64(failing/scrape))
	samples := []promstore.Sample{
		sample(offset, total-bad, "requests_total", "code", "200"),
		sample(offset, bad, "requests_total", "code", "500"),
		sample(offset, total*0.4, "request_duration_seconds_bucket", "le", "0.1"),
		sample(offset, total*0.8, "request_duration_seconds_bucket", "le", "0.5"),
		sample(offset, total*0.9, "request_duration_seconds_bucket", "le", "1"),
		sample(offset, total, "request_duration_seconds_bucket", "le", "+Inf"),
		sample(offset, total, "request_duration_seconds_count"),
		sample(offset, 30, "backlog"),
		searches(offset, float64(1_000+n)),
	}
	if offset <= probeStops {
		samples = append(samples, sample(offset, float64(min(1, n%4)), "probe_success", "target", "login"))
	}
	return samples
}

// searches is a native histogram of 45 requests in (0.5, 1] and 15 in (1, 2] for each of so many scrapes.
func searches(offset time.Duration, scrapes float64) promstore.Sample {
	s := sample(offset, 0, "search_duration_seconds")
	s.Histogram = &histogram.FloatHistogram{
		Count: 60 * scrapes, Sum: 60 * scrapes,
		PositiveSpans:   []histogram.Span{{Offset: 0, Length: 2}},
		PositiveBuckets: []float64{45 * scrapes, 15 * scrapes},
	}
	return s
}

// sample is one of the shop's own series.
func sample(offset time.Duration, value float64, name string, more ...string) promstore.Sample {
	return promstore.Sample{
		Labels: labels.FromStrings(append([]string{"__name__", name, "job", "shop"}, more...)...),
		Time:   at(offset), Value: value,
	}
}

// oneValue is a catalog for which the store is asked one thing.
const oneValue = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: one }
spec:
  flows:
    - name: home
      slis: [{ name: up, component: availability, value: { promql: max(up) } }]
`

// manySLIs is a catalog with n SLIs, each of which asks for something else.
func manySLIs(n int) string {
	var out strings.Builder
	out.WriteString("apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: many }\nspec:\n  flows:\n    - name: home\n      slis:\n")
	for i := range n {
		fmt.Fprintf(&out, "        - { name: s%d, component: latency, value: { promql: max(m%d) } }\n", i, i)
	}
	return out.String()
}
