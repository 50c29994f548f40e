package plan

import (
	"fmt"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// checkMoney refuses a measure of money where no flow of the catalog has any.
func (s scope) checkMoney(c *cer.Catalog) error {
	if statesMoney(s.query.Measure, c, func(*cer.Flow) bool { return true }) {
		return nil
	}
	m := s.query.Measure
	field := m.Row().Needs
	return query.Invalidf("no flow states its %s, which %s is computed from; add %s: { perHour: 1000, currency: EUR } to a flow", field, m, field)
}

// noteMoney says why an answer is empty where other flows than those that are shown have money.
func (b *builder) noteMoney() {
	m := b.plan.Query.Measure
	if m.IsMoney() && b.plan.Query.Format != query.Events && !statesMoney(m, b.plan.Catalog, b.scope.showsFlow) {
		b.note(cer.Notice{Text: fmt.Sprintf("no flow that is asked for states its %s, which %s is computed from", m.Row().Needs, m)})
	}
}

// statesMoney reports whether any of these flows states the money that a measure is computed from.
func statesMoney(m query.Measure, c *cer.Catalog, among func(*cer.Flow) bool) bool {
	for i := range c.Flows {
		if f := &c.Flows[i]; among(f) && m.MoneyOf(f) != nil {
			return true
		}
	}
	return false
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
