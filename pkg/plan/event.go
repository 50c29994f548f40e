package plan

// addEvents plans how the events of the catalog are read. They look back to the instant before, so that none lies
// between two instants.
func (b *builder) addEvents() error {
	catalog := b.plan.Catalog
	if len(catalog.Events) == 0 {
		return invalid("the catalog declares no events; add events: [{ name: deploys, promql: ... }] to its spec")
	}
	for _, e := range catalog.Events {
		ask := b.asking("the event "+e.Name, e.PromQL, e.Trust)
		ask.window = b.times.step() + b.times.Scrape
		source, err := b.source(ask)
		if err != nil {
			return err
		}
		b.plan.Events = append(b.plan.Events, Event{Event: e, Source: source})
	}
	return nil
}
