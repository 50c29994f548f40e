package importer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/internal/yamlwrite"
)

// ratioTimeslices is the method by which budgets of flows are counted unless they state another one.
const ratioTimeslices = "RatioTimeslices"

// yaml returns the definition of the catalog.
func (c *catalog) yaml() []byte { return yamlwrite.Document(nameOf(c.name), c.spec()) }

// spec returns the settings and flows of the catalog.
func (c *catalog) spec() *yaml.Node {
	spec := yamlwrite.NewMapping()
	spec.Text("aggregate", c.aggregate)
	if c.period.calendar != "" {
		spec.Text("budgetPeriod", c.period.calendar)
		spec.Text("location", c.period.zone)
	} else {
		spec.Text("budgetWindow", model.Duration(c.period.window).String())
	}
	if c.slice > 0 {
		spec.Text("timeSliceWindow", model.Duration(c.slice).String())
	}
	spec.Number("timesliceTarget", c.sliceTarget)
	if len(c.dimensions) > 0 {
		spec.Add("dimensions", dimensionNodes(c.dimensions))
	}
	c.addPolicyNodes(spec)
	flows := &yaml.Node{Kind: yaml.SequenceNode}
	for _, f := range c.flows {
		flows.Content = append(flows.Content, f.node())
	}
	spec.Add("flows", flows)
	return spec.Node
}

// dimensionNodes returns the dimensions of labels.
func dimensionNodes(labels []string) *yaml.Node {
	all := &yaml.Node{Kind: yaml.SequenceNode}
	for _, label := range labels {
		m := yamlwrite.NewMapping().Inline()
		m.Text("name", label)
		all.Content = append(all.Content, m.Node)
	}
	return all
}

// addPolicyNodes adds the policies. That there are none is stated too, since cer has policies of its own where nothing is.
func (c *catalog) addPolicyNodes(spec yamlwrite.Mapping) {
	all := &yaml.Node{Kind: yaml.SequenceNode}
	if len(c.policies) == 0 {
		all.Style = yaml.FlowStyle
		spec.Add("policies", all).HeadComment = yamlwrite.Comment("The sources have no alerts that can be imported; without this line the default policies apply.")
		return
	}
	for _, p := range c.policies {
		all.Content = append(all.Content, p.node())
	}
	spec.Add("policies", all)
}

// node returns a policy.
func (p policy) node() *yaml.Node {
	m, flows := yamlwrite.NewMapping(), yamlwrite.NewMapping().Inline()
	m.HeadComment = yamlwrite.Comment(p.at.where() + ": " + p.note)
	m.Text("name", p.name)
	m.Text("severity", p.severity)
	flows.Add("names", yamlwrite.List([]string{p.flow}))
	m.Add("flows", flows.Node)
	if len(p.by) > 0 {
		m.Add("by", yamlwrite.List(p.by))
	}
	var conditions []string
	for _, b := range p.burns {
		conditions = append(conditions, b.condition(p.sli))
	}
	m.Text("when", strings.Join(conditions, " ||\n"))
	if p.wait > 0 {
		m.Text("for", model.Duration(p.wait).String())
	}
	return m.Node
}

// condition returns the condition on the burn rates of an SLI.
func (b burn) condition(sli string) string {
	var all []string
	for _, w := range b.windows {
		all = append(all, fmt.Sprintf("sli(%q).burn(%q) %s %s", sli, model.Duration(w), b.operator, yamlwrite.Decimal(b.factor)))
	}
	return strings.Join(all, " && ")
}

// node returns a flow.
func (f *flow) node() *yaml.Node {
	m := yamlwrite.NewMapping()
	m.HeadComment = yamlwrite.Comment(f.service.notes...)
	m.Text("name", f.name)
	title := f.service.title
	if title == "" && f.name != f.stated {
		title = f.stated
	}
	m.Text("title", title)
	m.Add("labels", labelNodes(f.service.labels))
	if len(f.service.labels) == 0 {
		m.Content = m.Content[:len(m.Content)-2]
	}
	m.Text("runbook", f.service.runbook)
	m.Number("objective", f.objective)
	if len(f.slis) > 1 && f.objective > 0 {
		m.Content[len(m.Content)-1].LineComment = yamlwrite.Comment(f.objectiveNote)
	}
	if f.method != ratioTimeslices {
		m.Text("budgetingMethod", f.method)
	}
	slis := &yaml.Node{Kind: yaml.SequenceNode}
	for _, s := range f.slis {
		slis.Content = append(slis.Content, s.node())
	}
	m.Add("slis", slis)
	return m.Node
}

// labelNodes returns labels of a flow.
func labelNodes(labels []field) *yaml.Node {
	m := yamlwrite.NewMapping().Inline()
	for _, label := range labels {
		m.Text(label.name, label.text)
	}
	return m.Node
}

// node returns an SLI.
func (s sli) node() *yaml.Node {
	m := yamlwrite.NewMapping()
	m.HeadComment = yamlwrite.Comment(slices.Concat([]string{fmt.Sprintf("%s: %s of %s", s.at.where(), s.objective.name, s.tool)}, s.notes)...)
	m.Text("name", s.name)
	m.Text("component", s.sli.component)
	m.Number("weight", s.weight)
	m.Number("objective", s.target)
	kind := yamlwrite.NewMapping()
	for _, f := range s.sli.fields {
		if len(f.list) > 0 {
			kind.Add(f.name, yamlwrite.List(f.list))
		}
		kind.Text(f.name, f.text)
	}
	m.Add(s.sli.kind, kind.Node)
	if s.sli.curve != nil {
		curve := yamlwrite.NewMapping().Inline()
		curve.Add("step", s.sli.curve.node())
		m.Add("curve", curve.Node)
	}
	return m.Node
}

// node returns a step.
func (t threshold) node() *yaml.Node {
	m := yamlwrite.NewMapping().Inline()
	m.Add("at", yamlwrite.Plain(yamlwrite.Decimal(t.at)))
	m.Text("better", t.better)
	if t.strict {
		m.Add("strict", yamlwrite.Plain("true"))
	}
	return m.Node
}
