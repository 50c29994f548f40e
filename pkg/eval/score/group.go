package score

import (
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Group is the flows that an overall score is made of: all, or those with the same values of the labels that the query
// splits by.
type Group struct {
	// Number is its place among the groups.
	Number int
	// flows are their positions in each segment of the plan.
	flows  []int
	labels map[string]string
}

// in returns the flows of the group in a segment.
func (g Group) in(segment *plan.Segment) []*plan.Flow {
	flows := make([]*plan.Flow, len(g.flows))
	for k, at := range g.flows {
		flows[k] = &segment.Flows[at]
	}
	return flows
}

// Groups returns the groups of a plan, all of whose segments have the same flows.
func Groups(p *plan.Plan, segment *plan.Segment) []Group {
	var all []Group
	byKey := map[string]int{}
	for k := range segment.Flows {
		f := segment.Flows[k].Flow
		labels, key := map[string]string{}, ""
		if p.Query.Level == query.LevelOverall {
			labels = flowLabels(p, f)
			key = cohortOf(func(name string) string { return f.Labels[name] }, p.FlowLabels).key()
		}
		at, known := byKey[key]
		if !known {
			at = len(all)
			byKey[key] = at
			all = append(all, Group{Number: at, labels: labels})
		}
		all[at].flows = append(all[at].flows, k)
	}
	return all
}

// flowLabels returns the labels of a flow that the query splits by.
func flowLabels(p *plan.Plan, f *cer.Flow) map[string]string {
	labels := map[string]string{}
	for _, name := range p.FlowLabels {
		if value := f.Labels[name]; value != "" {
			labels[name] = value
		}
	}
	return labels
}
