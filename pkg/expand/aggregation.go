package expand

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// aggregation is the parts of an expression that can be merged with others. It is of one of the forms
//
//	sum by (...) (function(metric{...}[window]))
//	histogram_quantile(quantile, sum by (le, ...) (function(metric{...}[window]))), also by vmrange
//	count by (...) (metric{...})
//	the age of the newest sample of metric{...}, by some labels
type aggregation struct {
	family
	// matchers are those of the selector but for the metric's name, each once and in their order.
	matchers []*labels.Matcher
	by       []string
	// quantile is the level of a quantile, where isQuantile is set.
	quantile   float64
	isQuantile bool
}

// family is what aggregations have in common that can be merged. A number of series has no function and no window, and an age
// only says that it is one.
type family struct {
	metric, function string
	window           time.Duration
	isAge            bool
	// lookback is that of the expressions.
	lookback time.Duration
}

// matcherKey identifies a matcher.
type matcherKey struct {
	name  string
	kind  labels.MatchType
	value string
}

func keyOf(m *labels.Matcher) matcherKey { return matcherKey{m.Name, m.Type, m.Value} }

// compare orders matchers by their label, type and value.
func (k matcherKey) compare(other matcherKey) int {
	return cmp.Or(strings.Compare(k.name, other.name), cmp.Compare(k.kind, other.kind), strings.Compare(k.value, other.value))
}

// mergeable are the functions whose sums can be merged.
var mergeable = []string{"rate", "increase", "sum_over_time", "count_over_time"}

// aggregation returns the parts of the expression; nil where it can't be merged. They are determined once.
func (e *Expr) aggregation() *aggregation {
	e.aggregated.Do(func() {
		if e.parts = aggregationOf(e.tree); e.parts != nil {
			e.parts.lookback = e.lookback
		}
	})
	return e.parts
}

// aggregationOf returns the parts of an expression; nil where it can't be merged.
func aggregationOf(expr parser.Expr) *aggregation {
	if age := ageOf(expr); age != nil {
		return age
	}
	a := &aggregation{}
	if c, ok := expr.(*parser.Call); ok && c.Func.Name == "histogram_quantile" {
		level, ok := c.Args[0].(*parser.NumberLiteral)
		if !ok {
			return nil
		}
		a.quantile, a.isQuantile, expr = level.Val, true, c.Args[1]
	}
	outer, ok := expr.(*parser.AggregateExpr)
	if !ok || outer.Without || a.isQuantile && !slices.ContainsFunc(outer.Grouping, isBucketLabel) {
		return nil
	}
	a.by = outer.Grouping
	switch {
	case outer.Op == parser.SUM:
		ok = a.setSum(outer.Expr)
	case outer.Op == parser.COUNT && !a.isQuantile:
		ok = a.setSelector(outer.Expr)
	default:
		ok = false
	}
	if !ok {
		return nil
	}
	return a
}

// ageOf returns the parts of the age of a selector's newest sample; nil for other expressions.
func ageOf(expr parser.Expr) *aggregation {
	difference, ok := expr.(*parser.BinaryExpr)
	if !ok || difference.Op != parser.SUB {
		return nil
	}
	a := &aggregation{}
	parser.Inspect(difference.RHS, func(node parser.Node, _ []parser.Node) error {
		switch node := node.(type) {
		case *parser.AggregateExpr:
			a.by = node.Grouping
		case *parser.VectorSelector:
			a.matchers = nil
			a.setSelector(node)
		}
		return nil
	})
	a.isAge = true
	if a.metric == "" || a.aggregate(a.matchers, a.by).String() != newExpr(expr).String() {
		return nil
	}
	return a
}

// isBucketLabel reports whether a label tells the buckets of histograms apart.
func isBucketLabel(label string) bool { return label == model.BucketLabel || label == RangeLabel }

// ofRanges reports whether the aggregation is a quantile of buckets by their ranges, which PromQL can't compute.
func (a *aggregation) ofRanges() bool { return a.isQuantile && slices.Contains(a.by, RangeLabel) }

// setSum sets the parts of what a sum adds up; false where it can't be merged.
func (a *aggregation) setSum(expr parser.Expr) bool {
	c, ok := expr.(*parser.Call)
	if !ok || !slices.Contains(mergeable, c.Func.Name) {
		return false
	}
	matrix, ok := c.Args[0].(*parser.MatrixSelector)
	if !ok || matrix.RangeExpr != nil {
		return false
	}
	a.function, a.window = c.Func.Name, matrix.Range
	return a.setSelector(matrix.VectorSelector)
}

// setSelector sets the parts of a selector; false where it has no name, or selects samples at another time.
func (a *aggregation) setSelector(expr parser.Expr) bool {
	selector, ok := expr.(*parser.VectorSelector)
	if !ok || selector.OriginalOffset != 0 || selector.OriginalOffsetExpr != nil || selector.Timestamp != nil || selector.StartOrEnd != 0 ||
		selector.Anchored || selector.Smoothed {
		return false
	}
	a.metric = metricName(selector)
	for _, m := range selector.LabelMatchers {
		if m.Name != model.MetricNameLabel {
			a.matchers = append(a.matchers, m)
		}
	}
	slices.SortFunc(a.matchers, func(a, b *labels.Matcher) int { return keyOf(a).compare(keyOf(b)) })
	a.matchers = slices.CompactFunc(a.matchers, func(a, b *labels.Matcher) bool { return keyOf(a) == keyOf(b) })
	return a.metric != ""
}

// aggregate returns the expression of the family for a selector's series, by some labels.
func (f family) aggregate(matchers []*labels.Matcher, by []string) *Expr {
	selector := withMetricName(&parser.VectorSelector{LabelMatchers: matchers}, f.metric)
	var tree parser.Expr
	switch {
	case f.isAge:
		tree = age(call("timestamp", selector), by)
	case f.function == "":
		tree = &parser.AggregateExpr{Op: parser.COUNT, Expr: selector, Grouping: by}
	default:
		tree = &parser.AggregateExpr{Op: parser.SUM, Expr: call(f.function, overWindow(selector, f.window)), Grouping: by}
	}
	return newExpr(tree).lookingBack(f.lookback)
}
