package annotate_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
)

// textsOf returns the texts of annotations.
func textsOf(all cer.Annotations) []string {
	var texts []string
	for _, n := range all {
		texts = append(texts, n.Text)
	}
	return texts
}

func TestTheWorstFindingsComeFirst(t *testing.T) {
	finding := func(text string, points int, now bool) annotate.Finding {
		return annotate.Finding{Notice: cer.Notice{Text: text}, Points: points, Now: now}
	}
	got := textsOf(annotate.Worst([]annotate.Finding{
		finding("long ago", 9, false), finding("now", 1, true), finding("now, and for longer", 5, true), finding("long ago, the second", 9, false),
	}))
	if want := []string{"now, and for longer", "now", "long ago", "long ago, the second"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFindingsOfEachKindAreCapped(t *testing.T) {
	var x annotate.Findings
	for i := range 12 {
		x.Scores = append(x.Scores, annotate.FlowIdle(fmt.Sprintf("flow%d", i), annotate.Points{Count: 1, All: 1}))
	}
	x.SLIs = []annotate.Finding{annotate.Unusable("flow0/p99", annotate.Points{Count: 1, Last: 2, All: 3})}
	got := x.Annotations()
	if len(got) != 12 || got[10].Text != "and 2 more notices like these" || got[11].Subject != "flow0/p99" {
		t.Errorf("got %d: %v", len(got), got)
	}
}

func TestFindingsAreWarningsOnlyWhileTheyHold(t *testing.T) {
	tests := map[string]struct {
		finding annotate.Finding
		want    cer.Severity
	}{
		"at the newest instant":              {annotate.Unusable("a", annotate.Points{Count: 1, Last: 2, All: 3}), cer.Warning},
		"before":                             {annotate.Unusable("a", annotate.Points{Count: 2, Last: 1, All: 3}), cer.Info},
		"what only explains is never one":    {annotate.Saturated("a", annotate.Points{Count: 3, Last: 2, All: 3}), cer.Info},
		"an idle flow is nothing to look at": {annotate.FlowIdle("a", annotate.Points{Count: 3, Last: 2, All: 3}), cer.Info},
	}
	for name, test := range tests {
		if test.finding.Severity != test.want {
			t.Errorf("%s: the severity is %d, want %d", name, test.finding.Severity, test.want)
		}
	}
}

func TestPoints(t *testing.T) {
	tests := map[string]annotate.Points{
		"this instant":           {Count: 1, Last: 0, All: 1},
		"all 3 points":           {Count: 3, Last: 2, All: 3},
		"2 of 3 points":          {Count: 2, Last: 2, All: 3},
		"both ends of the range": {Count: 2, Last: 1, All: 2, Ends: true},
		"the end of the range":   {Count: 1, Last: 1, All: 2, Ends: true},
		"the start of the range": {Count: 1, Last: 0, All: 2, Ends: true},
	}
	for want, points := range tests {
		if got := points.String(); got != want {
			t.Errorf("%+v is %q, want %q", points, got, want)
		}
	}
}

func TestConflictsOfAnExpressionAreSummed(t *testing.T) {
	var store, block annotate.Store
	store.AddWarnings([]string{"slow"})
	store.AddConflict("b", annotate.Conflict{Points: 1, Of: 3})
	block.AddWarnings([]string{"slow", "partial"})
	block.AddConflict("b", annotate.Conflict{Points: 2, Of: 4})
	block.AddConflict("not asked", annotate.Conflict{Points: 1, Of: 1})
	store.Merge(&block)
	got := store.Annotations([]string{"a", "b", "b"}, func(string) []string { return []string{"checkout/psp"} })
	want := cer.Annotations{
		{Severity: cer.Warning, Text: "the store warns: slow"}, {Severity: cer.Warning, Text: "the store warns: partial"},
		{Severity: cer.Warning, Subject: "checkout/psp", Text: "several series came back at 3 of 7 points for b; aggregate them in the catalog, for example with sum(...) or avg(...), or select one. Until then they count as missing"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
