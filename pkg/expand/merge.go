package expand

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// Merged is one expression that is asked in the place of several.
type Merged struct {
	PromQL  string
	Members []Member
	// label is the one in whose values members differ most; "" where they differ in none.
	label string
}

// Member is an expression that a merged one stands for.
type Member struct {
	// At is its position among those that were to be merged.
	At int
	// value is that of the merged expression's label.
	value string
	// derive takes the member's series out of those of the merged expression that have the value; nil where they are the
	// same.
	derive func([]Series) []Series
}

// Derive returns what the store would have answered to each of the members, in their order, given its answer to the merged
// expression. Columns may be those of the merged answer, and must not be changed.
func (m Merged) Derive(series []Series) [][]Series {
	byValue := map[string][]Series{}
	for _, s := range series {
		value := s.Labels[m.label]
		byValue[value] = append(byValue[value], s)
	}
	derived := make([][]Series, len(m.Members))
	for i, member := range m.Members {
		derived[i] = series
		if m.label != "" {
			derived[i] = byValue[member.value]
		}
		if member.derive != nil {
			derived[i] = member.derive(derived[i])
		}
	}
	return derived
}

// Merge returns fewer expressions that read no more samples, and from whose answers those to the given ones can be
// derived. Merged are sums of the same function over the same window of one metric, and quantiles of such sums,
//
//   - where one selects some of what another selects too, as errors do of requests, or a bucket of all buckets: the sums
//     of the latter are told apart by what the former asks for;
//   - and then where they differ in the value of one label only, as flows do in their handler.
//
// Others stay as they are. The order of what is returned is that of the first members.
func Merge(promQLs []string) []Merged {
	var merged []Merged
	families := map[family][]*sum{}
	for at, text := range promQLs {
		s, ok := dissect(text)
		if !ok {
			merged = append(merged, Merged{PromQL: text, Members: []Member{{At: at}}})
			continue
		}
		s.at, s.promQL = at, text
		families[s.family] = append(families[s.family], s)
	}
	for _, sums := range families {
		for _, g := range join(absorb(sums)) {
			merged = append(merged, g.merged())
		}
	}
	slices.SortFunc(merged, func(a, b Merged) int { return cmp.Compare(a.Members[0].At, b.Members[0].At) })
	return merged
}

// family is what sums have to have in common to be merged.
type family struct {
	metric, function string
	window           time.Duration
}

// sum is an expression of the form sum by (...) (function(metric{...}[window])), or a quantile of one by le.
type sum struct {
	family
	at       int
	promQL   string
	matchers []*labels.Matcher
	by       []string
	// quantile is that of the buckets in the sum, where isQuantile says that it is one.
	quantile   float64
	isQuantile bool
}

// mergeable are the functions whose sums can be merged.
var mergeable = []string{"rate", "increase", "sum_over_time", "count_over_time"}

// dissect takes an expression apart; false where it is of another form.
func dissect(text string) (*sum, bool) {
	expr, err := promQL.ParseExpr(text)
	if err != nil {
		return nil, false
	}
	s := &sum{}
	if c, is := expr.(*parser.Call); is && c.Func.Name == "histogram_quantile" {
		level, isNumber := c.Args[0].(*parser.NumberLiteral)
		if !isNumber {
			return nil, false
		}
		s.quantile, s.isQuantile, expr = level.Val, true, c.Args[1]
	}
	aggregation, is := expr.(*parser.AggregateExpr)
	if !is || aggregation.Op != parser.SUM || aggregation.Without {
		return nil, false
	}
	s.by = slices.Clone(aggregation.Grouping)
	if s.isQuantile && !slices.Contains(s.by, model.BucketLabel) {
		return nil, false
	}
	return s, s.selects(aggregation.Expr)
}

// selects notes what a sum adds up; false where that is of another form.
func (s *sum) selects(expr parser.Expr) bool {
	c, is := expr.(*parser.Call)
	if !is || !slices.Contains(mergeable, c.Func.Name) {
		return false
	}
	window, is := c.Args[0].(*parser.MatrixSelector)
	if !is {
		return false
	}
	selector, is := window.VectorSelector.(*parser.VectorSelector)
	if !is || selector.OriginalOffset != 0 || selector.OriginalOffsetExpr != nil || selector.Timestamp != nil || selector.StartOrEnd != 0 {
		return false
	}
	s.family = family{metricName(selector), c.Func.Name, window.Range}
	for _, m := range selector.LabelMatchers {
		if m.Name != model.MetricNameLabel {
			s.matchers = append(s.matchers, m)
		}
	}
	return s.metric != "" && window.RangeExpr == nil
}

// group is sums that are asked together.
type group struct {
	members []*sum
	// matchers are those that all members have, by their text.
	matchers map[string]*labels.Matcher
	// values are those of which each label has one, for labels that members differ in.
	values map[string][]string
}

// absorb makes groups of sums, each with those that select some of what it selects.
func absorb(sums []*sum) []*group {
	slices.SortStableFunc(sums, func(a, b *sum) int { return cmp.Compare(len(a.matchers), len(b.matchers)) })
	all := make([]map[string]*labels.Matcher, len(sums))
	occurs := map[string]int{}
	for i, s := range sums {
		all[i] = map[string]*labels.Matcher{}
		for _, m := range s.matchers {
			text := m.String()
			all[i][text] = m
			occurs[text]++
		}
	}
	var groups []*group
	byRarest := map[string][]int{} // Groups by the matcher that fewest sums have, so that few come into question.
	for i, s := range sums {
		if at, found := first(groups, byRarest, all[i]); found {
			groups[at].members = append(groups[at].members, s)
			continue
		}
		rarest := ""
		for text := range all[i] {
			if rarest == "" || occurs[text] < occurs[rarest] || occurs[text] == occurs[rarest] && text < rarest {
				rarest = text
			}
		}
		byRarest[rarest] = append(byRarest[rarest], len(groups))
		groups = append(groups, &group{members: []*sum{s}, matchers: all[i], values: map[string][]string{}})
	}
	return groups
}

// first returns the position of the first group that selects all of what some matchers do, and whether there is one.
func first(groups []*group, byRarest map[string][]int, matchers map[string]*labels.Matcher) (int, bool) {
	at := len(groups)
	look := func(rarest string) {
		for _, i := range byRarest[rarest] {
			if i < at && within(groups[i].matchers, matchers) {
				at = i
			}
		}
	}
	look("") // Those without matchers.
	for text := range matchers {
		look(text)
	}
	return at, at < len(groups)
}

// within reports whether every matcher of the first is among the others.
func within(some, all map[string]*labels.Matcher) bool {
	for text := range some {
		if _, has := all[text]; !has {
			return false
		}
	}
	return true
}

// join merges groups that differ in the value of one label only, those first of which there are most.
func join(groups []*group) []*group {
	for {
		alike := map[string][]*group{}
		var most string
		for _, g := range groups {
			for text, m := range g.matchers {
				if m.Type != labels.MatchEqual || m.Value == "" {
					continue
				}
				key := m.Name + "\x00" + g.without(text)
				alike[key] = append(alike[key], g)
				if n := len(alike[key]); n > 1 && (n > len(alike[most]) || n == len(alike[most]) && key < most) {
					most = key
				}
			}
		}
		if most == "" {
			return groups
		}
		label, _, _ := strings.Cut(most, "\x00")
		groups = slices.DeleteFunc(groups, func(g *group) bool { return slices.Contains(alike[most], g) })
		groups = append(groups, joined(label, alike[most]))
	}
}

// without is what a group selects, but for a matcher.
func (g *group) without(text string) string {
	var all []string
	for other := range g.matchers {
		if other != text {
			all = append(all, other)
		}
	}
	for name, values := range g.values {
		all = append(all, name+" in "+strings.Join(values, "\x01"))
	}
	slices.Sort(all)
	return strings.Join(all, "\x00")
}

// joined is the groups that differ in the value of a label, as one.
func joined(label string, groups []*group) *group {
	one := &group{matchers: maps.Clone(groups[0].matchers), values: maps.Clone(groups[0].values)}
	var values []string
	for _, g := range groups {
		one.members = append(one.members, g.members...)
		for text, m := range g.matchers {
			if m.Name == label && m.Type == labels.MatchEqual {
				values = append(values, m.Value)
				delete(one.matchers, text)
			}
		}
	}
	slices.Sort(values)
	one.values[label] = slices.Compact(values)
	return one
}

// merged returns the expression of a group, with its members in their order.
func (g *group) merged() Merged {
	slices.SortFunc(g.members, func(a, b *sum) int { return cmp.Compare(a.at, b.at) })
	if len(g.members) == 1 {
		return Merged{PromQL: g.members[0].promQL, Members: []Member{{At: g.members[0].at}}}
	}
	selector := &parser.VectorSelector{}
	for _, text := range slices.Sorted(maps.Keys(g.matchers)) {
		selector.LabelMatchers = append(selector.LabelMatchers, g.matchers[text])
	}
	for _, label := range slices.Sorted(maps.Keys(g.values)) {
		selector.LabelMatchers = append(selector.LabelMatchers, oneOf(label, g.values[label]))
	}
	m := Merged{label: g.label()}
	var by []string
	for _, s := range g.members {
		kept := slices.DeleteFunc(slices.Clone(s.matchers), func(m *labels.Matcher) bool { return g.matchers[m.String()] != nil })
		by = append(by, s.by...)
		value := ""
		for _, matcher := range kept {
			by = append(by, matcher.Name)
			if matcher.Name == m.label && matcher.Type == labels.MatchEqual {
				value = matcher.Value
			}
		}
		m.Members = append(m.Members, Member{At: s.at, value: value, derive: s.derivation(kept)})
	}
	slices.Sort(by)
	of := g.members[0].family
	rates := call(of.function, overWindow(withMetricName(selector, of.metric), of.window))
	m.PromQL = (&parser.AggregateExpr{Op: parser.SUM, Expr: rates, Grouping: slices.Compact(by)}).String()
	return m
}

// label returns the one in whose values the members differ most; "" where they differ in none.
func (g *group) label() string {
	most := ""
	for _, label := range slices.Sorted(maps.Keys(g.values)) {
		if most == "" || len(g.values[label]) > len(g.values[most]) {
			most = label
		}
	}
	return most
}

// oneOf is the matcher of some values of a label.
func oneOf(label string, values []string) *labels.Matcher {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = regexp.QuoteMeta(v)
	}
	return labels.MustNewMatcher(labels.MatchRegexp, label, strings.Join(quoted, "|"))
}
