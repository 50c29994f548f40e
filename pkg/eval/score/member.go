package score

import (
	"maps"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Member is what has numbers of its own in a tree: all flows together, a flow, a component of a flow, or an SLI.
type Member struct {
	Tree  *Tree
	Level query.Level
	// Component is "" at the levels overall and flow.
	Component cer.Component
	// Currency is that of the member's money; "" where the query asks for none.
	Currency string
	// flow is the position of the flow; -1 at level overall.
	flow int
	// slis are the positions, within the flow, of the SLIs that make up the member.
	slis []int
	// Quantile is the level of the quantile that the member is of, in (0,1), and read how it was read; 0 and nil unless the query asks
	// for quantiles.
	Quantile float64
	read     *sliSeries
}

// Key identifies a member within its tree, and the same member in other trees of the plan.
type Key struct {
	level     query.Level
	flow, sli int
	component cer.Component
}

// Key returns the key of the member.
func (m Member) Key() Key {
	key := Key{level: m.Level, flow: m.flow, component: m.Component}
	if m.Level == query.LevelSLI {
		key.sli = m.slis[0]
	}
	return key
}

// In returns the same member in another tree of the same group.
func (m Member) In(t *Tree) Member {
	m.Tree = t
	return m
}

// Flow returns the flow of the member; nil at level overall.
func (m Member) Flow() *cer.Flow {
	if m.flow < 0 {
		return nil
	}
	return m.Tree.flows[m.flow].Flow.Flow
}

// SLI returns the SLI that the member is; nil at other levels.
func (m Member) SLI() *cer.SLI {
	if m.Level != query.LevelSLI {
		return nil
	}
	return m.Tree.flows[m.flow].slis[m.slis[0]]
}

// Objective returns what the score of the member, or the value of an SLI, is held against; 0 where there is none. That of a
// flow, and of its components, may be one of the member's cohort.
func (m Member) Objective() float64 {
	if f := m.Flow(); f != nil && m.Level != query.LevelSLI {
		return f.ObjectiveIn(m.Tree.shared)
	}
	return m.Tree.plan.Catalog.ObjectiveOf(m.Flow(), m.SLI())
}

// Subject returns the name of the member and its cohort in notices, such as checkout/success{region="eu"}; without a name
// at level overall.
func (m Member) Subject() string {
	selector := m.Tree.selector()
	switch {
	case m.Level == query.LevelOverall:
		return selector
	case m.Level == query.LevelSLI:
		return m.Flow().Name + "/" + m.SLI().Name + selector
	case m.Component != "":
		return m.Flow().Name + "/" + string(m.Component) + selector
	default:
		return m.Flow().Name + selector
	}
}

// Labels returns the values of the dimensions and labels of flows that the query splits by.
func (m Member) Labels() map[string]string {
	labels := map[string]string{}
	for _, l := range m.Tree.Labels() {
		labels[l.Name] = l.Value
	}
	if f := m.Flow(); f != nil {
		maps.Copy(labels, flowLabels(m.Tree.plan, f))
	}
	maps.Copy(labels, m.Tree.Group.labels)
	return labels
}

// Has reports whether the member has a measure: traffic needs an SLI that counts events, budgets an objective, and money
// an amount.
func (m Member) Has(measure query.Measure) bool {
	row := measure.Row()
	switch {
	case row.Reads == query.ReadsEvents, measure == query.Value && m.Tree.plan.Query.Long > 0: // Other values are no shares.
		return m.HasTraffic()
	case row.Needs == query.NeedsObjective:
		return m.Objective() > 0
	case row.Unit == query.UnitMoney:
		return m.Currency != ""
	default:
		return true
	}
}

// HasTraffic reports whether the events of the member are counted.
func (m Member) HasTraffic() bool {
	switch m.Level {
	case query.LevelSLI:
		return m.SLI().Indicator.CountsEvents()
	case query.LevelFlow:
		return m.Flow().Traffic != ""
	default:
		return true
	}
}

// Referenced returns the SLI or the component of the member that a condition names, or the member itself; false where it
// has none such.
func (m Member) Referenced(r policy.Reference) (Member, bool) {
	if r.Number == policy.RevenueAtRisk {
		return m.withCurrency()
	}
	if r.SLI == "" && r.Component == "" {
		return m, true
	}
	if m.flow < 0 {
		return m, false
	}
	named := Member{Tree: m.Tree, Level: query.LevelSLI, flow: m.flow}
	if r.SLI == "" {
		named.Level, named.Component = query.LevelComponent, r.Component
	}
	for j, sli := range m.Tree.flows[m.flow].slis {
		if sli.Name == r.SLI || r.Component != "" && sli.Component == r.Component {
			named.slis = append(named.slis, j)
		}
	}
	return named, len(named.slis) > 0
}

// withCurrency returns the member with the currency of its revenue; false where there is none, or more than one.
func (m Member) withCurrency() (Member, bool) {
	currencies := m.Tree.currencies(query.RevenueAtRisk)
	if m.flow >= 0 {
		currencies = nil
		if money := m.Flow().Revenue; money != nil {
			currencies = []string{money.Currency}
		}
	}
	if len(currencies) != 1 {
		return m, false
	}
	m.Currency = currencies[0]
	return m, true
}
