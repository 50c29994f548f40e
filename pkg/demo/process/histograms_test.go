package process

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// layout is what an instance counts of each 100 requests, by the upper edges of its buckets.
type layout map[string]float64

// openLayouts returns a store with the histogram of instances whose buckets differ, each of which has 100 requests
// between two scrapes.
func openLayouts(t *testing.T, layouts map[string]layout) *promstore.Store {
	t.Helper()
	store, err := promstore.Open(promstore.Config{Dir: filepath.Join(t.TempDir(), "store"), Plain: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	for n := range int(telemetry/scrape) + 1 {
		offset, requests := time.Duration(n)*scrape, float64(100+n)
		var samples []promstore.Sample
		for instance, buckets := range layouts {
			samples = append(samples, sample(offset, 100*requests, "duration_seconds_count", "instance", instance),
				sample(offset, 100*requests, "duration_seconds_bucket", "instance", instance, "le", "+Inf"))
			for le, count := range buckets {
				samples = append(samples, sample(offset, count*requests, "duration_seconds_bucket", "instance", instance, "le", le))
			}
		}
		if err := store.Append(samples...); err != nil {
			t.Fatal(err)
		}
	}
	return store
}

const layoutDefinition = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: layouts }
spec:
  scrapeInterval: 15s
  flows:
    - name: shop
      slis:
        - { name: exact, latency: { histogram: duration_seconds, under: 2s } }
        - { name: fast, latency: { histogram: duration_seconds, under: 1s } }
        - { name: p60, quantile: { histogram: duration_seconds, q: 0.6 }, curve: { linear: { zero: 2, one: 0 } } }
`

// Of requests of which 40 % take up to .5 s and 90 % up to 2 s, an edge at 1 s that one instance has must not be read
// as if the other had counted nothing there.
func TestInstancesWhoseBucketsDiffer(t *testing.T) {
	const query = `{"level":"sli","measure":"value","format":"latest"}`
	t.Run("are read by the edges that all of them have", func(t *testing.T) {
		store := openLayouts(t, map[string]layout{"a": {"0.5": 40, "1": 80, "2": 90}, "b": {"0.5": 40, "2.0": 90}})
		frames := newSource(store.URL(), layoutDefinition).now(t, at(telemetry), query)
		seriesOf(t, frames, "value").check(t, series{
			"shop/latency/exact": {.9}, "shop/latency/fast": {.4 + .5/3}, "shop/latency/p60": {.5 + 1.5*20/50},
		})
		hasNotice(t, frames, data.NoticeSeverityInfo, "shop/fast: 1 is not a bucket edge of all instances of duration_seconds; interpolated between 0.5 and 2")
		hasNotice(t, frames, data.NoticeSeverityInfo, "shop/p60: instances of duration_seconds have different buckets; only the buckets that all of them have are used")
	})
	t.Run("are read as they are where they do not differ", func(t *testing.T) {
		store := openLayouts(t, map[string]layout{"a": {"0.5": 40, "1": 80, "2": 90}, "b": {"0.5": 40, "1.0": 80, "2.0": 90}})
		frames := newSource(store.URL(), layoutDefinition).now(t, at(telemetry), query)
		seriesOf(t, frames, "value").check(t, series{
			"shop/latency/exact": {.9}, "shop/latency/fast": {.8}, "shop/latency/p60": {.75},
		})
		if len(frames[0].Meta.Notices) > 0 {
			t.Errorf("it is said that %v", frames[0].Meta.Notices)
		}
	})
	t.Run("are warned of where they have no edge in common", func(t *testing.T) {
		store := openLayouts(t, map[string]layout{"a": {"1": 80}, "b": {"2": 90}})
		frames := newSource(store.URL(), layoutDefinition).now(t, at(telemetry), `{"format":"latest"}`)
		hasNotice(t, frames, data.NoticeSeverityWarning, "shop/fast: instances of duration_seconds have different buckets; they have none in common, so the values are wrong")
	})
}
