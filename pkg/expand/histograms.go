package expand

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// histogramSelector returns the identity of the histogram that a selector selects.
func histogramSelector(selector *parser.VectorSelector) HistogramSelector {
	bucket := withMetricName(selector, metricName(selector)+"_bucket")
	return HistogramSelector{Native: textOf(selector), Bucket: textOf(bucket)}
}

// anyHistogram returns the selector of a histogram's native series and buckets together.
func anyHistogram(selector *parser.VectorSelector) *parser.VectorSelector {
	either := withMetricName(selector, "")
	name := regexp.QuoteMeta(metricName(selector))
	either.LabelMatchers[len(either.LabelMatchers)-1] = labels.MustNewMatcher(
		labels.MatchRegexp, model.MetricNameLabel, name+"(_bucket)?")
	return either
}

// latency is the share of requests at or under a bound.
func (e expander) latency(l cer.LatencyShare) Expansion {
	return e.histogramOf(l.Unit).shareUnder([]bound{{at: l.Unit.Of(l.Under), factor: 1, toEdge: l.ToEdge}})
}

// apdex is (satisfied + tolerating/2)/total, which is half of the requests at or under each of its two bounds.
func (e expander) apdex(a cer.Apdex) Expansion {
	return e.histogramOf(a.Unit).shareUnder([]bound{
		{at: a.Unit.Of(a.Satisfied), factor: 0.5},
		{at: a.Unit.Of(a.Tolerated), factor: 0.5},
	})
}

// quantile is histogram_quantile of the rates, in seconds.
func (e expander) quantile(q cer.Quantile) Expansion {
	h := e.histogramOf(q.Unit)
	var x Expansion
	of := func(rates parser.Expr) []Part {
		level := &parser.NumberLiteral{Val: q.Q}
		return []Part{{Expr: newExpr(call("histogram_quantile", level, rates)), Factor: q.Unit.InSeconds(), Role: "quantile"}}
	}
	if h.known.Native {
		x.Forms = append(x.Forms, Form{Of: Values, Parts: of(h.nativeRates()), Total: wholeTotal(h.nativeTotal())})
	}
	if h.known.isRanged() {
		some := labels.MustNewMatcher(labels.MatchNotEqual, RangeLabel, "")
		x.Forms = append(x.Forms, Form{Of: Values, Parts: of(h.sum(h.rate("_bucket", some), RangeLabel)), Total: wholeTotal(h.classicTotal())})
	}
	if h.isClassic() {
		edges, differ := h.known.common()
		var matchers []*labels.Matcher
		if differ {
			matchers = append(matchers, leMatcher(append(edges[:len(edges):len(edges)], infinite)...))
			x.Notes = append(x.Notes, h.otherBuckets()+"only the buckets that all of them have are used")
		}
		form := Form{Of: Values, Parts: of(h.sum(h.rate("_bucket", matchers...), model.BucketLabel)), Total: wholeTotal(h.classicTotal())}
		if n := len(edges); n > 0 {
			form.Ceiling = edges[n-1].Bound * q.Unit.InSeconds()
			if e.countsBounded {
				form.Bounded = []Part{h.countOf([]*labels.Matcher{leMatcher(edges[n-1])}, 1, edges[n-1].Bound)}
			}
		}
		x.Forms = append(x.Forms, form)
	}
	return h.warned(x)
}

// infinite is the bucket of all events.
var infinite = Edge{Bound: math.Inf(1), Spellings: []string{"+Inf"}}

// otherBuckets begins a sentence on instances whose buckets differ.
func (h histogram) otherBuckets() string {
	return "instances of " + metricName(h.selector) + " have different buckets; "
}

// warned adds a warning where no finite bucket is common to all instances, so that each bucket counts some of them only.
func (h histogram) warned(x Expansion) Expansion {
	edges, differ := h.known.common()
	if differ && edges[0].Partial {
		x.Notes = nil
		x.Warnings = append(x.Warnings, h.otherBuckets()+"they have none in common, so the values are wrong; configure the same buckets everywhere")
	}
	if n := len(edges); n > 0 && h.unit == "" && edges[n-1].Bound > hour {
		x.Warnings = append(x.Warnings, fmt.Sprintf("the name of %s has no unit, and its highest bucket edge %s would be over an hour in seconds; seconds are assumed: add unit: ms (or s, us, ns) to the SLI",
			metricName(h.selector), number(edges[n-1].Bound)))
	}
	return x
}

// hour is in seconds.
const hour = 3600

// histogram expands indicators of a histogram.
type histogram struct {
	expander
	selector *parser.VectorSelector
	// unit is that of its observations; "" where that is not known.
	unit  cer.Unit
	known Histogram
	// mixed is set where some series are native and some classic.
	mixed bool
}

// bound is a duration in the histogram's unit, and the factor of the share of requests at or under it.
type bound struct {
	at, factor float64
	// toEdge says that the edge next above stands for a bound that is none; else counts are interpolated.
	toEdge bool
}

// histogramOf returns the indicator's histogram, with the filters put in.
func (e expander) histogramOf(unit cer.Unit) histogram {
	return histogram{expander: e, unit: unit, selector: asSelector(e.expr(0)), known: e.facts.histogram(e.histogram, e.within)}
}

// isClassic reports whether classic series are queried: where there are some, or where nothing is known, since every store
// supports them.
func (h histogram) isClassic() bool {
	return h.known.Classic || !h.known.Native && !h.known.isRanged()
}

// rate returns the rate of the series with a suffix of a classic histogram, or of the native ones where the suffix is "".
func (h histogram) rate(suffix string, matchers ...*labels.Matcher) parser.Expr {
	selector := cloneSelector(h.selector)
	if suffix != "" {
		selector = withMetricName(selector, metricName(selector)+suffix)
	}
	selector.LabelMatchers = slices.Concat(matchers, selector.LabelMatchers)
	return call("rate", overWindow(selector, h.reach(h.selector)))
}

// nativeRates returns the native histogram of requests a second.
func (h histogram) nativeRates() parser.Expr { return h.sum(h.rate("")) }

// goodNativeRates returns the native histogram of good requests a second.
func (h histogram) goodNativeRates() parser.Expr { return h.sum(h.rate("", h.good...)) }

// nativeTotal returns the rate of all requests of the native histogram.
func (h histogram) nativeTotal() *Expr { return newExpr(call("histogram_count", h.nativeRates())) }

// classicTotal returns the rate of all requests of the classic histogram: that of its highest bucket, rather than of its
// count, so that it can be merged with those of other buckets.
func (h histogram) classicTotal() *Expr {
	return newExpr(h.sum(h.rate("_bucket", h.wholeMatcher())))
}

// shareUnder returns the sum over bounds of factor x share of requests at or under the bound.
func (h histogram) shareUnder(bounds []bound) Expansion {
	if h.known.Native && !h.known.Classic && !h.known.isRanged() {
		return h.warned(Expansion{Forms: []Form{h.nativeShare(bounds)}})
	}
	h.mixed = h.known.Native
	var x Expansion
	form := Form{Of: Counts, Total: wholeTotal(h.classicTotal())}
	if h.mixed {
		form.Total = wholeTotal(h.mixedTotal())
	}
	for _, b := range bounds {
		if h.mixed {
			form.Parts = append(form.Parts, h.nativeCount(b))
		}
		for _, count := range h.bucketCounts() {
			parts, note := count(b)
			form.Parts = append(form.Parts, parts...)
			if note != "" {
				x.Notes = append(x.Notes, note)
			}
		}
	}
	x.Forms = []Form{form}
	return h.warned(x)
}

// bucketCounts returns the functions that return the parts for the requests at or under a bound: one for each way in which buckets
// are called.
func (h histogram) bucketCounts() []func(bound) ([]Part, string) {
	var counts []func(bound) ([]Part, string)
	if h.known.isRanged() {
		counts = append(counts, h.rangedCount)
	}
	if h.isClassic() {
		counts = append(counts, h.classicCount)
	}
	return counts
}

// mixedTotal returns the rate of all requests where some series are native and some classic: each is counted once, by its
// native histogram where it has one.
func (h histogram) mixedTotal() *Expr {
	return newExpr(h.sum(either(call("histogram_count", h.rate("")), h.rate("_count"))))
}

// nativeCount returns the part for the good requests at or under a bound that native histograms counted. It has no sample
// where there are none, since there is no share of them.
func (h histogram) nativeCount(b bound) Part {
	some := &parser.BinaryExpr{Op: parser.GTR, LHS: call("histogram_count", h.goodNativeRates()), RHS: &parser.NumberLiteral{}}
	count := &parser.BinaryExpr{
		Op: parser.MUL, LHS: fraction(b, h.goodNativeRates()), RHS: &parser.ParenExpr{Expr: some},
		VectorMatching: &parser.VectorMatching{Card: parser.CardOneToOne},
	}
	return Part{Expr: newExpr(count), Factor: b.factor, Role: "native events " + atOrUnder(b.at), Absent: Zero}
}

// unlessNative drops the classic series whose labels native ones have too.
func (h histogram) unlessNative(rates parser.Expr) parser.Expr {
	return &parser.BinaryExpr{
		Op: parser.LUNLESS, LHS: rates, RHS: call("histogram_count", h.rate("")),
		VectorMatching: &parser.VectorMatching{Card: parser.CardManyToMany, MatchingLabels: []string{model.BucketLabel, RangeLabel}},
	}
}

// fraction returns the share of the requests in rates that are at or under a bound, as the store interpolates it.
func fraction(b bound, rates parser.Expr) parser.Expr {
	return call("histogram_fraction", &parser.NumberLiteral{Val: math.Inf(-1)}, &parser.NumberLiteral{Val: b.at}, rates)
}

// nativeShare returns the shares as the store computes them, which interpolates within native buckets.
func (h histogram) nativeShare(bounds []bound) Form {
	if len(h.good) > 0 {
		form := Form{Of: Counts, Total: wholeTotal(h.nativeTotal())}
		for _, b := range bounds {
			form.Parts = append(form.Parts, h.nativeCount(b))
		}
		return form
	}
	form := Form{Of: Values, Total: wholeTotal(h.nativeTotal())}
	for _, b := range bounds {
		share := newExpr(fraction(b, h.nativeRates()))
		form.Parts = append(form.Parts, Part{Expr: share, Factor: b.factor, Role: "share of events " + atOrUnder(b.at)})
	}
	return form
}

// classicCount returns the parts whose sum is the requests at or under a bound, with a note where it is not an edge: those at the next
// edge where that stands for it, else interpolated linearly between the edges around it (from 0 in the first bucket).
func (h histogram) classicCount(b bound) ([]Part, string) {
	edges, differ := h.known.common()
	if len(edges) == 0 {
		return []Part{h.bucket(Edge{Bound: b.at, Spellings: spellings(b.at)}, b.factor)}, ""
	}
	i, exact := slices.BinarySearchFunc(edges, b.at, compareBounds)
	name := metricName(h.selector)
	if differ {
		name = "all instances of " + name
	}
	switch {
	case exact:
		return []Part{h.bucket(edges[i], b.factor)}, ""
	case i == len(edges):
		last := edges[i-1]
		return []Part{h.bucket(last, b.factor)}, fmt.Sprintf("%s is above the highest bucket edge of %s, %s; the share at that edge is used",
			number(b.at), name, number(last.Bound))
	case b.toEdge:
		return []Part{h.bucket(edges[i], b.factor)}, fmt.Sprintf("%s is not a bucket edge of %s; the share at the next edge, %s, is used",
			number(b.at), name, number(edges[i].Bound))
	case i == 0:
		first := edges[0]
		return []Part{h.bucket(first, b.factor*b.at/first.Bound)}, fmt.Sprintf("%s is not a bucket edge of %s; interpolated between 0 and %s",
			number(b.at), name, number(first.Bound))
	default:
		low, high := edges[i-1], edges[i]
		share := (b.at - low.Bound) / (high.Bound - low.Bound)
		return []Part{h.bucket(low, b.factor*(1-share)), h.bucket(high, b.factor*share)}, fmt.Sprintf(
			"%s is not a bucket edge of %s; interpolated between %s and %s", number(b.at), name, number(low.Bound), number(high.Bound))
	}
}

// bucket returns the part for the requests at or under an edge, by all spellings of the label le.
func (h histogram) bucket(edge Edge, factor float64) Part {
	part := h.countOf(slices.Concat([]*labels.Matcher{leMatcher(edge)}, h.good), factor, edge.Bound)
	if h.mixed || len(h.good) > 0 || h.known.isRanged() {
		part.Absent = Zero
	}
	return part
}

// countOf returns the part for the requests at or under a bound that are in the buckets that matchers select.
func (h histogram) countOf(matchers []*labels.Matcher, factor, bound float64) Part {
	rates := h.rate("_bucket", matchers...)
	if h.mixed {
		rates = h.unlessNative(rates)
	}
	return Part{Expr: newExpr(h.sum(rates)), Factor: factor, Role: "events " + atOrUnder(bound)}
}

// leMatcher matches the spellings of edges.
func leMatcher(edges ...Edge) *labels.Matcher {
	var quoted []string
	for _, edge := range edges {
		if len(edges) == 1 && len(edge.Spellings) == 1 {
			return labels.MustNewMatcher(labels.MatchEqual, model.BucketLabel, edge.Spellings[0])
		}
		for _, s := range edge.Spellings {
			quoted = append(quoted, regexp.QuoteMeta(s))
		}
	}
	return labels.MustNewMatcher(labels.MatchRegexp, model.BucketLabel, strings.Join(quoted, "|"))
}

// compareBounds orders an edge and a bound; those that differ by rounding only are equal.
func compareBounds(edge Edge, bound float64) int {
	switch {
	case math.Abs(edge.Bound-bound) <= cer.Tolerance*math.Abs(bound):
		return 0
	case edge.Bound < bound:
		return -1
	default:
		return 1
	}
}

func atOrUnder(bound float64) string { return "at or under " + number(bound) }

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
