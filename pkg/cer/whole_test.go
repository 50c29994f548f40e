package cer_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// side is what is known of one SLI at an instant.
type side struct {
	sli    *cer.SLI
	status cer.Status
	score  float64
}

// journey is a flow at an instant.
type journey struct {
	weight float64
	sides  []side
}

// whole is all flows at an instant.
type whole struct {
	aggregate   cer.Aggregate
	minCoverage float64
	flows       []journey
}

// composites returns those of the flows and then that of all flows.
func (w whole) composites() []cer.Composite {
	var weights []float64
	var all []cer.Composite
	for _, f := range w.flows {
		var slis []*cer.SLI
		var observations []cer.Observation
		for _, s := range f.sides {
			slis, observations = append(slis, s.sli), append(observations, observe(s.sli, s.status, s.score))
		}
		weights = append(weights, f.weight)
		all = append(all, cer.CombineSLIs(slis, observations, w.aggregate, w.minCoverage, nil))
	}
	return append(all, cer.CombineFlows(weights, all, w.aggregate, w.minCoverage, nil))
}

func (w whole) clone() whole {
	w.flows = slices.Clone(w.flows)
	for i := range w.flows {
		w.flows[i].sides = slices.Clone(w.flows[i].sides)
	}
	return w
}

var (
	policies = []cer.Policy{cer.Ignore, cer.Ignore, cer.Bad, cer.Good}
	statuses = []cer.Status{cer.Present, cer.Present, cer.Present, cer.Idle, cer.Missing}
)

var drawnSide = rapid.Custom(func(t *rapid.T) side {
	s := sli(float64(rapid.IntRange(0, 5).Draw(t, "weight")))
	s.Key = rapid.IntRange(0, 4).Draw(t, "key") == 0
	s.Idle = rapid.SampledFrom(policies).Draw(t, "idle")
	s.Missing = rapid.SampledFrom(append(policies, cer.Fail)).Draw(t, "missing")
	return side{s, rapid.SampledFrom(statuses).Draw(t, "status"), rapid.Float64Range(0, 1).Draw(t, "score")}
})

func drawWhole(t *rapid.T, aggregates []cer.Aggregate) whole {
	w := whole{rapid.SampledFrom(aggregates).Draw(t, "aggregate"), rapid.SampledFrom([]float64{0, .5, .8}).Draw(t, "minCoverage"), nil}
	for range rapid.IntRange(1, 4).Draw(t, "flows") {
		w.flows = append(w.flows, journey{float64(rapid.IntRange(0, 5).Draw(t, "weight")), rapid.SliceOfN(drawnSide, 1, 5).Draw(t, "SLIs")})
	}
	return w
}

// sameComposites compares those of flows in order and that of the whole.
func sameComposites(t *rapid.T, what string, got, want []cer.Composite) {
	t.Helper()
	for i := range want {
		same(t, what+", the score", got[i].Score, want[i].Score)
		same(t, what+", the coverage", got[i].Coverage, want[i].Coverage)
		if got[i].Reason != want[i].Reason {
			t.Fatalf("%s the reason is %d, want %d", what, got[i].Reason, want[i].Reason)
		}
	}
}

func TestScoresAndCoverageLieBetween0And1(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, v := range drawWhole(t, cer.Aggregates()).composites() {
			if v.Score < 0 || v.Score > 1 || !(v.Coverage >= 0 && v.Coverage <= 1) {
				t.Fatalf("the composite is %+v", v)
			}
		}
	})
}

func TestTheOrderOfFlowsAndOfSLIsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWhole(t, cer.Aggregates())
		turned := w.clone()
		for i := range turned.flows {
			turned.flows[i].sides = rapid.Permutation(turned.flows[i].sides).Draw(t, "SLIs in another order")
		}
		sameComposites(t, "with SLIs in another order", turned.composites(), w.composites())
		turned.flows = rapid.Permutation(turned.flows).Draw(t, "flows in another order")
		last := len(w.flows)
		sameComposites(t, "with flows in another order", turned.composites()[last:], w.composites()[last:])
	})
}

func TestOnlyRatiosOfWeightsMatter(t *testing.T) {
	ofShares := slices.DeleteFunc(cer.Aggregates(), func(a cer.Aggregate) bool { return a == cer.Loss })
	rapid.Check(t, func(t *rapid.T) {
		w := drawWhole(t, ofShares)
		scaled, k := w.clone(), rapid.Float64Range(.1, 10)
		ofFlows := k.Draw(t, "of flows")
		for i, f := range scaled.flows {
			scaled.flows[i].weight *= ofFlows
			ofSLIs := k.Draw(t, "of SLIs")
			for j, s := range f.sides {
				heavier := *s.sli
				heavier.Weight *= ofSLIs
				scaled.flows[i].sides[j].sli = &heavier
			}
		}
		sameComposites(t, "with scaled weights", scaled.composites(), w.composites())
	})
}

func TestEqualSLIsGiveTheirScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWhole(t, []cer.Aggregate{cer.Mean, cer.Geometric, cer.Harmonic, cer.Min})
		equal := rapid.Float64Range(1e-6, 1).Draw(t, "score")
		for _, f := range w.flows {
			for j := range f.sides {
				f.sides[j].score = equal
				f.sides[j].sli.Missing, f.sides[j].sli.Idle = cer.Ignore, cer.Ignore
			}
		}
		for _, v := range w.composites() {
			if v.Reason == cer.ReasonNone {
				same(t, "of equals", v.Score, equal)
			}
		}
	})
}

func TestAnSLIThatGetsBetterMakesNoScoreWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWhole(t, cer.Aggregates())
		better := w.clone()
		f := &better.flows[rapid.IntRange(0, len(better.flows)-1).Draw(t, "flow")]
		s := &f.sides[rapid.IntRange(0, len(f.sides)-1).Draw(t, "SLI")]
		s.score += rapid.Float64Range(0, 1).Draw(t, "more") * (1 - s.score)
		before, after := w.composites(), better.composites()
		for i := range before {
			if after[i].Score < before[i].Score-1e-12 || after[i].Reason != before[i].Reason || after[i].Coverage != before[i].Coverage {
				t.Fatalf("%+v became %+v", before[i], after[i])
			}
		}
	})
}
