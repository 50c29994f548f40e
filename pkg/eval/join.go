package eval

import (
	"fmt"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// Join returns the results of queries that are about different flows, and otherwise the same, as the one of all.
func Join(results []*Result) *Result {
	all := &Result{Plan: results[0].Plan}
	for _, r := range results {
		all.Members = append(all.Members, r.Members...)
		all.Incidents = append(all.Incidents, r.Incidents...)
		for _, n := range r.Notices {
			if !slices.Contains(all.Notices, n) {
				all.Notices = append(all.Notices, n)
			}
		}
	}
	inOrderOfOnset(all.Incidents)
	if rest := len(all.Notices) - maxNotices; rest > 0 {
		all.Notices = append(all.Notices[:maxNotices:maxNotices], cer.Notice{Text: fmt.Sprintf("and %d more notices like these", rest)})
	}
	return all
}

// inOrderOfOnset sorts incidents by when they began.
func inOrderOfOnset(incidents []Incident) {
	slices.SortStableFunc(incidents, func(a, b Incident) int { return a.Onset.Compare(b.Onset) })
}
