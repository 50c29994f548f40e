package cer_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

func TestReferenceAggregation(t *testing.T) {
	members := []cer.Member{{Weight: 5, Score: .99}, {Weight: 3, Score: .9}, {Weight: 2, Score: .5}}
	for aggregate, want := range map[cer.Aggregate]float64{
		cer.Mean: .865, cer.Geometric: .8392364750798523, cer.Harmonic: .8075040783034257, cer.Min: .5, cer.Product: .4455,
	} {
		near(t, string(aggregate), aggregate.Combine(members), want)
	}
}

func TestReferenceAggregationWithTheThirdMissing(t *testing.T) {
	for policy, want := range map[cer.Policy]float64{cer.Ignore: .95625, cer.Bad: .765, cer.Good: .965} {
		slis := []*cer.SLI{sli(5), sli(3), {Weight: 2, Missing: policy, Curve: cer.Identity{}}}
		observations := []cer.Observation{slis[0].PresentObservation(.99, 1), slis[1].PresentObservation(.9, 1), slis[2].MissingObservation()}
		near(t, string(policy), cer.CombineSLIs(slis, observations, cer.Mean, 0, nil).Score, want)
	}
}

func TestReferenceLossAddsUpRawWeights(t *testing.T) {
	near(t, "loss", cer.Loss.Combine([]cer.Member{{Weight: 1, Score: .95}, {Weight: 1, Score: .95}}), .90)
}

func TestReferenceCompositeOfElastic(t *testing.T) {
	near(t, "weights 6:4", cer.Mean.Combine([]cer.Member{{Weight: 6, Score: .995}, {Weight: 4, Score: .98}}), .989)
}

func TestReferenceNormalisedWeights(t *testing.T) {
	shares := make([]float64, 2)
	cer.Mean.Shares([]cer.Member{{Weight: 3, Score: .5}, {Weight: 7, Score: math.NaN()}}, shares)
	near(t, "the first share", shares[0], 1)
	near(t, "the missing one's share", shares[1], 0)
}

func TestAggregates(t *testing.T) {
	nan := math.NaN()
	for _, aggregate := range cer.Aggregates() {
		t.Run(string(aggregate), func(t *testing.T) {
			near(t, "of nothing", aggregate.Combine(nil), nan)
			near(t, "of members of weight 0", aggregate.Combine([]cer.Member{{Weight: 0, Score: 1}, {Weight: 0, Score: .5}}), nan)
			near(t, "of missing members", aggregate.Combine([]cer.Member{{Weight: 1, Score: nan}}), nan)
			near(t, "beside a member of weight 0 that scores 0", aggregate.Combine([]cer.Member{{Weight: 1, Score: 1}, {Weight: 0, Score: 0}}), 1)
		})
	}
	for _, aggregate := range []cer.Aggregate{cer.Geometric, cer.Harmonic, cer.Min, cer.Product} {
		near(t, "0 beside 1, "+string(aggregate), aggregate.Combine([]cer.Member{{Weight: 1, Score: 0}, {Weight: 9, Score: 1}}), 0)
	}
	near(t, "loss of more than there is", cer.Loss.Combine([]cer.Member{{Weight: 5, Score: 0}}), 0)
	near(t, "loss scaled to the present", cer.Loss.Combine([]cer.Member{{Weight: .5, Score: .9}, {Weight: .5, Score: nan}}), .9)
}

// A loss by rounding would be a burn rate above 0, at which a budget that nothing burns ends some day.
func TestNothingIsLostWhereAllScoreOne(t *testing.T) {
	for _, aggregate := range cer.Aggregates() {
		for _, weights := range [][]float64{{1, 4, 1}, {2, 3, 1}, {3, 4, 2}, {.1, .2, .3, .7}} {
			var members []cer.Member
			for _, w := range weights {
				members = append(members, cer.Member{Weight: w, Score: 1})
			}
			if got := aggregate.Combine(members); got != 1 {
				t.Errorf("the %s of ones with weights %v lacks %v", aggregate, weights, 1-got)
			}
		}
	}
}

// drawn is a random set of members, a part of which is missing.
var drawn = rapid.Custom(func(t *rapid.T) []cer.Member {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) cer.Member {
		score := rapid.Float64Range(0, 1).Draw(t, "score")
		if rapid.IntRange(0, 4).Draw(t, "missing") == 0 {
			score = math.NaN()
		}
		return cer.Member{Weight: rapid.Float64Range(0, 10).Draw(t, "weight"), Score: score}
	}), 0, 8).Draw(t, "members")
})

func TestAggregateProperties(t *testing.T) {
	for _, aggregate := range cer.Aggregates() {
		t.Run(string(aggregate), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				members := drawn.Draw(t, "members")
				score := aggregate.Combine(members)
				if !math.IsNaN(score) && (score < 0 || score > 1) {
					t.Fatalf("%v lies outside [0,1]", score)
				}
				same(t, "after a permutation", aggregate.Combine(rapid.Permutation(members).Draw(t, "permuted")), score)
				if aggregate != cer.Loss {
					same(t, "with scaled weights", aggregate.Combine(scaled(members, rapid.Float64Range(.1, 10).Draw(t, "k"))), score)
				}
			})
		})
	}
}

func TestAggregatesAreMonotone(t *testing.T) {
	for _, aggregate := range cer.Aggregates() {
		t.Run(string(aggregate), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				members := drawn.Draw(t, "members")
				if len(members) == 0 {
					return
				}
				better := slices.Clone(members)
				i := rapid.IntRange(0, len(members)-1).Draw(t, "which")
				better[i].Score += rapid.Float64Range(0, 1).Draw(t, "more") * (1 - better[i].Score)
				if aggregate.Combine(better) < aggregate.Combine(members)-1e-12 {
					t.Fatalf("%v, and %v after one got better", aggregate.Combine(members), aggregate.Combine(better))
				}
			})
		})
	}
}

func TestEqualMembersGiveTheirValue(t *testing.T) {
	for _, aggregate := range []cer.Aggregate{cer.Mean, cer.Geometric, cer.Harmonic, cer.Min} {
		t.Run(string(aggregate), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				value := rapid.Float64Range(0, 1).Draw(t, "value")
				members := drawn.Draw(t, "members")
				for i := range members {
					members[i].Score = value
				}
				if got := aggregate.Combine(members); !math.IsNaN(got) {
					same(t, "of equals", got, value)
				}
			})
		})
	}
}

func TestSharesAddUpToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		members := drawn.Draw(t, "members")
		shares := make([]float64, len(members))
		cer.Mean.Shares(members, shares)
		sum, weighted := 0.0, 0.0
		for i, m := range members {
			if shares[i] > 0 {
				sum += shares[i]
				weighted += shares[i] * m.Score
			}
		}
		if mean := cer.Mean.Combine(members); !math.IsNaN(mean) {
			same(t, "the sum of shares", sum, 1)
			same(t, "the mean by shares", weighted, mean)
		}
	})
}

func TestSharesOfLossSayWhatEachMemberCanLose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		members := drawn.Draw(t, "members")
		shares := make([]float64, len(members))
		cer.Loss.Shares(members, shares)
		lost := 0.0
		for i, m := range members {
			if shares[i] > 0 {
				lost += shares[i] * (1 - m.Score)
			}
		}
		if score := cer.Loss.Combine(members); !math.IsNaN(score) {
			same(t, "by shares", max(0, 1-lost), score)
		}
	})
}

// scaled multiplies all weights.
func scaled(members []cer.Member, k float64) []cer.Member {
	result := slices.Clone(members)
	for i := range result {
		result[i].Weight *= k
	}
	return result
}

func same(t *rapid.T, what string, got, want float64) {
	t.Helper()
	if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > 1e-9 {
		t.Fatalf("%s it is %v, want %v", what, got, want)
	}
}

// sli is an SLI of a weight, with every other field as if unset in the definition.
func sli(weight float64) *cer.SLI {
	return &cer.SLI{Weight: weight, Curve: cer.Identity{}, Missing: cer.Ignore, Idle: cer.Ignore}
}
