package expand

import (
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// Looser is a selector that matches more than another one, from which a matcher was taken away.
type Looser struct {
	// Without is what was taken away, such as code="500"; "" for all that do not name the metric.
	Without string
	// Selector is what remains, as PromQL.
	Selector string
}

// Looser returns the trusted selector without all of its own matchers that do not name the metric, then without each of them alone:
// one that matches shows why the selector does not. It returns nothing for a selector that names no metric or has no other matcher.
func (s Selector) Looser() []Looser {
	selector, trusted := parsedSelector(s.Bare), parsedSelector(s.Trusted)
	if selector == nil || trusted == nil {
		return nil
	}
	isName := func(m *labels.Matcher) bool { return m.Name == model.MetricNameLabel }
	all := selector.LabelMatchers
	trust := slices.DeleteFunc(trusted.LabelMatchers, func(m *labels.Matcher) bool {
		return slices.ContainsFunc(all, func(own *labels.Matcher) bool { return own.String() == m.String() })
	})
	named := slices.DeleteFunc(slices.Clone(all), func(m *labels.Matcher) bool { return !isName(m) })
	if len(named) == 0 || len(named) == len(all) {
		return nil
	}
	with := func(without string, matchers []*labels.Matcher) Looser {
		remains := *selector
		remains.LabelMatchers = slices.Concat(matchers, trust)
		return Looser{Without: without, Selector: textOf(&remains)}
	}
	looser := []Looser{with("", named)}
	for i, m := range all {
		if !isName(m) {
			looser = append(looser, with(m.String(), slices.Delete(slices.Clone(all), i, i+1)))
		}
	}
	return looser
}

// parsedSelector returns the selector that a text is; nil where it is none.
func parsedSelector(text string) *parser.VectorSelector {
	expr, err := promQL.ParseExpr(text)
	if err != nil {
		return nil
	}
	return asSelector(expr)
}
