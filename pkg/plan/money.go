package plan

import (
	"fmt"

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

// checkMoney refuses a measure of money where no flow of the catalog has any.
func (s scope) checkMoney(c *cer.Catalog) error {
	if s.query.Measure.isStated(c, func(*cer.Flow) bool { return true }) {
		return nil
	}
	m := s.query.Measure
	field := m.moneyField()
	return invalid("no flow states its %s, which %s is computed from; add %s: { perHour: 1000, currency: EUR } to a flow", field, m, field)
}

// noteMoney says why an answer is empty where other flows than those that are shown have money.
func (b *builder) noteMoney() {
	m := b.plan.Query.Measure
	if m.IsMoney() && b.plan.Query.Format != Events && !m.isStated(b.plan.Catalog, b.scope.showsFlow) {
		b.note(cer.Notice{Text: fmt.Sprintf("no flow that is asked for states its %s, which %s is computed from", m.moneyField(), m)})
	}
}

// isStated reports whether the money of any of these flows is known.
func (m Measure) isStated(c *cer.Catalog, among func(*cer.Flow) bool) bool {
	for i := range c.Flows {
		if f := &c.Flows[i]; among(f) && m.MoneyOf(f) != nil {
			return true
		}
	}
	return false
}

// moneyField is what the definition calls the money of a measure.
func (m Measure) moneyField() string {
	if m == Cost {
		return "cost"
	}
	return "revenue"
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
