package expand

import (
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

// summand is a part of a field of a ratio, which is the sum of its summands, each times its factor. Whether a summand has
// series is judged of each by itself.
type summand struct {
	expr   parser.Expr
	factor float64
	// zero says that the definition states 0 for absent series, by `or vector(0)`.
	zero bool
}

// summandsOf returns the summands of an expression for a rate of events, without filters and defaults around them:
//
//	sum(rate(a[5m])) - sum(rate(b[5m])) -> sum(rate(a[5m])), -1 times sum(rate(b[5m]))
//	sum(rate(a[5m]) + rate(b[5m])) -> sum(rate(a[5m])), sum(rate(b[5m]))
//	(sum(rate(a[5m])) > 0) or vector(1) -> sum(rate(a[5m]))
//
// An expression that is no sum of expressions that select series is its own summand.
func summandsOf(expr parser.Expr) []summand {
	switch n := expr.(type) {
	case *parser.ParenExpr:
		return summandsOf(n.Expr)
	case *parser.UnaryExpr:
		if n.Op == parser.SUB && selects(n.Expr) {
			return scaled(summandsOf(n.Expr), -1)
		}
	case *parser.AggregateExpr:
		if n.Op == parser.SUM && !n.Without {
			return sumsOf(n)
		}
	case *parser.BinaryExpr:
		if all := summandsOfBinary(n); all != nil {
			return all
		}
	}
	return []summand{{expr: expr, factor: 1}}
}

// summandsOfBinary returns the summands of a binary expression; nil where it is its own one.
func summandsOfBinary(n *parser.BinaryExpr) []summand {
	left, right := selects(n.LHS), selects(n.RHS)
	switch {
	case isComparison(n) && left:
		return summandsOf(n.LHS)
	case isComparison(n) && right:
		return summandsOf(n.RHS)
	case n.Op == parser.LOR && left && isDefault(n.RHS):
		return orZero(summandsOf(n.LHS), n.RHS)
	case n.VectorMatching != nil && n.VectorMatching.Card != parser.CardOneToOne:
		return nil
	case n.Op == parser.ADD && left && right:
		return append(summandsOf(n.LHS), summandsOf(n.RHS)...)
	case n.Op == parser.SUB && left && right:
		return append(summandsOf(n.LHS), scaled(summandsOf(n.RHS), -1)...)
	case n.Op == parser.MUL && isNumber(n.LHS):
		return scaled(summandsOf(n.RHS), numberOf(n.LHS))
	case n.Op == parser.MUL && isNumber(n.RHS):
		return scaled(summandsOf(n.LHS), numberOf(n.RHS))
	case n.Op == parser.DIV && isNumber(n.RHS):
		return scaled(summandsOf(n.LHS), 1/numberOf(n.RHS))
	default:
		return nil
	}
}

// sumsOf returns the sums of the summands of what an aggregation adds up.
func sumsOf(n *parser.AggregateExpr) []summand {
	if chooses(n.Expr) {
		return []summand{{expr: n, factor: 1}}
	}
	all := summandsOf(n.Expr)
	if len(all) == 1 && all[0].factor == 1 && all[0].expr == n.Expr {
		return []summand{{expr: n, factor: 1}}
	}
	for i := range all {
		all[i].expr = &parser.AggregateExpr{Op: parser.SUM, Expr: all[i].expr, Grouping: n.Grouping}
	}
	return all
}

// scaled returns summands with their factors multiplied.
func scaled(all []summand, factor float64) []summand {
	for i := range all {
		all[i].factor *= factor
	}
	return all
}

// orZero returns summands that are 0 where they are absent, if that is the default.
func orZero(all []summand, fallback parser.Expr) []summand {
	for i := range all {
		all[i].zero = all[i].zero || isZero(fallback)
	}
	return all
}

// selects reports whether an expression selects series. It looks at the right side first, which is short in long sums.
func selects(expr parser.Expr) bool {
	switch n := expr.(type) {
	case *parser.VectorSelector, *parser.MatrixSelector:
		return true
	case *parser.ParenExpr:
		return selects(n.Expr)
	case *parser.UnaryExpr:
		return selects(n.Expr)
	case *parser.SubqueryExpr:
		return selects(n.Expr)
	case *parser.AggregateExpr:
		return selects(n.Expr) || n.Param != nil && selects(n.Param)
	case *parser.BinaryExpr:
		return selects(n.RHS) || selects(n.LHS)
	case *parser.Call:
		return slices.ContainsFunc(n.Args, selects)
	default:
		return false
	}
}

// chooses reports whether an expression has a filter by anything but 0, which chooses those series that a sum is about.
func chooses(expr parser.Expr) bool {
	found := false
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		n, ok := node.(*parser.BinaryExpr)
		found = found || ok && isComparison(n) && !isNumberZero(n.LHS) && !isNumberZero(n.RHS)
		return nil
	})
	return found
}

// isNumberZero reports whether an expression is the number 0.
func isNumberZero(expr parser.Expr) bool { return isNumber(expr) && numberOf(expr) == 0 }

// isDefault reports whether an expression is one of vector(), with which `or` fills gaps.
func isDefault(expr parser.Expr) bool {
	c, ok := unwrapped(expr).(*parser.Call)
	return ok && c.Func.Name == "vector" && !selects(c)
}

// isZero reports whether an expression is vector(0).
func isZero(expr parser.Expr) bool {
	return isNumberZero(unwrapped(expr).(*parser.Call).Args[0])
}

// isNumber reports whether an expression is a number, and not the window.
func isNumber(expr parser.Expr) bool {
	literal, ok := unwrapped(expr).(*parser.NumberLiteral)
	return ok && !literal.Duration
}

// numberOf returns the value of an expression that is a number.
func numberOf(expr parser.Expr) float64 { return unwrapped(expr).(*parser.NumberLiteral).Val }

// unwrapped returns an expression without the parentheses around it.
func unwrapped(expr parser.Expr) parser.Expr {
	for {
		parens, ok := expr.(*parser.ParenExpr)
		if !ok {
			return expr
		}
		expr = parens.Expr
	}
}

// isTold reports whether the absence of each of a summand's selectors shows in its result: it has one of them, or several
// that `or` joins.
func (s summand) isTold() bool {
	found := len(selectorsOf(s.expr))
	joins := 0
	parser.Inspect(s.expr, func(node parser.Node, _ []parser.Node) error {
		if n, ok := node.(*parser.BinaryExpr); ok && n.Op == parser.LOR && selects(n.LHS) && selects(n.RHS) {
			joins++
		}
		return nil
	})
	return found <= 1+joins
}

// selectsOnly reports whether all selectors of a summand state metrics that are among some names.
func (s summand) selectsOnly(names map[string]bool) bool {
	own, all := metricNames(s.expr)
	if !all || len(own) == 0 {
		return false
	}
	for name := range own {
		if !names[name] {
			return false
		}
	}
	return true
}

// namesOf returns the names of the metrics that summands select.
func namesOf(all []summand) map[string]bool {
	names := map[string]bool{}
	for _, s := range all {
		own, _ := metricNames(s.expr)
		for name := range own {
			names[name] = name != ""
		}
	}
	return names
}

// anyUntold reports whether a summand's absent selectors can't be told from present ones.
func anyUntold(all []summand) bool {
	return slices.ContainsFunc(all, func(s summand) bool { return !s.isTold() })
}
