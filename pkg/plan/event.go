package plan

import (
	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// addEvents plans how the events of the catalog are read. They look back to the instant before, so that none lies
// between two instants.
func (b *builder) addEvents() error {
	catalog := b.plan.Catalog
	if len(catalog.Events) == 0 {
		return invalid("the catalog declares no events; add events: [{ name: deploys, promql: ... }] to its spec")
	}
	for _, e := range catalog.Events {
		ask := asking{subject: "the event " + e.Name, reading: reading{cer.Value{PromQL: e.PromQL}, catalog.Trust},
			window: b.times.step() + b.times.Scrape, over: b.over}
		if e.Trust != nil {
			ask.trust = e.Trust
		}
		source, err := b.source(ask)
		if err != nil {
			return err
		}
		b.plan.Events = append(b.plan.Events, Event{Event: e, Source: source})
	}
	return nil
}
