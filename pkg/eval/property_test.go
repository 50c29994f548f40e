package eval_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// world is a random catalog with telemetry for it.
type world struct {
	catalog *cer.Catalog
	store   stored
}

// worlds draws catalogs of a few flows with keys, tiers of different weight and telemetry that is split, shared or
// missing.
func worlds(t *rapid.T) world {
	w := world{store: stored{}, catalog: &cer.Catalog{
		Name: "random", Window: 5 * 60e9, MinCoverage: rapid.SampledFrom([]float64{0, .5, 1}).Draw(t, "minCoverage"),
		Aggregate:  rapid.SampledFrom(cer.Aggregates()).Draw(t, "aggregate"),
		Dimensions: []cer.Dimension{{Name: "region", Label: "region", Values: []string{"eu"}}, {Name: "tier", Label: "tier"}},
	}}
	if rapid.Bool().Draw(t, "weighted") {
		w.catalog.Dimensions[1].Weights = map[string]float64{"gold": weightOf(t), "basic": weightOf(t)}
	}
	for f := range rapid.IntRange(1, 3).Draw(t, "flows") {
		flow := cer.Flow{Name: fmt.Sprintf("flow%d", f), Weight: weightOf(t)}
		for s := range rapid.IntRange(1, 3).Draw(t, "slis") {
			metric := fmt.Sprintf("m%d_%d", f, s)
			flow.SLIs = append(flow.SLIs, share(metric, func(sli *cer.SLI) {
				sli.Weight, sli.Key = weightOf(t), rapid.IntRange(0, 3).Draw(t, "key") == 0
				sli.Missing = rapid.SampledFrom([]cer.Policy{cer.Ignore, cer.Good, cer.Bad}).Draw(t, "missing")
			}))
			w.store[metric] = seriesOf(t)
		}
		w.catalog.Flows = append(w.catalog.Flows, flow)
	}
	return w
}

func weightOf(t *rapid.T) float64 { return rapid.Float64Range(.5, 5).Draw(t, "weight") }

// seriesOf draws series by labels; their numbers may lie outside of what a share can be.
func seriesOf(t *rapid.T) map[string]float64 {
	series := map[string]float64{}
	for _, labels := range []string{"", "region=eu", "region=us", "tier=gold", "region=eu,tier=gold", "region=us,tier=basic"} {
		if rapid.IntRange(0, 2).Draw(t, "there") == 0 {
			series[labels] = rapid.SampledFrom([]float64{0, .25, .5, .99, 1, 1.5, -1, math.Inf(1)}).Draw(t, "value")
		}
	}
	return series
}

// scores are those of a query about a world, by member.
func (w world) scores(t *rapid.T, text string) map[string]float64 {
	q, err := query.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Build(q, fixture.Compile(w.catalog), plan.Times{From: noon, To: noon, Now: noon, Scrape: 15e9}, expand.Facts{})
	if err != nil {
		t.Fatal(err)
	}
	var answers []series.Answer
	for _, leaf := range p.Leaves {
		answers = append(answers, w.store.answer(leaf))
	}
	result, err := eval.Evaluate(p, answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, numbers := numbersOf(result)
	return numbers
}

// queriesOfScores are queries whose answers are shares.
var queriesOfScores = []string{
	`{"format":"latest"}`, `{"level":"flow","format":"latest"}`, `{"level":"component","format":"latest"}`, `{"level":"sli","format":"latest"}`,
	`{"by":["region"],"format":"latest"}`, `{"level":"flow","by":["region","tier"],"format":"latest"}`, `{"level":"sli","by":["tier"],"format":"latest"}`,
	`{"measure":"coverage","format":"latest"}`, `{"level":"flow","measure":"coverage","by":["region"],"format":"latest"}`,
}

func TestScoresAreShares(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		for _, text := range queriesOfScores {
			for name, score := range w.scores(t, text) {
				if score < 0 || score > 1 {
					t.Fatalf("%s: %s is %v", text, name, score)
				}
			}
		}
	})
}

func TestScalingAllWeightsChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		if w.catalog.Aggregate == cer.Loss { // Its weights are raw.
			w.catalog.Aggregate = cer.Mean
		}
		k := rapid.Float64Range(.01, 100).Draw(t, "k")
		scaled := w.changed(func(c *cer.Catalog) {
			for f := range c.Flows {
				c.Flows[f].Weight *= k
				for s := range c.Flows[f].SLIs {
					c.Flows[f].SLIs[s].Weight *= k
				}
			}
		})
		for _, text := range queriesOfScores {
			sameNumbers(t, text, scaled.scores(t, text), w.scores(t, text))
		}
	})
}

func TestOrderChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		reversed := w.changed(func(c *cer.Catalog) {
			slices.Reverse(c.Flows)
			for f := range c.Flows {
				slices.Reverse(c.Flows[f].SLIs)
			}
		})
		for _, text := range queriesOfScores {
			sameNumbers(t, text, reversed.scores(t, text), w.scores(t, text))
		}
	})
}

func TestEqualSLIsGiveTheirScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		w.catalog.Aggregate = rapid.SampledFrom([]cer.Aggregate{cer.Mean, cer.Geometric, cer.Harmonic, cer.Min}).Draw(t, "of equals")
		value := rapid.Float64Range(0, 1).Draw(t, "value")
		for metric := range w.store {
			w.store[metric] = map[string]float64{"": value}
		}
		for _, text := range []string{`{"format":"latest"}`, `{"by":["region"],"format":"latest"}`, `{"level":"flow","by":["tier"],"format":"latest"}`} {
			for name, score := range w.scores(t, text) {
				if math.Abs(score-value) > 1e-9 {
					t.Fatalf("%s: %s is %v of SLIs that are all %v", text, name, score, value)
				}
			}
		}
	})
}

func TestABetterSLIMakesNoScoreWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		metric := w.catalog.Flows[0].SLIs[0].Name
		better := world{catalog: w.catalog, store: stored{}}
		for name, series := range w.store {
			better.store[name] = map[string]float64{}
			for labels, v := range series {
				if name == metric && !math.IsInf(v, 0) {
					v = min(1, v+.3)
				}
				better.store[name][labels] = v
			}
		}
		for _, text := range queriesOfScores {
			before := w.scores(t, text)
			for name, after := range better.scores(t, text) {
				if after < before[name]-1e-9 {
					t.Fatalf("%s: %s falls from %v to %v as %s gets better", text, name, before[name], after, metric)
				}
			}
		}
	})
}

// changed returns the world with another catalog.
func (w world) changed(change func(*cer.Catalog)) world {
	c := *w.catalog
	c.Flows = slices.Clone(c.Flows)
	for f := range c.Flows {
		c.Flows[f].SLIs = slices.Clone(c.Flows[f].SLIs)
	}
	change(&c)
	return world{catalog: &c, store: w.store}
}

func sameNumbers(t *rapid.T, text string, got, want map[string]float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %v, not %v", text, got, want)
	}
	for name, number := range want {
		if math.IsNaN(number) != math.IsNaN(got[name]) || math.Abs(number-got[name]) > 1e-9 {
			t.Fatalf("%s: %s is %v, not %v", text, name, got[name], number)
		}
	}
}
