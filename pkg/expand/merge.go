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
	PromQL string
	// Members are the positions of those that it stands for among those that were to be merged.
	Members []int
	// sums are the members, unless one is asked by itself. Labels are those that they differ in by one value each.
	sums   []*sum
	labels []string
	// matchers are those that all members have, by their text.
	matchers map[string]*labels.Matcher
}

// Alone returns an expression that is asked by itself, given its position.
func Alone(promQL string, at int) Merged { return Merged{PromQL: promQL, Members: []int{at}} }

// Merge returns fewer expressions that read no more samples, and from whose answers those to the given ones can be
// derived. Merged are sums of the same function over the same window of one metric, quantiles of such sums, and numbers of
// series of one metric,
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
			merged = append(merged, Alone(text, at))
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
	slices.SortFunc(merged, func(a, b Merged) int { return cmp.Compare(a.Members[0], b.Members[0]) })
	return merged
}

// family is what sums have to have in common to be merged. A number of series has no function and no window.
type family struct {
	metric, function string
	window           time.Duration
}

// sum is an expression of the form sum by (...) (function(metric{...}[window])), a quantile of one by le, or one of the
// form count by (...) (metric{...}).
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
	if !is || aggregation.Without {
		return nil, false
	}
	s.by = slices.Clone(aggregation.Grouping)
	if s.isQuantile && !slices.Contains(s.by, model.BucketLabel) {
		return nil, false
	}
	switch {
	case aggregation.Op == parser.SUM:
		return s, s.addsUp(aggregation.Expr)
	case aggregation.Op == parser.COUNT && !s.isQuantile:
		selector, is := aggregation.Expr.(*parser.VectorSelector)
		return s, is && s.selects(selector, family{})
	default:
		return nil, false
	}
}

// addsUp notes what a sum adds up; false where that is of another form.
func (s *sum) addsUp(expr parser.Expr) bool {
	c, is := expr.(*parser.Call)
	if !is || !slices.Contains(mergeable, c.Func.Name) {
		return false
	}
	window, is := c.Args[0].(*parser.MatrixSelector)
	if !is || window.RangeExpr != nil {
		return false
	}
	selector, is := window.VectorSelector.(*parser.VectorSelector)
	return is && s.selects(selector, family{function: c.Func.Name, window: window.Range})
}

// selects notes which series a sum is of; false where it looks at another time.
func (s *sum) selects(selector *parser.VectorSelector, of family) bool {
	if selector.OriginalOffset != 0 || selector.OriginalOffsetExpr != nil || selector.Timestamp != nil || selector.StartOrEnd != 0 {
		return false
	}
	s.family = of
	s.metric = metricName(selector)
	for _, m := range selector.LabelMatchers {
		if m.Name != model.MetricNameLabel {
			s.matchers = append(s.matchers, m)
		}
	}
	return s.metric != ""
}

// group is sums that are asked together.
type group struct {
	members []*sum
	// matchers are those that all members have, by their text.
	matchers map[string]*labels.Matcher
	// values are those of which each label has one, for labels that members differ in.
	values map[string][]string
}

// maxMatchers is how many matchers a sum may have, beside those that all have, so that one is looked for that selects all
// of what it selects: that has some of them, any of them.
const maxMatchers = 10

// absorb makes groups of sums, each with those that select some of what it selects.
func absorb(sums []*sum) []*group {
	slices.SortStableFunc(sums, func(a, b *sum) int { return cmp.Compare(len(a.matchers), len(b.matchers)) })
	all := make([]map[string]*labels.Matcher, len(sums))
	having := map[string]int{}
	for i, s := range sums {
		all[i] = map[string]*labels.Matcher{}
		for _, m := range s.matchers {
			all[i][m.String()] = m
		}
		for text := range all[i] {
			having[text]++
		}
	}
	var groups []*group
	byMatchers := map[string]*group{}
	for i, s := range sums {
		var texts []string // Those that all have, such as filters, tell no groups apart.
		for _, text := range slices.Sorted(maps.Keys(all[i])) {
			if having[text] < len(sums) {
				texts = append(texts, text)
			}
		}
		if len(texts) > maxMatchers {
			groups = append(groups, &group{members: []*sum{s}, matchers: all[i], values: map[string][]string{}})
			continue
		}
		if g := widest(byMatchers, texts); g != nil {
			g.members = append(g.members, s)
			continue
		}
		g := &group{members: []*sum{s}, matchers: all[i], values: map[string][]string{}}
		groups, byMatchers[strings.Join(texts, "\x00")] = append(groups, g), g
	}
	return groups
}

// widest returns the group with the fewest matchers, all of which are among some, whose texts are sorted; nil where there
// is none. Groups are those by the texts of their matchers.
func widest(groups map[string]*group, matchers []string) *group {
	var found *group
	for some := range 1 << len(matchers) {
		var subset []string
		for k, text := range matchers {
			if some&(1<<k) != 0 {
				subset = append(subset, text)
			}
		}
		if g := groups[strings.Join(subset, "\x00")]; g != nil && (found == nil || len(g.matchers) < len(found.matchers)) {
			found = g
		}
	}
	return found
}

// join merges groups that differ in the value of one label only, those first of which there are most.
func join(groups []*group) []*group {
	for {
		alike := map[string][]*group{}
		for _, g := range groups {
			for text, m := range g.matchers {
				if m.Type == labels.MatchEqual && m.Value != "" {
					key := m.Name + "\x00" + g.without(text)
					alike[key] = append(alike[key], g)
				}
			}
		}
		maps.DeleteFunc(alike, func(_ string, together []*group) bool { return len(together) == 1 })
		if len(alike) == 0 {
			return groups
		}
		groups = joinOnce(groups, alike)
	}
}

// joinOnce merges the groups under each key, but for those that have been merged under another one with more of them.
func joinOnce(groups []*group, alike map[string][]*group) []*group {
	keys := slices.SortedFunc(maps.Keys(alike), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(alike[b]), len(alike[a])), cmp.Compare(a, b))
	})
	gone := map[*group]bool{}
	var all []*group
	for _, key := range keys {
		together := alike[key]
		if slices.ContainsFunc(together, func(g *group) bool { return gone[g] }) {
			continue
		}
		for _, g := range together {
			gone[g] = true
		}
		label, _, _ := strings.Cut(key, "\x00")
		all = append(all, joined(label, together))
	}
	for _, g := range groups {
		if !gone[g] {
			all = append(all, g)
		}
	}
	return all
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
		return Alone(g.members[0].promQL, g.members[0].at)
	}
	m := Merged{sums: g.members, labels: slices.Sorted(maps.Keys(g.values)), matchers: g.matchers}
	selector := &parser.VectorSelector{}
	for _, text := range slices.Sorted(maps.Keys(g.matchers)) {
		selector.LabelMatchers = append(selector.LabelMatchers, g.matchers[text])
	}
	for _, label := range m.labels {
		selector.LabelMatchers = append(selector.LabelMatchers, oneOf(label, g.values[label]))
	}
	var by []string
	for _, s := range g.members {
		by = append(by, s.by...)
		for _, matcher := range s.matchers {
			if g.matchers[matcher.String()] == nil {
				by = append(by, matcher.Name)
			}
		}
		m.Members = append(m.Members, s.at)
	}
	slices.Sort(by)
	m.PromQL = g.members[0].of(selector, slices.Compact(by))
	return m
}

// of is the expression of the family for what a selector selects, by some labels.
func (f family) of(selector *parser.VectorSelector, by []string) string {
	selector = withMetricName(selector, f.metric)
	if f.function == "" {
		return (&parser.AggregateExpr{Op: parser.COUNT, Expr: selector, Grouping: by}).String()
	}
	return (&parser.AggregateExpr{Op: parser.SUM, Expr: call(f.function, overWindow(selector, f.window)), Grouping: by}).String()
}

// oneOf is the matcher of some values of a label.
func oneOf(label string, values []string) *labels.Matcher {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = regexp.QuoteMeta(v)
	}
	return labels.MustNewMatcher(labels.MatchRegexp, label, strings.Join(quoted, "|"))
}
