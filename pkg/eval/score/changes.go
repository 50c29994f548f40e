package score

import (
	"cmp"
	"math"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
)

// LargestChanges returns the changes of flows between two instants that changed the overall score most, each by at least
// so much, the largest first and at most n.
func (t *Tree) LargestChanges(first, last int, least float64, n int) []annotate.FlowChange {
	weight := 0.0
	for k := range t.flows {
		weight += t.weights[k][last]
	}
	effects := make([]float64, len(t.flows))
	var flows []int
	for k := range t.flows {
		change := t.flows[k].composites[last].Score - t.flows[k].composites[first].Score
		effects[k] = change * t.weights[k][last] / weight
		if math.Abs(effects[k]) >= least {
			flows = append(flows, k)
		}
	}
	slices.SortStableFunc(flows, func(a, b int) int { return cmp.Compare(math.Abs(effects[b]), math.Abs(effects[a])) })
	var changes []annotate.FlowChange
	for _, k := range flows[:min(len(flows), n)] {
		f := &t.flows[k]
		change := annotate.Change{Name: f.Flow.Flow.DisplayName(), Then: f.composites[first].Score, Now: f.composites[last].Score}
		changes = append(changes, annotate.FlowChange{Flow: f.Flow.Flow.Name, Change: change, SLI: f.largestChange(first, last)})
	}
	return changes
}

// largestChange returns the change of the SLI that weighs most in the direction of the flow's own; nil where none does.
func (f *flow) largestChange(first, last int) *annotate.Change {
	down := f.composites[last].Score < f.composites[first].Score
	var cause *annotate.Change
	most := 0.0
	for _, slis := range f.views() {
		for j, sli := range f.slis {
			then, now := slis[j].observations.at(first).Score, slis[j].observations.at(last).Score
			effect := (now - then) * sli.Weight
			if sli.Key {
				effect *= float64(len(f.slis)) // It caps the flow.
			}
			if effect != 0 && down == (effect < 0) && math.Abs(effect) > most {
				most, cause = math.Abs(effect), &annotate.Change{Name: sli.DisplayName(), Then: then, Now: now}
			}
		}
	}
	return cause
}

// IsUnderObjective reports whether the whole, or one of its flows, is under its objective at an instant.
func (t *Tree) IsUnderObjective(i int) bool {
	under := func(c cer.Composite, objective float64) bool {
		return objective > 0 && !math.IsNaN(c.Score) && !cer.Meets(c.Score, objective)
	}
	if under(t.overall[i], t.plan.Catalog.Objective) {
		return true
	}
	return slices.ContainsFunc(t.flows, func(f flow) bool { return under(f.composites[i], f.Flow.Flow.ObjectiveIn(t.shared)) })
}

// FlowCourses returns the scores of the flows that are shown at two instants.
func (t *Tree) FlowCourses(first, last int) []annotate.Course {
	var courses []annotate.Course
	for k := range t.flows {
		f := &t.flows[k]
		if !f.Shown {
			continue
		}
		now := f.composites[last]
		courses = append(courses, annotate.Course{
			Flow: f.name(), Name: f.Flow.Flow.DisplayName(), Objective: f.Flow.Flow.ObjectiveIn(t.shared),
			Then: f.composites[first].Score, Now: now.Score, IsIdle: now.Reason == cer.ReasonIdle})
	}
	return courses
}

// MissingSLIs returns the names of the SLIs without telemetry at an instant, as flow/sli.
func (t *Tree) MissingSLIs(i int) []string {
	var missing []string
	for k := range t.flows {
		for _, name := range t.flows[k].missing(i, false) {
			missing = append(missing, t.flows[k].name()+"/"+name)
		}
	}
	return missing
}
