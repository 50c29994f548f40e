package oracle

import (
	"math"
	"strings"
)

// indicator draws an indicator and the telemetry that it is about.
func (g *generator) indicator(metric string) indicator {
	switch g.random.IntN(7) {
	case 0, 1:
		return g.ratio(metric)
	case 2:
		return g.latency(metric)
	case 3:
		return g.apdex(metric)
	case 4:
		return g.quantile(metric)
	case 5:
		return g.value(metric)
	default:
		return g.probe(metric)
	}
}

// ratio draws a ratio within one metric that tells outcomes apart by a label, or of two metrics.
func (g *generator) ratio(metric string) ratio {
	r := ratio{
		partIsBad: g.chance(0.5), partIsWhole: g.chance(0.25), totalIsWhole: g.chance(0.15),
		all: selector{metric: metric + "_requests_total"},
	}
	op := map[bool]string{true: "=~", false: "!~"}[r.partIsBad]
	r.part = r.all.with(condition{"code", op, pick(g.random, "5..", `5\d\d`, "50[03]")})
	if g.chance(0.35) {
		r.part = selector{metric: metric + "_outcomes_total"}
	}
	for _, t := range g.targets("api") {
		late := 0
		if g.chance(0.7) {
			late = g.random.IntN(len(t.times) * 5 / 4)
			if g.steady {
				late /= 10
			}
			if g.world != nil && g.world.isTooYoung(t, late) {
				late = len(t.times)
			}
		}
		r.write(t, late)
	}
	return r
}

// write writes the counters of a target, of which those of the errors or outcomes are born late.
func (r ratio) write(t *target, late int) {
	total := r.all.metric
	t.counter(total, map[string]string{"code": "200"}, 20, 0)
	t.counter(total, map[string]string{"code": "404"}, 3, 0)
	if r.part.metric != total {
		t.counter(r.part.metric, nil, 12, late)
		return
	}
	t.counter(total, map[string]string{"code": "500"}, 4, late)
	t.counter(total, map[string]string{"code": "503"}, 2, late)
}

// durations draws a histogram, which is classic, native, or becomes native in the middle.
func (g *generator) durations(metric string) durations {
	h := durations{milliseconds: g.chance(0.3), edges: []float64{0.1, 0.25, 0.5, 1, 2.5}}
	name := metric + "_seconds"
	switch h.unitStated = g.chance(0.3); {
	case h.unitStated:
		name = metric + "_duration"
	case h.milliseconds:
		name = metric + "_milliseconds"
	}
	h.selector = selector{metric: name}
	if h.milliseconds {
		for i := range h.edges {
			h.edges[i] *= 1000
		}
	}
	form := pick(g.random, "classic", "classic", "native", "both")
	h.classic, h.native = form != "native", form != "classic"
	for _, t := range g.targets("web") {
		g.write(h, t)
	}
	return h
}

// write writes the histogram of a target, whose buckets are spelt like 1 or like 1.0.
func (g *generator) write(h durations, t *target) {
	spelt := number
	if g.chance(0.5) {
		spelt = func(edge float64) string {
			if text := number(edge); strings.Contains(text, ".") {
				return text
			}
			return number(edge) + ".0"
		}
	}
	observed := t.observations()
	nativeSince := 0
	if h.classic {
		t.classic(h, observed, spelt, 0)
		nativeSince = len(t.times) / 2
		if g.steady {
			nativeSince /= 5
		}
	}
	if h.native {
		t.native(h, observed, int32(g.random.IntN(4)), nativeSince)
	}
}

// bound draws a duration in milliseconds that is an edge, lies between two, or beyond all of them.
func (g *generator) bound() float64 {
	return pick(g.random, 60.0, 100, 180, 250, 400, 500, 800, 1000, 2500, 6000)
}

func (g *generator) latency(metric string) latency {
	return latency{g.durations(metric), g.bound()}
}

func (g *generator) apdex(metric string) apdex {
	a := apdex{durations: g.durations(metric), satisfied: g.bound()}
	a.tolerated = 4 * a.satisfied
	if g.chance(0.4) {
		a.tolerated = a.satisfied + 300
	}
	return a
}

// quantile draws a quantile whose rank never falls between two of the few observations in a window: where there are
// empty buckets, rounding would decide there on which side of them it is.
func (g *generator) quantile(metric string) quantile {
	return quantile{g.durations(metric), pick(g.random, 0.503, 0.907, 0.991)}
}

// probe draws checks that mostly succeed, or mostly don't for a while.
func (g *generator) probe(metric string) probe {
	for _, t := range g.targets("probe") {
		t.gauge(metric+"_success", func(k int) float64 {
			if t.phases[k] == trickling {
				return float64(t.random.IntN(2))
			}
			return float64((9 + t.random.IntN(10)) / 10)
		})
	}
	return probe{selector{metric: metric + "_success"}}
}

// value draws an expression over gauges that walk about, and are no numbers at times.
func (g *generator) value(metric string) value {
	for _, t := range g.targets("queue") {
		level := g.between(0.2, 1)
		t.gauge(metric, func(k int) float64 {
			level = math.Abs(level + 0.1*t.random.NormFloat64())
			if t.phases[k] == trickling {
				return pick(t.random, level, math.NaN(), math.Inf(1), math.Inf(-1))
			}
			return level
		})
	}
	gauge := selector{metric: metric}
	one := gauge.with(condition{"instance", "=", "a"})
	if g.catalog.budget != nil && g.chance(0.5) {
		return rangedValue(g.random, gauge, one)
	}
	return pick(g.random,
		value{"avg(%s)", []selector{gauge}},
		value{"avg(%s offset 90s)", []selector{gauge}},
		value{"%s", []selector{one}},
		value{"max(max_over_time(%s[__window]))", []selector{gauge}},
		value{"1 - min(%s) / (1 + sum(%s))", []selector{gauge, one}},
	)
}
