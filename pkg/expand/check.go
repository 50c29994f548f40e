package expand

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cer-reliability/cer-datasource/pkg/internal/work"
)

// Problem is an error in a piece of PromQL, or a warning about it.
type Problem struct {
	// Offset is the position of the problem, in bytes from the start of the text.
	Offset int
	// Message is a sentence on the problem and its remedy.
	Message string
	// Warning is set where the text works, but perhaps not as intended.
	Warning bool
	// Withholds is set where the text does not work, but an earlier version took it.
	Withholds bool
}

// Checked is the result of a check of a piece of PromQL. It is meaningless once the budget of the check is exhausted.
type Checked struct {
	// Metric is the name of the metric of a plain selector; "" if it states none, or the text is not one.
	Metric string
	// Selectors is the number of selectors in an expression.
	Selectors int
	Problems  []Problem
	// Untold is set of a rate of events some of whose selectors may be absent without its being absent or 0.
	Untold bool

	tree parser.Expr
}

// invalid returns the result for a text with an error.
func invalid(offset int, message string) Checked {
	return Checked{Problems: []Problem{{Offset: offset, Message: message}}}
}

// warn returns the result with a warning added.
func (c Checked) warn(offset int, message string) Checked {
	c.Problems = append(c.Problems, Problem{Offset: offset, Message: message, Warning: true})
	return c
}

// checkPlain parses text as a plain selector. It returns nil where it is not one.
func checkPlain(text string, b *work.Budget) (*parser.VectorSelector, Checked) {
	expr, checked := check(text, b)
	if expr == nil {
		return nil, checked
	}
	selector, problem := needSelector(expr)
	if problem != nil {
		return nil, Checked{Problems: []Problem{*problem}}
	}
	checked.Metric = metricName(selector)
	return selector, checked
}

// CheckSelector checks text as a plain selector of series, such as probe_success{target="psp"}.
func CheckSelector(text string, b *work.Budget) Checked {
	selector, checked := checkPlain(text, b)
	if selector != nil && strings.HasSuffix(checked.Metric, "_total") {
		return checked.warn(int(selector.PosRange.Start), "this is a counter by its name; a probe is a gauge that is 0 or 1")
	}
	return checked
}

// foreignRange matches ranges that are variables of Sloth or of Grafana.
var foreignRange = regexp.MustCompile(`\[\s*(\{\{|\$)`)

// CheckHistogram checks text as the selector of a histogram, without _bucket.
func CheckHistogram(text string, b *work.Budget) Checked {
	selector, checked := checkPlain(text, b)
	if selector == nil {
		return checked
	}
	at, name := int(selector.PosRange.Start), checked.Metric
	suffix := histogramSuffix(name)
	switch {
	case name == "":
		return invalid(at, "a histogram needs the name of its metric; write name{...}")
	case suffix != "":
		if strings.HasPrefix(text[at:], name) {
			at += len(name) - len(suffix)
		}
		return invalid(at, fmt.Sprintf("a histogram is named without %s; write %s", suffix, strings.TrimSuffix(name, suffix)))
	case matchesOn(selector, model.BucketLabel):
		return invalid(bucketMatcherAt(text, at), "a histogram's selector takes no matcher on le; the bounds are chosen by under, satisfied or q")
	case strings.HasSuffix(name, "_total"):
		return checked.warn(at, "this is a counter by its name, and has no buckets; name a histogram, or write a ratio of counters")
	default:
		return checked
	}
}

var bucketLabel = regexp.MustCompile(`\b` + model.BucketLabel + `\b`)

// bucketMatcherAt returns where a selector that starts at an offset matches on le.
func bucketMatcherAt(text string, start int) int {
	if found := bucketLabel.FindStringIndex(withoutStrings(text)); found != nil {
		return found[0]
	}
	return start
}

// CheckCounter checks text as a field of a ratio: the selector of a counter, or a whole expression.
func CheckCounter(text string, b *work.Budget) Checked {
	expr, checked := check(text, b)
	if expr == nil {
		return checked
	}
	if selector := asSelector(expr); selector == nil {
		checked.Untold = anyUntold(summandsOf(expr))
		checked.Problems = checkWhole(text, expr)
		if !refused(checked.Problems) {
			checked.Problems = slices.Concat(checked.Problems, checkEvents(expr), checkSides(expr))
		}
	} else if _, problem := needSelector(expr); problem != nil {
		checked.Problems = []Problem{*problem}
	} else {
		checked.Problems = checkCounterName(selector)
	}
	return checked
}

// refused reports whether any problem is more than a warning.
func refused(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return !p.Warning })
}

// checkEvents warns of functions that do not return rates, of which a ratio is made.
func checkEvents(expr parser.Expr) []Problem {
	var problems []Problem
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		if call, ok := node.(*parser.Call); ok && (call.Func.Name == "increase" || call.Func.Name == "delta") {
			problems = append(problems, Problem{Offset: int(call.PosRange.Start), Warning: true, Message: call.Func.Name +
				" yields events, not events per second, which traffic and minEvents count in; use rate(...)"})
		}
		return nil
	})
	return problems
}

// timed matches the names of metrics that measure durations.
var timed = regexp.MustCompile(`_(seconds|milliseconds|ms|duration)$`)

// checkCounterName warns of a selector whose metric is not a counter of events, since rate is applied to it.
func checkCounterName(selector *parser.VectorSelector) []Problem {
	name := metricName(selector)
	message := ""
	switch {
	case strings.Contains(name, ":"):
		message = "rate is added to a selector, and this metric is recorded, by its name; if it is already a rate, write sum(...) around it, and if it is a share, make this an SLI of the kind recorded"
	case strings.HasSuffix(name, "_bucket") && !matchesOn(selector, model.BucketLabel):
		message = "a histogram counts an event in each bucket that it fits in; match on le, or write " + strings.TrimSuffix(name, "_bucket") + "_count for all events"
	case strings.HasSuffix(name, "_sum"):
		message = "this is the sum of the measured values, and a ratio needs a counter of events; write " + strings.TrimSuffix(name, "_sum") + "_count"
	case timed.MatchString(name):
		message = "this is a histogram by its name, and a ratio needs a counter of events; write " + name + "_count, or of a native histogram sum(histogram_count(rate(" + name + "[" + WindowMacro + "])))"
	default:
		return nil
	}
	return []Problem{{Offset: int(selector.PosRange.Start), Warning: true, Message: message}}
}

// matchesOn reports whether a selector matches on a label.
func matchesOn(selector *parser.VectorSelector, label string) bool {
	return slices.ContainsFunc(selector.LabelMatchers, func(m *labels.Matcher) bool { return m.Name == label })
}

// CheckExpression checks text as a whole expression.
func CheckExpression(text string, b *work.Budget) Checked {
	expr, checked := check(text, b)
	if expr != nil {
		checked.Problems = checkWhole(text, expr)
	}
	return checked
}

// CheckMatchers checks text as one or more label matchers, such as job=~"shop-.*".
func CheckMatchers(text string, b *work.Budget) Checked {
	if len(text) > maxLength {
		return invalid(0, "the matchers are longer than 8 KiB; write fewer")
	}
	selector, problem := lexWithin(matcherPrefix+text+"}", b)
	switch {
	case b.Exhausted():
		return Checked{}
	case problem != nil:
		return invalid(max(0, problem.Offset-len(matcherPrefix)), problem.Message)
	}
	matchers, err := promQL.parseMetricSelector(selector)
	if err != nil {
		problems := parseProblems(err, len(matcherPrefix), len(text))
		for i := range problems {
			problems[i].Message += `; write a matcher such as job="shop"`
		}
		return Checked{Problems: problems}
	}
	names := 0
	for _, m := range matchers {
		if m.Name == model.MetricNameLabel {
			names++
		}
	}
	if names > 1 || len(matchers) == names {
		return invalid(0, `a matcher on a label is needed, such as job=~"shop-.*"; __name__ can't be forced`)
	}
	return Checked{}
}

// maxLength is the maximum length of a piece of PromQL, in bytes, which bounds how deep it nests.
const maxLength = 8 << 10

// withoutStrings returns text with blanks for its strings and comments, so that positions stay true.
func withoutStrings(text string) string {
	return stringsCommentsAndWindows.ReplaceAllStringFunc(text, func(match string) string {
		if match == WindowMacro {
			return match
		}
		return strings.Repeat(" ", len(match))
	})
}

// check parses text, and finds the problems that no PromQL of a definition may have. It returns no expression where it found
// a problem or the budget is exhausted.
func check(text string, b *work.Budget) (parser.Expr, Checked) {
	if strings.TrimSpace(text) == "" {
		return nil, invalid(0, "PromQL is missing here")
	}
	if len(text) > maxLength {
		return nil, invalid(0, "the PromQL is longer than 8 KiB; compute a part of it in a recording rule")
	}
	if problem := checkRanges(text); problem != nil {
		return nil, Checked{Problems: []Problem{*problem}}
	}
	l, problem := lexWithin(withWindow(text, sentinelText), b)
	switch {
	case b.Exhausted():
		return nil, Checked{}
	case problem != nil:
		return nil, Checked{Problems: []Problem{*problem}}
	}
	expr, err := promQL.parse(l)
	if err != nil {
		problems := parseProblems(err, 0, len(text))
		if remedy := remedyFor(text, problems[0].Message); remedy != "" {
			problems[0].Message += "; " + remedy
		}
		return nil, Checked{Problems: problems}
	}
	if problems := impurities(expr); len(problems) > 0 {
		return nil, Checked{Problems: problems}
	}
	return expr, Checked{Selectors: len(selectorsOf(expr)), tree: expr}
}

// checkRanges returns a problem if a range is a variable of another tool.
func checkRanges(text string) *Problem {
	if at := strings.Index(text, "$__"); at >= 0 {
		return &Problem{Offset: at, Message: "Grafana's macros are not allowed in a catalog; write " + WindowMacro + " for the window"}
	}
	bare := withoutStrings(text)
	if at := foreignRange.FindStringIndex(bare); at != nil {
		return &Problem{Offset: at[0], Message: "this is another tool's variable; write [" + WindowMacro + "]"}
	}
	if at := strings.Index(bare, "[]"); at >= 0 {
		return &Problem{Offset: at, Message: "the range is empty; write [" + WindowMacro + "], and in a provisioned file write $$name for $name, which Grafana expands"}
	}
	return nil
}

// parseProblems returns the problems for errors of the parser, of a text that was parsed behind a prefix. Errors after the
// first one of syntax are left out, since they follow from it.
func parseProblems(err error, prefix, length int) []Problem {
	var parsed parser.ParseErrors
	if !errors.As(err, &parsed) {
		return []Problem{{Message: err.Error()}}
	}
	var problems []Problem
	for _, e := range parsed {
		offset := min(max(int(e.PositionRange.Start)-prefix, 0), max(length-1, 0))
		message := strings.ReplaceAll(e.Err.Error(), sentinelText, WindowMacro)
		problems = append(problems, Problem{Offset: offset, Message: "PromQL: " + message})
		if strings.HasPrefix(message, "unclosed") || strings.HasPrefix(message, "unexpected") {
			break
		}
	}
	return problems
}

// impurities returns the problems that make a result depend on more than its instant.
func impurities(expr parser.Expr) []Problem {
	var problems []Problem
	refuse := func(node parser.Node, message string) {
		problems = append(problems, Problem{Offset: int(node.PositionRange().Start), Message: message})
	}
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.VectorSelector:
			checkTime(n, n.Timestamp != nil || n.StartOrEnd != 0, n.OriginalOffset < 0, n.OriginalOffsetExpr != nil, refuse)
		case *parser.SubqueryExpr:
			checkTime(n, n.Timestamp != nil || n.StartOrEnd != 0, n.OriginalOffset < 0,
				n.OriginalOffsetExpr != nil || n.RangeExpr != nil || n.StepExpr != nil, refuse)
		case *parser.MatrixSelector:
			checkTime(n, false, false, n.RangeExpr != nil, refuse)
		}
		return nil
	})
	return problems
}

// checkTime refuses modifiers of time that a selector or subquery must not have.
func checkTime(node parser.Node, pinned, ahead, computed bool, refuse func(parser.Node, string)) {
	if pinned {
		refuse(node, "@, start() and end() are not allowed in a catalog, because a number must not depend on the time range of a panel; use offset")
	}
	if ahead {
		refuse(node, "a negative offset reads the future; use a positive one")
	}
	if computed {
		refuse(node, "arithmetic on durations is not supported by every store; write a duration or "+WindowMacro)
	}
}

// checkWhole returns the problems of a whole expression that has been parsed.
func checkWhole(text string, expr parser.Expr) []Problem {
	switch expr.Type() {
	case parser.ValueTypeVector, parser.ValueTypeScalar:
	case parser.ValueTypeMatrix:
		return []Problem{{Message: "this is a range of samples, not a number at an instant; wrap it in rate(...) or the like, or leave the range off a selector"}}
	default:
		return []Problem{{Message: fmt.Sprintf("this is a %s; an expression that yields numbers is needed", expr.Type())}}
	}
	if hasFixedRange(expr) && !usesWindow(text) {
		return []Problem{{Warning: true, Message: "the expression has a fixed range, so it does not follow the window; write [" + WindowMacro + "]"}}
	}
	return nil
}

// hasFixedRange reports whether expr selects a range.
func hasFixedRange(expr parser.Expr) bool {
	found := false
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		_, isRange := node.(*parser.MatrixSelector)
		found = found || isRange
		return nil
	})
	return found
}

// needSelector returns the plain selector that expr is, or a problem.
func needSelector(expr parser.Expr) (*parser.VectorSelector, *Problem) {
	if matrix, ok := expr.(*parser.MatrixSelector); ok {
		end := int(matrix.VectorSelector.PositionRange().End)
		return nil, &Problem{Offset: end, Message: "the range is added automatically; leave it off the selector"}
	}
	selector := asSelector(expr)
	if selector == nil {
		return nil, &Problem{Offset: int(expr.PositionRange().Start), Message: "a selector such as name{label=\"value\"} is needed here, not an expression"}
	}
	if selector.OriginalOffset != 0 {
		return nil, &Problem{Offset: int(selector.PosRange.Start), Message: "a selector takes no offset; write a whole expression where that is allowed"}
	}
	return selector, nil
}

// MetricName returns the name of the metric of a selector, or "" where it states none.
func MetricName(text string) string {
	expr, err := promQL.ParseExpr(text)
	if err != nil {
		return ""
	}
	selector := asSelector(expr)
	if selector == nil {
		return ""
	}
	return metricName(selector)
}
