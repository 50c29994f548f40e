package postmortem

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// A change of the catalog stands in the timeline, but no question asks whether it led to the incident: the numbers of before it are
// computed by the new catalog too.
func TestAChangeOfTheCatalogIsNoSuspect(t *testing.T) {
	onset := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	r := &Report{Onset: onset, Detected: onset, End: onset.Add(time.Hour), Events: []Event{
		{Name: "deploys", Kind: "deployment", Text: "version=2", From: onset.Add(-10 * time.Minute)},
		{Name: "Catalog changed", Kind: "catalog", Text: "flow checkout: objective 99% → 99.5%", From: onset.Add(-5 * time.Minute)},
	}}
	var texts []string
	for _, e := range timelineOf(r) {
		texts = append(texts, e.Text)
	}
	for _, want := range []string{"Event deploys (deployment): version=2, 10 min before the onset", "Catalog changed (flow checkout: objective 99% → 99.5%), 5 min before the onset"} {
		if !slices.Contains(texts, want) {
			t.Errorf("the timeline lacks %q: %q", want, texts)
		}
	}
	questions := strings.Join(questionsOf(r), "\n")
	if !strings.Contains(questions, "Did deploys (deployment)") || strings.Contains(questions, "Catalog changed") {
		t.Errorf("the questions are\n%s", questions)
	}
}
