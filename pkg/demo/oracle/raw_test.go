package oracle

import (
	"math"
	"slices"
	"sort"
	"strconv"
	"time"

	prometheus "github.com/prometheus/prometheus/model/value"
)

// recomputer recomputes one SLI from the raw samples of a data set.
type recomputer struct {
	scope
	data *dataset
	// times are the instants in milliseconds.
	times []int64
	// defined says that no gauge of the data set is ever what is no number.
	defined bool
	// ask has the store evaluate an expression: for native histograms, and for the expressions of definitions.
	ask func(promQL string) column
	// facts are what is known of the telemetry where rates reach back by how far apart samples are, and edges change; else nil.
	facts *factsWithin
	// engine is how the store evaluates.
	engine engine
	// rates are those of the store, where they are not recomputed; else nil.
	rates func(metric string, window time.Duration) seriesRates
}

// selected returns the series of a selector, which the trusted matchers hold for too.
func (r recomputer) selected(sel selector) []*series {
	var found []*series
	sel = sel.with(r.trust...)
	for _, s := range r.data.series {
		if sel.selects(s) {
			found = append(found, s)
		}
	}
	return found
}

// within returns the positions of the samples in the window before t, which is open to the left, without the marks
// that say that a series has ended.
func (r recomputer) within(s *series, t int64) []int {
	return s.within(t, r.window+r.engine.border())
}

// within returns the positions of the samples in a window before t.
func (s *series) within(t int64, window time.Duration) []int {
	var found []int
	first := sort.Search(len(s.times), func(i int) bool { return s.times[i] > t-window.Milliseconds() })
	for i := first; i < len(s.times) && s.times[i] <= t; i++ {
		if !prometheus.IsStaleNaN(s.values[i]) {
			found = append(found, i)
		}
	}
	return found
}

// rate is the sum of the rates of a selector at each instant.
func (r recomputer) rate(sel selector) column {
	all := r.selected(sel)
	sums := make(column, len(r.times))
	for i, t := range r.times {
		sums[i] = r.sum(all, t)
	}
	return sums
}

// sum is the sum of the rates of some series at an instant.
func (r recomputer) sum(all []*series, t int64) float64 {
	sum, found := 0.0, false
	for _, s := range all {
		switch rate := r.rateOf(s, t); {
		case isNotNumber(rate):
			return notNumber
		case !missing(rate):
			sum, found = sum+rate, true
		}
	}
	if !found {
		return none
	}
	return sum
}

// rateOf is the rate of a series at an instant.
func (r recomputer) rateOf(s *series, t int64) float64 {
	if r.rates == nil {
		return r.engine.rateOf(s, t, r.window+r.facts.spacing(s.metric, t))
	}
	if rate, ok := r.rates(s.metric, r.window)[s][t]; ok {
		return rate
	}
	return none
}

// notNumber is what a column has where there are samples, but no number.
var notNumber = math.Float64frombits(0x7ff8000000000bad)

func isNotNumber(x float64) bool { return math.Float64bits(x) == math.Float64bits(notNumber) }

// rateOf is the rate of a counter at an instant as Prometheus has it: the increase over the samples in the window,
// resets made good, extrapolated to the window's edges where samples are near to them, but not to before the counter
// was 0.
func (e engine) rateOf(s *series, t int64, over time.Duration) float64 {
	at := s.within(t, over+e.border())
	if len(at) < 2 {
		return none
	}
	first, last := at[0], at[len(at)-1]
	increase := s.values[last] - s.values[first]
	for k := 1; k < len(at); k++ {
		if s.values[at[k]] < s.values[at[k-1]] {
			increase += s.values[at[k-1]]
		}
	}
	if missing(increase) {
		return notNumber
	}
	window, span := over.Seconds(), inSeconds(s.times[last]-s.times[first])
	interval := span / float64(len(at)-1)
	reach := func(gap float64) float64 {
		if gap >= 1.1*interval {
			return interval / 2
		}
		return gap
	}
	before, toZero := window-inSeconds(t-s.times[first]), math.Inf(1)
	if increase > 0 {
		toZero = span * s.values[first] / increase
	}
	if e.zeroFirst {
		before = reach(math.Min(before, toZero))
	} else {
		before = math.Min(reach(before), toZero)
	}
	after := reach(inSeconds(t - s.times[last]))
	return increase * (span + before + after) / span / window
}

// inSeconds converts milliseconds.
func inSeconds(ms int64) float64 { return float64(ms) / 1000 }

// bucket is one of a classic histogram: observations a second at or under its edge.
type bucket struct{ edge, rate float64 }

// quantile is histogram_quantile of the rates of buckets at each instant.
func (r recomputer) quantile(buckets selector, q float64) column {
	byEdge := map[float64][]*series{}
	for _, s := range r.selected(buckets) {
		edge, err := strconv.ParseFloat(s.labels["le"], 64)
		if err != nil {
			panic(err)
		}
		byEdge[edge] = append(byEdge[edge], s)
	}
	values := make(column, len(r.times))
	for i, t := range r.times {
		var known []bucket
		for edge, all := range byEdge {
			if rate := r.sum(all, t); !missing(rate) && r.facts.hasEdge(buckets, edge, t) {
				known = append(known, bucket{edge, rate})
			}
		}
		values[i] = quantileOf(known, q)
	}
	return values
}

// quantileOf interpolates linearly in the bucket that holds the observation of rank q, and says the highest finite
// edge where that is the last one.
func quantileOf(buckets []bucket, q float64) float64 {
	slices.SortFunc(buckets, func(a, b bucket) int {
		if a.edge < b.edge {
			return -1
		}
		return 1
	})
	n := len(buckets)
	if n < 2 || !math.IsInf(buckets[n-1].edge, 1) || buckets[n-1].rate == 0 {
		return none
	}
	for i := 1; i < n; i++ { // Rounding, or a series that is late, must not make them fall.
		buckets[i].rate = math.Max(buckets[i].rate, buckets[i-1].rate)
	}
	rank := q * buckets[n-1].rate
	low := bucket{}
	for _, high := range buckets[:n-1] {
		if high.rate >= rank {
			return low.edge + (high.edge-low.edge)*(rank-low.rate)/(high.rate-low.rate)
		}
		low = high
	}
	return low.edge
}
