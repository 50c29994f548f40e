package oracle

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// generator draws a catalog together with its telemetry.
type generator struct {
	random *rand.Rand
	// start and end are those of the telemetry.
	start, end time.Time
	data       *dataset
	catalog    *catalog
	// unit is what the phases of targets last three to twelve of; a minute where it is 0.
	unit time.Duration
	// cohorts are the labels that tell the targets of a job apart, one a target; nil where nothing does.
	cohorts []map[string]string
	// world draws telemetry that changes over time; nil where others draw it.
	world *world
	// steady says that targets are never gone and no series is born late, so that the spacing of their samples can be told from
	// the samples of an hour.
	steady bool
}

// epoch is when the telemetry of all catalogs begins, and lead how long before the instants that are asked for.
var epoch = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

const (
	lead   = 6 * time.Minute
	points = 60
)

// newRand returns the source of everything that is random about a seed.
func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 2)) }

// pick draws one of several.
func pick[T any](random *rand.Rand, from ...T) T { return from[random.IntN(len(from))] }

// chance is true with a probability.
func (g *generator) chance(p float64) bool { return g.random.Float64() < p }

// between draws a number.
func (g *generator) between(low, high float64) float64 { return low + (high-low)*g.random.Float64() }

// generate draws the catalog of a seed and what is asked of it. Every eighth catalog has logNormal curves.
func generate(seed uint64) (*catalog, *dataset, question) {
	g := &generator{random: newRand(seed), data: &dataset{name: strconv.FormatUint(seed, 10)}}
	c := &catalog{
		seed:      seed,
		aggregate: pick(g.random, mean, geometric, harmonic, minimum, product, loss),
		window:    g.window(), minCoverage: pick(g.random, 0, 0.3, 0.5, 0.75, 1),
		scrape: pick(g.random, 15*time.Second, 30*time.Second), ownScrape: g.chance(0.3),
		trust: []condition{{datasetLabel, "=", g.data.name}},
	}
	g.catalog = c
	q := g.question()
	g.start, g.end = epoch, q.to.Add(time.Minute)
	for i := range 2 + g.random.IntN(3) {
		f := flow{name: fmt.Sprintf("flow%d", i), weight: g.weight()}
		for j := range 2 + g.random.IntN(3) {
			f.slis = append(f.slis, g.sli(&f, fmt.Sprintf("m%d_%d", i, j), j))
		}
		c.flows = append(c.flows, f)
	}
	return c, g.data, q
}

// question draws what is asked of the catalog.
func (g *generator) question() question {
	scrape := g.catalog.scrape
	interval := pick(g.random, 5*time.Second, scrape, scrape+7*time.Second, 2*scrape)
	q := question{interval: interval, step: max(interval, scrape), scrape: scrape}
	q.from = epoch.Add(lead + time.Duration(g.random.IntN(60_000))*time.Millisecond)
	q.to = q.from.Add((points-1)*q.step + q.step/2)
	q.window = pick(g.random, "", "", "auto", "$__rate_interval", "2m", "250s")
	return q
}

// window draws a window that is long enough for rates.
func (g *generator) window() time.Duration {
	return pick(g.random, 60*time.Second, 90*time.Second, 2*time.Minute, 3*time.Minute, 5*time.Minute)
}

// weight draws a weight.
func (g *generator) weight() float64 {
	if g.chance(0.08) {
		return 0
	}
	return pick(g.random, 1, 1, 2, 3, 5, 0.5, g.between(0.1, 10))
}

// sli draws the j-th SLI of a flow, about telemetry of its own or that of the SLI before.
func (g *generator) sli(f *flow, metric string, j int) sli {
	s := sli{
		name: fmt.Sprintf("sli%d", j), weight: g.weight(), key: g.chance(0.2),
		missing: pick(g.random, ignore, ignore, good, bad), idle: pick(g.random, ignore, ignore, good, bad),
	}
	if j > 0 && g.chance(0.1) {
		s.indicator = f.slis[j-1].indicator
	} else {
		s.indicator = g.indicator(metric)
	}
	if g.chance(0.3) {
		s.window = g.window()
	}
	if g.chance(0.15) {
		s.trust = append([]condition{{"instance", "=", "a"}}, g.catalog.trust...)
	}
	switch s.indicator.kind() {
	case "value", "probe":
	default:
		if g.chance(0.3) {
			s.minEvents = g.between(0.3, 15)
		}
	}
	if g.chance(0.4) {
		s.objective = g.objective()
	}
	s.curve = g.curve(&s)
	return s
}

// curve draws a curve that goes with the SLI's kind and objective.
func (g *generator) curve(s *sli) curve {
	kind := s.indicator.kind()
	curves := []curve{g.linear(kind), g.step(kind)}
	if kind != "quantile" {
		curves = append(curves, identity{})
	}
	if kind != "quantile" && kind != "value" {
		s.objective = g.objective()
		curves = append(curves, budget{s.objective, pick(g.random, defaultFactor, 2, 25.5)})
	}
	if g.catalog.seed%8 == 0 && g.catalog.budget == nil && g.chance(0.7) {
		return g.logNormal(kind)
	}
	return pick(g.random, curves...)
}

// objective draws an objective whose curve has its zero where shares of a few events lie, with a burn of 2 or 10: what
// rounding leaves of 0 there must not count.
func (g *generator) objective() float64 { return pick(g.random, 0.9, 0.95, 0.75) }

// linear draws a line, in seconds for a quantile.
func (g *generator) linear(kind string) curve {
	if kind == "quantile" {
		return linear{zero: g.between(1, 4), one: g.between(0, 0.5)}
	}
	zero := g.between(-0.2, 0.8)
	c := linear{zero: zero, one: zero + g.between(0.1, 0.6)}
	if g.chance(0.1) {
		c.zero, c.one = c.one, c.zero
	}
	return c
}

// step draws an edge, which values like 1 or 0.5 may meet exactly.
func (g *generator) step(kind string) curve {
	if kind == "quantile" {
		return step{at: pick(g.random, 0.5, 1, g.between(0.2, 2)), lowerBetter: g.chance(0.8)}
	}
	return step{at: pick(g.random, 0, 0.5, 0.75, 0.9, 1, g.between(0.3, 1)), lowerBetter: g.chance(0.2)}
}

// logNormal draws the points that score 0.9 and 0.5.
func (g *generator) logNormal(kind string) curve {
	c := logNormal{p10: g.between(0.05, 0.6)}
	if kind == "quantile" {
		c.p10 = g.between(0.1, 1)
	}
	c.median = c.p10 * g.between(1.2, 4)
	return c
}
