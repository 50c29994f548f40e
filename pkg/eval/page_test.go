package eval_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// pagedCatalog has windows that reach over several pages, and what reads beyond a slice: scores that are held, weights
// that follow traffic, and maintenances.
func pagedCatalog(random *rand.Rand) *cer.Catalog {
	return budgetCatalog(func(c *cer.Catalog) {
		c.Budget.Slice = time.Minute
		c.Budget.Window = time.Duration(17+random.IntN(10)) * time.Hour
		c.Budget.Lookback = time.Duration(random.IntN(3)) * time.Hour
		c.Budget.Method = cer.BudgetingMethods()[random.IntN(3)]
		c.MinCoverage = []float64{0, .6}[random.IntN(2)]
		c.Flows[0].SLIs[0].Objective = .9
		if random.IntN(2) == 0 {
			c.Flows[0].SLIs[1].Missing, c.Flows[0].SLIs[1].MaxDelay = cer.Hold, 7*time.Minute
		}
		if effects := []cer.MaintenanceEffect{cer.EffectExclude, cer.EffectGood, cer.EffectSuppress}; random.IntN(2) == 0 {
			c.Maintenance = []cer.Maintenance{{Name: "works", Effect: effects[random.IntN(3)], PromQL: "max(m)"}}
		}
		if random.IntN(2) == 0 {
			c.Flows[1].Dynamic = &cer.DynamicWeight{PromQL: "max(c)"}
		}
		c.Policies = []cer.AlertPolicy{
			{Name: "spent", Severity: cer.TicketSeverity, When: `budget < 0.2`},
			{Name: "slow", Severity: cer.PageSeverity, Flows: cer.FlowSelection{Names: []string{"checkout"}},
				When: `burn("8h") > 2 && sli("a").burn("16h") > 1 && component("availability").score < 0.9`, KeepFor: 5 * time.Minute},
		}
	})
}

// TestPagesChangeNothing asks about slices that are summed up in pages, and about the same ones without: numbers are the
// same to the last bit, and so is what is said of them.
func TestPagesChangeNothing(t *testing.T) {
	paged, numbers := 0, 0
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 21))
		h := &history{seed: seed, gaps: true, columns: map[string][]float64{}}
		answer := func(leaf plan.Leaf) plan.Answer {
			found := h.answer(leaf)
			if seed%3 == 0 && strings.Contains(leaf.PromQL, "(b)") { // Now and then nobody can tell which series is meant.
				other := make([]float64, leaf.Range.Len())
				for i := range other {
					if other[i] = math.NaN(); leaf.Range.At(i).Minute() == 7 {
						other[i] = 1
					}
				}
				found.Series = append(found.Series, plan.Series{Labels: map[string]string{"x": "y"}, Values: other})
			}
			if seed%5 == 0 && leaf.Range.Start.Before(noon.Add(-16*time.Hour)) {
				found.Warnings = []string{"some of it is missing"}
			}
			return found
		}
		c := pagedCatalog(random)
		for range 6 {
			query := fmt.Sprintf(`{"level":%q,"measure":%q,"format":%q}`, pick(random, "overall", "flow"), pick(random, "budget", "burn", "exhaustion", "state"),
				pick(random, "timeseries", "latest", "table"))
			switch random.IntN(4) {
			case 0:
				query = fmt.Sprintf(`{"level":%q,"measure":"state","format":"incidents"}`, pick(random, "overall", "flow"))
			case 1:
				query = fmt.Sprintf(`{"level":%q,"measure":"burn","window":"20h"}`, pick(random, "flow", "component", "sli"))
			}
			q, err := plan.ParseQuery([]byte(query))
			if err != nil {
				t.Fatal(err)
			}
			to := time.Duration(random.IntN(600)) * time.Minute
			times := plan.Times{From: noon.Add(-to - time.Duration(1+random.IntN(300))*time.Minute), To: noon.Add(-to),
				Interval: time.Duration(1+random.IntN(10)) * time.Minute, Now: noon, Scrape: 15 * time.Second}
			want := askAt(t, q, c, answer, times)
			times.Overlap = time.Duration(1+random.IntN(60)) * time.Minute
			got := askAt(t, q, c, answer, times)
			for _, pages := range got.Plan.Pages() {
				paged += len(pages)
			}
			for _, m := range want.Members {
				for _, column := range m.Columns {
					numbers += len(column)
				}
			}
			if d := cmp.Diff(want, got, cmpopts.EquateNaNs(), cmpopts.IgnoreFields(eval.Result{}, "Plan", "Notices")); d != "" {
				t.Fatalf("world %d, %s: with pages\n%s", seed, query, d)
			}
			if d := cmp.Diff(said(want), said(got)); d != "" {
				t.Fatalf("world %d, %s: what is said of pages\n%s", seed, query, d)
			}
		}
	}
	if paged < 2000 || numbers < 50_000 {
		t.Errorf("%d pages and %d numbers were compared; these are too few to tell", paged, numbers)
	}
}

func pick[T any](random *rand.Rand, from ...T) T { return from[random.IntN(len(from))] }

// points matches how many points something holds at: pages are read as a whole, of which some slices may not be needed.
var points = regexp.MustCompile(`(all )?\d+( of \d+)? points`)

// said are the texts of a result's notices.
func said(r *eval.Result) []string {
	var texts []string
	for _, n := range r.Notices {
		texts = append(texts, points.ReplaceAllString(n.String(), "some points"))
	}
	return texts
}
