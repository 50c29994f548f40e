package eval

import (
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
)

// Join returns the results of queries about different flows, and otherwise the same, as the result of one query about all
// of them. Its plan is that of the first one, with the notices of all plans.
func Join(results []*Result) *Result {
	p := *results[0].Plan
	p.Notices = nil
	all := &Result{Plan: &p}
	for _, r := range results {
		all.Members = append(all.Members, r.Members...)
		all.Incidents = append(all.Incidents, r.Incidents...)
		all.Courses = append(all.Courses, r.Courses...)
		all.Notices.Merge(r.Notices)
		all.StoreNotices.Merge(r.StoreNotices)
		p.Notices.Merge(r.Plan.Notices)
	}
	all.Members = worstMembers(&p, all.Members)
	sortByOnset(all.Incidents)
	all.Notices = annotate.First(all.Notices)
	return all
}

// sortByOnset sorts incidents by when they began.
func sortByOnset(incidents []Incident) {
	slices.SortStableFunc(incidents, func(a, b Incident) int { return a.Onset.Compare(b.Onset) })
}
