package eval_test

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/eval/budget"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// blocksCatalog has windows that reach over several pages, and what reads beyond a slice: scores that are held, weights
// that follow traffic, and maintenances.
func blocksCatalog(random *rand.Rand) *cer.Catalog {
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

// TestBlocksChangeNothing asks about slices that are summed up in pages, and about the same ones without: numbers are the
// same to the last bit, and so are the notices.
func TestBlocksChangeNothing(t *testing.T) {
	paged, numbers := 0, 0
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 21))
		h := &history{seed: seed, gaps: true, columns: map[string][]float64{}}
		answer := func(leaf expand.Leaf) series.Answer {
			found := h.answer(leaf)
			if seed%3 == 0 && strings.Contains(leaf.Expr.String(), "(b)") { // Now and then there are several series where one is needed.
				other := make([]float64, leaf.Range.Len())
				for i := range other {
					if other[i] = math.NaN(); leaf.Range.Time(i).Minute() == 7 {
						other[i] = 1
					}
				}
				found.Series = append(found.Series, series.Series{Labels: labels.FromMap(map[string]string{"x": "y"}), Values: other})
			}
			if seed%5 == 0 && leaf.Range.Start < noon.Add(-16*time.Hour).UnixMilli() {
				found.Warnings = []string{"some of it is missing"}
			}
			return found
		}
		c := blocksCatalog(random)
		for range 6 {
			text := fmt.Sprintf(`{"level":%q,"measure":%q,"format":%q}`, pick(random, "overall", "flow"), pick(random, "budget", "burn", "exhaustion", "state"),
				pick(random, "timeseries", "latest", "table"))
			switch random.IntN(4) {
			case 0:
				text = fmt.Sprintf(`{"level":%q,"measure":"state","format":"incidents"}`, pick(random, "overall", "flow"))
			case 1:
				text = fmt.Sprintf(`{"level":%q,"measure":"burn","window":"20h"}`, pick(random, "flow", "component", "sli"))
			}
			q, err := query.Parse([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			to := time.Duration(random.IntN(600)) * time.Minute
			times := plan.Times{From: noon.Add(-to - time.Duration(1+random.IntN(300))*time.Minute), To: noon.Add(-to),
				Interval: time.Duration(1+random.IntN(10)) * time.Minute, Now: noon, Scrape: 15 * time.Second}
			want := askAt(t, q, c, answer, times)
			times.Overlap = time.Duration(1+random.IntN(60)) * time.Minute
			got := askAt(t, q, c, answer, times)
			for _, part := range got.Plan.Parts() {
				if part.Coarse != nil {
					paged += len(part.Coarse.Blocks)
				}
			}
			for _, m := range want.Members {
				for _, column := range m.Columns {
					numbers += len(column)
				}
			}
			if d := cmp.Diff(want, got, cmpopts.EquateNaNs(), cmpopts.IgnoreFields(eval.Result{}, "Plan", "Notices", "StoreNotices")); d != "" {
				t.Fatalf("world %d, %s: with pages\n%s", seed, text, d)
			}
			if d := cmp.Diff(texts(want), texts(got)); d != "" {
				t.Fatalf("world %d, %s: the notices with blocks\n%s", seed, text, d)
			}
		}
	}
	if paged < 2000 || numbers < 50_000 {
		t.Errorf("%d blocks and %d numbers were compared; these are too few", paged, numbers)
	}
}

func pick[T any](random *rand.Rand, from ...T) T { return from[random.IntN(len(from))] }

// points matches how many points something holds at: pages are read as a whole, of which some slices may not be needed.
var points = regexp.MustCompile(`(all )?\d+( of \d+)? points`)

// texts returns those of a result's notices.
func texts(r *eval.Result) []string {
	var texts []string
	for _, n := range r.Notices {
		texts = append(texts, points.ReplaceAllString(n.String(), "some points"))
	}
	return texts
}

// TestBlocksOfOneQueryServeOthers asks about all kinds of things side by side, of which those share the sums of blocks whose
// keys are the same: numbers are those that each query gets by itself.
func TestBlocksOfOneQueryServeOthers(t *testing.T) {
	type place struct {
		key    string
		number int64
	}
	served, made := 0, 0
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 33))
		c := blocksCatalog(random)
		c.Budget.Slice = []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute}[random.IntN(3)]
		c.Budget.Window = time.Duration(1000+random.IntN(500)) * c.Budget.Slice
		window := func(share time.Duration) model.Duration {
			return model.Duration((c.Budget.Window / share).Truncate(c.Budget.Slice))
		}
		c.Policies[1].When = fmt.Sprintf(`burn("%s") > 2 && sli("a").burn("%s") > 1 && component("availability").score < 0.9`, window(3), window(2))
		c.Flows[0].Labels, c.Flows[1].Labels = map[string]string{"team": "pay"}, map[string]string{"team": "find"}
		compiled, known := fixture.Compile(c), map[place]*budget.BlockSums{}
		for range 12 {
			text := fmt.Sprintf(`{"level":%q,"measure":%q,"format":%q%s}`, pick(random, "overall", "flow"), pick(random, "budget", "burn", "exhaustion", "state"),
				pick(random, "timeseries", "latest", "table"), pick(random, "", "", `,"by":["team"]`, `,"flows":["checkout"]`, `,"where":{"team":["pay"]}`))
			if random.IntN(3) == 0 {
				text = fmt.Sprintf(`{"measure":"burn","window":"80h",%s}`, pick(random, `"level":"flow"`, `"level":"component"`,
					`"level":"component","components":["availability"]`, `"level":"sli"`, `"level":"sli","slis":["a"]`, `"level":"sli","slis":["b"]`))
			}
			q, err := query.Parse([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			to := time.Duration(random.IntN(600)) * time.Minute
			times := plan.Times{From: noon.Add(-to - time.Duration(1+random.IntN(300))*time.Minute), To: noon.Add(-to),
				Interval: time.Duration(1+random.IntN(10)) * time.Minute, Now: noon, Scrape: 15 * time.Second}
			want, err := plan.Build(q, compiled, times, expand.Facts{})
			if err != nil {
				continue // Some of them go with no policy.
			}
			alone, err := eval.Evaluate(want, answersOf(want, seed), nil)
			if err != nil {
				t.Fatal(err)
			}
			times.Overlap = 10 * time.Minute
			p, err := plan.Build(q, compiled, times, expand.Facts{})
			if err != nil {
				t.Fatal(err)
			}
			kept := budget.BlockResults{}
			for _, part := range p.Parts() {
				if part.Coarse == nil {
					continue
				}
				keys := part.BlockKeys()
				for _, block := range part.Coarse.Blocks {
					at := place{keys(block), plan.BlockNumber(block)}
					if known[at] == nil {
						made++
						alone := part.ForBlock(block)
						known[at] = budget.NewBlockSums(alone, answersOf(alone, seed))
					} else {
						served++
					}
					kept[budget.Block{Part: part, Range: block}] = known[at]
				}
			}
			got, err := eval.Evaluate(p, answersOf(p, seed), kept)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(alone, got, cmpopts.EquateNaNs(), cmpopts.IgnoreFields(eval.Result{}, "Plan", "Notices")); d != "" {
				t.Fatalf("world %d, %s: with the blocks of other queries\n%s", seed, text, d)
			}
		}
	}
	if served < 500 || made < 500 {
		t.Errorf("%d blocks were made and %d were served; these are too few", made, served)
	}
}

// answersOf are numbers that follow from the expression, the instant and a seed, and are missing now and then.
func answersOf(p *plan.Plan, seed uint64) []series.Answer {
	answers := make([]series.Answer, len(p.Leaves))
	for i, leaf := range p.Leaves {
		of := fnv.New64a()
		fmt.Fprint(of, leaf.Expr.String())
		values := make([]float64, leaf.Range.Len())
		for k := range values {
			minute := uint64(leaf.Range.Time(k).Unix() / 60)
			number := rand.New(rand.NewPCG(of.Sum64()^seed, minute/17)).Float64()
			if values[k] = number; number < .1 {
				values[k] = math.NaN()
			}
		}
		answers[i] = series.Answer{Series: []series.Series{{Values: values}}}
	}
	return answers
}
