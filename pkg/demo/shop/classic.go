package shop

import (
	"math"
	"math/rand/v2"
	"sort"
	"strconv"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
)

// The bounds of the classic histograms' buckets.
var (
	// requestEdges are in seconds.
	requestEdges = []float64{0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1, 2, 5}
	// paintEdges are in seconds, for the largest contentful paint.
	paintEdges = []float64{0.5, 1, 1.5, 2, 2.5, 3, 4, 6, 10}
	// interactionEdges are in seconds, for the interaction to next paint.
	interactionEdges = []float64{0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.5}
	// shiftEdges have no unit, for the cumulative layout shift.
	shiftEdges = []float64{0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5}
)

// classic is a histogram with fixed buckets, one series a bucket.
type classic struct {
	edges []float64
	// buckets has one series an edge and one for +Inf; counts are not cumulative.
	buckets    []series
	counts     []uint64
	n          uint64
	total, sum series
	sumValue   float64
	// traces are exemplars of the newest observation in each bucket since the last scrape, nil where there is none.
	traces []*exemplar.Exemplar
}

// newClassic returns an empty histogram. Its le labels are spelled as Prometheus 3 stores them: 1.0 rather than 1.
func newClassic(metric string, set labels.Labels, edges []float64) *classic {
	c := &classic{
		edges:  edges,
		counts: make([]uint64, len(edges)+1),
		traces: make([]*exemplar.Exemplar, len(edges)+1),
		total:  newSeries(metric+"_count", set),
		sum:    newSeries(metric+"_sum", set),
	}
	for _, edge := range append(append([]float64(nil), edges...), math.Inf(1)) {
		le := with(set, labels.BucketLabel, labels.FormatOpenMetricsFloat(edge))
		c.buckets = append(c.buckets, newSeries(metric+"_bucket", le))
	}
	return c
}

// observe counts one value, and returns the index of its bucket.
func (c *classic) observe(v float64) int {
	i := sort.SearchFloat64s(c.edges, v)
	c.counts[i]++
	c.n++
	c.sumValue += v
	return i
}

// observeTraced counts one value that a trace tells more about.
func (c *classic) observeTraced(v float64, random *rand.Rand) {
	trace := labels.FromStrings("trace_id", strconv.FormatUint(random.Uint64()|1<<63, 16))
	c.traces[c.observe(v)] = &exemplar.Exemplar{Labels: trace, Value: v}
}

func (c *classic) expose(e *exposition) {
	if c.n == 0 {
		c.withdraw(e)
		return
	}
	e.number(&c.total, float64(c.n), nil)
	e.number(&c.sum, c.sumValue, nil)
	cumulative := uint64(0)
	for i, n := range c.counts {
		cumulative += n
		e.number(&c.buckets[i], float64(cumulative), c.takeTrace(i, e.time))
	}
}

// takeTrace returns the exemplar that bucket i got since the last scrape, or nil.
func (c *classic) takeTrace(i int, now int64) *exemplar.Exemplar {
	trace := c.traces[i]
	if trace != nil {
		trace.Ts, trace.HasTs = now, true
	}
	c.traces[i] = nil
	return trace
}

func (c *classic) withdraw(e *exposition) {
	e.withdraw(&c.total)
	e.withdraw(&c.sum)
	for i := range c.buckets {
		e.withdraw(&c.buckets[i])
	}
}

func (c *classic) reset() {
	clear(c.counts)
	clear(c.traces)
	c.n, c.sumValue = 0, 0
}
