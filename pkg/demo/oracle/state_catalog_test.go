package oracle

import (
	"fmt"
	"time"
)

// lookback is how many minutes a state remembers.
const lookback = 60

// statePolicy is a policy that is on while a number is under a bound.
type statePolicy struct {
	severity string
	// number is score, coverage or delta; the latter of two cohorts of a dimension.
	number                         string
	dimension, candidate, baseline string
	under                          float64
	by                             []string
	// holds and keeps are for and keepFor in minutes.
	holds, keeps int
}

func (p statePolicy) yaml(k int) map[string]any {
	number := p.number
	if number == delta {
		number = fmt.Sprintf("delta(%q, %q, %q)", p.dimension, p.candidate, p.baseline)
	}
	return map[string]any{
		"name": fmt.Sprintf("p%d", k), "severity": p.severity, "when": fmt.Sprintf("%s < %v", number, p.under), "by": p.by,
		"for": fmt.Sprintf("%dm", p.holds), "keepFor": fmt.Sprintf("%dm", p.keeps),
	}
}

// reach is how many minutes before a minute its state depends on.
func (p statePolicy) reach() int { return lookback + max(p.holds, p.keeps) }

// addStateFields adds what the definition says of states.
func (c *catalog) addStateFields(spec map[string]any) {
	var all []any
	for k, p := range c.policies {
		all = append(all, p.yaml(k))
	}
	spec["policies"], spec["lookback"] = all, fmt.Sprintf("%dm", lookback)
	if c.budget == nil {
		spec["timeSliceWindow"], spec["budgetWindow"] = "1m", "1h"
	}
}

const delta = "delta"

// stateSeed is added to the seeds of catalogs with policies.
const stateSeed = 4_000_000

// statePoints is how many minutes are asked of a catalog with policies.
const statePoints = 40

// generateStates draws a catalog whose flows have cohorts of their own, with policies, what is asked of it, and the views in which
// it is asked. Time slices are a minute wide. What looks back over the very slice, and what is held, is for other tests.
func generateStates(seed uint64) (*catalog, *dataset, question, []inView) {
	g := &generator{random: newRand(seed), data: &dataset{name: fmt.Sprint(seed)}}
	c := &catalog{
		seed: seed, aggregate: pick(g.random, mean, mean, minimum, product), window: 2 * time.Minute, minCoverage: pick(g.random, 0, 0, 0.4),
		scrape: pick(g.random, 15*time.Second, 30*time.Second), ownScrape: true, trust: []condition{{datasetLabel, "=", g.data.name}},
	}
	g.catalog = c
	c.dimensions = g.dimensions()
	for range 1 + g.random.IntN(3) {
		c.policies = append(c.policies, g.statePolicy())
	}
	q := question{interval: time.Minute, step: time.Minute, scrape: c.scrape}
	q.from = floor(epoch.Add(lead+100*time.Minute), time.Minute)
	q.to = q.from.Add((statePoints - 1) * time.Minute)
	g.start, g.end = epoch, q.to.Add(time.Minute)
	g.unit = pick(g.random, time.Minute, 4*time.Minute)
	for i := range 2 + g.random.IntN(2) {
		f := flow{name: fmt.Sprintf("flow%d", i), weight: g.between(0.5, 3)}
		for j := range 1 + g.random.IntN(2) {
			f.slis = append(f.slis, g.stateSLI(fmt.Sprintf("m%d_%d", i, j), j))
		}
		c.flows = append(c.flows, f)
	}
	return c, g.data, q, g.stateViews()
}

// statePolicy draws a policy.
func (g *generator) statePolicy() statePolicy {
	p := statePolicy{severity: pick(g.random, "page", "ticket"), holds: g.random.IntN(3), keeps: g.random.IntN(6)}
	p.by = pick(g.random, nil, []string{"region"}, []string{"tier"}, []string{"region", "tier"})
	switch g.random.IntN(3) {
	case 0:
		p.number, p.under = score, g.between(0.3, 0.9)
	case 1:
		p.number, p.under = coverage, g.between(0.3, 0.95)
	default:
		p.number, p.under = delta, -g.between(0.01, 0.2)
		p.dimension, p.candidate, p.baseline = "region", "eu", pick(g.random, "us", "jp")
		p.by = pick(g.random, nil, []string{"tier"})
		if g.chance(0.4) {
			p.dimension, p.candidate, p.baseline, p.by = "tier", "gold", "basic", pick(g.random, nil, []string{"region"})
		}
	}
	return p
}

// stateSLI draws an SLI of cohorts.
func (g *generator) stateSLI(metric string, j int) sli {
	s := sli{
		name: fmt.Sprintf("sli%d", j), weight: g.between(0.3, 3), key: g.chance(0.1), curve: identity{},
		missing: pick(g.random, ignore, ignore, good, bad), idle: pick(g.random, ignore, good, bad),
	}
	if g.chance(0.2) {
		s.labels = pick(g.random, map[string]string{"region": "zone"}, map[string]string{"tier": noLabel})
	}
	s.indicator = g.stateIndicator(&s, metric)
	if g.chance(0.25) {
		s.fallback = &fallback{g.stateIndicator(&s, metric+"_instead"), identity{}}
	}
	return s
}

// stateIndicator draws a ratio or a gauge, with telemetry of some cohorts.
func (g *generator) stateIndicator(s *sli, metric string) indicator {
	g.drawCohorts(s.labelNames(g.catalog.dimensions))
	defer func() { g.cohorts = nil }()
	if g.chance(0.6) {
		return g.ratio(metric)
	}
	return value{"avg(%s)", []selector{g.gauges(metric, 1)}}
}

// stateViews draws in which ways states are asked for: as they are, and in two others.
func (g *generator) stateViews() []inView {
	views := []inView{{}}
	for range 2 {
		v := inView{by: pick(g.random, nil, []string{"region"}, []string{"tier"}, []string{"region", "tier"})}
		if len(v.by) == 0 || g.chance(0.3) {
			v.filters = append(v.filters, g.filter())
		}
		views = append(views, v)
	}
	return views
}
