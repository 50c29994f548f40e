package plan

import "github.com/cer-reliability/cer-datasource/pkg/query"

// addEvents plans how the events of the catalog are read, and its maintenances. They look back to the instant before, so
// that none lies between two instants.
func (b *builder) addEvents() (err error) {
	catalog := b.plan.Catalog
	if len(catalog.Events)+len(catalog.Maintenance) == 0 {
		return query.Invalidf("the catalog declares no events; add events: [{ name: deploys, promql: ... }] to its spec")
	}
	window := b.times.step() + b.times.Scrape
	if b.plan.Maintenance, err = b.maintenance(b.over, window); err != nil {
		return err
	}
	for _, e := range catalog.Events {
		ask := b.asking("the event "+e.Name, e.PromQL, e.Trust)
		ask.window = window
		source, err := b.source(ask)
		if err != nil {
			return err
		}
		b.plan.Events = append(b.plan.Events, Event{Event: e, Source: source})
	}
	return nil
}
