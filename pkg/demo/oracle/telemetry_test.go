package oracle

import (
	"cmp"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	prometheus "github.com/prometheus/prometheus/model/value"
)

// phase is what a target does for a while.
type phase int

const (
	busy phase = iota
	trickling
	resting
	gone
)

// target is something that is scraped: it has events now and then, restarts, and is gone at times.
type target struct {
	random *rand.Rand
	data   *dataset
	labels map[string]string
	// times are those of the scrapes in milliseconds, phases what the target does at each.
	times  []int64
	phases []phase
	resets []bool
	// marks says that the end of a series is marked in the store.
	marks bool
	// bursts are the events beyond the usual ones before each scrape, and spoilt says at which scrapes counters of failures are not
	// a number; nil where there are none.
	bursts []int
	spoilt []bool
	// rolled is the scrape from which on a histogram has other buckets.
	rolled int
}

// targets returns a few targets of one job, or none: their phases are the same but for failures of their own.
func (g *generator) targets(job string) []*target {
	if g.world != nil {
		return g.world.targets(g, job)
	}
	n := int(g.end.Sub(g.start) / g.catalog.scrape)
	shared := g.phases(n)
	many := len(g.cohorts)
	if g.cohorts == nil {
		many = pick(g.random, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2)
	}
	targets := make([]*target, many)
	for i := range targets {
		t := &target{
			random: g.random, data: g.data, marks: g.chance(0.5),
			labels: map[string]string{"job": job, "instance": string(rune('a' + i))},
			phases: slices.Clone(shared), resets: make([]bool, n),
		}
		offset := g.random.Int64N(g.catalog.scrape.Milliseconds())
		for k := range n {
			t.times = append(t.times, g.start.Add(time.Duration(k)*g.catalog.scrape).UnixMilli()+offset)
			t.resets[k] = g.chance(0.01)
		}
		if g.chance(0.3) && !g.steady {
			t.fail(g.random.IntN(n), n/8)
		}
		if g.cohorts != nil {
			maps.Copy(t.labels, g.cohorts[i])
			t.phases = g.phases(n)
		}
		targets[i] = t
	}
	return targets
}

// phases draws what a job does at each of n scrapes.
func (g *generator) phases(n int) []phase {
	var phases []phase
	for len(phases) < n {
		p := pick(g.random, busy, busy, busy, busy, trickling, resting, gone)
		if g.steady && p == gone {
			p = resting
		}
		for range int(time.Duration(3+g.random.IntN(10)) * cmp.Or(g.unit, time.Minute) / g.catalog.scrape) {
			phases = append(phases, p)
		}
	}
	return phases[:n]
}

// fail takes the target away for some scrapes.
func (t *target) fail(from, scrapes int) {
	for k := from; k < min(from+scrapes, len(t.phases)); k++ {
		t.phases[k] = gone
	}
}

// events draws how many events there are before the k-th scrape.
func (t *target) events(k int, most int) int {
	if t.bursts != nil && t.bursts[k] > 0 && t.phases[k] != gone {
		return t.random.IntN(t.bursts[k]*most + 1)
	}
	switch t.phases[k] {
	case busy:
		return t.random.IntN(most + 1)
	case trickling:
		return t.random.IntN(8) / 7
	default:
		return 0
	}
}

// scrape calls take for every scrape at which the target is there and the series is born, and marks the ends.
func (t *target) scrape(born int, s *series, take func(k int)) {
	for k := born; k < len(t.times); k++ {
		switch {
		case t.phases[k] != gone:
			take(k)
		case t.marks && k > born && t.phases[k-1] != gone:
			s.end(t.times[k])
		}
	}
}

// end marks the end of a series.
func (s *series) end(at int64) {
	stale := math.Float64frombits(prometheus.StaleNaN)
	if s.natives != nil {
		s.addNative(at, &histogram.FloatHistogram{Sum: stale})
		return
	}
	s.add(at, stale)
}

// new returns a series of the target.
func (t *target) new(metric string, more map[string]string) *series {
	own := maps.Clone(t.labels)
	maps.Copy(own, more)
	return t.data.new(metric, own)
}

// counter writes a counter that gains up to most events a scrape, from the scrape at which it is born.
func (t *target) counter(metric string, own map[string]string, most, born int) {
	s, total := t.new(metric, own), 0.0
	t.scrape(born, s, func(k int) {
		if t.resets[k] {
			total = 0
		}
		total += float64(t.events(k, most))
		s.add(t.times[k], t.said(k, own, total))
	})
}

// said returns what a counter says at a scrape: its total, or what is not a number where failures are spoilt.
func (t *target) said(k int, own map[string]string, total float64) float64 {
	if isOfFailures := own == nil || own["code"] >= "5"; isOfFailures && t.spoilt != nil && t.spoilt[k] {
		return math.NaN()
	}
	return total
}

// gauge writes a gauge, of which next draws the number at a scrape.
func (t *target) gauge(metric string, next func(k int) float64) {
	s := t.new(metric, nil)
	t.scrape(0, s, func(k int) { s.add(t.times[k], next(k)) })
}

// observations draws durations in seconds for each scrape.
func (t *target) observations() [][]float64 {
	drawn := make([][]float64, len(t.times))
	for k := range drawn {
		for range t.events(k, 6) {
			drawn[k] = append(drawn[k], math.Exp(math.Log(0.35)+0.9*t.random.NormFloat64()))
		}
	}
	return drawn
}

// classic writes the classic histogram h of some durations, given how its edges are spelt.
func (t *target) classic(h durations, observed [][]float64, spelt func(float64) string, born int) {
	for _, edge := range append(slices.Clone(h.edges), math.Inf(1)) {
		le := "+Inf"
		if !math.IsInf(edge, 1) {
			le = spelt(edge)
		}
		t.cumulative(h.selector.metric+"_bucket", map[string]string{"le": le}, observed, born,
			func(seconds float64) bool { return seconds <= edge*h.seconds() })
	}
	t.cumulative(h.selector.metric+"_count", nil, observed, born, func(float64) bool { return true })
}

// cumulative writes a counter of the durations that count.
func (t *target) cumulative(metric string, own map[string]string, observed [][]float64, born int, counts func(float64) bool) {
	s, total := t.new(metric, own), 0.0
	t.scrape(born, s, func(k int) {
		if t.resets[k] {
			total = 0
		}
		for _, d := range observed[k] {
			if counts(d) {
				total++
			}
		}
		s.add(t.times[k], total)
	})
}

// native writes the native histogram h of durations in buckets that grow by a factor of 2^(2^-schema).
func (t *target) native(h durations, observed [][]float64, schema int32, born int) {
	s, counts, sum := t.new(h.selector.metric, nil), map[int32]float64{}, 0.0
	t.scrape(born, s, func(k int) {
		if t.resets[k] {
			counts, sum = map[int32]float64{}, 0
		}
		for _, d := range observed[k] {
			inUnit := d / h.seconds()
			counts[int32(math.Ceil(math.Ldexp(math.Log2(inUnit), int(schema))))]++
			sum += inUnit
		}
		s.addNative(t.times[k], exponential(schema, counts, sum))
	})
}

// exponential returns the native histogram with the counts of its buckets by index.
func exponential(schema int32, counts map[int32]float64, sum float64) *histogram.FloatHistogram {
	h := &histogram.FloatHistogram{Schema: schema, Sum: sum}
	next := int32(0)
	for _, index := range slices.Sorted(maps.Keys(counts)) {
		h.PositiveSpans = append(h.PositiveSpans, histogram.Span{Offset: index - next, Length: 1})
		h.PositiveBuckets = append(h.PositiveBuckets, counts[index])
		h.Count += counts[index]
		next = index + 1
	}
	return h
}
