package expand

import (
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// Rollup is the function of MetricsQL by which instant selectors state how far they look back.
const Rollup = "default_rollup"

// metricsQL returns a copy of a tree whose instant selectors state how far they look back; the tree itself where that is 0.
//
//	a / b offset 1h -> default_rollup(a[5m]) / default_rollup(b[5m] offset 1h)
//
// VictoriaMetrics looks back for a step of the range only, or for about the distance of samples. By this function of its
// MetricsQL a selector has the newest sample within a window, or none where that marks the end of the series, as in PromQL:
// https://docs.victoriametrics.com/victoriametrics/metricsql/#default_rollup.
func metricsQL(expr parser.Expr, lookback time.Duration) parser.Expr {
	if lookback == 0 {
		return expr
	}
	return lookbackInplace(clone(expr), lookback)
}

// lookbackInplace changes a tree into one whose instant selectors state how far they look back, and returns that.
func lookbackInplace(expr parser.Expr, lookback time.Duration) parser.Expr {
	change := func(expr parser.Expr) parser.Expr { return lookbackInplace(expr, lookback) }
	switch n := expr.(type) {
	case *parser.VectorSelector:
		return rollup(Rollup, n, lookback)
	case *parser.AggregateExpr:
		n.Expr, n.Param = change(n.Expr), change(n.Param)
	case *parser.BinaryExpr:
		n.LHS, n.RHS = change(n.LHS), change(n.RHS)
	case *parser.Call:
		return callLookbackInplace(n, lookback)
	case *parser.ParenExpr:
		n.Expr = change(n.Expr)
	case *parser.SubqueryExpr:
		n.Expr = change(n.Expr)
	case *parser.UnaryExpr:
		n.Expr = change(n.Expr)
	}
	return expr
}

// callLookbackInplace is lookbackInplace for a call. Functions that look at the selector itself are called so that they mean the
// same: timestamp is that of the sample, while the end of a series is seen by the selector alone, and absent has the labels that the
// selector states.
func callLookbackInplace(n *parser.Call, lookback time.Duration) parser.Expr {
	var selector *parser.VectorSelector
	if len(n.Args) > 0 {
		selector, _ = unwrapped(n.Args[0]).(*parser.VectorSelector)
	}
	if selector != nil && n.Func.Name == "timestamp" {
		return &parser.ParenExpr{Expr: &parser.BinaryExpr{
			Op: parser.LAND, LHS: rollup("timestamp", selector, lookback), RHS: rollup(Rollup, selector, lookback),
			VectorMatching: &parser.VectorMatching{Card: parser.CardManyToMany},
		}}
	}
	for i, arg := range n.Args {
		n.Args[i] = lookbackInplace(arg, lookback)
	}
	if selector != nil && n.Func.Name == "absent" {
		return labelled(n, selector.LabelMatchers)
	}
	return n
}

// rollup returns the call of a function of MetricsQL on the samples of a selector within a window.
func rollup(function string, selector *parser.VectorSelector, window time.Duration) parser.Expr {
	return &parser.Call{Func: &parser.Function{Name: function}, Args: parser.Expressions{overWindow(selector, window)}}
}

// labelled returns an expression with the labels that absent has: those of which the matchers state one value, and nothing else.
func labelled(expr parser.Expr, matchers []*labels.Matcher) parser.Expr {
	stated := map[string]int{}
	for _, m := range matchers {
		stated[m.Name]++
	}
	text := func(s string) parser.Expr { return &parser.StringLiteral{Val: s} }
	for _, m := range matchers {
		if m.Type == labels.MatchEqual && m.Name != model.MetricNameLabel && stated[m.Name] == 1 && m.Value != "" {
			expr = call("label_replace", expr, text(m.Name), text(strings.ReplaceAll(m.Value, "$", "$$")), text(""), text(""))
		}
	}
	return expr
}
