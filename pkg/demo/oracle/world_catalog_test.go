package oracle

import (
	"fmt"
	"time"
)

// worldSeed is added to the seeds of worlds.
const worldSeed = 5_000_000

// worldPoints is how many minutes are asked of a world.
const worldPoints = 45

// worldQuestion is what is asked of a world.
type worldQuestion struct {
	question
	views []inView
	// burn is the window of burn rates.
	burn time.Duration
}

// generateWorld returns a random catalog without a scrape interval, telemetry with changing scrape intervals, instances and buckets, and
// a question about its scores, coverage, burn rates, budgets and states of cohorts. Telemetry for some engines changes in less.
func generateWorld(seed uint64, engine engine) (*catalog, *world, *dataset, *facts, worldQuestion) {
	g := &generator{random: newRand(seed), data: &dataset{name: fmt.Sprint(seed)}}
	g.world = &world{jobs: map[string]scraping{}, met: map[string]int{}, steady: engine.ownRates, unbroken: engine.unbroken}
	for _, after := range []time.Duration{3 * time.Hour, 6 * time.Hour} { // Since noon: spacings are measured at 15:00 and 18:00.
		g.world.changes = append(g.world.changes, epoch.Add(after+5*time.Minute), epoch.Add(after+45*time.Minute))
	}
	c := &catalog{
		seed: seed, aggregate: pick(g.random, mean, mean, geometric, harmonic, minimum, product, loss), minCoverage: pick(g.random, 0, 0, 0.4),
		window: pick(g.random, 5*time.Minute, 10*time.Minute, 12*time.Minute), trust: []condition{{datasetLabel, "=", g.data.name}},
		scrape: otherScrape, dimensions: g.dimensions(),
	}
	g.catalog = c
	b := &budgeting{method: g.method(ratioTimeslices), objective: g.target(), target: pick(g.random, 0, 0, 0.9123, 0.5077)}
	b.slice = pick(g.random, time.Minute, 2*time.Minute, 5*time.Minute, 5*time.Minute, 10*time.Minute)
	b.window = b.slice * time.Duration((7*60+g.random.IntN(60))*int(time.Minute)/int(b.slice))
	c.budget = b
	for range 1 + g.random.IntN(3) {
		c.policies = append(c.policies, g.statePolicy())
	}
	asked := worldQuestion{question: question{interval: time.Minute, step: time.Minute, scrape: otherScrape}}
	asked.to = epoch.Add(9*time.Hour + time.Duration(50+g.random.IntN(50))*time.Minute)
	asked.from = asked.to.Add(-(worldPoints - 1) * time.Minute)
	asked.burn = b.slice * time.Duration(1+g.random.IntN(int(fineWindow/b.slice)))
	asked.views = g.stateViews()
	// Spacings are measured at noon, where the hour before it is needed, and more closely where they changed.
	g.start, g.end = epoch.Add(-65*time.Minute), asked.to.Add(time.Minute)
	for i := range 2 + g.random.IntN(2) {
		f := flow{name: fmt.Sprintf("flow%d", i), weight: g.between(0.5, 3), objective: g.target(), method: g.method("")}
		for j := range 1 + g.random.IntN(3) {
			f.slis = append(f.slis, g.worldSLI(fmt.Sprintf("m%d_%d", i, j), j))
		}
		c.flows = append(c.flows, f)
	}
	for _, s := range g.data.series {
		g.world.absent += one(len(s.times) == 0)
	}
	newest := floor(asked.now().Add(-10*time.Minute), 10*time.Minute)
	return c, g.world, g.data, newFacts(g.data, g.world.jobs, g.start, newest), asked
}

// now is when a world is asked.
func (q worldQuestion) now() time.Time { return q.to.Add(20 * time.Second) }

// worldSLI draws an SLI, on telemetry of cohorts mostly.
func (g *generator) worldSLI(metric string, j int) sli {
	s := sli{
		name: fmt.Sprintf("sli%d", j), weight: g.between(0.3, 3), key: g.chance(0.1), objective: g.objective(),
		missing: pick(g.random, ignore, ignore, good, bad), idle: pick(g.random, ignore, good, bad),
	}
	if g.chance(0.2) {
		s.labels = pick(g.random, map[string]string{"region": "zone"}, map[string]string{"tier": noLabel})
	}
	if g.chance(0.7) {
		g.drawCohorts(s.labelNames(g.catalog.dimensions))
		defer func() { g.cohorts = nil }()
	}
	s.indicator = g.worldIndicator(metric)
	s.curve = identity{}
	switch s.indicator.kind() {
	case "quantile":
		s.curve = g.linear("quantile")
	case "ratio", "latency":
		if g.chance(0.3) {
			s.curve = budget{s.objective, pick(g.random, defaultFactor, 2.0)}
		}
		if g.chance(0.2) {
			s.fallback = &fallback{value{"avg(avg_over_time(%s[__window]))", []selector{g.gauges(metric+"_instead", 1)}}, identity{}}
		}
	}
	return s
}

// worldIndicator draws an indicator.
func (g *generator) worldIndicator(metric string) indicator {
	switch n := g.random.IntN(20); {
	case n < 9:
		r := g.ratio(metric)
		r.absentIsZero = r.part.metric != r.all.metric && g.chance(0.4)
		return r
	case n < 14:
		return latency{g.changingDurations(metric), g.bound()}
	case n < 15:
		return apdex{durations: g.changingDurations(metric), satisfied: 250, tolerated: 1000}
	case n < 16:
		return quantile{g.changingDurations(metric), pick(g.random, 0.503, 0.907)}
	case n < 18:
		return g.probe(metric)
	default:
		return value{pick(g.random, "avg(avg_over_time(%s[__window]))", "min(min_over_time(%s[__window]))"), []selector{g.gauges(metric, 1)}}
	}
}

// changingDurations draws a classic histogram whose buckets change at times: some are added, and some removed.
func (g *generator) changingDurations(metric string) durations {
	h := durations{selector: selector{metric: metric + "_seconds"}, edges: []float64{0.1, 0.25, 0.5, 1, 2.5}, classic: true}
	if g.chance(0.6) && !g.world.steady {
		h.later = pick(g.random, []float64{0.1, 0.18, 0.25, 0.4, 0.5, 1, 2.5}, []float64{0.1, 0.5, 1}, []float64{0.1, 0.4, 0.8, 1, 2.5, 6})
		if g.chance(0.4) {
			h.edges, h.later = h.later, h.edges
		}
	}
	targets := g.targets("web")
	g.world.roll(g, h, targets)
	for _, t := range targets {
		t.changing(h, t.observations())
	}
	return h
}
