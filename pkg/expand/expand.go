package expand

import (
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// Config says how an indicator is expanded.
type Config struct {
	// Window replaces __window and is the range of every counter.
	Window time.Duration
	// Filters are put on every selector.
	Filters []Filter
	// By are the labels by which the results are split.
	By []string
	// Facts are about the histograms in the store.
	Facts Facts
}

// Expand returns the expressions to be evaluated by the store. It fails where a filter's pattern is no regular expression.
func (i *Indicator) Expand(cfg Config) (Expansion, error) {
	e, err := i.expander(cfg)
	if err != nil {
		return Expansion{}, err
	}
	x := e.expand()
	x.By, x.Shared = e.by, e.shared
	return x, nil
}

// expander expands an indicator as a Config says.
type expander struct {
	*Indicator
	window time.Duration
	facts  Facts
	// filters are put on every selector.
	filters []*labels.Matcher
	// by are the labels by which results are split, and shared says why not by others.
	by     []string
	shared string
}

// expander returns an expander. All expressions of an indicator are split by the same labels.
func (i *Indicator) expander(cfg Config) (expander, error) {
	filters, err := matchersOf(cfg.Filters)
	if err != nil {
		return expander{}, err
	}
	e := expander{Indicator: i, window: cfg.Window, facts: cfg.Facts, filters: filters}
	e.by, e.shared = splittable(i.templates, cfg.By)
	return e, nil
}

// expand expands an indicator of any kind.
func (e expander) expand() Expansion {
	switch stated := e.stated.(type) {
	case cer.Ratio:
		return e.ratio(stated)
	case cer.LatencyShare:
		return e.latency(stated)
	case cer.Apdex:
		return e.apdex(stated)
	case cer.Quantile:
		return e.quantile(stated)
	case cer.Probe:
		return e.probe()
	case cer.Recorded:
		return e.recorded(stated)
	default:
		return e.value()
	}
}

// expr returns a copy of one of the indicator's templates, with the window and the filters put in.
func (e expander) expr(template int) parser.Expr {
	expr := clone(e.templates[template])
	setWindowInplace(expr, e.window)
	forceInplace(expr, e.filters)
	return expr
}

// ratio returns sum of good / sum of total, or 1 - sum of bad / sum of total.
func (e expander) ratio(r cer.Ratio) Expansion {
	part, total, role := e.expr(0), e.expr(1), "good events"
	if r.Bad != "" {
		role = "bad events"
	}
	zero := r.AbsentZero || sameMetric(part, total)
	return Expansion{Forms: []Form{{
		Of:         Counts,
		Parts:      []Part{{Expr: newExpr(unsampled(e.events(part), r.PartRate)), Factor: 1, Role: role, ZeroIfAbsent: zero}},
		Total:      newExpr(unsampled(e.events(total), r.TotalRate)),
		Complement: r.Bad != "",
	}}}
}

// unsampled scales a rate of events by the share of events that are counted.
func unsampled(expr parser.Expr, rate float64) parser.Expr {
	if rate == 0 || rate == 1 {
		return expr
	}
	return &parser.BinaryExpr{Op: parser.DIV, LHS: expr, RHS: &parser.NumberLiteral{Val: rate}}
}

// value returns the expression that is stated. If it calls scalar(), NaN may be due to absent series rather than to no
// events.
func (e expander) value() Expansion {
	expr := e.expr(0)
	splitInplace(expr, e.by)
	parts := []Part{{Expr: newExpr(expr), Factor: 1, Role: "value"}}
	return Expansion{Forms: []Form{{Of: Values, Parts: parts, IdleIfUndefined: !calls(expr, "scalar")}}}
}

// probe returns the share of successful checks: a ratio of sums over series and over time, so that a target checked more
// often counts more.
func (e expander) probe() Expansion {
	checks := overWindow(asSelector(e.expr(0)), e.window)
	return Expansion{Forms: []Form{{
		Of:    Counts,
		Parts: []Part{{Expr: newExpr(e.sum(call("sum_over_time", checks))), Factor: 1, Role: "successful checks"}},
		Total: newExpr(e.sum(call("count_over_time", checks))),
	}}}
}

// recorded returns the share that is recorded. Several series of it can't be combined without the events behind each.
func (e expander) recorded(r cer.Recorded) Expansion {
	role := "recorded share of good events"
	if r.ErrorRatio != "" {
		role = "recorded share of bad events"
	}
	parts := []Part{{Expr: newExpr(e.expr(0)), Factor: 1, Role: role}}
	form := Form{Of: Values, Parts: parts, Complement: r.ErrorRatio != "", IdleIfUndefined: r.Total == ""}
	if r.Total != "" {
		form.Total = newExpr(e.events(e.expr(1)))
	}
	return Expansion{Forms: []Form{form}}
}

// events returns the rate of events: of a counter's selector, or the sum of a whole expression.
func (e expander) events(expr parser.Expr) parser.Expr {
	if selector := asSelector(expr); selector != nil {
		return e.sum(call("rate", overWindow(selector, e.window)))
	}
	whole := expr.Type() == parser.ValueTypeScalar || isSumOfAll(expr)
	splitInplace(expr, e.by)
	if whole {
		return expr
	}
	return e.sum(expr)
}

// sum adds up the series of expr by the labels by which results are split, and by further ones.
func (e expander) sum(expr parser.Expr, further ...string) *parser.AggregateExpr {
	return &parser.AggregateExpr{Op: parser.SUM, Expr: expr, Grouping: slices.Concat(further, e.by)}
}

// sameMetric reports whether the selectors of both expressions state one and the same metric.
func sameMetric(a, b parser.Expr) bool {
	inA, allA := metricNames(a)
	inB, allB := metricNames(b)
	if !allA || !allB || len(inA) != 1 || len(inB) != 1 {
		return false
	}
	for name := range inA {
		return inB[name]
	}
	return false
}

// calls reports whether expr calls one of PromQL's functions.
func calls(expr parser.Expr, function string) bool {
	found := false
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		call, ok := node.(*parser.Call)
		found = found || ok && call.Func.Name == function
		return nil
	})
	return found
}

// overWindow returns the samples of a selector within the window.
func overWindow(selector *parser.VectorSelector, window time.Duration) *parser.MatrixSelector {
	return &parser.MatrixSelector{VectorSelector: selector, Range: window}
}

// call returns the call of one of PromQL's functions.
func call(function string, args ...parser.Expr) *parser.Call {
	return &parser.Call{Func: parser.MustGetFunction(function), Args: args}
}
