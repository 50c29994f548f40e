package soak

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore/promstoretest"
)

// What there is of telemetry: it ended long ago, so that no answer depends on the time of day.
const (
	scrape  = 15 * time.Second
	history = 8 * time.Hour
)

// epoch is when the telemetry begins.
var epoch = time.Date(2025, 3, 4, 0, 0, 0, 0, time.UTC)

// tenants are those who have telemetry of their own in the store. Their names are part of their labels and of their tokens.
var tenants = []string{"anna", "ben", "cleo"}

// token returns what identifies the users of a tenant.
func token(tenant string) string { return "Bearer secret-of-" + tenant }

// buckets are the upper bounds of the durations' histogram.
var buckets = []string{"0.1", "0.3", "1", "+Inf"}

// openStore returns a store with the telemetry of a tenant.
func openStore(t *testing.T, tenant string, seed uint64) *promstore.Store {
	t.Helper()
	store := promstoretest.Open(t)
	g := &target{random: rand.New(rand.NewPCG(seed, 3)), counts: map[string]float64{}}
	for g.at = epoch; !g.at.After(epoch.Add(history)); g.at = g.at.Add(scrape) {
		for _, region := range []string{tenant + "-eu", tenant + "-us"} {
			g.scrape(region)
		}
	}
	if err := store.Append(g.samples...); err != nil {
		t.Fatal(err)
	}
	return store
}

// target is what is scraped.
type target struct {
	random  *rand.Rand
	at      time.Time
	failing float64
	counts  map[string]float64
	samples []promstore.Sample
}

// say adds a sample.
func (g *target) say(value float64, of ...string) {
	g.samples = append(g.samples, promstore.Sample{Labels: labels.FromStrings(of...), Time: g.at, Value: value})
}

// count adds a sample of a counter that has grown.
func (g *target) count(by int, of ...string) {
	key := labels.FromStrings(of...).String()
	g.counts[key] += float64(by)
	g.say(g.counts[key], of...)
}

// scrape adds the samples of a region.
func (g *target) scrape(region string) {
	if g.random.IntN(60) == 0 {
		g.failing = []float64{0, 0, .01, .2, .9}[g.random.IntN(5)]
	}
	for _, flow := range []string{"checkout", "search"} {
		served, failed := g.random.IntN(30), 0
		for range served {
			if g.random.Float64() < g.failing {
				failed++
			}
		}
		g.count(served-failed, "__name__", "requests_total", "region", region, "flow", flow, "code", "200")
		g.count(failed, "__name__", "requests_total", "region", region, "flow", flow, "code", "500")
		below := 0
		for i, le := range buckets {
			below += g.random.IntN(served - below + 1)
			if i == len(buckets)-1 {
				below = served
			}
			g.count(below, "__name__", "duration_seconds_bucket", "region", region, "flow", flow, "le", le)
		}
		g.count(served, "__name__", "duration_seconds_count", "region", region, "flow", flow)
	}
	g.say(float64(g.random.IntN(100))/10, "__name__", "queue", "region", region)
}
