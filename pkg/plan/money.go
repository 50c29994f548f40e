package plan

import (
	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// IsMoney reports whether the measure is an amount of money.
func (m Measure) IsMoney() bool { return m == RevenueAtRisk || m == Cost }

// MoneyOf returns what a measure of money knows of a flow; nil where the definition does not say.
func (m Measure) MoneyOf(f *cer.Flow) *cer.Money {
	switch m {
	case RevenueAtRisk:
		return f.Revenue
	case Cost:
		return f.Cost
	default:
		return nil
	}
}

// checkMoney refuses a measure of money where no flow that is shown has any.
func (s scope) checkMoney(c *cer.Catalog) error {
	m := s.query.Measure
	for i := range c.Flows {
		if f := &c.Flows[i]; s.showsFlow(f) && m.MoneyOf(f) != nil {
			return nil
		}
	}
	field := map[Measure]string{RevenueAtRisk: "revenue", Cost: "cost"}[m]
	return invalid("no flow that is asked for states its %s, which %s is computed from; add %s: { perHour: 1000, currency: EUR } to a flow", field, m, field)
}

// money plans how an amount that is no fixed one is read.
func (b *builder) money(f *cer.Flow) (*Source, error) {
	m := b.plan.Money.MoneyOf(f)
	if m == nil || m.PromQL == "" {
		return nil, nil
	}
	ask := b.asking("the money of "+f.Name, m.PromQL, m.Trust)
	ask.by = b.plan.By
	var err error
	if ask.window, err = b.window(b.plan.Catalog.Window); err != nil {
		return nil, err
	}
	source, err := b.source(ask)
	return &source, err
}
