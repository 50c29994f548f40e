package eval

import (
	"fmt"
	"math"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// currencies lists those of the money that a measure knows of the flows that are shown, sorted.
func (e *evaluation) currencies(m query.Measure) []string {
	var all []string
	for k := range e.flows {
		money := m.MoneyOf(e.flows[k].Flow.Flow)
		if money != nil && e.flows[k].Shown && !slices.Contains(all, money.Currency) {
			all = append(all, money.Currency)
		}
	}
	slices.Sort(all)
	return all
}

// amount is the money an hour that a measure knows of a flow, at each instant, NaN where it is not known. A fixed amount
// is that of all users, and says nothing of a cohort.
func (e *evaluation) amount(k int) []float64 {
	f := &e.flows[k]
	money := e.plan.Money.MoneyOf(f.Flow.Flow)
	switch {
	case f.Money != nil:
		return e.numbers(f.Money)
	case e.isCohort():
		return newColumn(e.n)
	default:
		return e.each(func(int) float64 { return money.PerHour })
	}
}

// isCohort reports whether the evaluation is of some users only.
func (e *evaluation) isCohort() bool {
	return len(e.plan.Filters) > 0 || slices.ContainsFunc(e.of, func(value string) bool { return value != "" })
}

// moneyFlows returns the positions of the flows whose money makes up that of a subject.
func (e *evaluation) moneyFlows(s subject) []int {
	if s.level == query.LevelFlow {
		return []int{s.flow}
	}
	var flows []int
	for k := range e.flows {
		if money := e.plan.Money.MoneyOf(e.flows[k].Flow.Flow); money != nil && money.Currency == s.currency {
			flows = append(flows, k)
		}
	}
	return flows
}

// revenueAtRisk is the revenue an hour times what the score lacks to 1, summed over the flows that have both; NaN where
// none has.
func (e *evaluation) revenueAtRisk(s subject) []float64 {
	sum := newColumn(e.n)
	for _, k := range e.moneyFlows(s) {
		revenue, verdicts := e.amount(k), e.flows[k].verdicts
		for i := range sum {
			addTo(&sum[i], revenue[i]*(1-verdicts[i].Score))
		}
	}
	return sum
}

// cost is the money for 1,000 good requests: the cost an hour over the good requests an hour of the flows where both are
// known; NaN where there are none.
func (e *evaluation) cost(s subject) []float64 {
	cost, good := newColumn(e.n), newColumn(e.n)
	for _, k := range e.moneyFlows(s) {
		amount := e.amount(k)
		for i := range cost {
			if requests := e.goodRequests(k, i) * 3600; !math.IsNaN(requests) && !math.IsNaN(amount[i]) {
				addTo(&cost[i], amount[i])
				addTo(&good[i], requests)
			}
		}
	}
	return e.each(func(i int) float64 {
		if !(good[i] > 0) {
			return math.NaN()
		}
		return cost[i] / good[i] * 1000
	})
}

// goodRequests is the rate of the good events of the SLI that stands for a flow's traffic.
func (e *evaluation) goodRequests(k, i int) float64 {
	f := &e.flows[k]
	for j, sli := range f.slis {
		if r := f.plain[j].readings.at(i); sli.Name == f.Flow.Flow.Traffic && r.Status == cer.Present {
			return r.Value * r.Traffic
		}
	}
	return math.NaN()
}

// addTo adds a number that is one to a sum, which is NaN while nothing was added.
func addTo(sum *float64, number float64) {
	switch {
	case math.IsNaN(number):
	case math.IsNaN(*sum):
		*sum = number
	default:
		*sum += number
	}
}

// explainMoney says which amounts are not known.
func (e *evaluation) explainMoney() []finding {
	var findings []finding
	for k := range e.flows {
		f := &e.flows[k]
		money := e.plan.Query.Measure.MoneyOf(f.Flow.Flow)
		switch {
		case money == nil || !f.Shown:
		case f.Money == nil && e.isCohort():
			findings = append(findings, finding{now: true, points: e.n, Notice: cer.Notice{Severity: cer.Warning, Subject: f.Flow.Flow.Name + e.suffix(),
				Text: fmt.Sprintf("its %g %s an hour are those of all users; state promql instead, which can be split and filtered", money.PerHour, money.Currency)}})
		default:
			amounts := e.amount(k)
			if n, last := count(amounts, math.IsNaN); n > 0 {
				findings = append(findings, e.found(true, f.Flow.Flow.Name, n, last, "its money is not known at %s, since the expression has no number there"))
			}
		}
	}
	return findings
}
