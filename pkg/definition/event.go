package definition

import "github.com/cer-reliability/cer-datasource/pkg/cer"

// events reads the events of a catalog, whose names are distinct.
func (r *reader) events() {
	taken := names{}
	read(r.spec, "events", &r.catalog.Events, list(func(n node) (cer.Event, bool) { return event(n, taken) }))
}

// event reads an event.
func event(n node, taken names) (cer.Event, bool) {
	var e cer.Event
	f, ok := fieldsOf(n, "an event")
	if !ok {
		return e, false
	}
	selectors := n.file.selectors
	need(f, "name", "deploys", &e.Name, taken.new)
	read(f, "kind", &e.Kind, name)
	need(f, "promql", "changes(build_info[__window]) > 0", &e.PromQL, expression)
	read(f, "trust", &e.Trust, matchers)
	f.end()
	n.spendOnTrust(selectors, e.Trust)
	return e, true
}
