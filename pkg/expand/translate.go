package expand

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// PinnedWindow is the window that stands in the names and labels of recorded series, where WindowMacro can't stand.
const PinnedWindow = "5m"

// Translation is a query of another tool as PromQL of a definition. Nothing is checked but what is needed to translate it.
type Translation struct {
	// Text is the query with WindowMacro in the place of the window, and otherwise as it is written.
	Text string
	// Replaced is the variable or the range that WindowMacro stands for now; "" where there is none.
	Replaced string
	// IsRange is set where that is a range, such as 5m, and not a variable for one.
	IsRange bool
	// Pinned is set where a variable for the window is part of a name or a text, and PinnedWindow stands for it.
	Pinned bool
}

// windowVariables matches strings and comments, within which other rules hold, and the variables of Sloth and Grafana for the
// window.
var windowVariables = regexp.MustCompile("\"(?:\\\\.|[^\"\\\\])*\"|'(?:\\\\.|[^'\\\\])*'|`[^`]*`|#[^\n]*|" + anyVariable)

const anyVariable = `\{\{-?\s*\.window\s*-?\}\}|\$__(?:rate_interval|interval|range)\b|\$\{__(?:rate_interval|interval|range)(?::\w+)?\}`

var variable = regexp.MustCompile(anyVariable)

// Translate puts WindowMacro in the place of the variables of Sloth and Grafana for the window, or where there are none, of a range
// that all selectors of ranges have:
//
//	sum(rate(errors_total[{{.window}}])) -> sum(rate(errors_total[__window]))
//	sum(rate(errors_total[5m])) -> sum(rate(errors_total[__window]))
func Translate(text string) Translation {
	t := Translation{}
	end := 0
	var out strings.Builder
	for _, at := range windowVariables.FindAllStringIndex(text, -1) {
		out.WriteString(text[end:at[0]])
		t.translate(&out, text[at[0]:at[1]])
		end = at[1]
	}
	out.WriteString(text[end:])
	t.Text = strings.TrimSpace(out.String())
	if t.Replaced == "" && !t.Pinned {
		t.replaceRange()
	}
	return t
}

// translate writes a string, a comment or a variable.
func (t *Translation) translate(out *strings.Builder, token string) {
	written := out.String()
	switch {
	case !variable.MatchString(token):
		out.WriteString(token)
	case token[0] == '#':
		out.WriteString(variable.ReplaceAllString(token, "window"))
	case strings.ContainsRune("\"'`", rune(token[0])):
		t.Pinned = true
		out.WriteString(variable.ReplaceAllString(token, PinnedWindow))
	case endsInName(written):
		t.Pinned = true
		out.WriteString(PinnedWindow)
	default:
		t.Replaced = token
		out.WriteString(WindowMacro)
	}
}

// endsInName reports whether a text ends in a part of the name of a metric; within brackets there are none.
func endsInName(text string) bool {
	isPart := func(c byte) bool {
		return c == '_' || c == ':' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	return text != "" && isPart(text[len(text)-1]) && strings.LastIndexByte(text, '[') <= strings.LastIndexByte(text, ']')
}

// replaceRange puts WindowMacro in the place of the range that all selectors of ranges have.
func (t *Translation) replaceRange() {
	tree, err := promQL.ParseExpr(t.Text)
	if err != nil {
		return
	}
	ranges := map[time.Duration]bool{}
	var at []int
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		if n, ok := node.(*parser.MatrixSelector); ok {
			ranges[n.Range] = true
			at = append(at, int(n.VectorSelector.PositionRange().End))
		}
		return nil
	})
	if len(ranges) != 1 {
		return
	}
	slices.Sort(at)
	for _, from := range slices.Backward(at) {
		open := from + strings.IndexByte(t.Text[from:], '[')
		closed := open + strings.IndexByte(t.Text[open:], ']')
		t.Replaced, t.IsRange = strings.TrimSpace(t.Text[open+1:closed]), true
		t.Text = t.Text[:open+1] + WindowMacro + t.Text[closed:]
	}
}

// CounterOf returns the selector of a counter that PromQL of a definition is the rate of, so that it can stand for it, or the text
// as it is:
//
//	sum(rate(errors_total{code="500"}[__window])) -> errors_total{code="500"}
func CounterOf(text string) string {
	tree := parsedTemplate(text)
	sum, ok := unwrappedOrNil(tree).(*parser.AggregateExpr)
	if !ok || !isSumOfAll(sum) {
		return text
	}
	rate, ok := unwrapped(sum.Expr).(*parser.Call)
	if !ok || rate.Func.Name != "rate" {
		return text
	}
	matrix, ok := unwrapped(rate.Args[0]).(*parser.MatrixSelector)
	if !ok || matrix.Range != sentinel {
		return text
	}
	selector := asSelector(matrix.VectorSelector)
	if selector.OriginalOffset != 0 || selector.Timestamp != nil || selector.StartOrEnd != 0 {
		return text
	}
	return sourceOf(text, selector)
}

// QuotientOf returns the two sides of a division of two numbers, and reports whether the text is one; complement says that it is
// what a division lacks to 1:
//
//	1 - sum(rate(good[__window])) / sum(rate(all[__window])) -> sum(rate(good[__window])), sum(rate(all[__window]))
func QuotientOf(text string) (numerator, denominator string, complement, ok bool) {
	n, isBinary := unwrappedOrNil(parsedTemplate(text)).(*parser.BinaryExpr)
	if isBinary && n.Op == parser.SUB && isNumber(n.LHS) && numberOf(n.LHS) == 1 {
		complement = true
		n, isBinary = unwrapped(n.RHS).(*parser.BinaryExpr)
	}
	if !isBinary || n.Op != parser.DIV || !isOneSeries(n.LHS) || !isOneSeries(n.RHS) {
		return "", "", false, false
	}
	return sourceOf(text, unwrapped(n.LHS)), sourceOf(text, unwrapped(n.RHS)), complement, true
}

// isOneSeries reports whether an expression adds up to one series without labels.
func isOneSeries(expr parser.Expr) bool {
	return !slices.ContainsFunc(summandsOf(expr), func(s summand) bool { return !isSumOfAll(unwrapped(s.expr)) })
}

// Complement returns what PromQL of a definition lacks to 1; the text as it is where it does not parse.
//
//	a -> 1 - (a)
//	1 - a -> a
func Complement(text string) string {
	tree := unwrappedOrNil(parsedTemplate(text))
	if tree == nil {
		return text
	}
	if n, ok := tree.(*parser.BinaryExpr); ok && n.Op == parser.SUB && isNumber(n.LHS) && numberOf(n.LHS) == 1 {
		return sourceOf(text, unwrapped(n.RHS))
	}
	return templateText(&parser.BinaryExpr{Op: parser.SUB, LHS: &parser.NumberLiteral{Val: 1}, RHS: &parser.ParenExpr{Expr: tree}})
}

// WithRange puts selectors without a range into a function of one over the window, and reports whether there are any. The plain
// selector of a counter stays as it is, since it stands for its rate.
//
//	sum(requests_total) -> sum(rate(requests_total[__window]))
func WithRange(text, function string) (string, bool) {
	tree := parsedTemplate(text)
	if tree == nil || hasRange(tree) || !selects(tree) {
		return text, false
	}
	if asSelector(tree) != nil {
		if function == "rate" {
			return text, false
		}
		tree = &parser.AggregateExpr{Op: parser.SUM, Expr: unwrapped(tree)}
	}
	return templateText(withRange(tree, function)), true
}

// withRange returns an expression with its selectors put into a function.
func withRange(expr parser.Expr, function string) parser.Expr {
	switch n := expr.(type) {
	case *parser.VectorSelector:
		return call(function, overWindow(n, sentinel))
	case *parser.ParenExpr:
		n.Expr = withRange(n.Expr, function)
	case *parser.UnaryExpr:
		n.Expr = withRange(n.Expr, function)
	case *parser.AggregateExpr:
		n.Expr = withRange(n.Expr, function)
	case *parser.BinaryExpr:
		n.LHS, n.RHS = withRange(n.LHS, function), withRange(n.RHS, function)
	case *parser.Call:
		for i := range n.Args {
			n.Args[i] = withRange(n.Args[i], function)
		}
	}
	return expr
}

// Bucket is a histogram's bucket beside the count of all of its events.
type Bucket struct {
	// Histogram is the selector of the histogram, and Metric the name in it.
	Histogram, Metric string
	// Bound is the value of the label le.
	Bound string
	// Good are the matchers that the bucket has and the count has not.
	Good []string
}

// BucketOf returns the bucket whose events a selector counts, where another one counts all events of the same histogram:
//
//	d_seconds_bucket{job="a",le="0.5"}, d_seconds_count{job="a"} -> d_seconds{job="a"}, 0.5
func BucketOf(fast, all string) (Bucket, bool) {
	part, total := selectorOf(fast), selectorOf(all)
	if part == nil || total == nil {
		return Bucket{}, false
	}
	name, isBucket := strings.CutSuffix(metricName(part), "_bucket")
	if !isBucket || metricName(total) != name+"_count" {
		return Bucket{}, false
	}
	b := Bucket{Histogram: withMetricName(total, name).String(), Metric: name}
	left := matchersOfAll(total)
	for _, m := range part.LabelMatchers {
		switch {
		case m.Name == model.MetricNameLabel:
		case m.Name == model.BucketLabel && m.Type == labels.MatchEqual:
			b.Bound = m.Value
		case left[matcherOf(m)]:
			delete(left, matcherOf(m))
		default:
			b.Good = append(b.Good, m.String())
		}
	}
	return b, b.Bound != "" && len(left) == 0
}

// matchersOfAll returns the matchers of a selector on labels.
func matchersOfAll(selector *parser.VectorSelector) map[matcher]bool {
	all := map[matcher]bool{}
	for _, m := range selector.LabelMatchers {
		if m.Name != model.MetricNameLabel {
			all[matcherOf(m)] = true
		}
	}
	return all
}

// Buckets reports whether PromQL selects buckets of a histogram by their bound.
func Buckets(text string) bool {
	tree := parsedTemplate(text)
	return tree != nil && slices.ContainsFunc(selectorsIn(tree), func(s *parser.VectorSelector) bool { return matchesOn(s, model.BucketLabel) })
}

// SelectorOf returns the selector of a metric's series with values of labels: name, value, name, value.
func SelectorOf(metric string, pairs ...string) string {
	selector := withMetricName(&parser.VectorSelector{}, metric)
	for i := 0; i+1 < len(pairs); i += 2 {
		selector.LabelMatchers = append(selector.LabelMatchers, labels.MustNewMatcher(labels.MatchEqual, pairs[i], pairs[i+1]))
	}
	return selector.String()
}

// MatcherOf returns the matcher of a label's value, such as service="shop", as it stands in a definition.
func MatcherOf(label, value string) string {
	selector := textOf(&parser.VectorSelector{LabelMatchers: []*labels.Matcher{labels.MustNewMatcher(labels.MatchEqual, label, value)}})
	return strings.TrimSuffix(strings.TrimPrefix(selector, "{"), "}")
}

// parsedTemplate parses PromQL of a definition; nil where it does not parse.
func parsedTemplate(text string) parser.Expr {
	tree, err := parseTemplate(text)
	if err != nil {
		return nil
	}
	return tree
}

// unwrappedOrNil is unwrapped for expressions that may be nil.
func unwrappedOrNil(expr parser.Expr) parser.Expr {
	if expr == nil {
		return nil
	}
	return unwrapped(expr)
}

// sourceOf returns the text that an expression was parsed from, which is as long as that with the sentinel.
func sourceOf(text string, expr parser.Expr) string {
	at := expr.PositionRange()
	return strings.TrimSpace(text[at.Start:at.End])
}

// templateText prints a template, with the macro in the place of the sentinel.
func templateText(tree parser.Expr) string {
	return strings.ReplaceAll(textOf(tree), model.Duration(sentinel).String(), WindowMacro)
}
