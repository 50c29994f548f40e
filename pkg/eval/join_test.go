package eval_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// TestHalvesMakeUpTheWhole decides states and incidents for all flows at once, and half by half.
func TestHalvesMakeUpTheWhole(t *testing.T) {
	incidents := 0
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 33))
		h := &history{seed: seed, gaps: true, columns: map[string][]float64{}}
		c := blocksCatalog(random)
		if seed%3 == 0 { // One of the halves has no policy then.
			c.Policies = c.Policies[1:]
		}
		for _, format := range []string{`"timeseries"`, `"latest"`, `"latest","worst":2`, `"timeseries","by":["policy"]`, `"latest","by":["policy"],"worst":1`, `"summary"`, `"incidents"`} {
			q, err := query.Parse(fmt.Appendf(nil, `{"level":"flow","measure":"state","format":%s}`, format))
			if err != nil {
				t.Fatal(err)
			}
			times := plan.Times{From: noon.Add(-3 * time.Hour), To: noon, Interval: time.Minute, Now: noon, Scrape: 15 * time.Second}
			want := askAt(t, q, c, h.answer, times)
			halves := plan.SplitByFlow(q, fixture.Compile(c))
			if len(halves) != 2 {
				t.Fatalf("%d halves", len(halves))
			}
			var results []*eval.Result
			for _, half := range halves {
				results = append(results, askAt(t, half, c, h.answer, times))
			}
			got := eval.Join(results)
			if d := cmp.Diff(want, got, cmpopts.EquateNaNs(), cmpopts.IgnoreFields(eval.Result{}, "Plan", "Notices")); d != "" {
				t.Fatalf("world %d, %s\n%s", seed, format, d)
			}
			if d := cmp.Diff(texts(want), texts(got), cmpopts.SortSlices(func(a, b string) bool { return a < b })); d != "" {
				t.Fatalf("world %d, %s: the notices\n%s", seed, format, d)
			}
			incidents += len(want.Incidents)
		}
	}
	if incidents < 50 {
		t.Errorf("%d incidents were compared; these are too few", incidents)
	}
}

func TestWhatHasNoHalves(t *testing.T) {
	for name, text := range map[string]string{
		"the whole":     `{"level":"overall","measure":"state"}`,
		"a single flow": `{"level":"flow","measure":"state","flows":["checkout"]}`,
		"scores":        `{"level":"flow","measure":"score"}`,
		"a split":       `{"level":"flow","measure":"state","by":["region"]}`,
		"a table":       `{"level":"flow","measure":"state","format":"table"}`,
	} {
		q, err := query.Parse([]byte(text))
		if err != nil {
			t.Fatal(name, err)
		}
		if halves := plan.SplitByFlow(q, fixture.Compile(budgetCatalog())); halves != nil {
			t.Errorf("%s has halves: %+v", name, halves)
		}
	}
}
