package score

import (
	"cmp"
	"math"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
)

// FlowChange is a change of the score of a flow, and of the SLI that contributed most to it; that is nil where none did.
type FlowChange struct {
	Flow annotate.Change
	SLI  *annotate.Change
}

// LargestChanges returns the changes of flows between two instants that changed the overall score most, each by at least
// so much, the largest first and at most n.
func (t *Tree) LargestChanges(first, last int, least float64, n int) []FlowChange {
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
	var changes []FlowChange
	for _, k := range flows[:min(len(flows), n)] {
		f := &t.flows[k]
		change := annotate.Change{Name: f.Flow.Flow.DisplayName(), Then: f.composites[first].Score, Now: f.composites[last].Score}
		changes = append(changes, FlowChange{Flow: change, SLI: f.largestChange(first, last)})
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
