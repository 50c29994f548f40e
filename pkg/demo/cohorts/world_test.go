package cohorts

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// minutes is how long the telemetry is, a sample a minute.
const minutes = 60

// epoch is the instant of the first sample.
var epoch = time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)

func minute(i int) time.Time { return epoch.Add(time.Duration(i) * time.Minute) }

// raw is a series as it was written: a number a minute, NaN where there is none.
type raw struct {
	region, tier string
	points       []float64
}

// world is a random catalog with its telemetry.
type world struct {
	random  *rand.Rand
	prefix  string
	catalog *cer.Catalog
	metrics map[string][]raw
}

// newWorld draws a world and writes it into the store, under names of its own.
func newWorld(t *testing.T, store *promstore.Store, seed uint64) *world {
	t.Helper()
	w := &world{random: rand.New(rand.NewPCG(seed, 1)), prefix: fmt.Sprintf("w%d_", seed), metrics: map[string][]raw{}}
	w.catalog = &cer.Catalog{
		Name: "random", Window: 5 * time.Minute, MinCoverage: pick(w, 0, 0.4, 0.8), Aggregate: pick(w, cer.Mean, cer.Geometric, cer.Min, cer.Harmonic),
		Dimensions: []cer.Dimension{{Name: "region", Label: "region"}, {Name: "tier", Label: "class"}},
	}
	if w.chance(0.4) {
		w.catalog.Dimensions[0].Values = []string{"eu"}
	}
	if w.chance(0.5) {
		w.catalog.Dimensions[1].Weights = map[string]float64{"gold": 3, "basic": pick(w, 0.0, 1, 2)}
	}
	for f := range 1 + w.random.IntN(3) {
		w.catalog.Flows = append(w.catalog.Flows, w.flow(f))
	}
	w.write(t, store)
	return w
}

func pick[T any](w *world, from ...T) T { return from[w.random.IntN(len(from))] }

func (w *world) chance(p float64) bool { return w.random.Float64() < p }

// flow draws a flow whose first SLI counts events.
func (w *world) flow(f int) cer.Flow {
	flow := cer.Flow{Name: fmt.Sprintf("flow%d", f), Weight: pick(w, 1.0, 2, 5), Traffic: "sli0"}
	for s := range 1 + w.random.IntN(3) {
		flow.SLIs = append(flow.SLIs, w.sli(f, s))
	}
	switch w.random.IntN(4) {
	case 0:
		flow.Dynamic = &cer.DynamicWeight{Traffic: true}
	case 1:
		flow.Dynamic = &cer.DynamicWeight{PromQL: "sum(" + w.metric(fmt.Sprintf("weight%d", f), 1, 9) + ")"}
	}
	return flow
}

// sli draws an SLI: a ratio of sums, or the greatest of some gauges.
func (w *world) sli(f, s int) cer.SLI {
	name := fmt.Sprintf("%d_%d", f, s)
	sli := cer.SLI{Name: fmt.Sprintf("sli%d", s), Component: cer.Availability, Weight: pick(w, 0.5, 1, 3), Key: w.chance(0.15),
		Curve: cer.Identity{}, Missing: pick(w, cer.Ignore, cer.Ignore, cer.Good, cer.Bad, cer.Hold), Idle: cer.Ignore}
	if s == 0 || w.chance(0.4) {
		sli.Indicator = cer.Ratio{Good: "sum(" + w.metric("good"+name, 0, 8) + ")", Total: "sum(" + w.metric("all"+name, 5, 10) + ")", AbsentZero: w.chance(0.5)}
	} else {
		sli.Indicator = cer.Value{PromQL: "max(" + w.metric("gauge"+name, 0, 1) + ")"}
	}
	if sli.Missing == cer.Hold {
		sli.MaxDelay = pick(w, 2*time.Minute, 7*time.Minute)
	}
	if w.chance(0.3) {
		sli.Fallback = &cer.Fallback{Indicator: cer.Value{PromQL: "max(" + w.metric("back"+name, 0, 4) + ")"}, Curve: cer.Linear{Zero: 4, One: 0}}
	}
	if w.chance(0.2) {
		sli.Labels = map[string]string{"tier": cer.NoLabel}
	}
	return sli
}

// metric draws the series of a metric, with numbers in a range, and returns its name.
func (w *world) metric(name string, low, high float64) string {
	name = w.prefix + name
	for _, of := range [][2]string{{"", ""}, {"eu", ""}, {"us", ""}, {"", "gold"}, {"eu", "gold"}, {"us", "gold"}, {"eu", "basic"}, {"us", "spy"}} {
		if w.chance(0.35) {
			w.metrics[name] = append(w.metrics[name], raw{of[0], of[1], w.points(low, high)})
		}
	}
	return name
}

// points draws numbers with gaps.
func (w *world) points(low, high float64) []float64 {
	points := make([]float64, minutes)
	there := w.chance(0.8)
	for i := range points {
		if w.chance(0.08) {
			there = !there
		}
		points[i] = math.NaN()
		if there {
			points[i] = low + (high-low)*w.random.Float64()
		}
	}
	return points
}

// write puts the series into the store, each gap with the mark that ends a series.
func (w *world) write(t *testing.T, store *promstore.Store) {
	t.Helper()
	for i := range minutes {
		var samples []promstore.Sample
		for name, all := range w.metrics {
			for _, s := range all {
				switch {
				case !math.IsNaN(s.points[i]):
					samples = append(samples, promstore.Sample{Labels: s.labels(name), Time: minute(i), Value: s.points[i]})
				case i > 0 && !math.IsNaN(s.points[i-1]):
					samples = append(samples, promstore.Sample{Labels: s.labels(name), Time: minute(i), Value: math.Float64frombits(value.StaleNaN)})
				}
			}
		}
		if err := store.Append(samples...); err != nil {
			t.Fatal(err)
		}
	}
}

func (s raw) labels(name string) labels.Labels {
	b := labels.NewBuilder(labels.FromStrings("__name__", name, "region", s.region, "class", s.tier))
	if s.region == "" {
		b.Del("region")
	}
	if s.tier == "" {
		b.Del("class")
	}
	return b.Labels()
}
