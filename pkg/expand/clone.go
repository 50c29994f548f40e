package expand

import (
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

// clone returns a deep copy of a tree. Label matchers are shared, since they never change.
func clone(expr parser.Expr) parser.Expr {
	return cloneWith(expr, func(call *parser.Call) parser.Expr { return call })
}

// cloneWith returns a deep copy of a tree in which calls are replaced by what replace returns for their copies.
func cloneWith(expr parser.Expr, replace func(*parser.Call) parser.Expr) parser.Expr {
	clone := func(expr parser.Expr) parser.Expr { return cloneWith(expr, replace) }
	switch n := expr.(type) {
	case nil:
		return nil
	case *parser.AggregateExpr:
		c := *n
		c.Expr, c.Param, c.Grouping = clone(n.Expr), clone(n.Param), slices.Clone(n.Grouping)
		return &c
	case *parser.BinaryExpr:
		c := *n
		c.LHS, c.RHS, c.VectorMatching = clone(n.LHS), clone(n.RHS), cloneMatching(n.VectorMatching)
		return &c
	case *parser.Call:
		return replace(cloneCall(n, clone))
	case *parser.MatrixSelector:
		c := *n
		c.VectorSelector = clone(n.VectorSelector)
		return &c
	case *parser.NumberLiteral:
		c := *n
		return &c
	case *parser.ParenExpr:
		c := *n
		c.Expr = clone(n.Expr)
		return &c
	case *parser.SubqueryExpr:
		c := *n
		c.Expr = clone(n.Expr)
		return &c
	case *parser.UnaryExpr:
		c := *n
		c.Expr = clone(n.Expr)
		return &c
	case *parser.VectorSelector:
		return cloneSelector(n)
	default: // Strings; the parser returns no other expressions without experimental syntax.
		return n
	}
}

// cloneCall returns a copy of a call, with its arguments copied by clone.
func cloneCall(call *parser.Call, clone func(parser.Expr) parser.Expr) *parser.Call {
	c := *call
	c.Args = make(parser.Expressions, len(call.Args))
	for i, arg := range call.Args {
		c.Args[i] = clone(arg)
	}
	return &c
}

// cloneSelector returns a copy of a selector.
func cloneSelector(selector *parser.VectorSelector) *parser.VectorSelector {
	c := *selector
	c.LabelMatchers = slices.Clone(selector.LabelMatchers)
	return &c
}

// cloneMatching returns a deep copy; nil of nil.
func cloneMatching(matching *parser.VectorMatching) *parser.VectorMatching {
	if matching == nil {
		return nil
	}
	c := *matching
	c.MatchingLabels, c.Include = slices.Clone(matching.MatchingLabels), slices.Clone(matching.Include)
	return &c
}
