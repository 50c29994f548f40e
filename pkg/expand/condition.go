package expand

import (
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

// CompileCondition compiles an expression that says when something is on, as Compile does. It is on where the expression has a
// sample that is not 0. Since a comparison without bool keeps the value of its left side, such as the 0 of hour() < 7 at midnight,
// all samples count of an expression whose samples come from comparisons; where others come from elsewhere, as those of
// hour() < 7 or vector(0), these are compared with 0.
func CompileCondition(promQL string, trust []string) (*Indicator, error) {
	i, err := CompileExpression(promQL, trust)
	if err != nil {
		return nil, err
	}
	i.isWindowed = usesWindow(promQL)
	sources := samplesFrom(&i.templates[0])
	i.countsAllSamples = slices.ContainsFunc(sources, func(e *parser.Expr) bool { return isComparison(*e) })
	if !i.countsAllSamples {
		return i, nil
	}
	for _, source := range sources {
		if !isComparison(*source) {
			*source = &parser.BinaryExpr{Op: parser.NEQ, LHS: *source, RHS: &parser.NumberLiteral{Val: 0}}
		}
	}
	return i, nil
}

// CountsAllSamples reports whether the indicator is a condition that is on where it has a sample, also one that is 0.
func (i *Indicator) CountsAllSamples() bool { return i.countsAllSamples }

// IsWindowed reports whether the indicator is a condition that looks back over __window.
func (i *Indicator) IsWindowed() bool { return i.isWindowed }

// isComparison reports whether an expression is a comparison that keeps samples rather than one that yields 0 or 1.
func isComparison(expr parser.Expr) bool {
	binary, ok := expr.(*parser.BinaryExpr)
	return ok && binary.Op.IsComparisonOperator() && !binary.ReturnBool
}

// keeping are the functions, and aggregations are those, whose samples are 0 where the samples that they are made of are.
var (
	keeping = []string{"abs", "ceil", "floor", "round", "sort", "sort_desc", "sort_by_label", "sort_by_label_desc", "label_replace", "label_join",
		"last_over_time", "min_over_time", "max_over_time", "avg_over_time", "sum_over_time"}
	keepingAggregations = []parser.ItemType{parser.SUM, parser.MIN, parser.MAX, parser.AVG, parser.TOPK, parser.BOTTOMK, parser.QUANTILE}
)

// samplesFrom returns the expressions beneath one whose samples it hands on: both sides of an or, the left one of an and.
func samplesFrom(expr *parser.Expr) []*parser.Expr {
	switch e := (*expr).(type) {
	case *parser.ParenExpr:
		return samplesFrom(&e.Expr)
	case *parser.UnaryExpr:
		return samplesFrom(&e.Expr)
	case *parser.SubqueryExpr:
		return samplesFrom(&e.Expr)
	case *parser.AggregateExpr:
		if slices.Contains(keepingAggregations, e.Op) {
			return samplesFrom(&e.Expr)
		}
	case *parser.Call:
		if slices.Contains(keeping, e.Func.Name) && e.Args[0].Type() != parser.ValueTypeScalar && !isMatrixSelector(e.Args[0]) {
			return samplesFrom(&e.Args[0])
		}
	case *parser.BinaryExpr:
		switch e.Op {
		case parser.LOR:
			return append(samplesFrom(&e.LHS), samplesFrom(&e.RHS)...)
		case parser.LAND, parser.LUNLESS:
			return samplesFrom(&e.LHS)
		}
	}
	return []*parser.Expr{expr}
}

// isMatrixSelector reports whether an expression is a selector over a range, which has no instant samples of its own.
func isMatrixSelector(expr parser.Expr) bool {
	_, ok := expr.(*parser.MatrixSelector)
	return ok
}
