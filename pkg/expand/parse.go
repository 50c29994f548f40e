package expand

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// promQL parses PromQL as stores of every age understand it, without experimental syntax.
var promQL = promQLParser{parser.NewParser(parser.Options{})}

// usesWindow reports whether the macro stands in text.
func usesWindow(text string) bool { return countWindows(text) > 0 }

// forceInplace adds the matchers, of which no two are alike, to every selector of expr, but for those it has already.
func forceInplace(expr parser.Expr, matchers []*labels.Matcher) {
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		if selector, ok := node.(*parser.VectorSelector); ok {
			addMatchersInplace(selector, matchers)
		}
		return nil
	})
}

// addMatchersInplace adds the matchers, of which no two are alike, to the selector, but for those it has already.
func addMatchersInplace(selector *parser.VectorSelector, matchers []*labels.Matcher) {
	own := selector.LabelMatchers
	for _, m := range matchers {
		if !slices.ContainsFunc(own, func(has *labels.Matcher) bool { return matcherOf(has) == matcherOf(m) }) {
			selector.LabelMatchers = append(selector.LabelMatchers, m)
		}
	}
}

// matcher is what a matcher says. Matchers that say the same have the same text.
type matcher struct {
	match       labels.MatchType
	name, value string
}

// matcherOf returns what a matcher says.
func matcherOf(m *labels.Matcher) matcher { return matcher{m.Type, m.Name, m.Value} }

// distinct returns matchers without those that say the same as an earlier one.
func distinct(matchers []*labels.Matcher) []*labels.Matcher {
	seen := map[matcher]bool{}
	var kept []*labels.Matcher
	for _, m := range matchers {
		if !seen[matcherOf(m)] {
			seen[matcherOf(m)] = true
			kept = append(kept, m)
		}
	}
	return kept
}

// parseMatchers parses lists of label matchers, each such as job=~"shop-.*", and returns each matcher once.
func parseMatchers(texts []string) ([]*labels.Matcher, error) {
	var matchers []*labels.Matcher
	for _, text := range texts {
		parsed, err := promQL.ParseMetricSelector(matcherPrefix + text + "}")
		if err != nil {
			return nil, fmt.Errorf("the matcher %q does not parse: %w", text, err)
		}
		for _, m := range parsed {
			if m.Name != model.MetricNameLabel {
				matchers = append(matchers, m)
			}
		}
	}
	return distinct(matchers), nil
}

// matcherPrefix makes a list of matchers a selector that is complete even where every matcher may match nothing.
const matcherPrefix = "x{"

// asSelector returns the plain selector that expr is, through parentheses, or nil.
func asSelector(expr parser.Expr) *parser.VectorSelector {
	switch e := expr.(type) {
	case *parser.VectorSelector:
		return e
	case *parser.ParenExpr:
		return asSelector(e.Expr)
	default:
		return nil
	}
}

// selectorsOf returns the selectors in expr, without their modifiers of time.
func selectorsOf(expr parser.Expr) []*parser.VectorSelector {
	selectors := selectorsIn(expr)
	for i, s := range selectors {
		selectors[i] = &parser.VectorSelector{Name: s.Name, LabelMatchers: s.LabelMatchers}
	}
	return selectors
}

// selectorsIn returns the selectors in expr themselves.
func selectorsIn(expr parser.Expr) []*parser.VectorSelector {
	var selectors []*parser.VectorSelector
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		if s, ok := node.(*parser.VectorSelector); ok {
			selectors = append(selectors, s)
		}
		return nil
	})
	return selectors
}

// metricNames returns the distinct metric names of the selectors of expr, and reports whether all of them state one.
func metricNames(expr parser.Expr) (names map[string]bool, all bool) {
	names, all = map[string]bool{}, true
	for _, selector := range selectorsOf(expr) {
		name := metricName(selector)
		all = all && name != ""
		names[name] = true
	}
	return names, all
}

// metricName returns the name of the metric of a selector, or "" where it states none.
func metricName(selector *parser.VectorSelector) string {
	for _, m := range selector.LabelMatchers {
		if m.Name == model.MetricNameLabel && m.Type == labels.MatchEqual {
			return m.Value
		}
	}
	return selector.Name
}

// withMetricName returns a copy of the selector for another metric. A name that needs quotes stands in its matcher alone.
func withMetricName(selector *parser.VectorSelector, name string) *parser.VectorSelector {
	renamed := &parser.VectorSelector{}
	if model.LegacyValidation.IsValidMetricName(name) {
		renamed.Name = name
	}
	for _, m := range selector.LabelMatchers {
		if m.Name != model.MetricNameLabel {
			renamed.LabelMatchers = append(renamed.LabelMatchers, m)
		}
	}
	nameMatcher := labels.MustNewMatcher(labels.MatchEqual, model.MetricNameLabel, name)
	renamed.LabelMatchers = append(renamed.LabelMatchers, nameMatcher)
	return renamed
}

// isSumOfAll reports whether expr is a sum without labels.
func isSumOfAll(expr parser.Expr) bool {
	aggregation, ok := expr.(*parser.AggregateExpr)
	return ok && aggregation.Op == parser.SUM && !aggregation.Without && len(aggregation.Grouping) == 0
}

// histogramSuffix returns the suffix of a name of series of a classic histogram, or "".
func histogramSuffix(name string) string {
	for _, suffix := range []string{"_bucket", "_count", "_sum"} {
		if strings.HasSuffix(name, suffix) {
			return suffix
		}
	}
	return ""
}
