package equality

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore/promstoretest"
)

const (
	// scrape is the interval of the scrapes.
	scrape = 15 * time.Second
	// latest is how late samples come at most: less than the 10 minutes for which points are asked for again.
	latest = 9 * time.Minute
	// history is how old the telemetry is when the walk begins.
	history = 10 * time.Hour
)

// epoch is when the telemetry begins.
var epoch = time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)

// world is a store whose telemetry goes on.
type world struct {
	random  *rand.Rand
	store   *promstore.Store
	targets []*target
}

// target is something that is scraped: it is busy or idle, restarts, and is gone at times. What it sends may be late.
type target struct {
	random           *rand.Rand
	region, instance string
	next             time.Time // the next scrape
	until            time.Time // when the target does something else
	busy, gone       bool
	failing          float64
	counts           map[string]float64
	held             []promstore.Sample
	heldUntil        time.Time
	marksItsEnd      bool
	// job is the value of the label; "" where there is none. The spacings follow each other, each for some hours.
	job      string
	spacings []time.Duration
}

// spacingsLast is how long a spacing of samples lasts.
const spacingsLast = 5*time.Hour + 40*time.Minute

// every is how long after the scrape that is next the one after it comes.
func (g *target) every() time.Duration {
	if len(g.spacings) == 0 {
		return scrape
	}
	return g.spacings[int(g.next.Sub(epoch)/spacingsLast)%len(g.spacings)]
}

// newWorld opens a store and fills it up to the beginning of the walk. Where spacings are given a job appears an hour later.
func newWorld(t *testing.T, seed uint64, spacings []time.Duration) *world {
	t.Helper()
	store := promstoretest.Open(t)
	w := &world{random: rand.New(rand.NewPCG(seed, 7)), store: store}
	for i, of := range [][2]string{{"eu", "a"}, {"us", "b"}} {
		w.targets = append(w.targets, &target{random: w.random, region: of[0], instance: of[1],
			next: epoch.Add(time.Duration(i) * 4 * time.Second), counts: map[string]float64{}, marksItsEnd: i > 0, spacings: spacings})
	}
	if len(spacings) > 0 {
		w.targets = append(w.targets, &target{random: w.random, region: "eu", instance: "c", job: "later", next: epoch.Add(history + time.Hour),
			counts: map[string]float64{}, spacings: spacings[1:]})
	}
	for at := epoch; !at.After(epoch.Add(history)); at = at.Add(time.Hour) {
		w.advance(t, at)
	}
	return w
}

// advance lets the time go on until now.
func (w *world) advance(t *testing.T, now time.Time) {
	t.Helper()
	var samples []promstore.Sample
	for _, one := range w.targets {
		samples = append(samples, one.advance(now)...)
	}
	if err := w.store.Append(samples...); err != nil {
		t.Fatal(err)
	}
}

// advance returns what comes of the target until now.
func (g *target) advance(now time.Time) []promstore.Sample {
	var samples []promstore.Sample
	for ; !g.next.After(now); g.next = g.next.Add(g.every()) {
		if !g.next.Before(g.until) {
			g.turn()
		}
		g.held = append(g.held, g.scrape()...)
		if g.heldUntil.Before(g.next) {
			samples, g.held = append(samples, g.held...), nil
		}
	}
	if !g.heldUntil.After(now) {
		samples, g.held = append(samples, g.held...), nil
	}
	return samples
}

// turn lets the target do something else for a while.
func (g *target) turn() {
	wasGone := g.gone
	g.busy, g.gone = g.random.IntN(4) > 0, g.random.IntN(5) == 0
	g.failing = []float64{0, 0, .01, .2, .9}[g.random.IntN(5)]
	g.until = g.next.Add(time.Duration(2+g.random.IntN(40)) * time.Minute)
	if g.random.IntN(6) == 0 {
		clear(g.counts)
	}
	if len(g.held) == 0 && g.random.IntN(3) == 0 {
		g.heldUntil = g.next.Add(time.Duration(g.random.Int64N(int64(latest))))
	}
	if g.gone && !wasGone && g.marksItsEnd {
		for name := range g.counts {
			g.counts[name] = math.NaN()
		}
	}
}

// buckets are the upper bounds of the durations' histogram.
var buckets = []string{"0.1", "0.3", "1", "+Inf"}

// scrape returns what the target says now.
func (g *target) scrape() []promstore.Sample {
	var samples []promstore.Sample
	say := func(name string, v float64, of ...string) {
		of = append(of, "__name__", name, "region", g.region, "instance", g.instance)
		if g.job != "" {
			of = append(of, "job", g.job)
		}
		samples = append(samples, promstore.Sample{Labels: labels.FromStrings(of...), Time: g.next, Value: v})
	}
	count := func(name string, n int, of ...string) {
		key := name + labels.FromStrings(of...).String()
		switch v := g.counts[key]; {
		case g.gone && math.IsNaN(v):
			say(name, math.Float64frombits(value.StaleNaN), of...)
			delete(g.counts, key)
		case g.gone:
		default:
			g.counts[key] = max(0, v) + float64(n)
			if math.IsNaN(v) {
				g.counts[key] = float64(n)
			}
			say(name, g.counts[key], of...)
		}
	}
	for _, flow := range []string{"checkout", "search"} {
		served := 0
		if g.busy {
			served = g.random.IntN(30)
		}
		failed := 0
		for range served {
			if g.random.Float64() < g.failing {
				failed++
			}
		}
		count("requests_total", served-failed, "flow", flow, "code", "200")
		count("requests_total", failed, "flow", flow, "code", "500")
		fast := 0
		for k, le := range buckets {
			fast += g.random.IntN(served - fast + 1)
			if k == len(buckets)-1 {
				fast = served
			}
			count("duration_seconds_bucket", fast, "flow", flow, "le", le)
		}
		count("duration_seconds_count", served, "flow", flow)
	}
	if !g.gone {
		say("queue", math.Round(g.random.Float64()*100)/10)
	}
	return samples
}
