package schema_test

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// mutator changes documents at random.
type mutator struct {
	*rand.Rand
	// donors are nodes of all definitions, which are put in the places of others.
	donors []*yaml.Node
	// anchors is how many anchors were given.
	anchors int
}

// nodes returns a node and all beneath it, in the order in which they stand; aliases by themselves.
func nodes(n *yaml.Node) []*yaml.Node {
	all := []*yaml.Node{n}
	for _, child := range n.Content {
		all = append(all, nodes(child)...)
	}
	return all
}

// mutate makes one change.
func (m *mutator) mutate(document *yaml.Node) {
	all := nodes(document)
	n := all[1+m.IntN(len(all)-1)]
	changes := []func(n *yaml.Node, all []*yaml.Node){
		m.remove, m.rename, m.add, m.duplicate, m.swap, m.borrow, m.retype, m.retype, m.restyle, m.restyle, m.restyle, m.alias, m.alias, m.scalar, m.scalar,
	}
	changes[m.IntN(len(changes))](n, all)
}

// mapping returns n, or a mapping at random where it is none; nil where there is none.
func (m *mutator) mapping(n *yaml.Node, all []*yaml.Node) *yaml.Node {
	isMapping := func(n *yaml.Node) bool { return n.Kind == yaml.MappingNode && len(n.Content) > 0 }
	if isMapping(n) {
		return n
	}
	return m.pick(all, isMapping)
}

// pick returns one of the nodes that are of a sort at random; nil where there is none.
func (m *mutator) pick(all []*yaml.Node, sort func(*yaml.Node) bool) *yaml.Node {
	var of []*yaml.Node
	for _, n := range all {
		if sort(n) {
			of = append(of, n)
		}
	}
	if len(of) == 0 {
		return nil
	}
	return of[m.IntN(len(of))]
}

// field returns the place of a key of the mapping at random.
func (m *mutator) field(mapping *yaml.Node) int { return 2 * m.IntN(len(mapping.Content)/2) }

// remove leaves a field or an item out.
func (m *mutator) remove(n *yaml.Node, all []*yaml.Node) {
	if n.Kind == yaml.SequenceNode && len(n.Content) > 0 {
		at := m.IntN(len(n.Content))
		n.Content = slices.Delete(n.Content, at, at+1)
		return
	}
	if of := m.mapping(n, all); of != nil {
		at := m.field(of)
		of.Content = slices.Delete(of.Content, at, at+2)
	}
}

// rename changes the name of a field, to one like it or that of another.
func (m *mutator) rename(n *yaml.Node, all []*yaml.Node) {
	of := m.mapping(n, all)
	if of == nil {
		return
	}
	key := of.Content[m.field(of)]
	name := key.Value + "x"
	if other := m.mapping(m.donors[m.IntN(len(m.donors))], m.donors); m.IntN(2) == 0 {
		name = other.Content[m.field(other)].Value
	}
	key.Value = name
}

// add adds a field of another mapping.
func (m *mutator) add(n *yaml.Node, all []*yaml.Node) {
	of, other := m.mapping(n, all), m.mapping(m.donors[m.IntN(len(m.donors))], m.donors)
	if of != nil {
		at := m.field(other)
		of.Content = append(slices.Clone(of.Content), copied(other.Content[at]), copied(other.Content[at+1]))
	}
}

// duplicate makes a field or an item stand twice.
func (m *mutator) duplicate(n *yaml.Node, all []*yaml.Node) {
	if n.Kind == yaml.SequenceNode && len(n.Content) > 0 {
		n.Content = append(slices.Clone(n.Content), copied(n.Content[m.IntN(len(n.Content))]))
		return
	}
	if of := m.mapping(n, all); of != nil {
		at := m.field(of)
		of.Content = append(slices.Clone(of.Content), copied(of.Content[at]), copied(of.Content[at+1]))
	}
}

// swap exchanges the values of two fields.
func (m *mutator) swap(n *yaml.Node, all []*yaml.Node) {
	one, other := m.mapping(n, all), m.mapping(all[m.IntN(len(all))], all)
	if one == nil || other == nil || slices.Contains(nodes(one), other) || slices.Contains(nodes(other), one) {
		return
	}
	i, j := m.field(one)+1, m.field(other)+1
	one.Content[i], other.Content[j] = other.Content[j], one.Content[i]
}

// borrow puts a value of another definition in the place of a field's.
func (m *mutator) borrow(n *yaml.Node, all []*yaml.Node) {
	if of := m.mapping(n, all); of != nil {
		of.Content[m.field(of)+1] = copied(m.donors[m.IntN(len(m.donors))])
	}
}

// retype puts a value of another type in the place of a field's or an item.
func (m *mutator) retype(n *yaml.Node, all []*yaml.Node) {
	value := &yaml.Node{}
	if yaml.Unmarshal([]byte(wrong[m.IntN(len(wrong))]), value) != nil {
		panic("the values are YAML")
	}
	value = value.Content[0]
	if n.Kind == yaml.SequenceNode && len(n.Content) > 0 {
		n.Content[m.IntN(len(n.Content))] = value
		return
	}
	if of := m.mapping(n, all); of != nil {
		of.Content[m.field(of)+1] = value
	}
}

// restyle writes a node in flow style or without, with quotes or without.
func (m *mutator) restyle(n *yaml.Node, _ []*yaml.Node) {
	if n.Kind != yaml.ScalarNode {
		n.Style ^= yaml.FlowStyle
		return
	}
	n.Style = []yaml.Style{0, yaml.SingleQuotedStyle, yaml.DoubleQuotedStyle, yaml.LiteralStyle, yaml.FoldedStyle, yaml.TaggedStyle}[m.IntN(6)]
	if m.IntN(2) == 0 {
		n.Tag = "" // What it is then is up to how it is written.
	}
}

// alias puts an alias of a node before it in the place of a value.
func (m *mutator) alias(_ *yaml.Node, all []*yaml.Node) {
	at := 1 + m.IntN(len(all)-1)
	target := all[at]
	if target.Kind != yaml.ScalarNode && target.Kind != yaml.MappingNode && target.Kind != yaml.SequenceNode || target.Anchor != "" {
		return
	}
	named := m.pick(all[1:at], func(n *yaml.Node) bool { return n.Kind != yaml.AliasNode && !slices.Contains(nodes(n), target) })
	if named == nil || holdsAnchor(target) {
		return
	}
	if named.Anchor == "" {
		m.anchors++
		named.Anchor = "a" + strconv.Itoa(m.anchors)
	}
	*target = yaml.Node{Kind: yaml.AliasNode, Alias: named, Value: named.Anchor}
}

// holdsAnchor reports whether a node that an alias may need is in n.
func holdsAnchor(n *yaml.Node) bool {
	return slices.ContainsFunc(nodes(n), func(n *yaml.Node) bool { return n.Anchor != "" })
}

// scalar changes a number or a text a little.
func (m *mutator) scalar(_ *yaml.Node, all []*yaml.Node) {
	n := m.pick(all, func(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode })
	if n == nil {
		return
	}
	n.Tag, n.Style = "", 0
	n.Value = []string{n.Value + "0", "-" + n.Value, n.Value + "%", "'" + n.Value + "'", "1_0" + n.Value, "0." + n.Value, n.Value + "s", "none"}[m.IntN(8)]
}

// copied returns a copy of a node without anchors; what aliases stand for is written out.
func copied(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode || n.Kind == yaml.DocumentNode {
		if n.Kind == yaml.AliasNode {
			n = n.Alias
		} else {
			n = n.Content[0]
		}
	}
	c := *n
	c.Anchor, c.Content = "", make([]*yaml.Node, len(n.Content))
	for i, child := range n.Content {
		c.Content[i] = copied(child)
	}
	return &c
}
