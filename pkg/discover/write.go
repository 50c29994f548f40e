package discover

import (
	"cmp"
	"fmt"
	"math"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/internal/yamlwrite"
)

// yaml returns the definition.
func (p *proposal) yaml() []byte {
	spec := yamlwrite.NewMapping()
	if len(p.trust) > 0 {
		spec.Add("trust", yamlwrite.List(p.trust))
	}
	objective := DefaultObjective
	if p.request.Objective != nil {
		objective = *p.request.Objective
	}
	spec.Number("objective", objective)
	spec.Content[len(spec.Content)-1].LineComment = yamlwrite.Comment("for the overall score and each flow; calibrate it later")
	flows := &yaml.Node{Kind: yaml.SequenceNode}
	shares := p.shares()
	if p.request.Weights == Equal {
		shares = nil
	}
	for i, f := range p.flows {
		flows.Content = append(flows.Content, f.node(shares, i))
	}
	spec.Add("flows", flows).FootComment = p.hints()
	return yamlwrite.Document(yamlwrite.Name(cmp.Or(p.request.Name, DefaultName), namePrefix), spec.Node)
}

// hints returns a comment with the SLIs of components that are in no flow, each for its busiest service.
func (p *proposal) hints() string {
	var lines []string
	for _, f := range p.others {
		for _, s := range f.services[:min(len(f.services), 1)] {
			m := member{f, s}
			for _, sli := range m.slisOf(yamlwrite.Names{}, f.Name+"-") {
				sli.HeadComment = ""
				if line, err := yaml.Marshal(sli); err == nil {
					lines = append(lines, "- "+string(line))
				}
			}
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return yamlwrite.Comment(append([]string{"Recognised too. Add to the slis of a flow what it depends on, such as:"}, lines...)...)
}

// node returns a flow, the i-th of those with shares of the traffic, or with equal weights.
func (f *flow) node(shares []float64, i int) *yaml.Node {
	m := yamlwrite.NewMapping()
	m.HeadComment = yamlwrite.Comment(f.sources()...)
	m.Text("name", f.name)
	if f.name != f.stated {
		m.Text("title", yamlwrite.Printable(f.stated))
	}
	if shares != nil {
		m.Number("weight", max(1, math.Round(shares[i]*100)))
		m.Content[len(m.Content)-1].LineComment = yamlwrite.Comment(fmt.Sprintf("%s%% of the events of these flows", yamlwrite.Decimal(rounded(shares[i]*100))))
	}
	first, slis := f.members[0], &yaml.Node{Kind: yaml.SequenceNode}
	taken := yamlwrite.Names{}
	if first.isWhole() {
		m.Add("preset", first.use(first.of.Name))
		slis.Content = first.bounds(taken)
	} else {
		slis.Content = first.slisOf(taken, "")
	}
	for _, other := range f.members[1:] {
		slis.Content = append(slis.Content, other.slisOf(taken, other.of.Name+"-")...)
	}
	if len(slis.Content) > 0 {
		m.Add("slis", slis)
	}
	return m.Node
}

// sources says of which presets a flow is made, and how busy its services are.
func (f *flow) sources() []string {
	var lines []string
	for _, m := range f.members {
		line := fmt.Sprintf("%s %s, by the preset %s", m.of.Label, m.name, m.of.Name)
		if !math.IsNaN(m.events) {
			line += fmt.Sprintf(": %s events per second in the last hour", yamlwrite.Decimal(rounded(m.events)))
		}
		lines = append(lines, line)
	}
	return lines
}

// rounded returns a number with three digits.
func rounded(v float64) float64 {
	if v == 0 {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(v)))-2)
	return math.Round(v/unit) * unit
}

// isWhole reports whether there is telemetry of all SLIs of the preset.
func (m member) isWhole() bool { return len(m.slis) == len(m.of.SLIs) }

// use returns the use of a preset, or of an SLI of one, for the service.
func (m member) use(of string) *yaml.Node {
	use := yamlwrite.NewMapping().Inline()
	use.Text("use", of)
	use.Text("match", expand.MatcherOf(m.of.Label, m.name))
	return use.Node
}

// bounds returns the changes of the preset's SLIs whose bounds are not the preset's, and takes the names of all.
func (m member) bounds(taken yamlwrite.Names) []*yaml.Node {
	var changed []*yaml.Node
	for i, s := range m.of.SLIs {
		taken[s.Name] = true
		if stated, chosen := m.bound(i); chosen != stated {
			change := yamlwrite.NewMapping().Inline()
			change.HeadComment = boundComment(stated, chosen)
			change.Text("name", s.Name)
			change.Text("under", yamlwrite.Duration(chosen))
			changed = append(changed, change.Node)
		}
	}
	return changed
}

// boundComment says why a bound is not the preset's.
func boundComment(stated, chosen time.Duration) string {
	which := "next"
	if chosen < stated {
		which = "highest"
	}
	return yamlwrite.Comment(fmt.Sprintf("The preset's bound %s is not a bucket edge here; %s is the %s one.", yamlwrite.Duration(stated), yamlwrite.Duration(chosen), which))
}

// slisOf returns the SLIs that there is telemetry of, with names that start with a prefix.
func (m member) slisOf(taken yamlwrite.Names, prefix string) []*yaml.Node {
	var all []*yaml.Node
	for i, s := range m.of.SLIs {
		if m.slis[i] == nil {
			continue
		}
		one := m.sli(i, taken.Take(prefix+s.Name, namePrefix))
		if stated, chosen := m.bound(i); chosen != stated {
			one.HeadComment = boundComment(stated, chosen)
		}
		all = append(all, one)
	}
	return all
}

// sli returns an SLI of the preset as one of a flow, with the weight that it has in its preset.
func (m member) sli(i int, name string) *yaml.Node {
	s := m.of.SLIs[i]
	n := yamlwrite.NewMapping().Inline()
	n.Text("name", name)
	n.Number("weight", s.Weight)
	if s.Key && m.of.kind() == Flow {
		n.Add("key", yamlwrite.Plain("true"))
	}
	use := m.use(m.of.Name + "/" + s.Name)
	if stated, chosen := m.bound(i); chosen != stated {
		yamlwrite.Mapping{Node: use}.Text("under", yamlwrite.Duration(chosen))
	}
	n.Add("preset", use)
	return n.Node
}
