package plan

import (
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Request is one expression that the store is asked for leaves by, while none of them is cached.
type Request struct {
	PromQL string
	Range  series.Range
	// Leaves are the positions of those that it stands for, in the leaves that were merged.
	Leaves []int
}

// Requests returns how leaves are asked for: merged where that reads no more samples.
func Requests(leaves []expand.Leaf) []Request {
	var ranges []series.Range
	byRange := map[series.Range][]int{}
	for i, leaf := range leaves {
		if byRange[leaf.Range] == nil {
			ranges = append(ranges, leaf.Range)
		}
		byRange[leaf.Range] = append(byRange[leaf.Range], i)
	}
	var all []Request
	for _, over := range ranges {
		positions := byRange[over]
		exprs := make([]*expand.Expr, len(positions))
		for i, at := range positions {
			exprs[i] = leaves[at].Expr
		}
		for _, m := range expand.Merge(exprs) {
			request := Request{PromQL: m.Expr.String(), Range: over}
			for _, member := range m.Members {
				request.Leaves = append(request.Leaves, positions[member])
			}
			all = append(all, request)
		}
	}
	return all
}
