package oracle

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// cohortSeed is added to the seeds of catalogs with cohorts, which share a store with those without.
const cohortSeed = 2_000_000

// The values of the dimensions of which there may be telemetry.
var (
	regions = []string{"eu", "us", "jp"}
	tiers   = []string{"gold", "basic", "spy"}
)

// cohortPoints is how many instants are asked of a catalog with cohorts.
const cohortPoints = 30

// generateCohorts draws a catalog with cohorts, what is asked of it, and the views in which it is asked.
func generateCohorts(seed uint64) (*catalog, *dataset, question, []inView) {
	g := &generator{random: newRand(seed), data: &dataset{name: strconv.FormatUint(seed, 10)}}
	c := &catalog{
		seed: seed, aggregate: pick(g.random, mean, mean, geometric, harmonic, minimum, product, loss),
		window: pick(g.random, 60*time.Second, 90*time.Second, 2*time.Minute), minCoverage: pick(g.random, 0, 0, 0.3, 0.5),
		scrape: pick(g.random, 15*time.Second, 30*time.Second), ownScrape: g.chance(0.3),
		trust: []condition{{datasetLabel, "=", g.data.name}},
	}
	g.catalog = c
	c.dimensions = g.dimensions()
	interval := pick(g.random, 20*time.Second, 30*time.Second, time.Minute)
	q := question{interval: interval, step: max(interval, c.scrape), scrape: c.scrape}
	q.from = epoch.Add(lead + time.Duration(g.random.IntN(60_000))*time.Millisecond)
	q.to = q.from.Add((cohortPoints-1)*q.step + q.step/2)
	q.window = pick(g.random, "", "", "", "$__rate_interval", "2m")
	g.start, g.end = epoch, q.to.Add(time.Minute)
	for i := range 2 + g.random.IntN(2) {
		c.flows = append(c.flows, g.cohortFlow(i))
	}
	c.flows[0].team = "pay"
	return c, g.data, q, g.views()
}

// dimensions draws regions and tiers, of which one may have weights.
func (g *generator) dimensions() []dimension {
	region := dimension{name: "region", label: "region"}
	if g.chance(0.6) {
		region.values = pick(g.random, []string{"eu"}, []string{"us", "eu"}, []string{"us", "moon"})
	}
	tier := dimension{name: "tier", label: "customer_tier"}
	if g.chance(0.3) {
		tier.values = []string{"gold"}
	}
	switch g.random.IntN(4) {
	case 0, 1:
		tier.weights = map[string]float64{"gold": g.between(1, 4), "basic": 1}
		if g.chance(0.3) {
			tier.weights["ghost"] = pick(g.random, 0, 0.5)
		}
	case 2:
		region.weights = map[string]float64{"eu": g.between(1, 4), "us": 1.5}
	}
	return []dimension{region, tier}
}

// cohortFlow draws a flow whose SLIs have telemetry of cohorts.
func (g *generator) cohortFlow(i int) flow {
	f := flow{name: fmt.Sprintf("flow%d", i), weight: pick(g.random, 1, 2, g.between(0.1, 5)), team: pick(g.random, "", "pay", "web")}
	for j := range 2 + g.random.IntN(2) {
		f.slis = append(f.slis, g.cohortSLI(fmt.Sprintf("m%d_%d", i, j), j))
	}
	switch {
	case g.catalog.aggregate == loss:
	case g.chance(0.45) && f.traffic() != nil:
		f.dynamic = &dynamic{}
	case g.chance(0.35):
		f.dynamic = &dynamic{expression: g.weightExpression(fmt.Sprintf("w%d", i))}
	}
	return f
}

// cohortSLI draws an SLI, what its labels are, and what becomes of it while it is missing.
func (g *generator) cohortSLI(metric string, j int) sli {
	s := sli{
		name: fmt.Sprintf("sli%d", j), weight: pick(g.random, 1, 2, g.between(0.1, 5)), key: g.chance(0.15),
		missing: pick(g.random, ignore, ignore, good, bad, hold, hold, hold), idle: pick(g.random, ignore, ignore, good, bad),
	}
	if s.missing == hold {
		s.maxDelay = pick(g.random, time.Minute, 2*time.Minute, 150*time.Second, 5*time.Minute, 10*time.Minute)
	}
	if g.chance(0.3) {
		s.labels = pick(g.random, map[string]string{"region": "zone"}, map[string]string{"tier": noLabel}, map[string]string{"region": noLabel, "tier": "class"})
	}
	s.indicator = g.cohortIndicator(&s, metric)
	if _, is := s.indicator.(ratio); is && g.chance(0.3) {
		s.minEvents = g.between(0.3, 15)
	}
	if g.chance(0.25) {
		s.window = pick(g.random, 75*time.Second, 3*time.Minute)
	}
	s.curve = g.cohortCurve()
	if g.chance(0.5) {
		s.fallback = &fallback{g.cohortIndicator(&s, metric+"_instead"), g.cohortCurve()}
	}
	return s
}

// cohortCurve draws a curve for a share, or for a value that is mostly one.
func (g *generator) cohortCurve() curve {
	return pick[curve](g.random, identity{}, g.linear(""), step{at: pick(g.random, 0.5, 0.75, 0.9, 1, g.between(0.3, 1)), lowerBetter: g.chance(0.2)})
}

// cohortIndicator draws an indicator, and telemetry of some cohorts under the labels that the SLI states.
func (g *generator) cohortIndicator(s *sli, metric string) indicator {
	g.drawCohorts(s.labelNames(g.catalog.dimensions))
	defer func() { g.cohorts = nil }()
	switch g.random.IntN(5) {
	case 0, 1:
		return g.ratio(metric)
	case 2:
		return g.probe(metric)
	default:
		return g.cohortValue(metric)
	}
}

// labelNames returns what the dimensions are called on an SLI's series. Series may have a label all the same where the
// definition says that they don't.
func (s *sli) labelNames(dimensions []dimension) []string {
	names := make([]string, len(dimensions))
	for k, d := range dimensions {
		if names[k] = s.labelOf(d); names[k] == "" {
			names[k] = d.label
		}
	}
	return names
}

// drawCohorts draws of which cohorts there will be targets: of whole ones, of one dimension, and of all users.
func (g *generator) drawCohorts(labels []string) {
	g.cohorts = []map[string]string{}
	told := g.random.IntN(4)
	for range pick(g.random, 1, 2, 3, 4, 5, 6) {
		own := map[string]string{}
		if told != 1 && g.chance(0.75) {
			own[labels[0]] = pick(g.random, regions...)
		}
		if told != 2 && g.chance(0.75) {
			own[labels[1]] = pick(g.random, tiers...)
		}
		g.cohorts = append(g.cohorts, own)
	}
	if g.chance(0.4) {
		g.cohorts = append(g.cohorts, map[string]string{})
	}
}

// gauges writes gauges between 0 and about 1 that walk about.
func (g *generator) gauges(metric string, most float64) selector {
	for _, t := range g.targets("queue") {
		level := g.between(0.2, 1)
		t.gauge(metric, func(int) float64 {
			level = math.Min(most, math.Max(0.05, level+0.1*t.random.NormFloat64()))
			return level
		})
	}
	return selector{metric: metric}
}

// cohortValue draws an expression over gauges, of which some can't be split.
func (g *generator) cohortValue(metric string) indicator {
	gauge := g.gauges(metric, 1.2)
	if g.chance(0.15) {
		return sharedValue{value{"max(topk(1, %s))", []selector{gauge}}}
	}
	return pick(g.random,
		value{"avg(%s)", []selector{gauge}},
		value{"max(max_over_time(%s[__window]))", []selector{gauge}},
		value{"1 - min(%s) / (1 + sum(%s))", []selector{gauge, gauge}},
		value{"avg(sum by (instance) (%s) / on (instance) (1 + max by (instance) (%s)))", []selector{gauge, gauge}},
		value{"sum(%s) / count(%s offset 1m)", []selector{gauge, gauge}},
	)
}

// weightExpression draws what a weight follows, which is below 0 at times.
func (g *generator) weightExpression(metric string) *value {
	g.drawCohorts([]string{g.catalog.dimensions[0].label, g.catalog.dimensions[1].label})
	defer func() { g.cohorts = nil }()
	gauge := g.gauges(metric, 3)
	return &value{pick(g.random, "sum(%s)", "max(%s) - 0.3", "sum(max_over_time(%s[__window]))"), []selector{gauge}}
}

// views draws in which ways the catalog is split and filtered: as it is, and in three others.
func (g *generator) views() []inView {
	views := []inView{{}}
	kinds := [][]string{{"region"}, {"tier"}, {"region", "tier"}, {teamLabel}, {"region", teamLabel}, {}, {}}
	for range 3 {
		v := inView{by: pick(g.random, kinds...)}
		if len(v.by) == 0 || g.chance(0.4) {
			v.filters = append(v.filters, g.filter())
		}
		if g.chance(0.2) {
			v.filters = append(v.filters, filter{key: teamLabel, values: []string{"pay"}})
		}
		views = append(views, v)
	}
	return views
}

// filter draws a filter of a dimension. Where it states an expression the values are its alternatives.
func (g *generator) filter() filter {
	f := filter{key: "region", values: pick(g.random, []string{"eu"}, []string{"us", "jp"}, []string{"eu", "moon"})}
	if g.chance(0.4) {
		f = filter{key: "tier", values: pick(g.random, []string{"gold"}, []string{"gold", "spy"})}
	}
	f.op = pick(g.random, "", "", "=~", "!~")
	if len(f.values) == 1 {
		f.op = pick(g.random, f.op, "=", "!=")
	}
	return f
}
