package score

import (
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// treeOf returns the tree of a query about some flows over an hour, for which the store has the same number everywhere.
func treeOf(t *testing.T, text string, flows int) *Tree {
	t.Helper()
	q, err := query.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	times := plan.Times{From: now.Add(-time.Hour), To: now, Interval: time.Minute, Now: now, Scrape: 30 * time.Second}
	p, err := plan.Build(q, fixture.Compile(fixture.Flows(flows)), times, fixture.FactsOfFlows(flows))
	if err != nil {
		t.Fatal(err)
	}
	answers := make([]series.Answer, len(p.Leaves))
	for i, leaf := range p.Leaves {
		answers[i] = series.Answer{Series: []series.Series{{Values: newColumn(leaf.Range.Len(), func(int) float64 { return 1 })}}}
	}
	segment := p.Segments()[0]
	return NewDataset(p, answers).Trees(Groups(p, segment)[0], Cohort{}).Main
}

// A table of a thousand flows would else compute the shares of a thousand flows a thousand times, and that for each of the
// thousands of time slices of its budgets.
func TestSharesOfFlowsAreComputedOnceForATable(t *testing.T) {
	for _, text := range []string{
		`{"format":"table","level":"flow"}`, `{"format":"table","level":"sli"}`, `{"format":"table","level":"flow","measure":"budget"}`,
	} {
		tree := treeOf(t, text, 30)
		for _, m := range tree.Members() {
			m.NewestLoss()
		}
		if tree.shares.computed != 1 {
			t.Errorf("%s: the shares were computed at %d instants of %d, want 1", text, tree.shares.computed, tree.Len())
		}
	}
}

func TestSharesOfFlowsAreComputedOnceForARange(t *testing.T) {
	tree := treeOf(t, `{"level":"flow","measure":"weight"}`, 30)
	for i := range tree.Len() {
		sum := 0.0
		for _, m := range tree.Members() {
			sum += m.Shares()[i]
		}
		if sum < 1-1e-9 || sum > 1+1e-9 {
			t.Fatalf("the shares add up to %v", sum)
		}
	}
	if tree.shares.computed != tree.Len() {
		t.Errorf("the shares were computed at %d instants, want %d", tree.shares.computed, tree.Len())
	}
}
