package definition

import (
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// objectives reads the objectives of cohorts, by dimension and value.
func (r *reader) objectives(n node) (map[string]map[string]float64, bool) {
	f, ok := entriesOf(n, "the map of objectives")
	if !ok {
		return nil, false
	}
	all := map[string]map[string]float64{}
	for _, name := range f.names {
		dimension, known := r.catalog.Dimension(name)
		if !known {
			r.refuseDimension(f.keys[name], "objectives name dimensions", "objectives")
			continue
		}
		if of, ok := cohortObjectives(f.values[name], dimension); ok {
			all[name] = of
		}
	}
	return all, true
}

// cohortObjectives reads the objectives of the cohorts of a dimension. Where it lists values, no others have one, since they
// are likely misspelt.
func cohortObjectives(n node, d cer.Dimension) (map[string]float64, bool) {
	f, ok := entriesOf(n, "the map of objectives")
	if !ok {
		return nil, false
	}
	all := map[string]float64{}
	for _, key := range f.names {
		at := f.keys[key]
		value, named := cohort(at)
		o, isShare := objective(f.values[key])
		switch listed := d.Listed(); {
		case !named || !isShare:
		case len(listed) > 0 && !slices.Contains(listed, value):
			at.refuse("the dimension %s has values or weights, but not this value; %s, or list it there", d.Name, at.choices(value, listed))
		default:
			all[value] = o
		}
	}
	return all, true
}

// checkObjectives refuses objectives of cohorts of a flow that has none itself, so that all of its users are held against one.
func checkObjectives(f *fields, flow *cer.Flow) {
	if at, stated := f.keys["objectives"]; stated && flow.Objective == 0 && !f.has("objective") {
		at.refuse("users outside these cohorts need an objective too; add objective: 0.99 to the flow, or to the spec")
	}
}
