package fetch

import (
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// mergePieces returns requests for missing pieces, with those of each range merged.
func (m *mergings) mergePieces(missing []Leaf) []Request {
	byRange := map[series.Range][]int{}
	for i, leaf := range missing {
		byRange[leaf.Range] = append(byRange[leaf.Range], i)
	}
	var requests []Request
	for over, positions := range byRange {
		promQLs := make([]string, len(positions))
		for i, at := range positions {
			promQLs[i] = missing[at].PromQL
		}
		for _, merged := range m.of(promQLs) {
			requests = append(requests, requestOf(merged, over, positions))
		}
	}
	return requests
}

// requestOf returns the request for a merged expression over a range, given the positions of those that were merged.
func requestOf(merged expand.Merged, over series.Range, positions []int) Request {
	r := Request{Leaf: Leaf{PromQL: merged.Expr.String(), Range: over}, Unmerge: merged.Unmerge}
	for _, member := range merged.Members {
		r.Members = append(r.Members, positions[member])
	}
	return r
}
