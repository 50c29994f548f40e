package findings

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

const (
	// scrape is how far apart scrapes are, between each two of which there are perScrape requests: so many that no quantile of a window
	// lies just between two of them.
	scrape    = 15 * time.Second
	perScrape = 61
)

// observed are the durations of requests in seconds: observed[i] those between the scrapes i-1 and i after start.
type observed struct {
	start  time.Time
	scrape [][]float64
}

// observe returns random durations of two hours before noon, which drift from about 100 ms to about a second.
func observe(random *rand.Rand) observed {
	o := observed{start: noon.Add(-2 * time.Hour)}
	n := int(2*time.Hour/scrape) + 1
	for i := range n {
		seconds := make([]float64, perScrape)
		for k := range seconds {
			seconds[k] = .1 * math.Exp(2.3*float64(i)/float64(n)+.8*random.NormFloat64())
		}
		o.scrape = append(o.scrape, seconds)
	}
	return o
}

// within returns the durations that are counted between the scrapes of the five minutes before a time, in ascending order.
func (o observed) within(at time.Time) []float64 {
	last := int(at.Sub(o.start) / scrape)
	all := slices.Concat(o.scrape[last-18 : last+1]...) // Of 20 scrapes, since the one 5 minutes before is out.
	slices.Sort(all)
	return all
}

// counter returns a series that counts the durations that are picked, from a large number on.
func (o observed) counter(metric string, picks func(seconds float64) bool) series {
	counts := make([]float64, len(o.scrape))
	sum := 1e6
	for i, seconds := range o.scrape {
		for _, s := range seconds {
			if picks(s) {
				sum++
			}
		}
		counts[i] = sum
	}
	return series{metric, o.start, noon, scrape, func(at time.Time) float64 { return counts[int(at.Sub(o.start)/scrape)] }}
}

// classic returns the buckets of a histogram with edges in a unit of which a second has so many.
func (o observed) classic(name string, edges []float64, aSecond float64) []series {
	var all []series
	for _, edge := range append(slices.Clone(edges), math.Inf(1)) {
		le := strconv.FormatFloat(edge, 'g', -1, 64)
		all = append(all, o.counter(fmt.Sprintf("%s_bucket{le=%q}", name, le), func(s float64) bool { return s*aSecond <= edge }))
	}
	return all
}

// rangeEnds are those of the buckets by ranges from a millisecond to 1000 seconds.
func rangeEnds() []float64 {
	var ends []float64
	for n := -54; n <= 54; n++ {
		end, _ := strconv.ParseFloat(fmt.Sprintf("%.3e", math.Pow(10, float64(n)/18)), 64)
		ends = append(ends, end)
	}
	return ends
}

// ranged returns the buckets of a histogram that are called by their ranges.
func (o observed) ranged(name string) []series {
	var all []series
	ends := rangeEnds()
	for i, low := range ends[:len(ends)-1] {
		in := func(s float64) bool { return s > low && s <= ends[i+1] }
		if slices.ContainsFunc(slices.Concat(o.scrape...), in) {
			all = append(all, o.counter(fmt.Sprintf(`%s_bucket{vmrange="%.3e...%.3e"}`, name, low, ends[i+1]), in))
		}
	}
	return all
}

// schema is that of native histograms: a bucket's bound is 2^(1/8) times that before.
const schema, perDoubling = 3, 8

// native returns the samples of a native histogram.
func (o observed) native(name string) []promstore.Sample {
	index := func(s float64) int { return int(math.Ceil(math.Log2(s) * perDoubling)) }
	everything := slices.Concat(o.scrape...)
	first, last := index(slices.Min(everything)), index(slices.Max(everything))
	counts, n := make([]float64, last-first+1), 0.0
	var samples []promstore.Sample
	for i, seconds := range o.scrape {
		for _, s := range seconds {
			counts[index(s)-first]++
			n++
		}
		samples = append(samples, promstore.Sample{Labels: labels.FromStrings("__name__", name), Time: o.start.Add(time.Duration(i) * scrape),
			Histogram: &histogram.FloatHistogram{Schema: schema, Count: n, Sum: n, PositiveBuckets: slices.Clone(counts),
				PositiveSpans: []histogram.Span{{Offset: int32(first), Length: uint32(len(counts))}}}})
	}
	return samples
}

// interpolated returns the quantile of durations as it follows from how many are at or under some edges: linearly between two of them,
// and the last one where it is above that.
func interpolated(q float64, sorted, edges []float64) float64 {
	rank, low, before := q*float64(len(sorted)), 0.0, 0.0
	for _, edge := range edges {
		upTo := float64(slices.IndexFunc(append(slices.Clone(sorted), math.Inf(1)), func(s float64) bool { return s > edge }))
		if upTo >= rank {
			return low + (edge-low)*(rank-before)/(upTo-before)
		}
		low, before = edge, upTo
	}
	return low
}

// quantilesOf is a catalog with an SLI.
func quantilesOf(sli string) string {
	return catalog("flows:\n  - name: shop\n    slis:\n      - { name: fast, component: latency, " + sli + " }")
}

// labelsOf are those of a quantile.
func labelsOf(q float64) string {
	return fmt.Sprintf(`component="latency",flow="shop",quantile="%g",sli="fast"`, q)
}

// Quantiles are those of raw durations as far as buckets tell, and those that PromQL computes, for each way to count durations and each
// kind of SLI.
func TestQuantilesEqualPromQLAndRawDurations(t *testing.T) {
	qs := []float64{.05, .5, .95, .99}
	edges := []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 60}
	inMilliseconds := []float64{50, 100, 250, 500, 1000, 2500, 5000, 10000, 60000}
	for name, test := range map[string]struct {
		sli    string
		series func(observed) []series
		native bool
		// promQL is what PromQL computes quantiles of; "" for nothing. aSecond is how many of its unit a second has.
		promQL  string
		aSecond float64
		edges   []float64
	}{
		"classic buckets": {sli: `latency: { histogram: d_seconds, under: 300ms }`, series: func(o observed) []series { return o.classic("d_seconds", edges, 1) },
			promQL: "sum by (le) (rate(d_seconds_bucket[5m]))", aSecond: 1, edges: edges},
		"in milliseconds": {sli: `latency: { histogram: d_ms, under: 300ms, good: ['code!~"5.."'] }`, series: func(o observed) []series { return o.classic("d_ms", inMilliseconds, 1000) },
			promQL: "sum by (le) (rate(d_ms_bucket[5m]))", aSecond: 1000, edges: edges},
		"of an apdex": {sli: `apdex: { histogram: d_seconds, satisfied: 100ms }`, series: func(o observed) []series { return o.classic("d_seconds", edges, 1) },
			promQL: "sum by (le) (rate(d_seconds_bucket[5m]))", aSecond: 1, edges: edges},
		"of a quantile": {sli: `quantile: { histogram: d_seconds, q: 0.9 }, curve: { linear: { zero: 1s, one: 0s } }`,
			series: func(o observed) []series { return o.classic("d_seconds", edges, 1) }, promQL: "sum by (le) (rate(d_seconds_bucket[5m]))", aSecond: 1, edges: edges},
		"by vmrange": {sli: `latency: { histogram: d_seconds, under: 300ms }`, series: func(o observed) []series { return o.ranged("d_seconds") }, edges: rangeEnds()},
		"native": {sli: `latency: { histogram: d_seconds, under: 300ms }`, series: func(observed) []series { return nil }, native: true,
			promQL: "sum(rate(d_seconds[5m]))", aSecond: 1},
	} {
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("%s, seed %d", name, seed), func(t *testing.T) {
				o := observe(rand.New(rand.NewPCG(seed, 16)))
				tr := try(t, quantilesOf(test.sli), nil, test.series(o)...)
				if test.native {
					if err := tr.store.Append(o.native("d_seconds")...); err != nil {
						t.Fatal(err)
					}
				}
				a := tr.ask(`"measure": "quantile", "level": "sli", "q": [0.99, 0.5, 0.95, 0.05]`, noon.Add(-time.Hour), noon, 5*time.Minute)
				newest := tr.latest(`"measure": "quantile", "level": "sli", "q": [0.99, 0.5, 0.95, 0.05]`, noon)
				if len(a.Frames) != len(qs) || len(newest.Frames) != len(qs) {
					t.Fatalf("there are %d and %d frames, want %d", len(a.Frames), len(newest.Frames), len(qs))
				}
				short := tr.ask(`"measure": "quantile", "level": "sli", "q": [0.99, 0.5, 0.95, 0.05], "window": "5m"`, noon.Add(-time.Hour), noon, 5*time.Minute)
				for _, q := range qs {
					times, values := short.column(labelsOf(q))
					if len(times) != 13 {
						t.Fatalf("there are %d points, want 13", len(times))
					}
					newest.is(labelsOf(q), values[len(values)-1])
					for i, at := range times {
						sorted := o.within(at)
						if test.promQL != "" {
							want := tr.promQL(fmt.Sprintf("histogram_quantile(%g, %s)", q, test.promQL), at) / test.aSecond
							if math.IsNaN(want) || math.Abs(values[i]-want) > 1e-9*want {
								t.Errorf("p%g at %s is %v, and by PromQL %v", 100*q, at, values[i], want)
							}
						}
						if test.edges != nil {
							if want := interpolated(q, sorted, test.edges); math.Abs(values[i]-want) > 1e-9*want {
								t.Errorf("p%g at %s is %v, and of raw durations %v", 100*q, at, values[i], want)
							}
						} else if raw := sorted[int(math.Ceil(q*float64(len(sorted))))-1]; math.Abs(math.Log2(values[i]/raw)) > 1./perDoubling {
							t.Errorf("p%g at %s is %v, and %v of raw durations, which is in another bucket", 100*q, at, values[i], raw)
						}
					}
				}
			})
		}
	}
}

// Above the last bucket edge nothing is known of durations: the quantile is that edge, and the answer says how many are above it.
func TestQuantilesAboveTheLastBucketEdge(t *testing.T) {
	from := noon.Add(-2 * time.Hour)
	shares := map[string]float64{"0.1": .4, "1": .9, "10": .982, "+Inf": 1}
	tr := try(t, quantilesOf(`latency: { histogram: d_seconds, under: 1s }`), nil, durations("a", from, noon, shares)...)
	a := tr.latest(`"measure": "quantile", "level": "sli"`, noon)
	a.is(labelsOf(.5), .1+.9*(.5-.4)/(.9-.4))
	a.is(labelsOf(.95), 1+9*(.95-.9)/(.982-.9))
	a.is(labelsOf(.99), 10)
	a.says("p99 of shop/fast: above the last bucket edge, 10 s, at this instant, and shown as that edge; 1.8")
	if all := strings.Join(a.notices(), "\n"); strings.Contains(all, "p95") {
		t.Errorf("p95 is below the edge: %s", all)
	}
	over := tr.ask(`"measure": "quantile", "level": "sli", "q": 0.99`, noon.Add(-time.Hour), noon, 5*time.Minute)
	over.says("p99 of shop/fast: above the last bucket edge, 10 s, at all 13 points, and shown as that edge")

	t.Run("in milliseconds", func(t *testing.T) {
		tr := try(t, quantilesOf(`latency: { histogram: d_ms, under: 1s }`), nil, buckets("d_ms", []float64{100, 2500}, []float64{.5, .75})...)
		a := tr.latest(`"measure": "quantile", "level": "sli", "q": [0.5, 0.9]`, noon)
		a.is(labelsOf(.5), .1)
		a.is(labelsOf(.9), 2.5)
		a.says("p90 of shop/fast: above the last bucket edge, 2.5 s, at this instant, and shown as that edge; 25.0")
	})
	t.Run("nothing is above it", func(t *testing.T) {
		tr := try(t, quantilesOf(`latency: { histogram: d_seconds, under: 1s }`), nil, durations("a", from, noon, map[string]float64{"1": .5, "10": 1, "+Inf": 1})...)
		a := tr.latest(`"measure": "quantile", "level": "sli", "q": [0.999999999999]`, noon)
		a.isNear(`component="latency",flow="shop",quantile="0.999999999999",sli="fast"`, 10, 1e-6)
		if len(a.notices()) > 0 {
			t.Errorf("there are notices: %q", a.notices())
		}
	})
}

// The edges of buckets hold for their time: those of before a bucket was added, and those since.
func TestQuantilesUseTheEdgesOfTheirTime(t *testing.T) {
	from, change := noon.Add(-5*24*time.Hour), noon.Add(-72*time.Hour)
	tr := try(t, quantilesOf(`latency: { histogram: d_seconds, under: 300ms }`), nil,
		append(durations("a", from, change.Add(-15*time.Second), coarseEdges), durations("b", change, noon, fineEdges)...)...)
	q := `"measure": "quantile", "level": "sli", "q": 0.9, "window": "5m"`
	tr.latest(q, noon).isNear(labelsOf(.9), .1+.2*(.9-.4)/(.995-.4), 1e-6)
	times, values := tr.ask(q, noon.Add(-4*24*time.Hour), noon, 2*time.Hour).column(labelsOf(.9))
	for i, at := range times {
		want := .1 + .2*(.9-.4)/(.995-.4)
		if at.Before(change) {
			want = .1 + .4*(.9-.4)/(.998-.4)
		}
		if at.Sub(change).Abs() > 11*time.Minute && math.Abs(values[i]-want) > 1e-6 {
			t.Errorf("at %s it is %v, want %v", at, values[i], want)
		}
	}
}

// Quantiles are split and filtered as values are, each cohort with its own.
func TestQuantilesOfCohorts(t *testing.T) {
	var all []series
	for region, under := range map[string]float64{"eu": .5, "us": .9} {
		for le, share := range map[string]float64{"0.1": under, "1": 1, "+Inf": 1} {
			all = append(all, twoHours(fmt.Sprintf(`d_seconds_bucket{region=%q,le=%q}`, region, le), 10*share))
		}
	}
	tr := try(t, catalog(`
dimensions: [{ name: region }]
flows:
  - name: shop
    slis:
      - { name: fast, component: latency, latency: { histogram: d_seconds, under: 100ms } }
      - { name: up, ratio: { good: ok_total, total: all_total } }`), nil, all...)
	of := func(region string) string {
		return `component="latency",flow="shop",quantile="0.95",region="` + region + `",sli="fast"`
	}
	a := tr.latest(`"measure": "quantile", "level": "sli", "q": 0.95, "by": ["region"]`, noon)
	a.is(of("eu"), .1+.9*(.95-.5)/.5)
	a.is(of("us"), .1+.9*(.95-.9)/.1)
	if name := a.Frames[0].Fields[0].Config.DisplayNameFromDS; name != "shop / fast p95 / eu" {
		t.Errorf("the legend is %q", name)
	}
	tr.latest(`"measure": "quantile", "level": "sli", "q": 0.95, "where": {"region": ["us"]}`, noon).is(labelsOf(.95), .1+.9*(.95-.9)/.1)
	tr.latest(`"measure": "quantile", "level": "sli", "q": 0.95`, noon).is(labelsOf(.95), .1+.9*(.95-.7)/.3)
}

// An SLI without a histogram has no quantiles: it is left out, and where there is no other, the answer says so, to alert rules as an
// error. What has no telemetry, or no events, has none either.
func TestQuantilesOfWhatHasNone(t *testing.T) {
	definition := catalog(`
flows:
  - name: shop
    slis:
      - { name: up, ratio: { good: ok_total, total: all_total } }
      - { name: fast, component: latency, latency: { histogram: d_seconds, under: 100ms } }`)
	idle := []series{twoHours(`d_seconds_bucket{le="1"}`, 0), twoHours(`d_seconds_bucket{le="+Inf"}`, 0)}
	tr := try(t, definition, nil, idle...)
	none := tr.latest(`"measure": "quantile", "level": "sli", "slis": ["up"]`, noon)
	none.says("none of these SLIs has a histogram, which quantiles need")
	if none.Error != nil {
		t.Errorf("to a panel it is an error: %v", none.Error)
	}
	a := tr.latest(`"measure": "quantile", "level": "sli"`, noon)
	if len(a.Frames) != 3 {
		t.Errorf("there are %d frames, want those of one SLI", len(a.Frames))
	}
	a.is(labelsOf(.5), math.NaN())
	a.says("shop/fast: no events at this instant, and so no quantiles")
	if rule := tr.askAsRule(`"measure": "quantile", "level": "sli", "slis": ["up"], "format": "latest"`); rule.Error == nil {
		t.Errorf("an alert rule is answered: %+v", rule.Frames)
	}
	try(t, definition, nil).latest(`"measure": "quantile", "level": "sli"`, noon).says("shop/fast: no telemetry at this instant, and so no quantiles")
}

// Several quantiles of a histogram, and the share above its edges, are one request.
func TestQuantilesOfAHistogramAreOneRequest(t *testing.T) {
	tr := try(t, quantilesOf(`latency: { histogram: d_seconds, under: 1s }`), nil, durations("a", noon.Add(-2*time.Hour), noon, fineEdges)...)
	a := tr.latest(`"measure": "quantile", "level": "sli", "q": [0.5, 0.9, 0.95, 0.99]`, noon)
	a.column(labelsOf(.9))
	asked := strings.TrimSpace(a.Frames[0].Meta.ExecutedQueryString)
	if n := strings.Count(asked, "rate("); n != 1 || !strings.Contains(asked, "sum by (le)") {
		t.Errorf("%d rates are asked for: %s", n, asked)
	}
}

// While services move to native histograms, those are shown, and the last edge of their buckets says nothing.
func TestQuantilesOfNativeHistogramsHaveNoEdge(t *testing.T) {
	o := observe(rand.New(rand.NewPCG(1, 16)))
	tr := try(t, quantilesOf(`latency: { histogram: d_seconds, under: 300ms }`), nil, o.classic("d_seconds", []float64{.1, .3, .5}, 1)...)
	if err := tr.store.Append(o.native("d_seconds")...); err != nil {
		t.Fatal(err)
	}
	a := tr.latest(`"measure": "quantile", "level": "sli", "q": 0.99`, noon)
	a.is(labelsOf(.99), tr.promQL("histogram_quantile(0.99, sum(rate(d_seconds[5m])))", noon))
	if all := a.notices(); len(all) > 0 {
		t.Errorf("there are notices: %q", all)
	}
}
