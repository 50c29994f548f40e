package expand

import (
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cer-reliability/cer-datasource/pkg/internal/work"
)

// CheckTotal is CheckCounter of the field that counts all events.
func CheckTotal(text string, b *work.Budget) Checked {
	checked := CheckCounter(text, b)
	if checked.tree == nil {
		return checked
	}
	return checked.with(defaults(checked.tree, "a default such as vector(1) turns lost telemetry into a perfect score, and is ignored here; remove it, and set idle and missing to what quiet times and lost telemetry mean"))
}

// CheckValue is CheckExpression of what a value SLI measures.
func CheckValue(text string, b *work.Budget) Checked {
	checked := CheckExpression(text, b)
	if checked.tree == nil {
		return checked
	}
	return checked.with(slices.Concat(
		filters(checked.tree, "a comparison without bool drops series instead of yielding 0 or 1, so what is bad looks missing; it is ignored here: write the number alone, with a curve such as step: { at: 0.99 }"),
		defaults(checked.tree, "a default such as vector(1) turns lost telemetry into a normal number; remove it, and set missing or fallback instead"),
		averages(checked.tree), misleading(checked.tree), sinceStart(checked.tree)))
}

// with returns the result with problems added.
func (c Checked) with(problems []Problem) Checked {
	c.Problems = slices.Concat(c.Problems, problems)
	return c
}

// checkSides returns the problems of a whole expression for a rate of events.
func checkSides(expr parser.Expr) []Problem {
	return slices.Concat(rateless(expr),
		filters(expr, "a comparison without bool drops series, so idle looks missing; it is ignored here: remove it, and use minEvents for times with few events"),
		averages(expr), misleading(expr), allBuckets(expr))
}

// dividesTotals is what is said of counters without a range, before what to write.
const dividesTotals = "without a range this divides totals since the processes started, not events of the window; write "

// rateless returns a problem for each summand of an expression that adds up counters since the processes started.
func rateless(expr parser.Expr) []Problem {
	var problems []Problem
	for _, s := range summandsOf(expr) {
		if hasRange(s.expr) || isRecorded(s.expr) {
			continue
		}
		at := selectorsIn(s.expr)[0]
		name := metricName(at)
		if name == "" {
			name = "x"
		}
		problems = append(problems, Problem{Offset: int(at.PosRange.Start), Withholds: true, Message: dividesTotals + "sum(rate(" +
			withMetricName(at, name).String() + "[" + WindowMacro + "])), or of a gauge an SLI of the kind value"})
	}
	return problems
}

// hasRange reports whether an expression selects samples of a range.
func hasRange(expr parser.Expr) bool {
	found := false
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		switch node.(type) {
		case *parser.MatrixSelector, *parser.SubqueryExpr:
			found = true
		}
		return nil
	})
	return found
}

// recordedName matches the names that recording rules give: those with a colon, and Grafana SLO's.
var recordedName = regexp.MustCompile(`:|^grafana_slo_`)

// isRecorded reports whether all metrics in an expression have the names of recorded ones, or there are none.
func isRecorded(expr parser.Expr) bool {
	names, _ := metricNames(expr)
	for name := range names {
		if !recordedName.MatchString(name) {
			return false
		}
	}
	return true
}

// filters returns a warning on a comparison at the top of an expression.
func filters(expr parser.Expr, message string) []Problem {
	n, ok := withoutDefault(expr).(*parser.BinaryExpr)
	if !ok || !isComparison(n) || !selects(n) {
		return nil
	}
	return []Problem{{Offset: int(n.PositionRange().Start), Warning: true, Message: message}}
}

// defaults returns a warning on what `or` fills gaps with at the top of an expression.
func defaults(expr parser.Expr, message string) []Problem {
	n, ok := unwrapped(expr).(*parser.BinaryExpr)
	if !ok || n.Op != parser.LOR || !isDefault(n.RHS) {
		return nil
	}
	return []Problem{{Offset: int(n.RHS.PositionRange().Start), Warning: true, Message: message}}
}

// withoutDefault returns an expression without parentheses and vector(n) around it.
func withoutDefault(expr parser.Expr) parser.Expr {
	expr = unwrapped(expr)
	if n, ok := expr.(*parser.BinaryExpr); ok && n.Op == parser.LOR && isDefault(n.RHS) {
		return withoutDefault(n.LHS)
	}
	return expr
}

// withoutFilter returns an expression without a comparison at its top that would drop series rather than yield 0 or 1. It
// may change the expression.
//
//	a / b > 0.99 -> a / b
//	(a / b > 0.99) or vector(1) -> a / b or vector(1)
func withoutFilter(expr parser.Expr) parser.Expr {
	n, ok := unwrapped(expr).(*parser.BinaryExpr)
	switch {
	case ok && n.Op == parser.LOR && isDefault(n.RHS):
		n.LHS = withoutFilter(n.LHS)
		return expr
	case !ok || !isComparison(n):
		return expr
	case selects(n.LHS):
		return withoutFilter(n.LHS)
	case selects(n.RHS):
		return withoutFilter(n.RHS)
	default:
		return expr
	}
}

// averages returns a warning on each average of ratios.
func averages(expr parser.Expr) []Problem {
	var problems []Problem
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		var of parser.Expr
		switch n := node.(type) {
		case *parser.AggregateExpr:
			if n.Op == parser.AVG {
				of = n.Expr
			}
		case *parser.Call:
			if subquery, ok := firstArg(n).(*parser.SubqueryExpr); ok && n.Func.Name == "avg_over_time" {
				of = subquery.Expr
			}
		}
		if of != nil && isRatio(of) {
			problems = append(problems, Problem{Offset: int(node.PositionRange().Start), Warning: true,
				Message: "an average of ratios counts an instance with one request as much as one with a thousand; divide the sums: sum(rate(good[__window])) / sum(rate(all[__window])), or make this an SLI of the kind ratio"})
		}
		return nil
	})
	return problems
}

// firstArg returns the first argument of a call; nil where it has none.
func firstArg(n *parser.Call) parser.Expr {
	if len(n.Args) == 0 {
		return nil
	}
	return n.Args[0]
}

// isRatio reports whether an expression is a ratio of series, or selects a recorded one by its name.
func isRatio(expr parser.Expr) bool {
	switch n := unwrapped(expr).(type) {
	case *parser.BinaryExpr:
		return n.Op == parser.DIV && selects(n.LHS) && selects(n.RHS) || n.Op == parser.SUB && isNumber(n.LHS) && isRatio(n.RHS)
	case *parser.VectorSelector:
		name := metricName(n)
		return strings.Contains(name, ":") && strings.Contains(name, "ratio")
	default:
		return false
	}
}
