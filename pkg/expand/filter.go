package expand

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
)

// Filter keeps the series of some cohorts by a label, and unless it is Strict those without the label, which hold for every cohort.
type Filter struct {
	Label string
	// Not is set where the filter drops the cohorts, instead of keeping them.
	Not bool
	// Values are the values of the label.
	Values []string
	// Pattern is an anchored RE2 expression for the values, where there are no Values.
	Pattern string
	// Strict drops the series without the label.
	Strict bool
}

// matchersOf returns the label matchers for filters, each once.
func matchersOf(filters []Filter) ([]*labels.Matcher, error) {
	var matchers []*labels.Matcher
	for _, f := range filters {
		m, err := f.matcher()
		if err != nil {
			return nil, fmt.Errorf("the filter on %s can't be applied: %w", f.Label, err)
		}
		matchers = append(matchers, m)
	}
	return distinct(matchers), nil
}

// matcher returns the label matcher that the filter is, such as region=~"eu|".
func (f Filter) matcher() (*labels.Matcher, error) {
	switch {
	case f.Not && len(f.Values) == 1:
		return newMatcher(labels.MatchNotEqual, f.Label, f.Values[0])
	case f.Not:
		return newMatcher(labels.MatchNotRegexp, f.Label, f.pattern())
	case f.Strict:
		return newMatcher(labels.MatchRegexp, f.Label, f.pattern())
	default:
		return newMatcher(labels.MatchRegexp, f.Label, f.pattern()+"|")
	}
}

// pattern returns a regular expression that matches the values.
func (f Filter) pattern() string {
	if len(f.Values) == 0 {
		return "(?:" + f.Pattern + ")"
	}
	quoted := make([]string, len(f.Values))
	for i, value := range f.Values {
		quoted[i] = regexp.QuoteMeta(value)
	}
	return strings.Join(quoted, "|")
}
