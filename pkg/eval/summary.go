package eval

import (
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/eval/score"
)

// summarize says in sentences what changed from the first instant of a tree to the last, and why.
func summarize(t *score.Tree) []string {
	first, last := 0, t.Len()-1
	catalog := t.Dataset.Plan.Catalog
	sentences := []string{annotate.Headline{
		Catalog: catalog.Name, Cohort: t.Labels(), Objective: catalog.Objective, IsInstant: t.Len() < 2,
		Then: t.Overall(first).Score, Now: t.Overall(last).Score,
	}.String()}
	for _, c := range t.LargestChanges(first, last, annotate.Notable, annotate.MaxNamed) {
		sentences = append(sentences, annotate.FlowChange(c.Flow, c.SLI))
	}
	if coverage := t.Overall(last).Coverage; !cer.Meets(coverage, 1) {
		sentences = append(sentences, annotate.Gaps(coverage, t.MissingSLIs(last)))
	}
	return sentences
}
