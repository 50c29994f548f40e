package plan

import (
	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// checkMoney refuses a measure of money where no flow of the catalog has any.
func (s scope) checkMoney(c *catalog.Catalog) error {
	m := s.query.Measure
	if statesMoney(m, c, func(*cer.Flow) bool { return true }) {
		return nil
	}
	field := m.Row().Needs
	return query.Unstatedf("no flow has the field %s, which %s is computed from; add %s: { perHour: 1000, currency: EUR } to a flow", field, m, field)
}

// statesMoney reports whether any of these flows states the money that a measure is computed from.
func statesMoney(m query.Measure, c *catalog.Catalog, among func(*cer.Flow) bool) bool {
	for i := range c.Flows {
		if f := &c.Flows[i]; among(f) && m.MoneyOf(f) != nil {
			return true
		}
	}
	return false
}
