package oracle

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	prometheus "github.com/prometheus/prometheus/model/value"
)

// scraping is how often the targets of a job are scraped: up to a time, and from then on.
type scraping struct {
	before, after time.Duration
	change        int64
}

// at returns how far apart samples are at a time in milliseconds.
func (s scraping) at(t int64) time.Duration {
	if t < s.change {
		return s.before
	}
	return s.after
}

// measuring is how far apart the times are at which spacings are measured, and reachBack how long before a time slice they matter.
const (
	measuring = 3 * time.Hour
	reachBack = 5 * time.Minute
)

// facts are what a world knows of its telemetry: how often jobs are scraped as it was drawn, and which buckets there are by the
// series themselves.
type facts struct {
	jobs map[string]scraping
	// metrics are the jobs of each metric, without suffixes of histograms.
	metrics map[string][]string
	// measured are the times at which spacings may be measured: noon, multiples of three hours after it, and the newest hour, in
	// which several measurements are taken together.
	measured []int64
	data     *dataset
	edges    map[string]map[int64][]float64
	// spacings remembers those that are known of each job, and changes the times at which anything is known of a metric.
	spacings map[metricAt]map[string]time.Duration
	changes  map[string][]int64
	// border is that of the store's engine.
	border time.Duration
}

// metricAt is a metric at a time in milliseconds.
type metricAt struct {
	metric string
	at     int64
}

// newFacts returns those of telemetry, of which the newest spacing is measured at a time.
func newFacts(data *dataset, jobs map[string]scraping, start, newest time.Time) *facts {
	f := &facts{
		jobs: jobs, metrics: map[string][]string{}, data: data, edges: map[string]map[int64][]float64{},
		spacings: map[metricAt]map[string]time.Duration{}, changes: map[string][]int64{},
	}
	for _, s := range data.series {
		metric := withoutSuffix(s.metric)
		if job := s.labels["job"]; !slices.Contains(f.metrics[metric], job) {
			f.metrics[metric] = append(f.metrics[metric], job)
		}
	}
	for at := floor(start, measuring).Add(measuring); at.Before(newest.Add(-50 * time.Minute)); at = at.Add(measuring) {
		f.measured = append(f.measured, at.UnixMilli())
	}
	f.measured = append(f.measured, newest.UnixMilli())
	return f
}

func withoutSuffix(metric string) string {
	return strings.TrimSuffix(strings.TrimSuffix(metric, "_bucket"), "_count")
}

// widest returns the spacing of the samples of a metric in (from, to]: that of the job with the fewest samples. Between two times at
// which it was measured the larger one holds, and before the first one what was found then.
func (f *facts) widest(metric string, from, to int64) time.Duration {
	metric = withoutSuffix(metric)
	times := f.times(metric)
	widest := time.Duration(0)
	for i, at := range times {
		since := int64(math.MinInt64)
		if i > 0 {
			since = times[i-1]
		}
		if since <= to && at > from {
			widest = max(widest, largest(f.known(metric, at)))
			if i > 0 {
				widest = max(widest, largest(f.known(metric, since)))
			}
		}
		if i == len(times)-1 && at <= to {
			widest = max(widest, largest(f.known(metric, at)))
		}
	}
	return cmp.Or(widest, otherScrape)
}

// times returns the times at which anything is known of a metric: at noon and at the newest time, and between them where these differ.
func (f *facts) times(metric string) []int64 {
	if times, ok := f.changes[metric]; ok {
		return times
	}
	first, newest := f.known(metric, f.measured[0]), f.known(metric, f.measured[len(f.measured)-1])
	var times []int64
	for i, at := range f.measured {
		isBetween := i > 0 && i < len(f.measured)-1
		if len(f.known(metric, at)) > 0 && (!isBetween || !maps.Equal(first, newest)) {
			times = append(times, at)
		}
	}
	f.changes[metric] = times
	return times
}

func largest(all map[string]time.Duration) time.Duration {
	return slices.Max(append(slices.Collect(maps.Values(all)), 0))
}

// known returns the spacings of those jobs of a metric that are known at a time: at the newest time those of the
// hour before it, each ten minutes.
func (f *facts) known(metric string, at int64) map[string]time.Duration {
	key := metricAt{metric, at}
	if all, ok := f.spacings[key]; ok {
		return all
	}
	times := []int64{at}
	if at == f.measured[len(f.measured)-1] {
		for ago := 10 * time.Minute; ago < time.Hour; ago += 10 * time.Minute {
			times = append(times, at-ago.Milliseconds())
		}
	}
	all := map[string]time.Duration{}
	for _, job := range f.metrics[metric] {
		if slices.ContainsFunc(times, func(at int64) bool { return f.isThere(metric, job, at) }) {
			all[job] = f.jobs[job].at(at)
		}
	}
	f.spacings[key] = all
	return all
}

// isThere reports whether a series of a metric of a job was there for all of the ten minutes before a time, or of the hour where ten
// minutes have too few of its samples.
func (f *facts) isThere(metric, job string, at int64) bool {
	spacing, window := f.jobs[job].at(at), 10*time.Minute
	if spacing > time.Minute {
		window = time.Hour
	}
	return slices.ContainsFunc(f.data.series, func(s *series) bool {
		return withoutSuffix(s.metric) == metric && s.labels["job"] == job && len(s.within(at, window)) >= int(window/spacing)
	})
}

// factsWithin are facts for the windows of an SLI.
type factsWithin struct {
	*facts
	reach  time.Duration
	sliced bool
}

// within returns the facts for windows, which are time slices or not. It may be called of nil.
func (f *facts) within(window time.Duration, sliced bool) *factsWithin {
	if f == nil {
		return nil
	}
	if sliced {
		window += reachBack
	}
	return &factsWithin{f, window, sliced}
}

// spacing is how much further than a time slice rates of a metric reach back; 0 where windows are no slices.
func (f *factsWithin) spacing(metric string, t int64) time.Duration {
	if f == nil || !f.sliced {
		return 0
	}
	return f.widest(metric, t-f.reach.Milliseconds(), t)
}

// hasEdge reports whether an edge is one that all instances have within the window before t.
func (f *factsWithin) hasEdge(buckets selector, edge float64, t int64) bool {
	return f == nil || math.IsInf(edge, 1) || slices.Contains(f.common(buckets, t), edge)
}

// common returns the edges that all instances of a histogram have at every minute of the window before t, and at the one before it.
func (f *factsWithin) common(buckets selector, t int64) []float64 {
	const minute = 60_000
	var common []float64
	first := true
	for at := (t - f.reach.Milliseconds()) / minute * minute; at <= t; at += minute {
		edges := f.edgesAt(buckets, at)
		switch {
		case edges == nil:
		case first:
			common, first = slices.Clone(edges), false
		default:
			common = slices.DeleteFunc(common, func(edge float64) bool { return !slices.Contains(edges, edge) })
		}
	}
	return common
}

// edgesAt returns the finite edges that all instances of a histogram have at a time; nil where it has no series.
func (f *facts) edgesAt(buckets selector, at int64) []float64 {
	known := f.edges[buckets.metric]
	if known == nil {
		known = map[int64][]float64{}
		f.edges[buckets.metric] = known
	}
	edges, ok := known[at]
	if !ok {
		edges = f.countEdges(buckets.metric, at)
		known[at] = edges
	}
	return edges
}

// countEdges counts the series that there are of each edge.
func (f *facts) countEdges(metric string, at int64) []float64 {
	counts := map[float64]int{}
	for _, s := range f.data.series {
		if s.metric == metric && s.isAlive(at, f.border) {
			edge, err := strconv.ParseFloat(s.labels["le"], 64)
			if err != nil {
				panic(err)
			}
			counts[edge]++
		}
	}
	if len(counts) == 0 {
		return nil
	}
	edges := []float64{}
	for _, edge := range slices.Sorted(maps.Keys(counts)) {
		if counts[edge] == counts[math.Inf(1)] && !math.IsInf(edge, 1) {
			edges = append(edges, edge)
		}
	}
	return edges
}

// isAlive reports whether a series has a sample in the five minutes before t, after which it has not ended.
func (s *series) isAlive(t int64, border time.Duration) bool {
	last, _ := slices.BinarySearch(s.times, t+1)
	return last > 0 && s.times[last-1] > t-(5*time.Minute+border).Milliseconds() && !prometheus.IsStaleNaN(s.values[last-1])
}

// recomputeUnderChanging recomputes the observations a second at or under a bound by the edges that there are at each instant.
func (h durations) recomputeUnderChanging(raw recomputer, ms float64) column {
	sum := make(column, len(raw.times))
	selected := map[float64][]*series{}
	for i, t := range raw.times {
		for _, e := range around(raw.facts.common(h.selector.suffixed("_bucket"), t), h.inUnit(ms)) {
			if _, ok := selected[e.edge]; !ok {
				selected[e.edge] = raw.selected(h.bucket(e.edge))
			}
			sum[i] += raw.sum(selected[e.edge], t) * e.factor
		}
	}
	return sum
}
