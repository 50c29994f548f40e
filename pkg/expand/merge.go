package expand

import (
	"cmp"
	"encoding/binary"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
)

// Merged is one expression that is evaluated in the place of several, its members.
type Merged struct {
	Expr *Expr
	// Members are the positions of the members among the expressions that were to be merged, ascending.
	Members []int
	// extracts say how the answer to each member is computed from that to Expr; nil where they are the same.
	extracts []extract
	// labels are those of which each member has a single value.
	labels []string
}

// Alone returns the expression at a position as one that is evaluated by itself.
func Alone(expr *Expr, at int) Merged { return Merged{Expr: expr, Members: []int{at}} }

// Merge returns fewer expressions that read no more samples than the given ones, and from whose answers Unmerge computes
// theirs. It merges sums of the same function over the same window of one metric, quantiles of such sums, and numbers of
// series and ages of the newest samples of one metric,
//
//   - where one selects some of the series of another, as errors of requests, or a bucket of all buckets:
//
//     sum(rate(r[5m])), sum(rate(r{code=~"5.."}[5m])) -> sum by (code) (rate(r[5m]))
//
//   - and then where they differ in the value of a label only, as flows in their handler:
//
//     sum(rate(r{h="/a"}[5m])), sum(rate(r{h="/b"}[5m])) -> sum by (h) (rate(r{h=~"/a|/b"}[5m]))
//
// A quantile of buckets by vmrange, which only VictoriaMetrics computes, becomes the sum of its buckets even where it is alone.
// Other expressions stay as they are. The order is that of the first members.
func Merge(exprs []*Expr) []Merged {
	var merged []Merged
	families := map[family][]*member{}
	for at, expr := range exprs {
		if parts := expr.aggregation(); parts != nil {
			families[parts.family] = append(families[parts.family], &member{aggregation: parts, at: at, expr: expr})
		} else {
			merged = append(merged, Alone(expr, at))
		}
	}
	for f, members := range families {
		merged = append(merged, newMerger(f, members).merge()...)
	}
	slices.SortFunc(merged, func(a, b Merged) int { return cmp.Compare(a.Members[0], b.Members[0]) })
	return merged
}

// member is an expression of a family.
type member struct {
	*aggregation
	at   int
	expr *Expr
	// own are the numbers of its matchers but for those that all members of the family have, ascending.
	own []uint32
}

// merger merges the members of a family. It numbers their matchers in their order.
type merger struct {
	family
	members  []*member
	matchers []*labels.Matcher
	// matching are those of the matchers, by their numbers, that have been compiled to match labels.
	matching []*labels.Matcher
	// common are the numbers of the matchers that all members have, such as filters.
	common []uint32
}

func newMerger(f family, members []*member) *merger {
	counts := map[matcherKey]int{}
	for _, one := range members {
		for _, matcher := range one.matchers {
			counts[keyOf(matcher)]++
		}
	}
	m := &merger{family: f, members: members, matchers: make([]*labels.Matcher, len(counts)), matching: make([]*labels.Matcher, len(counts))}
	numbers := make(map[matcherKey]uint32, len(counts))
	for number, key := range slices.SortedFunc(maps.Keys(counts), matcherKey.compare) {
		numbers[key] = uint32(number)
		if counts[key] == len(members) {
			m.common = append(m.common, uint32(number))
		}
	}
	for _, one := range members {
		for _, matcher := range one.matchers {
			key := keyOf(matcher)
			m.matchers[numbers[key]] = matcher
			if counts[key] < len(members) {
				one.own = append(one.own, numbers[key])
			}
		}
	}
	return m
}

// merge returns the merged expressions of the family.
func (m *merger) merge() []Merged {
	var all []Merged
	for _, g := range m.join(m.absorb()) {
		all = append(all, m.merged(g))
	}
	return all
}

// group is members that are evaluated together.
type group struct {
	members []*member
	// own are the numbers of the matchers that all members have, but for the common ones of the family, ascending.
	own []uint32
	// values are those of which each member has one, for labels that members differ in.
	values map[string][]string
}

// maxMatchers is how many own matchers a member may have so that a group is looked for that selects all of its series:
// that has some of the matchers, any of them.
const maxMatchers = 10

// absorb returns groups, each with the members that select some of the series of its first one.
//
//	r{h="/a"}, r{code="500",h="/a"}, r{h="/b"} -> r{h="/a"} with both its members, r{h="/b"}
func (m *merger) absorb() []*group {
	members := slices.Clone(m.members)
	slices.SortStableFunc(members, func(a, b *member) int { return cmp.Compare(len(a.own), len(b.own)) })
	var groups []*group
	byMatchers := map[string]*group{}
	for _, one := range members {
		g := widest(byMatchers, one.own)
		if g == nil {
			g = &group{own: one.own}
			groups, byMatchers[string(appendNumbers(nil, one.own))] = append(groups, g), g
		}
		g.members = append(g.members, one)
	}
	return groups
}

// widest returns the group with the fewest matchers, all of which are among the given ones; nil where there is none.
// Groups are those by the numbers of their matchers.
func widest(groups map[string]*group, matchers []uint32) *group {
	if len(matchers) > maxMatchers {
		return groups[string(appendNumbers(nil, matchers))]
	}
	var found *group
	var key []byte
	for subset := range 1 << len(matchers) {
		key = key[:0]
		for k, number := range matchers {
			if subset&(1<<k) != 0 {
				key = binary.BigEndian.AppendUint32(key, number)
			}
		}
		if g := groups[string(key)]; g != nil && (found == nil || len(g.own) < len(found.own)) {
			found = g
		}
	}
	return found
}

// appendNumbers appends numbers to a key, so that keys have the order of the numbers.
func appendNumbers(key []byte, numbers []uint32) []byte {
	for _, number := range numbers {
		key = binary.BigEndian.AppendUint32(key, number)
	}
	return key
}

// similarity is what groups have in common that differ in the value of a label only.
type similarity struct {
	label string
	// rest is a key of the other matchers and values.
	rest string
}

// similar is groups that differ in the value of a label only.
type similar struct {
	groups []*group
	// numbers are those of each group's matcher on the label.
	numbers []uint32
}

// join merges groups that differ in the value of one label only, first those of which there are most, until there are no
// such groups.
func (m *merger) join(groups []*group) []*group {
	for {
		alike := map[similarity]*similar{}
		for _, g := range groups {
			for _, number := range g.own {
				if matcher := m.matchers[number]; matcher.Type == labels.MatchEqual && matcher.Value != "" {
					key := similarity{matcher.Name, g.without(number)}
					if alike[key] == nil {
						alike[key] = &similar{}
					}
					alike[key].groups = append(alike[key].groups, g)
					alike[key].numbers = append(alike[key].numbers, number)
				}
			}
		}
		maps.DeleteFunc(alike, func(_ similarity, s *similar) bool { return len(s.groups) == 1 })
		if len(alike) == 0 {
			return groups
		}
		groups = m.joinOnce(groups, alike)
	}
}

// joinOnce merges similar groups, but for those some of which have been merged with more others already.
func (m *merger) joinOnce(groups []*group, alike map[similarity]*similar) []*group {
	keys := slices.SortedFunc(maps.Keys(alike), func(a, b similarity) int {
		return cmp.Or(cmp.Compare(len(alike[b].groups), len(alike[a].groups)), cmp.Compare(a.label, b.label), cmp.Compare(a.rest, b.rest))
	})
	gone := map[*group]bool{}
	var all []*group
	for _, key := range keys {
		together := alike[key]
		if slices.ContainsFunc(together.groups, func(g *group) bool { return gone[g] }) {
			continue
		}
		for _, g := range together.groups {
			gone[g] = true
		}
		all = append(all, m.joined(key.label, together))
	}
	for _, g := range groups {
		if !gone[g] {
			all = append(all, g)
		}
	}
	return all
}

// without returns a key of what a group selects, but for the matcher of a number.
func (g *group) without(number uint32) string {
	var key []byte
	for _, other := range g.own {
		if other != number {
			key = binary.BigEndian.AppendUint32(key, other)
		}
	}
	for _, label := range slices.Sorted(maps.Keys(g.values)) {
		key = append(key, label...)
		for _, value := range g.values[label] {
			key = append(append(key, 0), value...)
		}
		key = append(key, 1)
	}
	return string(key)
}

// joined returns one group of those that differ in the value of a label.
func (m *merger) joined(label string, together *similar) *group {
	first := together.groups[0]
	one := &group{values: maps.Clone(first.values)}
	if one.values == nil {
		one.values = map[string][]string{}
	}
	one.own = slices.DeleteFunc(slices.Clone(first.own), func(number uint32) bool { return number == together.numbers[0] })
	var values []string
	for i, g := range together.groups {
		one.members = append(one.members, g.members...)
		values = append(values, m.matchers[together.numbers[i]].Value)
	}
	slices.Sort(values)
	one.values[label] = slices.Compact(values)
	return one
}

// merged returns the expression of a group.
func (m *merger) merged(g *group) Merged {
	if len(g.members) == 1 && !g.members[0].ofRanges() {
		return Alone(g.members[0].expr, g.members[0].at)
	}
	slices.SortFunc(g.members, func(a, b *member) int { return cmp.Compare(a.at, b.at) })
	merged := Merged{labels: slices.Sorted(maps.Keys(g.values))}
	var matchers []*labels.Matcher
	for _, number := range slices.Concat(m.common, g.own) {
		matchers = append(matchers, m.matchers[number])
	}
	for _, label := range merged.labels {
		matchers = append(matchers, oneOf(label, g.values[label]))
	}
	var by []string
	for _, one := range g.members {
		x := m.extract(one, g, merged.labels)
		for _, label := range x.by {
			if !slices.Contains(by, label) {
				by = append(by, label)
			}
		}
		for _, matcher := range x.matchers {
			if !slices.Contains(by, matcher.Name) {
				by = append(by, matcher.Name)
			}
		}
		merged.Members, merged.extracts = append(merged.Members, one.at), append(merged.extracts, x)
	}
	slices.Sort(by)
	merged.Expr = m.aggregate(matchers, by)
	return merged
}

// extract returns how a member is computed from the group that it is in.
func (m *merger) extract(one *member, g *group, valued []string) extract {
	x := extract{by: one.by, quantile: one.quantile, isQuantile: one.isQuantile, isAge: one.isAge}
	values := map[string]string{}
	for _, number := range one.own {
		matcher := m.matchers[number]
		if !slices.Contains(g.own, number) {
			if m.matching[number] == nil {
				m.matching[number] = compiled(matcher)
			}
			x.matchers = append(x.matchers, m.matching[number])
		}
		if matcher.Type == labels.MatchEqual {
			values[matcher.Name] = matcher.Value
		}
	}
	x.key = string(appendValues(nil, valued, func(label string) string { return values[label] }))
	return x
}

// oneOf returns the matcher of some values of a label, which is printed only.
func oneOf(label string, values []string) *labels.Matcher {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = regexp.QuoteMeta(v)
	}
	return &labels.Matcher{Type: labels.MatchRegexp, Name: label, Value: strings.Join(quoted, "|")}
}
