package expand

import (
	"fmt"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
)

// splittable returns those of the labels that all expressions can be split by, and a sentence that says why not by the
// others; "" where there are no others.
func splittable(exprs []parser.Expr, by []string) (labels []string, shared string) {
	for _, label := range by {
		if reason := unsplittable(exprs, label); reason != "" {
			shared = fmt.Sprintf("can't be split by %s, because %s; all cohorts get the same value", label, reason)
			continue
		}
		labels = append(labels, label)
	}
	return labels, shared
}

// unsplittable returns why expressions can't be split by a label; "" where they can.
func unsplittable(exprs []parser.Expr, label string) (reason string) {
	for _, expr := range exprs {
		parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
			if found := splitObstacle(node, label); found != "" && reason == "" {
				reason = found
			}
			return nil
		})
	}
	return reason
}

// splitObstacle returns why a node can't be split by a label; "" where it can.
func splitObstacle(node parser.Node, label string) string {
	switch n := node.(type) {
	case *parser.AggregateExpr:
		return aggregationObstacle(n, label)
	case *parser.BinaryExpr:
		return matchingObstacle(n, label)
	case *parser.Call:
		return callObstacle(n, label)
	default:
		return ""
	}
}

// mixing are the aggregations whose result can't be computed from their results for each cohort, or has labels of its own.
var mixing = []parser.ItemType{parser.TOPK, parser.BOTTOMK, parser.LIMITK, parser.LIMIT_RATIO, parser.COUNT_VALUES}

func aggregationObstacle(n *parser.AggregateExpr, label string) string {
	switch {
	case slices.Contains(mixing, n.Op):
		return n.Op.String() + " compares or counts across cohorts"
	case n.Without && slices.Contains(n.Grouping, label):
		return "it aggregates without (" + label + ")"
	default:
		return ""
	}
}

func matchingObstacle(n *parser.BinaryExpr, label string) string {
	m := n.VectorMatching
	switch {
	case m == nil:
		return ""
	case slices.Contains(m.Include, label):
		if one, _ := sidesOf(n); !keepsLabel(*one, label) {
			return "it takes " + label + " from the other side of a match, which has none"
		}
		return ""
	case !m.On && slices.Contains(m.MatchingLabels, label):
		return "it matches ignoring (" + label + ")"
	default:
		return ""
	}
}

// sidesOf returns the side of a match of many series with one that has the one, from which it may take labels, and the other side.
func sidesOf(n *parser.BinaryExpr) (one, many *parser.Expr) {
	if n.VectorMatching.Card == parser.CardOneToMany {
		return &n.LHS, &n.RHS
	}
	return &n.RHS, &n.LHS
}

// keepsLabel reports whether all aggregations of an expression keep a label, as it is stated.
func keepsLabel(expr parser.Expr, label string) bool {
	keeps := true
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		if n, ok := node.(*parser.AggregateExpr); ok && n.Without == slices.Contains(n.Grouping, label) {
			keeps = false
		}
		return nil
	})
	return keeps
}

// withoutLabels are the functions whose results have no labels of series.
var withoutLabels = []string{"scalar", "vector", "absent", "absent_over_time"}

func callObstacle(n *parser.Call, label string) string {
	name := n.Func.Name
	switch {
	case slices.Contains(withoutLabels, name), n.Func.ReturnType == parser.ValueTypeVector && len(n.Args) == 0:
		return name + "() has no cohorts"
	case name == "label_replace" || name == "label_join":
		if to, ok := n.Args[1].(*parser.StringLiteral); ok && to.Val == label {
			return name + " makes that label up"
		}
	}
	return ""
}

// splitInplace makes aggregations and vector matches of an expression keep labels. A label that a match takes from one of its sides is
// none of the other side, nor matched on.
func splitInplace(expr parser.Expr, labels []string) {
	switch n := expr.(type) {
	case *parser.AggregateExpr:
		if !n.Without {
			n.Grouping = list.Union(n.Grouping, labels...)
		}
	case *parser.BinaryExpr:
		if n.VectorMatching != nil {
			splitMatchInplace(n, labels)
			return
		}
	}
	for _, child := range parser.Children(expr) {
		if e, ok := child.(parser.Expr); ok {
			splitInplace(e, labels)
		}
	}
}

// splitMatchInplace makes a vector match and its sides keep labels.
func splitMatchInplace(n *parser.BinaryExpr, labels []string) {
	m := n.VectorMatching
	others := slices.DeleteFunc(slices.Clone(labels), func(label string) bool { return slices.Contains(m.Include, label) })
	if m.On {
		m.MatchingLabels = list.Union(m.MatchingLabels, others...)
	}
	one, many := sidesOf(n)
	splitInplace(*one, labels)
	splitInplace(*many, others)
}
