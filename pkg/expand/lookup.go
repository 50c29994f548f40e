package expand

import (
	"fmt"
	"regexp"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cer-reliability/cer-datasource/pkg/internal/work"
)

// Lookup is a search for the names of metrics and labels, and the values of these.
type Lookup struct {
	// Metric is the name of the metric whose series are searched, or that of a histogram without _bucket; "" for all series.
	Metric string
	// Label is that whose values are searched, __name__ for the names of metrics; "" for the names of labels.
	Label string
	// Contains is a part of the values; "" for any.
	Contains string
	// Among are the values that are looked for, any of them; none for any value.
	Among []string
	// Trust are matchers that the series have, such as job="shop".
	Trust []string
}

// lookupSteps is what checking the matchers of a search may take.
const lookupSteps = 100_000

// Selector returns the selector of the series that are searched. The error is a sentence on a matcher that is wrong.
func (l Lookup) Selector() (string, error) {
	budget := work.NewBudget(lookupSteps)
	for _, text := range l.Trust {
		checked := CheckMatchers(text, budget)
		switch {
		case len(checked.Problems) > 0:
			return "", fmt.Errorf("the matcher %q can't be used: %s", text, checked.Problems[0].Message)
		case budget.Exhausted():
			return "", fmt.Errorf("the matchers are too complex; write fewer or shorter ones")
		}
	}
	trust, err := parseMatchers(l.Trust)
	if err != nil {
		return "", err
	}
	selector := &parser.VectorSelector{}
	if l.Metric != "" {
		selector = anyHistogram(withMetricName(selector, l.Metric))
	}
	if l.Label != "" {
		// Some value, so that the selector matches something by itself.
		m := labels.MustNewMatcher(labels.MatchNotEqual, l.Label, "")
		switch {
		case len(l.Among) > 0:
			m = labels.MustNewMatcher(labels.MatchRegexp, l.Label, Filter{Values: l.Among}.pattern())
		case l.Contains != "":
			m = labels.MustNewMatcher(labels.MatchRegexp, l.Label, ".*"+regexp.QuoteMeta(l.Contains)+".*")
		}
		selector.LabelMatchers = append(selector.LabelMatchers, m)
	}
	if len(selector.LabelMatchers) == 0 {
		selector.LabelMatchers = append(selector.LabelMatchers, labels.MustNewMatcher(labels.MatchNotEqual, model.MetricNameLabel, ""))
	}
	addMatchersInplace(selector, trust)
	return textOf(selector), nil
}
