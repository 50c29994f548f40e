package cer_test

import (
	"math"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

func TestCombineSLIs(t *testing.T) {
	key := func(s *cer.SLI) *cer.SLI { s.Key = true; return s }
	policy := func(s *cer.SLI, missing, idle cer.Policy) *cer.SLI { s.Missing, s.Idle = missing, idle; return s }
	type member struct {
		sli    *cer.SLI
		status cer.Status
		score  float64
	}
	nan := math.NaN()
	tests := map[string]struct {
		members     []member
		minCoverage float64
		want        cer.Composite
	}{
		"all present":                                       {[]member{{sli(3), cer.Present, .9}, {sli(1), cer.Present, .5}}, .5, cer.Composite{Score: .8, Coverage: 1}},
		"a missing one leaves the weights":                  {[]member{{sli(3), cer.Present, .9}, {sli(1), cer.Missing, 0}}, .5, cer.Composite{Score: .9, Coverage: .75}},
		"coverage at the minimum is enough":                 {[]member{{sli(1), cer.Present, .9}, {sli(1), cer.Missing, 0}}, .5, cer.Composite{Score: .9, Coverage: .5}},
		"too little coverage is no score":                   {[]member{{sli(1), cer.Present, .9}, {sli(3), cer.Missing, 0}}, .5, cer.Composite{Score: nan, Coverage: .25, Reason: cer.ReasonUncovered}},
		"an idle one leaves the weights and stays covered":  {[]member{{sli(1), cer.Present, .9}, {sli(3), cer.Idle, 0}}, .5, cer.Composite{Score: .9, Coverage: 1}},
		"all idle is idle":                                  {[]member{{sli(1), cer.Idle, 0}, {sli(3), cer.Idle, 0}}, .5, cer.Composite{Score: nan, Coverage: 1, Reason: cer.ReasonIdle}},
		"a missing one that counts as bad is covered":       {[]member{{sli(1), cer.Present, 1}, {policy(sli(3), cer.Bad, cer.Ignore), cer.Missing, 0}}, .5, cer.Composite{Score: .25, Coverage: 1}},
		"a missing one that counts as good is not covered":  {[]member{{sli(3), cer.Present, .5}, {policy(sli(1), cer.Good, cer.Ignore), cer.Missing, 0}}, .5, cer.Composite{Score: .625, Coverage: .75}},
		"nor may most of the weight be":                     {[]member{{sli(1), cer.Present, .5}, {policy(sli(3), cer.Good, cer.Ignore), cer.Missing, 0}}, .5, cer.Composite{Score: nan, Coverage: .25, Reason: cer.ReasonUncovered}},
		"a missing key SLI that counts as good has a score": {[]member{{key(policy(sli(1), cer.Good, cer.Ignore)), cer.Missing, 0}, {sli(9), cer.Present, .5}}, .5, cer.Composite{Score: .55, Coverage: .9}},
		"an idle one that counts as good":                   {[]member{{sli(1), cer.Present, 0}, {policy(sli(3), cer.Ignore, cer.Good), cer.Idle, 0}}, .5, cer.Composite{Score: .75, Coverage: 1}},
		"a key SLI caps the score":                          {[]member{{key(sli(1)), cer.Present, .4}, {sli(9), cer.Present, 1}}, .5, cer.Composite{Score: .4, Coverage: 1}},
		"a key SLI of weight 0 caps too":                    {[]member{{key(sli(0)), cer.Present, .4}, {sli(9), cer.Present, 1}}, .5, cer.Composite{Score: .4, Coverage: 1}},
		"a good key SLI does not lift the score":            {[]member{{key(sli(1)), cer.Present, 1}, {sli(1), cer.Present, .5}}, .5, cer.Composite{Score: .75, Coverage: 1}},
		"a missing key SLI is no score":                     {[]member{{key(sli(1)), cer.Missing, 0}, {sli(9), cer.Present, 1}}, .5, cer.Composite{Score: nan, Coverage: .9, Reason: cer.ReasonKeyMissing}},
		"a missing key SLI that counts as bad caps at 0":    {[]member{{key(policy(sli(1), cer.Bad, cer.Ignore)), cer.Missing, 0}, {sli(9), cer.Present, 1}}, .5, cer.Composite{Score: 0, Coverage: 1}},
		"an idle key SLI does not matter":                   {[]member{{key(sli(1)), cer.Idle, 0}, {sli(9), cer.Present, .7}}, .5, cer.Composite{Score: .7, Coverage: 1}},
		"weights of 0 are no score":                         {[]member{{sli(0), cer.Present, 1}}, 0, cer.Composite{Score: nan, Coverage: 0, Reason: cer.ReasonUncovered}},
		"no telemetry is not idle with any minCoverage":     {[]member{{sli(1), cer.Missing, 0}}, 0, cer.Composite{Score: nan, Coverage: 0, Reason: cer.ReasonUncovered}},
		"some telemetry, and all of it idle, is idle":       {[]member{{sli(1), cer.Missing, 0}, {sli(1), cer.Idle, 0}}, 0, cer.Composite{Score: nan, Coverage: .5, Reason: cer.ReasonIdle}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var slis []*cer.SLI
			var observations []cer.Observation
			for _, m := range test.members {
				slis, observations = append(slis, m.sli), append(observations, observe(m.sli, m.status, m.score))
			}
			sameComposite(t, cer.CombineSLIs(slis, observations, cer.Mean, test.minCoverage, nil), test.want)
		})
	}
}

func TestCombineFlows(t *testing.T) {
	nan := math.NaN()
	tests := map[string]struct {
		composites  []cer.Composite
		minCoverage float64
		want        cer.Composite
	}{
		"flows count by their weights":                        {[]cer.Composite{{Score: 1, Coverage: 1}, {Score: .5, Coverage: .5}}, .5, cer.Composite{Score: .875, Coverage: .875}},
		"an uncovered flow leaves the score and is uncovered": {[]cer.Composite{{Score: .9, Coverage: 1}, {Score: nan, Coverage: .4, Reason: cer.ReasonUncovered}}, .5, cer.Composite{Score: .9, Coverage: .75}},
		"a flow whose key SLI is missing counts as uncovered": {[]cer.Composite{{Score: .9, Coverage: 1}, {Score: nan, Coverage: .9, Reason: cer.ReasonKeyMissing}}, .5, cer.Composite{Score: .9, Coverage: .75}},
		"an idle flow leaves the score and stays covered":     {[]cer.Composite{{Score: .9, Coverage: 1}, {Score: nan, Coverage: 1, Reason: cer.ReasonIdle}}, .8, cer.Composite{Score: .9, Coverage: 1}},
		"too little coverage is no score":                     {[]cer.Composite{{Score: nan, Reason: cer.ReasonUncovered}, {Score: 1, Coverage: 1}}, .5, cer.Composite{Score: nan, Coverage: .25, Reason: cer.ReasonUncovered}},
	}
	weights := []float64{3, 1}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			sameComposite(t, cer.CombineFlows(weights, test.composites, cer.Mean, test.minCoverage, nil), test.want)
		})
	}
}

func TestCombineCohorts(t *testing.T) {
	nan := math.NaN()
	tests := map[string]struct {
		composites  []cer.Composite
		minCoverage float64
		want        cer.Composite
	}{
		"the score is the weighted mean":                    {[]cer.Composite{{Score: 1, Coverage: 1}, {Score: .5, Coverage: .5}}, .5, cer.Composite{Score: .875, Coverage: .875}},
		"a cohort without telemetry lowers coverage":        {[]cer.Composite{{Score: .9, Coverage: 1}, {Score: nan, Reason: cer.ReasonUncovered}}, .5, cer.Composite{Score: .9, Coverage: .75}},
		"an idle cohort does not":                           {[]cer.Composite{{Score: .9, Coverage: 1}, {Score: nan, Coverage: 1, Reason: cer.ReasonIdle}}, .8, cer.Composite{Score: .9, Coverage: 1}},
		"the weightiest cohort missing its key is no score": {[]cer.Composite{{Score: nan, Coverage: .9, Reason: cer.ReasonKeyMissing}, {Score: 1, Coverage: 1}}, .5, cer.Composite{Score: nan, Coverage: .25, Reason: cer.ReasonKeyMissing}},
	}
	weights := []float64{3, 1}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			sameComposite(t, cer.CombineCohorts(weights, test.composites, test.minCoverage, nil), test.want)
		})
	}
}

func TestIsIdle(t *testing.T) {
	s := sli(1)
	s.MinEvents = 20
	tests := map[string]struct {
		traffic float64
		want    bool
	}{
		"no events":                         {0, true},
		"fewer than the minimum":            {19.0 / 300, true},
		"the minimum, but for the rounding": {20.0 / 300 * (1 - 1e-12), false},
		"more than the minimum":             {21.0 / 300, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := s.IsIdle(test.traffic, 5*time.Minute); got != test.want {
				t.Errorf("idle is %v, want %v", got, test.want)
			}
		})
	}
}

func TestRevisionIsOfWhatTheCatalogSays(t *testing.T) {
	catalog := func(weight float64) *cer.Catalog {
		return &cer.Catalog{Name: "shop", Flows: []cer.Flow{{Name: "checkout", Weight: weight,
			SLIs: []cer.SLI{{Name: "success", Weight: 1, Indicator: cer.Ratio{Good: "g", Total: "t"}, Curve: cer.Identity{}}}}}}
	}
	first, second := catalog(1), catalog(1)
	if first.Revision() != second.Revision() {
		t.Error("equal catalogs have different revisions")
	}
	if catalog(1).Revision() == catalog(2).Revision() {
		t.Error("catalogs of different weights have the same revision")
	}
	if n := len(catalog(1).Revision()); n != 64 {
		t.Errorf("the revision has %d characters, want 64", n)
	}
}

// observe returns the observation of s with a status, and with a score where it is present.
func observe(s *cer.SLI, status cer.Status, score float64) cer.Observation {
	switch status {
	case cer.Missing:
		return s.MissingObservation()
	case cer.Idle:
		return s.IdleObservation(0)
	default:
		return s.PresentObservation(score, 1)
	}
}

func sameComposite(t *testing.T, got, want cer.Composite) {
	t.Helper()
	near(t, "the score", got.Score, want.Score)
	near(t, "the coverage", got.Coverage, want.Coverage)
	if got.Reason != want.Reason {
		t.Errorf("the reason is %d, want %d", got.Reason, want.Reason)
	}
}
