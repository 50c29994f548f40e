package definition

import (
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// events reads the events of a catalog, whose names are distinct.
func (r *reader) events() {
	taken := names{}
	read(r.spec, "events", &r.catalog.Events, list(func(n node) (cer.Event, bool) { return event(n, taken) }))
}

// event reads an event.
func event(n node, taken names) (cer.Event, bool) {
	var e cer.Event
	f, ok := fieldsOf(n, schema.Event)
	if !ok {
		return e, false
	}
	selectors := n.file.selectors
	read(f, "name", &e.Name, taken.new)
	read(f, "kind", &e.Kind, name)
	read(f, "promql", &e.PromQL, expression)
	read(f, "trust", &e.Trust, matchers)
	f.end()
	n.spendOnTrust(selectors, e.Trust)
	return e, true
}
