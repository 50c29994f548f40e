package expand

import (
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// Config says how the indicator of an SLI is expanded.
type Config struct {
	// Window replaces __window and is the range of every counter.
	Window time.Duration
	// Trust holds matchers, such as job=~"shop-.*", that every selector is given.
	Trust []string
	// Filters are put on every selector too.
	Filters []Filter
	// By are the labels by whose values the answers are split.
	By []string
	// Facts hold what is known of the histograms in the store.
	Facts Facts
}

// Indicator returns the PromQL of an indicator. It fails where the PromQL of the definition does not parse, which
// loading the definition has made sure it does.
func Indicator(indicator cer.Indicator, cfg Config) (Expansion, error) {
	e, err := newExpander(indicator, cfg)
	if err != nil {
		return Expansion{}, err
	}
	x, err := e.indicator(indicator)
	x.By, x.Shared = e.by, e.shared
	return x, err
}

// newExpander prepares what the expressions of an indicator have in common: all are split by the same labels.
func newExpander(indicator cer.Indicator, cfg Config) (expander, error) {
	trust, err := parseMatchers(cfg.Trust)
	if err != nil {
		return expander{}, err
	}
	filters, err := matchersOf(cfg.Filters)
	if err != nil {
		return expander{}, err
	}
	e := expander{window: cfg.Window, facts: cfg.Facts, trust: trust, matchers: slices.Concat(trust, filters)}
	e.by, e.shared, err = splittable(promQLOf(indicator), cfg.By)
	return e, err
}

// indicator expands an indicator of any kind.
func (e expander) indicator(indicator cer.Indicator) (Expansion, error) {
	switch i := indicator.(type) {
	case cer.Ratio:
		return e.ratio(i)
	case cer.LatencyShare:
		return e.latency(i)
	case cer.Apdex:
		return e.apdex(i)
	case cer.Quantile:
		return e.quantile(i)
	case cer.Value:
		return e.value(i)
	case cer.Probe:
		return e.probe(i)
	case cer.Recorded:
		return e.recorded(i)
	default:
		return Expansion{}, fmt.Errorf("an indicator of the kind %q can't be expanded", indicator.Kind())
	}
}

// Selector is something that an indicator selects in the store.
type Selector struct {
	// Trusted is the selector with the trusted matchers put in, Bare without them; both are PromQL.
	Trusted, Bare string
}

// Selectors returns what an indicator selects, each once. The selector of a histogram matches native and classic ones.
func Selectors(indicator cer.Indicator, trust []string) ([]Selector, error) {
	matchers, err := parseMatchers(trust)
	if err != nil {
		return nil, err
	}
	_, isHistogram := histogramOf(indicator)
	var found []Selector
	for _, text := range promQLOf(indicator) {
		expr, err := parse(text, time.Minute, nil)
		if err != nil {
			return nil, err
		}
		for _, selector := range selectorsOf(expr) {
			if isHistogram {
				selector = anyHistogram(selector)
			}
			s := Selector{Bare: selector.String()}
			forceInplace(selector, matchers)
			s.Trusted = selector.String()
			if !slices.Contains(found, s) {
				found = append(found, s)
			}
		}
	}
	return found, nil
}

// StatesWhole reports whether the definition states an expression of the indicator as a whole, rather than selectors
// only.
func StatesWhole(indicator cer.Indicator) bool {
	for _, text := range promQLOf(indicator) {
		expr, err := parse(text, time.Minute, nil)
		if err != nil || asSelector(expr) == nil {
			return true
		}
	}
	return false
}

// promQLOf returns the pieces of PromQL that an indicator is defined by.
func promQLOf(indicator cer.Indicator) []string {
	switch i := indicator.(type) {
	case cer.Ratio:
		if i.Bad != "" {
			return []string{i.Bad, i.Total}
		}
		return []string{i.Good, i.Total}
	case cer.Value:
		return []string{i.PromQL}
	case cer.Probe:
		return []string{i.Selector}
	case cer.Recorded:
		return slices.DeleteFunc([]string{i.Ratio, i.ErrorRatio, i.Total}, func(text string) bool { return text == "" })
	default:
		text, _ := histogramOf(indicator)
		return []string{text}
	}
}

// expander expands the indicator of one SLI.
type expander struct {
	window time.Duration
	facts  Facts
	// trust are the matchers by which facts are known; matchers are those and the filters.
	trust, matchers []*labels.Matcher
	// by are the labels that answers are split by, and shared says why they are not split by others.
	by     []string
	shared string
}

// ratio is sum of good / sum of total, or 1 - sum of bad / sum of total.
func (e expander) ratio(r cer.Ratio) (Expansion, error) {
	text, role := r.Good, "good events"
	if r.Bad != "" {
		text, role = r.Bad, "bad events"
	}
	part, err := parse(text, e.window, e.matchers)
	if err != nil {
		return Expansion{}, err
	}
	total, err := parse(r.Total, e.window, e.matchers)
	if err != nil {
		return Expansion{}, err
	}
	zero := r.AbsentZero || sameMetric(part, total)
	return Expansion{Forms: []Form{{
		Of: Counts,
		Parts: []Part{{
			PromQL: unsampled(e.events(part), r.PartRate).String(), Factor: 1, Role: role, ZeroIfAbsent: zero,
		}},
		Total:      unsampled(e.events(total), r.TotalRate).String(),
		Complement: r.Bad != "",
	}}}, nil
}

// unsampled scales a count of events up to all of them, where only a share of them was counted.
func unsampled(expr parser.Expr, rate float64) parser.Expr {
	if rate == 0 || rate == 1 {
		return expr
	}
	return &parser.BinaryExpr{Op: parser.DIV, LHS: expr, RHS: &parser.NumberLiteral{Val: rate}}
}

// value is a whole expression as it stands. Of series that are not there scalar() makes NaN, which then says nothing of
// events.
func (e expander) value(v cer.Value) (Expansion, error) {
	expr, err := parse(v.PromQL, e.window, e.matchers)
	if err != nil {
		return Expansion{}, err
	}
	splitInplace(expr, e.by)
	parts := []Part{{PromQL: expr.String(), Factor: 1, Role: "value"}}
	return Expansion{Forms: []Form{{Of: Values, Parts: parts, IdleIfUndefined: !calls(expr, "scalar")}}}, nil
}

// probe is the share of successful checks: a ratio of sums over series and over time, so that a target checked more
// often counts more.
func (e expander) probe(p cer.Probe) (Expansion, error) {
	expr, err := parse(p.Selector, e.window, e.matchers)
	if err != nil {
		return Expansion{}, err
	}
	checks := overWindow(asSelector(expr), e.window)
	return Expansion{Forms: []Form{{
		Of:    Counts,
		Parts: []Part{{PromQL: e.sum(call("sum_over_time", checks)).String(), Factor: 1, Role: "successful checks"}},
		Total: e.sum(call("count_over_time", checks)).String(),
	}}}, nil
}

// recorded is a share as it stands: several series of it can't be made one without the events behind each.
func (e expander) recorded(r cer.Recorded) (Expansion, error) {
	text, role := r.Ratio, "recorded share of good events"
	if r.ErrorRatio != "" {
		text, role = r.ErrorRatio, "recorded share of bad events"
	}
	share, err := parse(text, e.window, e.matchers)
	if err != nil {
		return Expansion{}, err
	}
	form := Form{Of: Values, Parts: []Part{{PromQL: share.String(), Factor: 1, Role: role}}, Complement: r.ErrorRatio != "", IdleIfUndefined: r.Total == ""}
	if r.Total != "" {
		total, err := parse(r.Total, e.window, e.matchers)
		if err != nil {
			return Expansion{}, err
		}
		form.Total = e.events(total).String()
	}
	return Expansion{Forms: []Form{form}}, nil
}

// events returns the expression for events a second: that of a counter's selector, or the sum of a whole expression.
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

// sum adds up the series of expr that belong together: those with the same values of the labels that answers are
// split by, and of further ones.
func (e expander) sum(expr parser.Expr, further ...string) *parser.AggregateExpr {
	return &parser.AggregateExpr{Op: parser.SUM, Expr: expr, Grouping: slices.Concat(further, e.by)}
}

// sameMetric reports whether both expressions are about one and the same metric.
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
