package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// describeFacts returns sentences on what was found of the store within a period, in the order of the metrics: how far apart
// samples are, and the edges of buckets, each with the time since when it is so where it changed within the period. What is so of
// several is one sentence.
func describeFacts(facts expand.Facts, within expand.Period) []string {
	var spacings, histograms grouped
	for _, metric := range slices.Sorted(maps.Keys(facts.Spacings)) {
		if timeline := facts.Spacings[metric]; len(timeline) > 0 {
			newest := timeline[len(timeline)-1]
			spacings.add(metric, fmt.Sprintf("%s apart%s", ofJobs(newest.Value), since(newest.From, within)))
		}
	}
	selectors := slices.SortedFunc(maps.Keys(facts.Histograms), func(a, b expand.HistogramSelector) int { return cmp.Compare(a.Native, b.Native) })
	for _, selector := range selectors {
		if timeline := facts.Histograms[selector]; len(timeline) > 0 {
			newest := timeline[len(timeline)-1]
			if newest.Value.Classic {
				histograms.add(selector.Native, fmt.Sprintf("the bucket edges %s%s", edgesOf(newest.Value), since(newest.From, within)))
			}
			if n := len(newest.Value.Ranges); n > 0 {
				histograms.add(selector.Native, fmt.Sprintf("%d buckets by vmrange", n))
			}
		}
	}
	return slices.Concat(
		spacings.sentences(func(names, rest string, _ int) string { return "samples of " + names + " are " + rest }),
		histograms.sentences(func(names, rest string, n int) string {
			if n == 1 {
				return names + " has " + rest
			}
			return names + " have " + rest
		}))
}

// grouped are names by what is so of them, in the order in which they were added.
type grouped struct {
	facts []string
	names map[string][]string
}

// add adds a name of which something is so.
func (g *grouped) add(name, fact string) {
	if g.names == nil {
		g.names = map[string][]string{}
	}
	if g.names[fact] == nil {
		g.facts = append(g.facts, fact)
	}
	g.names[fact] = append(g.names[fact], name)
}

// maxNamed is the number of names in a sentence on what is so of several.
const maxNamed = 3

// sentences returns a sentence on each fact.
func (g *grouped) sentences(sentence func(names, fact string, n int) string) []string {
	var all []string
	for _, fact := range g.facts {
		names := g.names[fact]
		all = append(all, sentence(list.First(names, maxNamed), fact, len(names)))
	}
	return all
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
