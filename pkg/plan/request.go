package plan

import (
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Request is one expression that the store is asked for leaves by, while nothing of them is kept.
type Request struct {
	PromQL string
	Range  series.Range
	// Leaves are the positions of those that it stands for.
	Leaves []int
}

// Requests returns how the leaves of a plan are asked for: together where that reads no more.
func (p *Plan) Requests() []Request {
	var ranges []series.Range
	byRange := map[series.Range][]int{}
	for i, leaf := range p.Leaves {
		if byRange[leaf.Range] == nil {
			ranges = append(ranges, leaf.Range)
		}
		byRange[leaf.Range] = append(byRange[leaf.Range], i)
	}
	var all []Request
	for _, over := range ranges {
		leaves := byRange[over]
		promQLs := make([]string, len(leaves))
		for i, leaf := range leaves {
			promQLs[i] = p.Leaves[leaf].PromQL
		}
		for _, m := range expand.Merge(promQLs) {
			request := Request{PromQL: m.PromQL, Range: over}
			for _, member := range m.Members {
				request.Leaves = append(request.Leaves, leaves[member])
			}
			all = append(all, request)
		}
	}
	return all
}
