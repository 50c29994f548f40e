package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// describeFacts returns sentences on what was found of the store within a period, in the order of the metrics: how far apart
// samples are, and the edges of buckets, each with the time since when it is so where it changed within the period.
func describeFacts(facts expand.Facts, within expand.Period) []string {
	var found []string
	for _, metric := range slices.Sorted(maps.Keys(facts.Spacings)) {
		if timeline := facts.Spacings[metric]; len(timeline) > 0 {
			newest := timeline[len(timeline)-1]
			found = append(found, fmt.Sprintf("samples of %s are %s apart%s", metric, ofJobs(newest.Value), since(newest.From, within)))
		}
	}
	selectors := slices.SortedFunc(maps.Keys(facts.Histograms), func(a, b expand.HistogramSelector) int { return cmp.Compare(a.Native, b.Native) })
	for _, selector := range selectors {
		if timeline := facts.Histograms[selector]; len(timeline) > 0 {
			newest := timeline[len(timeline)-1]
			if newest.Value.Classic {
				found = append(found, fmt.Sprintf("%s has the bucket edges %s%s", selector.Native, edgesOf(newest.Value), since(newest.From, within)))
			}
			if n := len(newest.Value.Ranges); n > 0 {
				found = append(found, fmt.Sprintf("%s has %d buckets by vmrange", selector.Native, n))
			}
		}
	}
	return found
}

// ofJobs prints spacings, with the jobs where these differ.
func ofJobs(spacing expand.Spacing) string {
	jobs := map[time.Duration][]string{}
	for _, job := range slices.Sorted(maps.Keys(spacing)) {
		jobs[spacing[job]] = append(jobs[spacing[job]], fmt.Sprintf("%q", job))
	}
	var all []string
	for _, d := range slices.Sorted(maps.Keys(jobs)) {
		if len(jobs) == 1 {
			return inWords(d)
		}
		all = append(all, fmt.Sprintf("%s (job %s)", inWords(d), listed(jobs[d])))
	}
	return strings.Join(all, ", ")
}

// edgesOf prints the edges of a histogram's buckets.
func edgesOf(h expand.Histogram) string {
	var all []string
	for _, edge := range h.Edges {
		text := fmt.Sprintf("%g", edge.Bound)
		if edge.Partial {
			text += " (not of all instances)"
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// since says since when something is so; "" where it was so before the period.
func since(from int64, within expand.Period) string {
	if from <= within.From {
		return ""
	}
	return ", since " + series.Time(from).Format(time.RFC3339)
}
