package expand

import (
	"maps"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// BirthQuestion asks how many series of a counter began within a window at a value over 0. What they had counted before their first
// sample is no increase to PromQL's rate.
type BirthQuestion struct {
	Metric string
	Window time.Duration
	Expr   *Expr
	// By are the labels by which the numbers are asked: those that tell the series of indicators apart.
	By []string
}

// gaps are how long before a window series are looked for: those that were there did not begin in it, but came back.
var gaps = []time.Duration{0, 10 * time.Minute, time.Hour}

// BirthQuestions returns the questions about the counters of ratios over a window, one a metric, in the order of their names.
func BirthQuestions(indicators []*Indicator, window time.Duration) []BirthQuestion {
	selectors := map[string][]*parser.VectorSelector{}
	for _, i := range indicators {
		for _, selector := range i.counters() {
			name := metricName(selector)
			selectors[name] = append(selectors[name], selector)
		}
	}
	var questions []BirthQuestion
	for _, metric := range slices.Sorted(maps.Keys(selectors)) {
		all := selectors[metric][0]
		for _, other := range selectors[metric][1:] {
			all = common(all, other)
		}
		var by []string
		for _, selector := range selectors[metric] {
			for _, m := range selector.LabelMatchers {
				if m.Name != model.MetricNameLabel && !slices.Contains(by, m.Name) && !slices.ContainsFunc(all.LabelMatchers, func(c *labels.Matcher) bool { return keyOf(c) == keyOf(m) }) {
					by = append(by, m.Name)
				}
			}
		}
		slices.Sort(by)
		questions = append(questions, BirthQuestion{Metric: metric, Window: window, Expr: newExpr(bornIn(all, window, by)), By: by})
	}
	return questions
}

// bornIn returns the expression for the number of a selector's series that began within a window at a value over 0, by labels.
func bornIn(selector *parser.VectorSelector, window time.Duration, by []string) parser.Expr {
	lowest := &parser.BinaryExpr{Op: parser.GTR, LHS: call("min_over_time", overWindow(cloneSelector(selector), window)), RHS: &parser.NumberLiteral{}}
	born := unlessBefore(&parser.ParenExpr{Expr: lowest}, selector, window)
	return &parser.AggregateExpr{Op: parser.COUNT, Expr: born, Grouping: by}
}

// unlessBefore returns an expression without the series of a selector that were there before a window, be it with a gap.
func unlessBefore(expr parser.Expr, selector *parser.VectorSelector, window time.Duration) parser.Expr {
	for _, gap := range gaps {
		before := cloneSelector(selector)
		before.OriginalOffset += window + gap
		expr = &parser.BinaryExpr{Op: parser.LUNLESS, LHS: expr, RHS: before, VectorMatching: &parser.VectorMatching{Card: parser.CardManyToMany}}
	}
	return expr
}

// Born returns the metric of a ratio of which most series began within a window at a value over 0, and how many, given the answers to
// questions, each at one instant; 0 where none did.
func (i *Indicator) Born(window time.Duration, questions []BirthQuestion, answers [][]series.Series) (metric string, n int) {
	for _, selector := range i.counters() {
		of := 0
		for k, question := range questions {
			if question.Metric != metricName(selector) || question.Window != window {
				continue
			}
			for _, s := range answers[k] {
				if matchesIn(selector, question.By, s.Labels) && series.IsSample(s.Values[0]) {
					of += int(s.Values[0])
				}
			}
		}
		if of > n {
			metric, n = metricName(selector), of
		}
	}
	return metric, n
}

// matchesIn reports whether a selector's matchers on some labels match.
func matchesIn(selector *parser.VectorSelector, names []string, values labels.Labels) bool {
	return !slices.ContainsFunc(selector.LabelMatchers, func(m *labels.Matcher) bool {
		return slices.Contains(names, m.Name) && !compiled(m).Matches(values.Get(m.Name))
	})
}
