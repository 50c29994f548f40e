package policy

import "github.com/cer-reliability/cer-datasource/pkg/cer"

// Requirement compiles what a gate of a catalog requires, as the policy that is on at a minute where that is so; the other
// settings of the catalog are known, and neither may change afterwards. It judges the flows that the gate picks; the whole
// where it picks everything, unless the whole lacks what the condition speaks of, such as an SLI. Where any issue is more
// than a warning there is no policy.
func Requirement(c *cer.Catalog, g *cer.Gate) (*Policy, []Issue) {
	stated := &cer.AlertPolicy{Name: g.Name, Severity: cer.PageSeverity, Flows: g.Flows, When: g.Require}
	return compiled(&Policy{Stated: stated, catalog: c, failures: -1, isGate: true})
}

// fieldOfWhen is the field of the definition that When stands in.
func (p *Policy) fieldOfWhen() string {
	if p.isGate {
		return "require"
	}
	return "when"
}

// noun is what sentences call the policy.
func (p *Policy) noun() string {
	if p.isGate {
		return "gate"
	}
	return "policy"
}

// checkCeilings warns of burn rates under which a gate requires to stay, though they are never reached.
func (p *Policy) checkCeilings(about []*cer.Flow) []Issue {
	if !p.isGate {
		return nil
	}
	var issues []Issue
	for _, b := range p.when {
		for _, ceiling := range b.ceilings {
			if never := p.neverMet(ceiling, about); len(never) > 0 {
				i := b.issue(ceiling.Use, p.impossible(ceiling, never, b.field))
				i.Warning = true
				issues = append(issues, i)
			}
		}
	}
	return issues
}
