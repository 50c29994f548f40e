package definition

import (
	"encoding/json"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
)

// maintenance reads when nobody is called, once the flows are known.
func (r *policyReader) maintenance() {
	at, stated := r.spec.values["maintenance"]
	if !stated {
		return
	}
	taken := names{}
	r.catalog.Maintenance, _ = few(func(n node) (cer.Maintenance, bool) { return r.maintenanceOf(n, taken) })(at)
}

// maintenanceOf reads one maintenance.
func (r *policyReader) maintenanceOf(n node, taken names) (cer.Maintenance, bool) {
	m := cer.Maintenance{Effect: cer.EffectSuppress}
	selectors := n.file.selectors
	f, ok := fieldsOf(n, "a maintenance")
	if !ok {
		return m, false
	}
	need(f, "name", "sunday-night", &m.Name, taken.new)
	read(f, "effect", &m.Effect, oneOf(cer.MaintenanceEffects()...))
	read(f, "flows", &m.Flows, r.selection)
	read(f, "intervals", &m.Intervals, intervals)
	read(f, "promql", &m.PromQL, expression)
	read(f, "trust", &m.Trust, matchers)
	f.end()
	n.spendOnTrust(selectors, m.Trust)
	switch calendar, promql := f.has("intervals"), f.has("promql"); {
	case calendar && promql:
		f.keys["promql"].refuse("a maintenance has intervals or promql, not both; leave one out, or make it two")
	case !calendar && !promql:
		f.lack(`a maintenance says when; add intervals: [{ weekdays: [sunday], times: [{ start_time: "02:00", end_time: "04:00" }] }], or promql`)
	case calendar && f.has("trust"):
		f.keys["trust"].refuse("intervals select nothing; leave trust out")
	}
	return m, true
}

// intervals reads Alertmanager's time intervals, at least one.
func intervals(n node) (string, bool) {
	all, ok := list(interval)(n)
	if !ok {
		return "", false
	}
	if len(n.Content) == 0 {
		n.refuse("there is no interval in the list; add { weekdays: [sunday] } or the like")
		return "", false
	}
	var joined policy.Intervals
	for _, i := range all {
		joined = append(joined, i...)
	}
	return joined.String(), len(all) == len(n.Content)
}

// intervalFields are those of Alertmanager's time intervals.
var intervalFields = []string{"times", "weekdays", "days_of_month", "months", "years", "location"}

// interval reads a time interval, each field by itself, so that an error has its place.
func interval(n node) (policy.Intervals, bool) {
	n.file.budget.Spend(stepsOfInterval)
	f, ok := fieldsOf(n, "a time interval")
	if !ok {
		return nil, false
	}
	values := map[string]any{}
	for _, name := range intervalFields {
		at, stated := f.take(name)
		if !stated {
			continue
		}
		n.file.budget.Spend(stepsOfIntervalItem * len(at.Content))
		var v any
		if at.Decode(&v) == nil {
			values[name] = v
		}
		if _, err := readInterval(map[string]any{name: v}); err != nil {
			at.refuse("Alertmanager's time intervals have no such %s: %s", name, err)
			ok = false
		}
	}
	f.end()
	if len(f.values) == 0 {
		f.lack(`a time interval without limits is always; add { weekdays: [sunday] } or the like`)
	}
	if !ok {
		return nil, false
	}
	i, err := readInterval(values)
	return i, err == nil
}

// readInterval reads a time interval from the values of its fields.
func readInterval(values map[string]any) (policy.Intervals, error) {
	written, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	return policy.ReadInterval(written)
}
