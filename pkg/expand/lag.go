package expand

import (
	"slices"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// MaxLag is how far back the newest sample of an SLI is looked for.
const MaxLag = time.Hour

// lagStep is how far a store looks back for the current sample of a series, so that no sample lies between two steps.
const lagStep = 5 * time.Minute

// Lag returns the PromQL for the seconds since the newest sample of what an indicator selects, an expression a
// selector, with the labels that they are split by. A ratio is as old as its total, and as good events of
// another metric, which may come by another way; errors that never happened have no samples.
func Lag(indicator cer.Indicator, cfg Config) (promQL, by []string, err error) {
	e, err := newExpander(indicator, cfg)
	if err != nil {
		return nil, nil, err
	}
	pulses, err := e.pulses(indicator)
	for _, one := range pulses {
		text := e.lag(one).String()
		if !slices.Contains(promQL, text) {
			promQL = append(promQL, text)
		}
	}
	return promQL, e.by, err
}

// pulses returns the times of the series whose newest samples tell how old an indicator's value is.
func (e expander) pulses(indicator cer.Indicator) ([]parser.Expr, error) {
	if text, ok := histogramOf(indicator); ok {
		h, err := e.histogram(text)
		if err != nil {
			return nil, err
		}
		return []parser.Expr{h.pulse()}, nil
	}
	texts := promQLOf(indicator)
	if _, ok := indicator.(cer.Recorded); ok {
		texts = texts[:1]
	}
	var exprs []parser.Expr
	for _, text := range texts {
		expr, err := parse(text, e.window, e.matchers)
		if err != nil {
			return nil, err
		}
		exprs = append(exprs, expr)
	}
	if r, ok := indicator.(cer.Ratio); ok && (r.Good == "" || r.AbsentZero || sameMetric(exprs[0], exprs[1])) {
		exprs = exprs[1:]
	}
	var pulses []parser.Expr
	for _, expr := range exprs {
		for _, selector := range selectorsOf(expr) {
			pulses = append(pulses, call("timestamp", selector))
		}
	}
	return pulses, nil
}

// pulse returns the times of few series of the histogram: of native and of classic ones where there are both, since a
// service may have moved from one to the other.
func (h histogram) pulse() parser.Expr {
	native, classic := call("timestamp", h.selector), call("timestamp", withMetricName(h.selector, metricName(h.selector)+"_count"))
	switch {
	case !h.isClassic():
		return native
	case h.known.Native:
		return &parser.ParenExpr{Expr: either(native, classic)}
	default:
		return classic
	}
}

// lag is the age of the newest sample, given the times of current ones: of a current one, else the newest within MaxLag.
func (e expander) lag(current parser.Expr) parser.Expr {
	past := call("max_over_time", &parser.SubqueryExpr{Expr: current, Range: MaxLag, Step: lagStep})
	newest := func(times parser.Expr) parser.Expr {
		return &parser.AggregateExpr{Op: parser.MAX, Expr: times, Grouping: e.by}
	}
	return &parser.BinaryExpr{Op: parser.SUB, LHS: call("time"), RHS: &parser.ParenExpr{Expr: either(newest(current), newest(past))}}
}

// either is one expression, or another where that has no series of the same labels.
func either(one, other parser.Expr) parser.Expr {
	return &parser.BinaryExpr{Op: parser.LOR, LHS: one, RHS: other, VectorMatching: &parser.VectorMatching{Card: parser.CardManyToMany}}
}
