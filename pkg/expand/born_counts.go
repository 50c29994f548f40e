package expand

import (
	"slices"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// withBirths returns parts with those that count the events which series had counted before their first sample, as a rate over a window:
// a rate sees none of them.
//
//	sum by (track) (rate(x[1m15s])) -> sum by (track) ((min_over_time(x[1m]) unless x offset 1m unless ...)) / 60
func withBirths(parts []Part, window time.Duration) []Part {
	all := slices.Clone(parts)
	for i, part := range parts {
		born := bornEvents(part.Expr.tree, window)
		if born == nil {
			continue
		}
		all[i].Absent = max(part.Absent, ZeroBeside) // A series with one sample has no rate.
		all = append(all, Part{Expr: newExpr(born), Factor: part.Factor, Role: part.Role + " before the first sample", Absent: Zero})
	}
	return all
}

// bornEvents returns the expression for the events that the series of a sum of rates had counted before their first sample, where that is
// within a window, as a rate over it; nil for other expressions.
func bornEvents(expr parser.Expr, window time.Duration) parser.Expr {
	switch n := expr.(type) {
	case *parser.BinaryExpr: // Of events of which a share is counted.
		if _, ok := n.RHS.(*parser.NumberLiteral); !ok || n.Op != parser.DIV {
			return nil
		}
		if born := bornEvents(n.LHS, window); born != nil {
			return &parser.BinaryExpr{Op: parser.DIV, LHS: born, RHS: n.RHS}
		}
	case *parser.AggregateExpr:
		rate, ok := n.Expr.(*parser.Call)
		if !ok || n.Op != parser.SUM || rate.Func.Name != "rate" {
			return nil
		}
		matrix, ok := rate.Args[0].(*parser.MatrixSelector)
		if !ok {
			return nil
		}
		sum := *n
		sum.Grouping = slices.Clone(n.Grouping)
		selector := asSelector(matrix.VectorSelector)
		sum.Expr = unlessBefore(call("min_over_time", overWindow(cloneSelector(selector), window)), selector, window)
		return &parser.BinaryExpr{Op: parser.DIV, LHS: &sum, RHS: &parser.NumberLiteral{Val: window.Seconds()}}
	}
	return nil
}
