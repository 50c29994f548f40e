package expand

import (
	"regexp"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// misleading returns the problems of what yields numbers that mean something else than they seem to.
func misleading(expr parser.Expr) []Problem {
	var problems []Problem
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.Call:
			if message, ok := misleadingCalls[n.Func.Name]; ok {
				problems = append(problems, Problem{Offset: int(n.PosRange.Start), Warning: true, Message: n.Func.Name + " " + message})
			}
		case *parser.BinaryExpr:
			if n.Op == parser.DIV && isOfItself(n) {
				problems = append(problems, Problem{Offset: int(n.PositionRange().Start), Warning: true,
					Message: "each series is divided by the one with the same labels, which is itself, so the result is 1; write sum(...) / sum(...)"})
			}
		}
		return nil
	})
	return problems
}

const absence = "yields 1 if there is no telemetry, and nothing if there is; remove it, and set missing to what lost telemetry means"

// misleadingCalls are what to say of functions.
var misleadingCalls = map[string]string{
	"absent":           absence,
	"absent_over_time": absence,
	"irate":            "reads only the last two samples of the window, so all events before them are lost; use rate(...)",
	"idelta":           "reads only the last two samples of the window, so everything before them is lost; use rate(...), or delta(...) of a gauge",
}

// isOfItself reports whether a division has the same series on both sides, of which those match that have all labels alike.
func isOfItself(n *parser.BinaryExpr) bool {
	if m := n.VectorMatching; m == nil || m.On || len(m.MatchingLabels) > 0 {
		return false
	}
	left, right := withoutMatchers(n.LHS), withoutMatchers(n.RHS)
	return left != "" && left == right
}

// withoutMatchers prints a selector of a named metric, or a function of nothing but one, without matchers; "" for other expressions.
func withoutMatchers(expr parser.Expr) string {
	bare := clone(unwrapped(expr))
	selectors := selectorsIn(bare)
	call, isCall := bare.(*parser.Call)
	if len(selectors) != 1 || metricName(selectors[0]) == "" || isCall && len(call.Args) != 1 || !isCall && asSelector(bare) == nil {
		return ""
	}
	selectors[0].Name, selectors[0].LabelMatchers = metricName(selectors[0]), nil
	return textOf(bare)
}

// countedName matches the names of counters.
var countedName = regexp.MustCompile(`_(total|bucket)$`)

// sinceStart returns a problem for each division of counters by counters without a range.
func sinceStart(expr parser.Expr) []Problem {
	var problems []Problem
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		n, ok := node.(*parser.BinaryExpr)
		if ok && n.Op == parser.DIV && isSinceStart(n.LHS) && isSinceStart(n.RHS) {
			problems = append(problems, Problem{Offset: int(n.PositionRange().Start), Warning: true,
				Message: dividesTotals + "sum(rate(...[" + WindowMacro + "])), and of gauges with such names last_over_time(...[5m])"})
		}
		return nil
	})
	return problems
}

// isSinceStart reports whether an expression adds up counters, by their names, without a range.
func isSinceStart(expr parser.Expr) bool {
	expr = unwrapped(expr)
	if sum, ok := expr.(*parser.AggregateExpr); ok && sum.Op == parser.SUM {
		expr = unwrapped(sum.Expr)
	}
	selector := asSelector(expr)
	return selector != nil && countedName.MatchString(metricName(selector))
}

// allBuckets returns a warning on each selector of a histogram's buckets that selects all of them.
func allBuckets(expr parser.Expr) []Problem {
	var problems []Problem
	for _, s := range selectorsIn(expr) {
		if name := metricName(s); strings.HasSuffix(name, "_bucket") && !recordedName.MatchString(name) {
			problems = append(problems, checkCounterName(s)...)
		}
	}
	return problems
}

// IsInUnits reports whether an expression yields a quantile or a mean of a histogram, which has a unit such as seconds, rather than a
// share of something.
func (c Checked) IsInUnits() bool {
	return c.tree != nil && isInUnits(c.tree)
}

func isInUnits(expr parser.Expr) bool {
	switch n := unwrapped(expr).(type) {
	case *parser.AggregateExpr:
		return isInUnits(n.Expr)
	case *parser.Call:
		return n.Func.Name == "histogram_quantile" || n.Func.Name == "histogram_avg"
	case *parser.BinaryExpr:
		return n.Op == parser.DIV && endsIn(n.LHS, "_sum") && endsIn(n.RHS, "_count")
	default:
		return false
	}
}

// endsIn reports whether an expression is of one metric, whose name ends in a suffix.
func endsIn(expr parser.Expr, suffix string) bool {
	selectors := selectorsIn(expr)
	return len(selectors) == 1 && strings.HasSuffix(metricName(selectors[0]), suffix)
}
