package expand

import (
	"slices"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// MaxLag is the age up to which the newest sample of an SLI is searched.
const MaxLag = time.Hour

// lagStep is the lookback of stores for the current sample of a series, so that no sample lies between two steps.
const lagStep = 5 * time.Minute

// Lag returns expressions for the seconds since the newest sample of what the indicator selects, one a selector, with the
// labels that they are split by. A ratio is as old as its total, and as good events of another metric, which may come by
// another way; errors that never happened have no samples.
func (i *Indicator) Lag(cfg Config) (ages []*Expr, by []string, err error) {
	e, err := i.expander(cfg)
	if err != nil {
		return nil, nil, err
	}
	for _, times := range e.sampleTimes() {
		if age := newExpr(age(times, e.by)).lookingBack(cfg.Lookback); !slices.ContainsFunc(ages, age.Equal) {
			ages = append(ages, age)
		}
	}
	return ages, e.by, nil
}

// sampleTimes returns expressions for the times of the series whose newest samples decide how old an indicator's value is.
func (e expander) sampleTimes() []parser.Expr {
	if e.isHistogram() {
		return []parser.Expr{e.histogramOf("").sampleTimes()}
	}
	var times []parser.Expr
	for _, expr := range e.aging() {
		for _, selector := range selectorsOf(expr) {
			times = append(times, call("timestamp", selector))
		}
	}
	return times
}

// aging returns those of the indicator's expressions whose series have new samples whenever there is telemetry.
func (e expander) aging() []parser.Expr {
	ratio, isRatio := e.stated.(cer.Ratio)
	if !isRatio { // Of a recorded share the total is left out.
		return []parser.Expr{e.expr(0)}
	}
	last := len(e.fields) - 1
	from := e.fields[last].first
	ownsGood := slices.ContainsFunc(e.summands(0), func(s summand) bool { return !s.selectsOnly(namesOf(e.summands(last))) })
	if ratio.Total == "" || ratio.Good != "" && !ratio.AbsentZero && ownsGood {
		from = 0
	}
	var exprs []parser.Expr
	for i := from; i < len(e.templates); i++ {
		exprs = append(exprs, e.expr(i))
	}
	return exprs
}

// sampleTimes returns an expression for the times of few series of the histogram: of native and of classic ones where there
// are both, since a service may have moved from one to the other.
func (h histogram) sampleTimes() parser.Expr {
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

// age returns the age of the newest sample within MaxLag by some labels, given the times of the current samples.
func age(current parser.Expr, by []string) parser.Expr {
	past := call("max_over_time", &parser.SubqueryExpr{Expr: current, Range: MaxLag, Step: lagStep})
	newest := func(times parser.Expr) parser.Expr {
		return &parser.AggregateExpr{Op: parser.MAX, Expr: times, Grouping: by}
	}
	return &parser.BinaryExpr{Op: parser.SUB, LHS: call("time"), RHS: &parser.ParenExpr{Expr: either(newest(current), newest(past))}}
}

// either returns one expression, with the series of another whose labels it lacks.
func either(one, other parser.Expr) parser.Expr {
	return &parser.BinaryExpr{Op: parser.LOR, LHS: one, RHS: other, VectorMatching: &parser.VectorMatching{Card: parser.CardManyToMany}}
}
