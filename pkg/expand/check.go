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
}

// The checks spend steps of a budget. What they return once it is exhausted means nothing.

// checkPlain parses text as a plain selector. It returns nil and the problems where it is not one.
func checkPlain(text string, b *work.Budget) (*parser.VectorSelector, []Problem) {
	expr, problems := check(text, b)
	if expr == nil || len(problems) > 0 {
		return nil, problems
	}
	selector, problem := needSelector(expr)
	if problem != nil {
		return nil, []Problem{*problem}
	}
	return selector, nil
}

// CheckSelector returns the metric that a plain selector of series asks for, such as probe_success{target="psp"}, "" if it
// states none, and the problems of text as one.
func CheckSelector(text string, b *work.Budget) (metric string, problems []Problem) {
	selector, problems := checkPlain(text, b)
	if selector == nil {
		return "", problems
	}
	metric = metricName(selector)
	if strings.HasSuffix(metric, "_total") {
		return metric, []Problem{{Offset: int(selector.PosRange.Start), Warning: true, Message: "this is the name of a counter; a probe is a gauge that is 0 or 1"}}
	}
	return metric, nil
}

// foreignRange matches ranges that are variables of Sloth or of Grafana.
var foreignRange = regexp.MustCompile(`\[\s*(\{\{|\$)`)

// CheckHistogram returns the metric that the selector of a histogram asks for, without _bucket, and the problems of text
// as one.
func CheckHistogram(text string, b *work.Budget) (metric string, problems []Problem) {
	selector, problems := checkPlain(text, b)
	if selector == nil {
		return "", problems
	}
	metric = metricName(selector)
	return metric, checkHistogram(text, selector, metric)
}

// checkHistogram returns the problems of a selector as that of a histogram.
func checkHistogram(text string, selector *parser.VectorSelector, name string) []Problem {
	at := int(selector.PosRange.Start)
	if name == "" {
		return []Problem{{Offset: at, Message: "a histogram needs the name of its metric; write name{...}"}}
	}
	if suffix := histogramSuffix(name); suffix != "" {
		if strings.HasPrefix(text[at:], name) {
			at += len(name) - len(suffix)
		}
		return []Problem{{Offset: at, Message: fmt.Sprintf(
			"a histogram is named without %s; write %s", suffix, strings.TrimSuffix(name, suffix))}}
	}
	if matchesOn(selector, model.BucketLabel) {
		return []Problem{{Offset: bucketMatcherAt(text, at), Message: "a histogram's selector takes no matcher on le; the bounds are chosen by under, satisfied or q"}}
	}
	if strings.HasSuffix(name, "_total") {
		return []Problem{{Offset: at, Warning: true, Message: "this is the name of a counter, which has no buckets; name a histogram, or make this a ratio of counters"}}
	}
	return nil
}

var bucketLabel = regexp.MustCompile(`\b` + model.BucketLabel + `\b`)

// bucketMatcherAt returns where a selector that starts at an offset matches on le.
func bucketMatcherAt(text string, start int) int {
	if found := bucketLabel.FindStringIndex(withoutStrings(text)); found != nil {
		return found[0]
	}
	return start
}

// CheckCounter returns the problems of text as a field of a ratio: the selector of a counter, or a whole expression.
func CheckCounter(text string, b *work.Budget) []Problem {
	expr, problems := check(text, b)
	if expr == nil || len(problems) > 0 {
		return problems
	}
	if selector := asSelector(expr); selector != nil {
		if _, problem := needSelector(expr); problem != nil {
			return []Problem{*problem}
		}
		return checkCounterName(selector)
	}
	return append(checkWhole(text, expr), checkEvents(expr)...)
}

// checkEvents warns of functions that do not return rates, of which a ratio is made.
func checkEvents(expr parser.Expr) []Problem {
	var problems []Problem
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		if call, ok := node.(*parser.Call); ok && (call.Func.Name == "increase" || call.Func.Name == "delta") {
			problems = append(problems, Problem{Offset: int(call.PosRange.Start), Warning: true, Message: call.Func.Name +
				" yields events, not events a second, which traffic and minEvents count in; use rate(...)"})
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
		message = "rate is added to a selector, and the name of this metric is that of a recorded one; where it is a rate already, write sum(...) around it, and where it is a share, make this an SLI of the kind recorded"
	case strings.HasSuffix(name, "_bucket") && !matchesOn(selector, model.BucketLabel):
		message = "a histogram counts an event once in every bucket that it fits in; match on le, or write " + strings.TrimSuffix(name, "_bucket") + "_count for all events"
	case strings.HasSuffix(name, "_sum"):
		message = "this adds up what was measured, and a ratio needs a counter of events; write " + strings.TrimSuffix(name, "_sum") + "_count"
	case timed.MatchString(name):
		message = "this is the name of a histogram, and a ratio needs a counter of events; write " + name + "_count, or of a native histogram sum(histogram_count(rate(" + name + "[" + WindowMacro + "])))"
	default:
		return nil
	}
	return []Problem{{Offset: int(selector.PosRange.Start), Warning: true, Message: message}}
}

// matchesOn reports whether a selector matches on a label.
func matchesOn(selector *parser.VectorSelector, label string) bool {
	return slices.ContainsFunc(selector.LabelMatchers, func(m *labels.Matcher) bool { return m.Name == label })
}

// CheckExpression returns the problems of text as a whole expression.
func CheckExpression(text string, b *work.Budget) []Problem {
	expr, problems := check(text, b)
	if expr == nil || len(problems) > 0 {
		return problems
	}
	return checkWhole(text, expr)
}

// CheckMatchers returns the problems of text as one or more label matchers, such as job=~"shop-.*".
func CheckMatchers(text string, b *work.Budget) []Problem {
	if len(text) > maxLength {
		return []Problem{{Message: "the matchers are longer than 8 KiB; write fewer"}}
	}
	selector, problem := lexWithin(matcherPrefix+text+"}", b)
	switch {
	case b.Exhausted():
		return nil
	case problem != nil:
		problem.Offset = max(0, problem.Offset-len(matcherPrefix))
		return []Problem{*problem}
	}
	matchers, err := promQL.parseMetricSelector(selector)
	if err != nil {
		problems := parseProblems(err, len(matcherPrefix), len(text))
		for i := range problems {
			problems[i].Message += `; write a matcher such as job="shop"`
		}
		return problems
	}
	names := 0
	for _, m := range matchers {
		if m.Name == model.MetricNameLabel {
			names++
		}
	}
	if names > 1 || len(matchers) == names {
		return []Problem{{Message: `a matcher on a label is needed, such as job=~"shop-.*"; __name__ can't be forced`}}
	}
	return nil
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

// check parses text, and returns the problems that no PromQL of a definition may have. It returns neither once the budget is
// exhausted.
func check(text string, b *work.Budget) (parser.Expr, []Problem) {
	if strings.TrimSpace(text) == "" {
		return nil, []Problem{{Message: "PromQL is missing here"}}
	}
	if len(text) > maxLength {
		return nil, []Problem{{Message: "the PromQL is longer than 8 KiB; let a recording rule compute a part of it"}}
	}
	if problem := checkRanges(text); problem != nil {
		return nil, []Problem{*problem}
	}
	l, problem := lexWithin(withWindow(text, sentinelText), b)
	switch {
	case b.Exhausted():
		return nil, nil
	case problem != nil:
		return nil, []Problem{*problem}
	}
	expr, err := promQL.parse(l)
	if err != nil {
		return nil, parseProblems(err, 0, len(text))
	}
	return expr, impurities(expr)
}

// checkRanges returns a problem if a range is a variable of another tool.
func checkRanges(text string) *Problem {
	if at := strings.Index(text, "$__"); at >= 0 {
		return &Problem{Offset: at, Message: "Grafana's macros can't stand in a definition; write " + WindowMacro + " for the window"}
	}
	bare := withoutStrings(text)
	if at := foreignRange.FindStringIndex(bare); at != nil {
		return &Problem{Offset: at[0], Message: "another tool's variable can't be the range; write [" + WindowMacro + "]"}
	}
	if at := strings.Index(bare, "[]"); at >= 0 {
		return &Problem{Offset: at, Message: "the range is empty; write [" + WindowMacro + "], and where a provisioned file has $name write $$name, since Grafana expands it"}
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
		refuse(node, "@, start() and end() can't stand in a definition, since the same instant must give the same number whoever asks; use offset")
	}
	if ahead {
		refuse(node, "a negative offset looks into the future; use a positive one")
	}
	if computed {
		refuse(node, "arithmetic on durations is not understood by every store; write a duration or "+WindowMacro)
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
		return []Problem{{Warning: true, Message: "the expression has a range of its own, so that it does not follow the window; write [" + WindowMacro + "]"}}
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
		return nil, &Problem{Offset: end, Message: "the range is put in by itself; leave it off the selector"}
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
