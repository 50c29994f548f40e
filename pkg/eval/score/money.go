package score

import (
	"math"

	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// RevenueAtRisk returns the revenue an hour times what the score lacks to 1, summed over the flows that have both, at each
// instant; NaN where none has.
func (m Member) RevenueAtRisk() []float64 {
	sum := NewColumn(m.Tree.n)
	for _, k := range m.moneyFlows() {
		revenue, composites := m.Tree.flows[k].amounts(), m.Tree.flows[k].composites
		for i := range sum {
			addTo(&sum[i], revenue[i]*(1-composites[i].Score))
		}
	}
	return sum
}

// Cost returns the money for 1,000 good requests at each instant: the cost an hour over the good requests an hour of the
// flows where both are known; NaN where there are none.
func (m Member) Cost() []float64 {
	cost, good := NewColumn(m.Tree.n), NewColumn(m.Tree.n)
	for _, k := range m.moneyFlows() {
		amounts := m.Tree.flows[k].amounts()
		for i := range cost {
			if requests := m.Tree.flows[k].goodTraffic(i) * 3600; !math.IsNaN(requests) && !math.IsNaN(amounts[i]) {
				addTo(&cost[i], amounts[i])
				addTo(&good[i], requests)
			}
		}
	}
	return m.Tree.column(func(i int) float64 {
		if !(good[i] > 0) {
			return math.NaN()
		}
		return cost[i] / good[i] * 1000
	})
}

// moneyFlows returns the positions of the flows whose money makes up that of the member.
func (m Member) moneyFlows() []int {
	if m.Level == query.LevelFlow {
		return []int{m.flow}
	}
	var flows []int
	for k := range m.Tree.flows {
		money := m.Tree.plan.Money.MoneyOf(m.Tree.flows[k].Flow.Flow)
		if money != nil && money.Currency == m.Currency {
			flows = append(flows, k)
		}
	}
	return flows
}

// amounts returns the money an hour of the flow at each instant, NaN where it is unknown. A fixed amount is that of
// all users, and unknown for a cohort.
func (f *flow) amounts() []float64 {
	t := f.tree
	switch {
	case f.Money != nil:
		return t.numbers(f.Money)
	case t.isCohort():
		return NewColumn(t.n)
	default:
		perHour := t.plan.Money.MoneyOf(f.Flow.Flow).PerHour
		return t.column(func(int) float64 { return perHour })
	}
}
