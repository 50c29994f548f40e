package definition

import (
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// selection reads which flows something is about.
func (r *policyReader) selection(n node) (cer.FlowSelection, bool) {
	var s cer.FlowSelection
	f, ok := fieldsOf(n, schema.Selection)
	if !ok {
		return s, false
	}
	read(f, "minShare", &s.MinShare, share(func(v float64) bool { return v >= 0 && v <= 1 },
		"a share of the weights of all flows is needed here, from 0 to 1", "%s for %s%%", 20))
	read(f, "names", &s.Names, r.namesOfFlows)
	read(f, "labels", &s.Labels, r.chosenLabels)
	f.end()
	return s, true
}

// namesOfFlows reads names of flows of the catalog, at least one.
func (r *policyReader) namesOfFlows(n node) ([]string, bool) {
	chosen, ok := list(func(n node) (string, bool) {
		s, ok := text(n)
		if ok && !has(r.flowNames, s) {
			n.refuse("the catalog has no such flow; %s", n.choices(s, r.flowNames))
			return "", false
		}
		return s, ok
	})(n)
	if ok && len(n.Content) == 0 {
		n.refuse("names is empty; leave it out for all flows")
		return nil, false
	}
	return chosen, ok
}

// chosenLabels reads values that labels of flows have.
func (r *policyReader) chosenLabels(n node) (map[string]string, bool) {
	f, ok := entriesOf(n, "the map of labels")
	if !ok {
		return nil, false
	}
	chosen := map[string]string{}
	for _, name := range f.names {
		s, ok := text(f.values[name])
		switch {
		case !ok:
		case f.keys[name].stops():
			return nil, false
		case has(r.flowLabels, name):
			chosen[name] = s
		case len(r.flowLabels) == 0:
			f.keys[name].refuse("no flow has labels; add labels: { team: payments } to flows, or choose them by names")
		default:
			f.keys[name].refuse("no flow has this label; %s", f.keys[name].choices(name, r.flowLabels))
		}
	}
	return chosen, len(chosen) > 0
}

// has reports whether a name is among sorted ones.
func has(sorted []string, name string) bool {
	_, found := slices.BinarySearch(sorted, name)
	return found
}
