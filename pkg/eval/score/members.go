package score

import (
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Members returns those that the query shows, in the order of the catalog.
func (t *Tree) Members() []Member {
	if t.plan.Query.Level == query.LevelOverall {
		return t.overallMembers()
	}
	var members []Member
	for k := range t.flows {
		if f := &t.flows[k]; f.Shown && f.hasCohort() {
			members = append(members, f.members(t.plan.Query.Level)...)
		}
	}
	return members
}

// overallMembers returns the one member at level overall, or for money one of each currency.
func (t *Tree) overallMembers() []Member {
	measure := t.plan.Query.Measure
	switch {
	case len(t.flows) == 0:
		return nil
	case !measure.IsMoney():
		return []Member{{Tree: t, Level: query.LevelOverall, flow: -1}}
	}
	var members []Member
	for _, currency := range t.currencies(measure) {
		members = append(members, Member{Tree: t, Level: query.LevelOverall, flow: -1, Currency: currency})
	}
	return members
}

// members returns those of the flow at a level that the query shows.
func (f *flow) members(level query.Level) []Member {
	switch level {
	case query.LevelComponent:
		return f.componentMembers()
	case query.LevelSLI:
		return f.sliMembers()
	default:
		return []Member{{Tree: f.tree, Level: query.LevelFlow, flow: f.position, slis: f.positions(), Currency: f.currency()}}
	}
}

// currency returns the currency of the flow's money; "" where the query asks for none.
func (f *flow) currency() string {
	if money := f.tree.plan.Query.Measure.MoneyOf(f.Flow.Flow); money != nil {
		return money.Currency
	}
	return ""
}

// hasCohort reports whether the flow has the cohort of the tree.
func (f *flow) hasCohort() bool {
	return f.tree.Dataset.cohortsOf(&f.Flow, f.tree.Range).hasOneIncluding(f.tree.Cohort)
}

// componentMembers returns the components of the flow that are shown, each with all of its SLIs.
func (f *flow) componentMembers() []Member {
	var members []Member
	for _, component := range cer.Components() {
		var positions []int
		for j, s := range f.SLIs {
			if s.SLI.Component == component && s.Shown {
				positions = append(positions, j)
			}
		}
		if len(positions) > 0 {
			members = append(members, Member{Tree: f.tree, Level: query.LevelComponent, flow: f.position, slis: positions, Component: component})
		}
	}
	return members
}

// sliMembers returns the SLIs of the flow that are shown.
func (f *flow) sliMembers() []Member {
	var members []Member
	for j, s := range f.SLIs {
		if s.Shown {
			m := Member{Tree: f.tree, Level: query.LevelSLI, flow: f.position, slis: []int{j}, Component: s.SLI.Component}
			if f.tree.plan.Query.Measure == query.Quantile {
				members = append(members, f.byQuantile(m, j)...)
			} else {
				members = append(members, m)
			}
		}
	}
	return members
}
