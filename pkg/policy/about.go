package policy

import (
	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// About reports whether the policy judges a flow, or the whole where f is nil: the policy picks it, and it has all that
// the conditions speak of. What a gate requires judges no flow where it judges the whole.
func (p *Policy) About(f *cer.Flow) bool {
	if p.isGate && f != nil && p.About(nil) {
		return false
	}
	return p.Stated.Flows.Picks(p.catalog, f) && p.lacks(f) == ""
}

// picked are the flows that the policy picks.
func (p *Policy) picked() []*cer.Flow { return p.Stated.Flows.Flows(p.catalog) }

// judged returns what the policy is about, nil for the whole, and the flows that it picks but is not about.
func (p *Policy) judged() (about, left []*cer.Flow) {
	if p.About(nil) {
		about = append(about, nil)
		if p.isGate {
			return about, nil
		}
	}
	for _, f := range p.picked() {
		if p.lacks(f) == "" {
			about = append(about, f)
		} else {
			left = append(left, f)
		}
	}
	return about, left
}

// lacks says what a flow, or the whole where f is nil, lacks of what the conditions speak of; "" where it has all.
func (p *Policy) lacks(f *cer.Flow) string {
	for _, need := range p.needs {
		if what := p.lacksNumber(f, need); what != "" {
			return what
		}
	}
	return ""
}

// lacksNumber says what a flow, or the whole where f is nil, lacks for a number; "" where there is one.
func (p *Policy) lacksNumber(f *cer.Flow, number Reference) string {
	switch {
	case number.SLI != "" && !hasSLI(f, number.SLI):
		return "SLI " + number.SLI
	case number.Component != "" && !hasComponent(f, number.Component):
		return "SLI of the component " + string(number.Component)
	case number.NeedsObjective() && p.objective(f, number) == 0 && number.SLI != "":
		return "objective of its SLI " + number.SLI
	case number.NeedsObjective() && p.objective(f, number) == 0:
		return "objective"
	case number.Number == RevenueAtRisk && f != nil && f.Revenue == nil:
		return "revenue"
	case number.Number == RevenueAtRisk && f == nil && len(p.currencies()) != 1:
		return "revenue in one currency"
	default:
		return ""
	}
}

// hasSLI reports whether a flow has an SLI of a name.
func hasSLI(f *cer.Flow, name string) bool {
	if f == nil {
		return false
	}
	_, has := f.SLI(name)
	return has
}

// hasComponent reports whether an SLI of a flow speaks for a component.
func hasComponent(f *cer.Flow, component cer.Component) bool {
	if f == nil {
		return false
	}
	for i := range f.SLIs {
		if f.SLIs[i].Component == component {
			return true
		}
	}
	return false
}

// highestObjective is the highest of what a number of a flow, or of the whole where f is nil, is held against: of a flow, and
// of its cohorts for which the policy has states of their own; 0 where there is none.
func (p *Policy) highestObjective(f *cer.Flow, number Reference) float64 {
	highest := p.objective(f, number)
	if f == nil || number.SLI != "" {
		return highest
	}
	for _, dimension := range p.Stated.By {
		for _, o := range f.Objectives[dimension] {
			highest = max(highest, o)
		}
	}
	return highest
}

// objective is what a number of a flow, or of the whole where f is nil, is held against; 0 where there is none.
func (p *Policy) objective(f *cer.Flow, number Reference) float64 {
	if f == nil || number.SLI == "" {
		return p.catalog.ObjectiveOf(f, nil)
	}
	if s, has := f.SLI(number.SLI); has {
		return s.Objective
	}
	return 0
}

// currencies are those of the revenues of the catalog.
func (p *Policy) currencies() map[string]bool {
	all := map[string]bool{}
	for i := range p.catalog.Flows {
		if revenue := p.catalog.Flows[i].Revenue; revenue != nil {
			all[revenue.Currency] = true
		}
	}
	return all
}
