package expand

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
)

// WindowMacro stands for the window in PromQL. It has no $, because Grafana's provisioning expands $name.
const WindowMacro = "__window"

// sentinel is the duration that stands for the window in the tree of a compiled indicator. Nobody writes it, of which
// parseTemplate makes sure, and it is a float64 in seconds and in nanoseconds, both of which the parser computes with.
const sentinel = 765_432 * time.Hour

// sentinelText is parsed as the sentinel. It is as long as the macro, so that positions behind it stay true.
const sentinelText = "0765432h"

// stringsCommentsAndWindows matches what a replacement of the macro must step over, and the macro.
var stringsCommentsAndWindows = regexp.MustCompile("\"(?:\\\\.|[^\"\\\\])*\"|'(?:\\\\.|[^'\\\\])*'|`[^`]*`|#[^\n]*|\\b" + WindowMacro + `\b`)

// withWindow replaces the macro in text by a window's text, outside of strings and comments.
func withWindow(text, window string) string {
	return stringsCommentsAndWindows.ReplaceAllStringFunc(text, func(match string) string {
		if match == WindowMacro {
			return window
		}
		return match
	})
}

// countWindows returns how often the macro stands in text, outside of strings and comments.
func countWindows(text string) int {
	n := 0
	for _, match := range stringsCommentsAndWindows.FindAllString(text, -1) {
		if match == WindowMacro {
			n++
		}
	}
	return n
}

// parseTemplate parses PromQL of a definition, with the sentinel in the place of each window macro. It fails where the
// macro stands for anything but a duration, a number of seconds or a part of a metric's name.
func parseTemplate(text string) (parser.Expr, error) {
	tree, err := promQL.ParseExpr(withWindow(text, sentinelText))
	if err != nil {
		return nil, fmt.Errorf("the PromQL %q does not parse: %s", text, strings.ReplaceAll(err.Error(), sentinelText, WindowMacro))
	}
	plainNumbersInplace(tree)
	if written, found := countWindows(text), setWindowInplace(tree, sentinel); written != found {
		return nil, fmt.Errorf("the PromQL %q has %s %d times, but %d times as a duration", text, WindowMacro, written, found)
	}
	return tree, nil
}

// plainNumbersInplace makes durations that stand for numbers print as such, since stores before Prometheus 3 don't know
// 5m as 300. The sentinel stays a duration.
func plainNumbersInplace(tree parser.Expr) {
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		if literal, ok := node.(*parser.NumberLiteral); ok {
			literal.Duration = literal.Duration && math.Abs(literal.Val) == sentinel.Seconds()
		}
		return nil
	})
}

// setWindowInplace replaces the sentinel by a window, and returns how often it stood in the tree.
func setWindowInplace(tree parser.Expr, window time.Duration) (found int) {
	set := func(durations ...*time.Duration) {
		for _, d := range durations {
			if d.Abs() == sentinel {
				*d = *d / sentinel * window
				found++
			}
		}
	}
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.MatrixSelector:
			set(&n.Range)
		case *parser.SubqueryExpr:
			set(&n.Range, &n.Step, &n.OriginalOffset)
		case *parser.VectorSelector:
			set(&n.OriginalOffset)
			found += setWindowOfNameInplace(n, window)
		case *parser.NumberLiteral:
			if n.Duration {
				n.Val, n.Duration = math.Copysign(window.Seconds(), n.Val), window == sentinel
				found++
			}
		}
		return nil
	})
	return found
}

// setWindowOfNameInplace replaces the sentinel in the name of a metric, as in job:errors:__window, and returns how often
// it stood there.
func setWindowOfNameInplace(selector *parser.VectorSelector, window time.Duration) int {
	found := strings.Count(selector.Name, sentinelText)
	if found > 0 && window != sentinel {
		named := withMetricName(selector, strings.ReplaceAll(selector.Name, sentinelText, model.Duration(window).String()))
		selector.Name, selector.LabelMatchers = named.Name, named.LabelMatchers
	}
	return found
}

// reach returns the range over which rates of a selector are computed: the window, and for windows side by side the spacing of
// the selector's samples before it.
func (e expander) reach(selector *parser.VectorSelector) time.Duration {
	return e.window + e.spacing(selector)
}

// spacing returns by how much the range of rates of some selectors is wider than the window.
func (e expander) spacing(selectors ...*parser.VectorSelector) time.Duration {
	switch {
	case e.sampling == nil:
		return 0
	case e.sampling.Stated > 0:
		return e.sampling.Stated
	}
	widest := time.Duration(0)
	for _, selector := range selectors {
		widest = max(widest, cmp.Or(e.facts.spacing(selector, e.within), e.sampling.Assumed))
	}
	return widest
}

// rate returns the rate of the events that a selector counts within the window.
func (e expander) rate(selector *parser.VectorSelector) *parser.Call {
	return call("rate", overWindow(selector, e.reach(selector)))
}

// defaultResolution is the step of subqueries that state none.
const defaultResolution = time.Minute

// widened lets calls of rate and increase over the window look back to the sample before it. An increase becomes the product of
// rate and window, so that it is that of the window:
//
//	increase(x[__window]) -> (rate(x[6m]) * 300)
//
// Other functions count a sample once, in the window in which it lies, and stay as they are.
func (e expander) widened(c *parser.Call) parser.Expr {
	name := c.Func.Name
	if e.sampling == nil || name != "rate" && name != "increase" || !e.widenInplace(c.Args[0]) {
		return c
	}
	if name == "rate" {
		return c
	}
	seconds := &parser.NumberLiteral{Val: e.window.Seconds()}
	return &parser.ParenExpr{Expr: &parser.BinaryExpr{Op: parser.MUL, LHS: call("rate", c.Args...), RHS: seconds}}
}

// widenInplace widens a range that is the window, and reports whether it is.
func (e expander) widenInplace(expr parser.Expr) bool {
	switch n := expr.(type) {
	case *parser.ParenExpr:
		return e.widenInplace(n.Expr)
	case *parser.MatrixSelector:
		if selector := asSelector(n.VectorSelector); n.Range == sentinel {
			n.Range = e.reach(selector)
			return true
		}
	case *parser.SubqueryExpr:
		if n.Range == sentinel {
			step := n.Step
			if step == sentinel {
				step = e.window
			}
			n.Range = e.window + max(cmp.Or(step, defaultResolution), e.spacing(selectorsOf(n.Expr)...))
			return true
		}
	}
	return false
}
