package oracle

import (
	"fmt"
	"regexp"
)

// durations is a histogram of durations: a classic one, a native one, or both.
type durations struct {
	selector        selector
	native, classic bool
	// edges are the finite bounds of the classic buckets, in the histogram's unit.
	edges []float64
	// later are those that they change to; nil where they don't.
	later []float64
	// milliseconds says that the unit is not the second. The definition says so where unitStated is set, else the
	// metric's name does.
	milliseconds, unitStated bool
}

// unit is what the definition says of the unit; "" where it leaves that open.
func (h durations) unit() string {
	switch {
	case !h.unitStated:
		return ""
	case h.milliseconds:
		return "ms"
	default:
		return "s"
	}
}

// inUnit converts a number of milliseconds.
func (h durations) inUnit(ms float64) float64 {
	if h.milliseconds {
		return ms
	}
	return ms / 1000
}

// seconds is how many seconds the unit has.
func (h durations) seconds() float64 {
	if h.milliseconds {
		return 0.001
	}
	return 1
}

// weightedEdge is a bucket of a classic histogram, and what its count is multiplied by.
type weightedEdge struct{ edge, factor float64 }

// around returns the buckets whose weighted counts add up to the observations at or under a bound, which is
// interpolated linearly between edges.
func (h durations) around(bound float64) []weightedEdge {
	return around(h.edges, bound)
}

// around returns the same for some edges.
func around(edges []float64, bound float64) []weightedEdge {
	low := 0.0
	for _, edge := range edges {
		switch {
		case bound == edge:
			return []weightedEdge{{edge, 1}}
		case bound < edge && low == 0:
			return []weightedEdge{{edge, bound / edge}}
		case bound < edge:
			share := (bound - low) / (edge - low)
			return []weightedEdge{{low, 1 - share}, {edge, share}}
		}
		low = edge
	}
	return []weightedEdge{{low, 1}}
}

// bucket selects the bucket of an edge, in either spelling of whole numbers.
func (h durations) bucket(edge float64) selector {
	spelling := regexp.QuoteMeta(number(edge))
	return h.selector.suffixed("_bucket").with(condition{"le", "=~", spelling + "|" + spelling + `\.0`})
}

// nativeRates is the expression for the native histogram of observations a second.
func (h durations) nativeRates(s scope) string { return s.sum(h.selector) }

// nativeTotal is the expression for the observations a second of the native histogram.
func (h durations) nativeTotal(s scope) string {
	return fmt.Sprintf("histogram_count(%s)", h.nativeRates(s))
}

// count selects the number of observations of the classic histogram.
func (h durations) count() selector { return h.selector.suffixed("_count") }

// nativeForm is a form of a native histogram, for the expression of its value.
func (h durations) nativeForm(s scope, value string) form {
	return form{value: fmt.Sprintf("(%s and %s)", value, s.enough(h.nativeTotal(s))), idle: s.idle(h.nativeTotal(s))}
}

// fraction is the expression for the share of observations at or under a bound of the native histogram.
func (h durations) fraction(s scope, ms float64) string {
	return fmt.Sprintf("histogram_fraction(-Inf, %s, %s)", number(h.inUnit(ms)), h.nativeRates(s))
}

// under is the expression for the observations a second at or under a bound of the classic histogram.
func (h durations) under(s scope, ms float64) string {
	expr := "("
	for i, e := range h.around(h.inUnit(ms)) {
		if i > 0 {
			expr += " + "
		}
		expr += fmt.Sprintf("%s * %s", s.sum(h.bucket(e.edge)), number(e.factor))
	}
	return expr + ")"
}

// recomputeUnder recomputes under.
func (h durations) recomputeUnder(raw recomputer, ms float64) column {
	if raw.facts != nil {
		return h.recomputeUnderChanging(raw, ms)
	}
	sum := make(column, len(raw.times))
	for _, e := range h.around(h.inUnit(ms)) {
		for i, rate := range raw.rate(h.bucket(e.edge)) {
			sum[i] += rate * e.factor
		}
	}
	return sum
}

// mixedTotal is the expression for the observations a second where each series is counted by its native histogram, or
// by its classic one where it has none.
func (h durations) mixedTotal(s scope) string {
	return fmt.Sprintf("sum(histogram_count(%s) or %s)", s.rate(h.selector), s.rate(h.count()))
}

// mixedUnder is the expression for the observations a second at or under a bound, counted likewise.
func (h durations) mixedUnder(s scope, ms float64) string {
	expr := fmt.Sprintf("(%s * %s > -Inf or vector(0))", h.fraction(s, ms), h.nativeTotal(s))
	for _, e := range h.around(h.inUnit(ms)) {
		expr += fmt.Sprintf(" + (sum(%s and ignoring(le) (%s unless histogram_count(%s))) * %s or vector(0))",
			s.rate(h.bucket(e.edge)), s.rate(h.count()), s.rate(h.selector), number(e.factor))
	}
	return "(" + expr + ")"
}

// events is the expression for the observations a second.
func (h durations) events(s scope) string {
	switch {
	case h.native && h.classic:
		return h.mixedTotal(s)
	case h.native:
		return h.nativeTotal(s)
	default:
		return s.sum(h.count())
	}
}

// share is the mean of the shares of observations at or under some bounds, in milliseconds.
func (h durations) share(s scope, bounds ...float64) []form {
	n := number(float64(len(bounds)))
	mean := func(of func(scope, float64) string) string {
		expr := ""
		for _, b := range bounds {
			expr += " + " + of(s, b)
		}
		return fmt.Sprintf("(%s) / %s", expr, n)
	}
	counted := func(under func(scope, float64) string, total string) []form {
		return []form{{value: limited(mean(under) + " / " + s.enough(total)), idle: s.idle(total)}}
	}
	switch {
	case h.native && h.classic:
		return counted(h.mixedUnder, h.events(s))
	case h.native:
		return []form{h.nativeForm(s, limited(mean(h.fraction)))}
	default:
		return counted(h.under, h.events(s))
	}
}

// recomputeShare recomputes share.
func (h durations) recomputeShare(raw recomputer, bounds ...float64) []columns {
	c := columns{value: make(column, len(raw.times))}
	mean := func(of func(ms float64) column) {
		for _, b := range bounds {
			c.value.add(of(b), 1/float64(len(bounds)))
		}
	}
	switch {
	case h.native && h.classic:
		c.total = raw.ask(h.mixedTotal(raw.scope))
		mean(func(ms float64) column { return raw.ask(h.mixedUnder(raw.scope, ms)) })
	case h.native:
		c.total = raw.ask(h.nativeTotal(raw.scope))
		mean(func(ms float64) column { return raw.ask(h.fraction(raw.scope, ms)) })
		return []columns{c.limited()}
	default:
		c.total = raw.rate(h.count())
		mean(func(ms float64) column { return h.recomputeUnder(raw, ms) })
	}
	for i := range c.value {
		c.value[i] /= c.total[i]
	}
	return []columns{c.limited()}
}

// latency is the share of requests at or under a bound.
type latency struct {
	durations
	under float64 // in milliseconds
}

func (latency) kind() string { return "latency" }

func (l latency) yaml() map[string]any {
	return map[string]any{"histogram": l.selector.String(), "under": number(l.under) + "ms"}
}

func (l latency) total(s scope) string { return l.events(s) }

func (l latency) promQL(s scope) []form { return l.share(s, l.under) }

func (l latency) recompute(raw recomputer) []columns { return l.recomputeShare(raw, l.under) }

// apdex is (satisfied + tolerating/2)/total.
type apdex struct {
	durations
	satisfied, tolerated float64 // in milliseconds
}

func (apdex) kind() string { return "apdex" }

func (a apdex) yaml() map[string]any {
	fields := map[string]any{"histogram": a.selector.String(), "satisfied": number(a.satisfied) + "ms"}
	if a.tolerated != 4*a.satisfied {
		fields["tolerated"] = number(a.tolerated) + "ms"
	}
	return fields
}

func (a apdex) total(s scope) string { return a.events(s) }

func (a apdex) promQL(s scope) []form { return a.share(s, a.satisfied, a.tolerated) }

func (a apdex) recompute(raw recomputer) []columns {
	return a.recomputeShare(raw, a.satisfied, a.tolerated)
}

// quantile is a quantile in seconds.
type quantile struct {
	durations
	q float64
}

func (quantile) kind() string { return "quantile" }

func (q quantile) yaml() map[string]any {
	return map[string]any{"histogram": q.selector.String(), "q": q.q}
}

func (q quantile) promQL(s scope) []form {
	var forms []form
	if q.native {
		forms = append(forms, q.nativeForm(s, q.of(q.nativeRates(s))))
	}
	if q.classic {
		total := s.sum(q.count())
		value := q.of(fmt.Sprintf("sum by (le) (%s)", s.rate(q.selector.suffixed("_bucket"))))
		forms = append(forms, form{value: fmt.Sprintf("(%s and %s)", value, s.enough(total)), idle: s.idle(total)})
	}
	return forms
}

// of is the expression for the quantile of rates.
func (q quantile) of(rates string) string {
	return fmt.Sprintf("histogram_quantile(%s, %s) * %s", number(q.q), rates, number(q.seconds()))
}

func (q quantile) recompute(raw recomputer) []columns {
	var all []columns
	if q.native {
		all = append(all, columns{
			total: raw.ask(q.nativeTotal(raw.scope)), value: raw.ask(q.of(q.nativeRates(raw.scope))),
		})
	}
	if q.classic {
		c := columns{total: raw.rate(q.count()), value: raw.quantile(q.selector.suffixed("_bucket"), q.q)}
		for i := range c.value {
			c.value[i] *= q.seconds()
		}
		all = append(all, c)
	}
	return all
}
