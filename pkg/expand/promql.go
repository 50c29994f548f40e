package expand

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// promQLParser parses PromQL. Prometheus' parser compiles the regular expressions of matchers, which takes 1.5 ms for one
// such as [^/]+, and which only those need that match labels. Here they are checked and not compiled: the matchers can be
// printed, and compiled returns one that can match.
type promQLParser struct{ parser parser.Parser }

// ParseExpr parses an expression.
func (p promQLParser) ParseExpr(text string) (parser.Expr, error) {
	if !strings.Contains(text, "~") {
		return p.parser.ParseExpr(text)
	}
	return p.parse(lex(text))
}

// parse parses an expression whose tokens were looked at.
func (p promQLParser) parse(l lexed) (parser.Expr, error) {
	expr, err := p.parser.ParseExpr(l.plain)
	if err != nil {
		return nil, l.quote(err)
	}
	if len(l.patterns) == 0 {
		return expr, nil
	}
	selectors := selectorsIn(expr)
	slices.SortFunc(selectors, func(a, b *parser.VectorSelector) int { return cmp.Compare(a.PosRange.Start, b.PosRange.Start) })
	patterns := l.patterns
	for _, selector := range selectors {
		patterns = restoreInplace(selector.LabelMatchers, patterns)
	}
	return expr, nil
}

// ParseMetricSelector parses the matchers of a selector.
func (p promQLParser) ParseMetricSelector(text string) ([]*labels.Matcher, error) {
	return p.parseMetricSelector(lex(text))
}

// parseMetricSelector parses the matchers of a selector whose tokens were looked at.
func (p promQLParser) parseMetricSelector(l lexed) ([]*labels.Matcher, error) {
	matchers, err := p.parser.ParseMetricSelector(l.plain)
	if err != nil {
		return nil, l.quote(err)
	}
	restoreInplace(matchers, l.patterns)
	return matchers, nil
}

// restoreInplace gives matchers the regular expressions for which literals were parsed, and returns those that are left.
func restoreInplace(matchers []*labels.Matcher, patterns []pattern) []pattern {
	for i, m := range matchers {
		if m.Type == labels.MatchRegexp || m.Type == labels.MatchNotRegexp {
			matchers[i] = &labels.Matcher{Type: m.Type, Name: m.Name, Value: patterns[0].text}
			patterns = patterns[1:]
		}
	}
	return patterns
}

// quote returns an error of the parser that quotes regular expressions rather than literals. It quotes them if a selector
// has two names.
func (l lexed) quote(err error) error {
	var all parser.ParseErrors
	if !errors.As(err, &all) {
		return err
	}
	patterns := slices.DeleteFunc(slices.Clone(l.patterns), func(p pattern) bool { return !p.ofName })
	for i, e := range all {
		all[i].Query = l.text
		if !strings.HasPrefix(e.Err.Error(), "metric name must not be set twice") {
			continue
		}
		at := slices.IndexFunc(patterns, func(p pattern) bool {
			return p.offset >= int(e.PositionRange.Start) && p.offset < int(e.PositionRange.End)
		})
		if at < 0 {
			continue
		}
		if start, found := strings.CutSuffix(e.Err.Error(), strconv.Quote(patterns[at].literal)); found {
			all[i].Err, patterns = errors.New(start+strconv.Quote(patterns[at].text)), patterns[at+1:]
		}
	}
	return all
}

// newMatcher returns a matcher whose regular expression is checked and not compiled.
func newMatcher(t labels.MatchType, name, value string) (*labels.Matcher, error) {
	if t == labels.MatchRegexp || t == labels.MatchNotRegexp {
		if err := checkRegexp(value); err != nil {
			return nil, err
		}
	}
	return &labels.Matcher{Type: t, Name: name, Value: value}, nil
}

// compiled returns a matcher that can match labels.
func compiled(m *labels.Matcher) *labels.Matcher {
	return labels.MustNewMatcher(m.Type, m.Name, m.Value)
}
