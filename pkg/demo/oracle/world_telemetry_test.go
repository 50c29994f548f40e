package oracle

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"
)

// spacings are how far apart the samples of jobs are.
var spacings = []time.Duration{
	10 * time.Second, 15 * time.Second, 15 * time.Second, 30 * time.Second, 30 * time.Second, 45 * time.Second, time.Minute, time.Minute,
	90 * time.Second, 2 * time.Minute, 5 * time.Minute,
}

// steadySpacings are those in steady worlds.
var steadySpacings = []time.Duration{10 * time.Second, 15 * time.Second, 30 * time.Second, 45 * time.Second}

// world is telemetry that changes over time: jobs with spacings of their own, which change at times, bursts on the borders of time
// slices, instances that come and go, counters that are absent or not a number, and buckets that change.
type world struct {
	jobs map[string]scraping
	// changes are the hours in which spacings and buckets may change: so long before a spacing is measured that all samples it is
	// measured by are of one spacing.
	changes []time.Time
	// steady says that jobs are scraped at least each 45 s, that neither spacings nor buckets change, that no instances come and go, and
	// that all counters are numbers.
	steady bool
	// unbroken says that no counter restarts, and that all are numbers.
	unbroken bool
	// met counts what there is of each kind, and absent the counters that have no sample.
	met    map[string]int
	absent int
}

// scraping draws how often a job is scraped.
func (w *world) scraping(g *generator) scraping {
	s := scraping{before: pick(g.random, spacings...)}
	if w.steady {
		s.before = pick(g.random, steadySpacings...)
	}
	s.after, s.change = s.before, math.MaxInt64
	if g.chance(0.3) && !w.steady {
		s.after = pick(g.random, spacings...)
		s.change = w.change(g).UnixMilli()
		w.met["jobs whose spacing changes"]++
	}
	return s
}

// change draws when something changes.
func (w *world) change(g *generator) time.Time {
	return pick(g.random, w.changes...).Add(time.Duration(g.random.Int64N(int64(time.Hour))))
}

// targets draws the targets of a metric: of one job, or of two. Less than half of each job's come and go, so that the median of its
// spacings stays.
func (w *world) targets(g *generator, kind string) []*target {
	jobs := []string{w.job(g, kind)}
	if g.chance(0.2) {
		jobs = append(jobs, w.job(g, kind))
		w.met["metrics of two jobs"]++
	}
	cohorts := g.cohorts
	if cohorts == nil {
		cohorts = make([]map[string]string, 1+g.random.IntN(3))
	}
	of := map[string]int{}
	var targets []*target
	for i, cohort := range cohorts {
		job := jobs[i%len(jobs)]
		t := w.target(g, job, fmt.Sprint(i), of[job]%3 == 2 && !w.steady)
		maps.Copy(t.labels, cohort)
		of[job]++
		targets = append(targets, t)
	}
	return targets
}

// job draws a job.
func (w *world) job(g *generator, kind string) string {
	name := fmt.Sprint(kind, len(w.jobs))
	w.jobs[name] = w.scraping(g)
	return name
}

// target draws a target, which may come and go.
func (w *world) target(g *generator, job, instance string, comesAndGoes bool) *target {
	t := &target{random: g.random, data: g.data, marks: g.chance(0.5), labels: map[string]string{"job": job, "instance": instance}, rolled: math.MaxInt}
	scraping := w.jobs[job]
	phase := pick(g.random, 0, g.random.Int64N(scraping.before.Milliseconds()), g.random.Int64N(scraping.before.Milliseconds()))
	for at := g.start.UnixMilli() + phase; at < g.end.UnixMilli(); at += scraping.at(at).Milliseconds() {
		t.times = append(t.times, at)
	}
	n := len(t.times)
	t.resets, t.bursts, t.spoilt = make([]bool, n), make([]int, n), make([]bool, n)
	for k := range n {
		t.resets[k] = g.chance(0.002) && !w.unbroken
	}
	w.drawPhases(g, t, comesAndGoes)
	w.drawBursts(g, t)
	if comesAndGoes {
		w.met["instances that come and go"]++
	}
	if g.chance(0.15) && !w.steady && !w.unbroken {
		w.spoil(g, t)
		w.met["instances with counters that are not a number"]++
	}
	return t
}

// tooYoung is how old counters have to be at least whose samples are over a minute apart.
const tooYoung = 90 * time.Minute

// isTooYoung reports whether a counter that begins at a scrape has too few samples to tell how far apart they are.
func (w *world) isTooYoung(t *target, scrape int) bool {
	last := len(t.times) - 1
	return scrape <= last && t.times[last]-t.times[last-1] > time.Minute.Milliseconds() && t.times[last]-t.times[scrape] < tooYoung.Milliseconds()
}

// drawPhases draws what a target does for some minutes each.
func (w *world) drawPhases(g *generator, t *target, comesAndGoes bool) {
	until, now := int64(0), busy
	for _, at := range t.times {
		if at >= until {
			until = at + int64(5+g.random.IntN(90))*60_000
			now = pick(g.random, busy, busy, busy, trickling, resting)
			if comesAndGoes {
				now = pick(g.random, busy, busy, resting, gone, gone)
			}
		}
		t.phases = append(t.phases, now)
	}
}

// drawBursts draws bursts of events between two scrapes with the border of a time slice between them, or on it.
func (w *world) drawBursts(g *generator, t *target) {
	slice := g.catalog.budget.slice.Milliseconds()
	for k := 1; k < len(t.times); k++ {
		if t.times[k]/slice != t.times[k-1]/slice && g.chance(0.1) {
			t.bursts[k] = 2 + g.random.IntN(20)
			w.met["bursts on the borders of slices"]++
		}
	}
}

// spoil lets counters of failures be not a number for some scrapes.
func (w *world) spoil(g *generator, t *target) {
	for range 1 + g.random.IntN(2) {
		from := g.random.IntN(len(t.times))
		for k := from; k < min(len(t.times), from+1+g.random.IntN(30)); k++ {
			t.spoilt[k] = true
		}
	}
}

// roll lets targets have other buckets from a time on, each some minutes after the other: they are started anew then.
func (w *world) roll(g *generator, h durations, targets []*target) {
	if len(h.later) == 0 {
		return
	}
	w.met["histograms whose buckets change"]++
	at := w.change(g)
	for _, t := range targets {
		t.rolled, _ = slices.BinarySearch(t.times, at.UnixMilli())
		if t.rolled < len(t.times) {
			t.resets[t.rolled] = !w.unbroken
		}
		at = at.Add(time.Duration(g.random.IntN(10)) * time.Minute)
	}
}

// changing writes a classic histogram whose buckets change.
func (t *target) changing(h durations, observed [][]float64) {
	for _, edge := range union(h.edges, h.later) {
		has := func(k int) bool {
			if h.later == nil || k < t.rolled {
				return slices.Contains(h.edges, edge)
			}
			return slices.Contains(h.later, edge)
		}
		t.bucket(h, number(edge), observed, has, func(seconds float64) bool { return seconds <= edge*h.seconds() })
	}
	always := func(int) bool { return true }
	t.bucket(h, "+Inf", observed, always, func(float64) bool { return true })
	t.cumulative(h.selector.metric+"_count", nil, observed, 0, func(float64) bool { return true })
}

// bucket writes a bucket, which a target has at some scrapes only. Where it has it no longer its series ends.
func (t *target) bucket(h durations, le string, observed [][]float64, has func(k int) bool, counts func(float64) bool) {
	s, total, wrote := t.new(h.selector.metric+"_bucket", map[string]string{"le": le}), 0.0, false
	for k, at := range t.times {
		isThere := t.phases[k] != gone && has(k)
		if wrote && !isThere && (t.marks || t.phases[k] != gone) {
			s.end(at)
		}
		wrote = isThere
		if t.phases[k] == gone {
			continue
		}
		if t.resets[k] {
			total = 0
		}
		for _, d := range observed[k] {
			if counts(d) {
				total++
			}
		}
		if isThere {
			s.add(at, total)
		}
	}
}

func union(a, b []float64) []float64 {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
