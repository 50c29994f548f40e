package plugin

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

// cachePointsOf returns the values of cache_points_total by result.
func cachePointsOf(t *testing.T, shared *sharedState) map[string]float64 {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(cacheCollector{&shared.caches})
	families, err := prometheus.Gatherers{prometheus.DefaultGatherer, registry}.Gather()
	if err != nil {
		t.Fatal(err)
	}
	points := map[string]float64{}
	for _, family := range families {
		if family.GetName() == metricPrefix+"cache_points_total" {
			for _, metric := range family.GetMetric() {
				points[metric.GetLabel()[0].GetValue()] = metric.GetCounter().GetValue()
			}
		}
	}
	return points
}

func TestCountersOfCachesOnlyGrow(t *testing.T) {
	harness := newHarness(t)
	start := cachePointsOf(t, harness.shared)
	last := start
	neverFalls := func(after string) {
		t.Helper()
		now := cachePointsOf(t, harness.shared)
		for result, points := range now {
			if points < last[result] {
				t.Errorf("after %s, %s falls from %g to %g", after, result, last[result], points)
			}
		}
		last = now
	}
	ask := func(d *DataSource) {
		if err := harness.ask(t, d, `{"level":"flow"}`, time.Hour).Error; err != nil {
			t.Error(err)
		}
	}
	small := harness.open(t, "u", map[string]any{"definition": pagedYAML, "cacheBytes": 1 << 20})
	ask(small)
	ask(small)
	neverFalls("the first queries")

	large := harness.open(t, "u", map[string]any{"definition": pagedYAML, "cacheBytes": 2 << 20})
	neverFalls("a cache is resized")
	var queries sync.WaitGroup
	for range 10 {
		queries.Go(func() { ask(small) }) // Requests that began before the settings were saved.
		queries.Go(func() { ask(large) })
	}
	neverFalls("queries of both")
	queries.Wait()

	harness.shared.caches.drop(large.key)
	neverFalls("a cache is dropped")
	ask(large)
	neverFalls("a query of a dropped cache")

	one, two := small.store.CacheStats(), large.store.CacheStats()
	for result, want := range map[string]uint64{"hit": one.Hits + two.Hits, "miss": one.Misses + two.Misses} {
		if got := last[result] - start[result]; got != float64(want) || want == 0 {
			t.Errorf("%s grew by %g, want the %d of both caches", result, got, want)
		}
	}
}

// TestA10CachesOfAllDataSourcesHaveOneLimit asks many data sources, each of which may hold more than all of them together.
func TestA10CachesOfAllDataSourcesHaveOneLimit(t *testing.T) {
	for name, query := range map[string]string{
		"points":         `{"level":"flow"}`,
		"sums of blocks": `{"level":"flow","measure":"budget","format":"latest"}`,
		"both":           `{"level":"flow","measure":"burn"}`,
	} {
		t.Run(name, func(t *testing.T) {
			const most = 256 << 10
			harness := newHarness(t)
			harness.shared.caches.limit = fetch.NewCacheLimit(most)
			for i := range 100 {
				d := harness.open(t, fmt.Sprint("u", i), map[string]any{"definition": pagedYAML})
				if err := harness.ask(t, d, query, time.Hour).Error; err != nil {
					t.Fatal(err)
				}
				if used := harness.shared.caches.limit.Used(); used > most || used == 0 {
					t.Fatalf("%d bytes are held after %d data sources", used, i+1)
				}
				harness.store.asked()
				if err := harness.ask(t, d, query, time.Hour).Error; err != nil || harness.store.asked() > 0 {
					t.Fatalf("what the newest data source has asked for is not held any more (error %v)", err)
				}
			}
		})
	}
}

// TestLimitsAreReadOffTheEnvironment reads numbers of bytes.
func TestLimitsAreReadOffTheEnvironment(t *testing.T) {
	for text, want := range map[string]int64{"": 7, " 12 ": 12, "0": 7, "-3": 7, "1 GiB": 7, "1e3": 7} {
		if got := bytesOf(cacheLimit, text, 7); got != want {
			t.Errorf("%q is read as %d, want %d", text, got, want)
		}
	}
}

// TestA10FactsOfAllDataSourcesAreWithinTheLimitOfCaches looks up histograms of some data sources, and drops one of them.
func TestA10FactsOfAllDataSourcesAreWithinTheLimitOfCaches(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/query_range"):
			_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"matrix","result":[]}}`)
		case strings.HasSuffix(r.URL.Path, "/query"):
			_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"vector","result":[]}}`)
		default:
			_, _ = io.WriteString(w, `{"status":"success","data":["0.1","0.5"]}`)
		}
	}))
	defer server.Close()
	harness := newHarness(t)
	harness.url = server.URL
	yaml := strings.Replace(pagedYAML, "value: { promql: max(up) }", "latency: { histogram: d_seconds, under: 300ms }", 1)
	held := uint64(0)
	for i, cacheBytes := range []int{1 << 20, 0, 2 << 20} {
		d := harness.open(t, fmt.Sprint("u", i), map[string]any{"definition": yaml, "cacheBytes": cacheBytes})
		if err := harness.ask(t, d, `{"level":"flow","format":"latest"}`, time.Hour).Error; err != nil {
			t.Fatal(err)
		}
		now := harness.shared.caches.facts().Stats().Bytes
		if now <= held || harness.shared.caches.limit.Used() < int64(now) {
			t.Errorf("%d bytes of facts are held after %d data sources, %d of all caches", now, i+1, harness.shared.caches.limit.Used())
		}
		held = now
	}
}
