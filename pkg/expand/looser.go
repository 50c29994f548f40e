package expand

import (
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
)

// Looser is a selector that matches more than another one, from which a matcher was taken away.
type Looser struct {
	// Without is what was taken away, such as code="500"; "" for all that do not name the metric.
	Without string
	// Selector is what remains, as PromQL.
	Selector string
}

// Looser returns the selector without trusted matchers and without all of its matchers that do not name the metric, then without
// each of them alone: whichever matches tells why the selector does not. It returns nothing for a selector that names no metric or has
// no other matcher.
func (s Selector) Looser() []Looser {
	expr, err := promQL.ParseExpr(s.Bare)
	if err != nil {
		return nil
	}
	selector := asSelector(expr)
	if selector == nil {
		return nil
	}
	isName := func(m *labels.Matcher) bool { return m.Name == model.MetricNameLabel }
	all := selector.LabelMatchers
	named := slices.DeleteFunc(slices.Clone(all), func(m *labels.Matcher) bool { return !isName(m) })
	if len(named) == 0 || len(named) == len(all) {
		return nil
	}
	with := func(without string, matchers []*labels.Matcher) Looser {
		remains := *selector
		remains.LabelMatchers = matchers
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
