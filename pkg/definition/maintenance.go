package definition

import (
	"encoding/json"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
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
	f, ok := fieldsOf(n, schema.Maintenance)
	if !ok {
		return m, false
	}
	read(f, "name", &m.Name, taken.new)
	readWord(f, "effect", &m.Effect)
	read(f, "flows", &m.Flows, r.selection)
	read(f, "intervals", &m.Intervals, intervals)
	read(f, "promql", &m.PromQL, expression)
	read(f, "trust", &m.Trust, matchers)
	f.end()
	n.spendOnTrust(selectors, m.Trust)
	switch calendar, promql := f.has("intervals"), f.has("promql"); {
	case calendar && promql:
		f.keys["promql"].refuse("a maintenance has either intervals or promql; leave one out, or make two of it")
	case !calendar && !promql:
		f.lack(`a maintenance needs times; add intervals: [{ weekdays: [sunday], times: [{ start_time: "02:00", end_time: "04:00" }] }], or promql`)
	case calendar && f.has("trust"):
		f.keys["trust"].refuse("trust is for PromQL, and this has intervals; leave trust out")
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

// interval reads a time interval, each field by itself, so that an error has its place.
func interval(n node) (policy.Intervals, bool) {
	n.file.budget.Spend(stepsOfInterval)
	f, ok := fieldsOf(n, schema.Interval)
	if !ok {
		return nil, false
	}
	values := map[string]any{}
	for _, name := range schema.Interval.Names() {
		at, stated := f.values[name]
		if !stated {
			continue
		}
		n.file.budget.Spend(stepsOfIntervalItem * len(at.Content))
		var v any
		if at.Decode(&v) == nil {
			values[name] = v
		}
		_, err := readInterval(map[string]any{name: v})
		n.file.tolerates = err == nil
		isRight := intervalField(name, at)
		n.file.tolerates = false
		if err != nil && isRight {
			at.refuse("this is not valid as %s of Alertmanager's time intervals: %s", name, err)
		}
		ok = ok && err == nil
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

// intervalField checks of a field of a time interval what Alertmanager passes over, and earlier versions did, and reports whether it is
// right: nothing in the place of something, and fields of times that there are not.
func intervalField(name string, at node) bool {
	refusals := at.file.refusals
	switch {
	case name == "times":
		list(timeRange)(at)
	case at.Kind == yaml.SequenceNode:
		list(something)(at)
	default:
		something(at)
	}
	return at.file.refusals == refusals
}

// something refuses nothing.
func something(n node) (node, bool) {
	if n.is(nullTag) {
		n.refuse("this is empty; write a value, or leave it out")
		return n, false
	}
	return n, true
}

// timeRange reads the fields of a part of a day as they stand.
func timeRange(n node) (start string, ok bool) {
	f, ok := fieldsOf(n, schema.TimeRange)
	if !ok {
		return "", false
	}
	end := ""
	read(f, "start_time", &start, text)
	read(f, "end_time", &end, text)
	f.end()
	return start, true
}

// readInterval reads a time interval from the values of its fields.
func readInterval(values map[string]any) (policy.Intervals, error) {
	written, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	return policy.ReadInterval(written)
}
