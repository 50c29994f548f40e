package importer

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"
)

// ratioTimeslices is the method by which budgets of flows are counted unless they state another one.
const ratioTimeslices = "RatioTimeslices"

// mapping is a mapping of YAML while it is written.
type mapping struct{ *yaml.Node }

// newMapping returns an empty mapping.
func newMapping() mapping { return mapping{&yaml.Node{Kind: yaml.MappingNode}} }

// inline returns the mapping, to be written on one line.
func (m mapping) inline() mapping {
	m.Style = yaml.FlowStyle
	return m
}

// add adds a field, and returns its name's node, which comments belong to.
func (m mapping) add(name string, value *yaml.Node) *yaml.Node {
	key := &yaml.Node{Kind: yaml.ScalarNode, Value: name}
	m.Content = append(m.Content, key, value)
	return key
}

// text adds a field with a text that is not empty.
func (m mapping) text(name, value string) {
	if value != "" {
		m.add(name, textNode(value))
	}
}

// number adds a field with a number that is not 0.
func (m mapping) number(name string, value float64) {
	if value != 0 {
		m.add(name, plainNode(decimal(value)))
	}
}

// decimal writes a number without the noise of its last bits.
func decimal(v float64) string {
	short := strconv.FormatFloat(v, 'g', 12, 64)
	if strings.Contains(short, "e") {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return short
}

// plainNode returns a scalar that needs no quotes.
func plainNode(value string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: value} }

// textNode returns a text, in quotes where it reads like something else, and on lines of its own where it has several.
func textNode(value string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: textTag, Value: value}
	switch {
	case strings.Contains(value, "\n"):
		n.Style, n.Value = yaml.LiteralStyle, trimLines(value)
	case strings.ContainsAny(value, "{}[]()\"'=, #:*&"):
		n.Style = yaml.SingleQuotedStyle
	}
	return n
}

// trimLines leaves out the white space at the ends of lines, and tabs, with which YAML can't write lines as they are.
func trimLines(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\t", "  "), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \r")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// listNode returns a list of texts on one line.
func listNode(values []string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, value := range values {
		n.Content = append(n.Content, textNode(value))
	}
	return n
}

// comment returns the lines of a comment.
func comment(lines ...string) string {
	var all []string
	for _, line := range lines {
		if line = printable(line); line != "" {
			all = append(all, "# "+line)
		}
	}
	return strings.Join(all, "\n")
}

// printable returns a text on one line, without characters that can't stand in YAML.
func printable(text string) string {
	kept := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text)
	return strings.Join(strings.Fields(kept), " ")
}

// yaml returns the definition of the catalog.
func (c *catalog) yaml() []byte {
	root, metadata := newMapping(), newMapping().inline()
	root.text("apiVersion", "cer/v1")
	root.text("kind", "Catalog")
	metadata.text("name", nameOf(c.name))
	root.add("metadata", metadata.Node)
	root.add("spec", c.spec())
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(root.Node); err != nil {
		panic("a tree of plain nodes can be written: " + err.Error())
	}
	return out.Bytes()
}

// spec returns the settings and flows of the catalog.
func (c *catalog) spec() *yaml.Node {
	spec := newMapping()
	spec.text("aggregate", c.aggregate)
	if c.period.calendar != "" {
		spec.text("budgetPeriod", c.period.calendar)
		spec.text("location", c.period.zone)
	} else {
		spec.text("budgetWindow", model.Duration(c.period.window).String())
	}
	if c.slice > 0 {
		spec.text("timeSliceWindow", model.Duration(c.slice).String())
	}
	spec.number("timesliceTarget", c.sliceTarget)
	if len(c.dimensions) > 0 {
		spec.add("dimensions", dimensionNodes(c.dimensions))
	}
	c.addPolicyNodes(spec)
	flows := &yaml.Node{Kind: yaml.SequenceNode}
	for _, f := range c.flows {
		flows.Content = append(flows.Content, f.node())
	}
	spec.add("flows", flows)
	return spec.Node
}

// dimensionNodes returns the dimensions of labels.
func dimensionNodes(labels []string) *yaml.Node {
	all := &yaml.Node{Kind: yaml.SequenceNode}
	for _, label := range labels {
		m := newMapping().inline()
		m.text("name", label)
		all.Content = append(all.Content, m.Node)
	}
	return all
}

// addPolicyNodes adds the policies. That there are none is stated too, since cer has policies of its own where nothing is.
func (c *catalog) addPolicyNodes(spec mapping) {
	all := &yaml.Node{Kind: yaml.SequenceNode}
	if len(c.policies) == 0 {
		all.Style = yaml.FlowStyle
		spec.add("policies", all).HeadComment = comment("The sources state no alerts that can be imported; without this line the default policies hold.")
		return
	}
	for _, p := range c.policies {
		all.Content = append(all.Content, p.node())
	}
	spec.add("policies", all)
}

// node returns a policy.
func (p policy) node() *yaml.Node {
	m, flows := newMapping(), newMapping().inline()
	m.HeadComment = comment(p.at.where() + ": " + p.note)
	m.text("name", p.name)
	m.text("severity", p.severity)
	flows.add("names", listNode([]string{p.flow}))
	m.add("flows", flows.Node)
	if len(p.by) > 0 {
		m.add("by", listNode(p.by))
	}
	var conditions []string
	for _, b := range p.burns {
		conditions = append(conditions, b.condition(p.sli))
	}
	m.text("when", strings.Join(conditions, " ||\n"))
	if p.wait > 0 {
		m.text("for", model.Duration(p.wait).String())
	}
	return m.Node
}

// condition returns the condition on the burn rates of an SLI.
func (b burn) condition(sli string) string {
	var all []string
	for _, w := range b.windows {
		all = append(all, fmt.Sprintf("sli(%q).burn(%q) %s %s", sli, model.Duration(w), b.operator, decimal(b.factor)))
	}
	return strings.Join(all, " && ")
}

// node returns a flow.
func (f *flow) node() *yaml.Node {
	m := newMapping()
	m.HeadComment = comment(f.service.notes...)
	m.text("name", f.name)
	title := f.service.title
	if title == "" && f.name != f.stated {
		title = f.stated
	}
	m.text("title", title)
	m.add("labels", labelNodes(f.service.labels))
	if len(f.service.labels) == 0 {
		m.Content = m.Content[:len(m.Content)-2]
	}
	m.text("runbook", f.service.runbook)
	m.number("objective", f.objective)
	if len(f.slis) > 1 && f.objective > 0 {
		m.Content[len(m.Content)-1].LineComment = comment(f.objectiveNote)
	}
	if f.method != ratioTimeslices {
		m.text("budgetingMethod", f.method)
	}
	slis := &yaml.Node{Kind: yaml.SequenceNode}
	for _, s := range f.slis {
		slis.Content = append(slis.Content, s.node())
	}
	m.add("slis", slis)
	return m.Node
}

// labelNodes returns labels of a flow.
func labelNodes(labels []field) *yaml.Node {
	m := newMapping().inline()
	for _, label := range labels {
		m.text(label.name, label.text)
	}
	return m.Node
}

// node returns an SLI.
func (s sli) node() *yaml.Node {
	m := newMapping()
	m.HeadComment = comment(slices.Concat([]string{fmt.Sprintf("%s: %s of %s", s.at.where(), s.objective.name, s.tool)}, s.notes)...)
	m.text("name", s.name)
	m.text("component", s.sli.component)
	m.number("weight", s.weight)
	m.number("objective", s.target)
	kind := newMapping()
	for _, f := range s.sli.fields {
		if len(f.list) > 0 {
			kind.add(f.name, listNode(f.list))
		}
		kind.text(f.name, f.text)
	}
	m.add(s.sli.kind, kind.Node)
	if s.sli.curve != nil {
		curve := newMapping().inline()
		curve.add("step", s.sli.curve.node())
		m.add("curve", curve.Node)
	}
	return m.Node
}

// node returns a step.
func (t threshold) node() *yaml.Node {
	m := newMapping().inline()
	m.add("at", plainNode(decimal(t.at)))
	m.text("better", t.better)
	if t.strict {
		m.add("strict", plainNode("true"))
	}
	return m.Node
}
