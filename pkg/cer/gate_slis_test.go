package cer_test

import (
	"math"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

func TestHalf(t *testing.T) {
	for _, curve := range []cer.Curve{
		cer.Identity{}, cer.Linear{Zero: 2, One: .5}, cer.Linear{Zero: 10, One: 20}, cer.LogNormal{P10: .3, Median: .8},
		cer.Budget{Objective: .99, Factor: 10}, cer.Linear{Zero: 1.7e308, One: .9e308},
	} {
		half := cer.Half(curve)
		near(t, "the score of half", curve.Score(half), .5)
	}
	if got := cer.Half(cer.Step{At: 3, LowerBetter: true}); got != 3 {
		t.Errorf("the edge of a step is %v", got)
	}
	if got := cer.Half(nil); !math.IsNaN(got) {
		t.Errorf("half of no curve is %v", got)
	}
}

func TestQuantileBound(t *testing.T) {
	g := &cer.Gate{Bounds: map[string]time.Duration{"p99": time.Second, "search/p99": 2 * time.Second}}
	tests := map[string]struct {
		flow, sli string
		curve     cer.Curve
		want      time.Duration
	}{
		"that of the name":            {"checkout", "p99", cer.LogNormal{P10: .3, Median: .8}, time.Second},
		"that of the flow's":          {"search", "p99", cer.LogNormal{P10: .3, Median: .8}, 2 * time.Second},
		"the median":                  {"search", "p50", cer.LogNormal{P10: .3, Median: .8}, 800 * time.Millisecond},
		"the middle of a line":        {"search", "p50", cer.Linear{Zero: 2, One: .4}, 1200 * time.Millisecond},
		"the edge of a step":          {"search", "p50", cer.Step{At: .25, LowerBetter: true}, 250 * time.Millisecond},
		"none above 0":                {"search", "p50", cer.Linear{Zero: 1, One: -1}, 0},
		"none that is a duration":     {"search", "p50", cer.Step{At: 1e300}, 0},
		"none that is a nanosecond":   {"search", "p50", cer.Step{At: 1e-12}, 0},
		"none of what is no duration": {"search", "p50", nil, 0},
	}
	for name, test := range tests {
		if got := g.QuantileBound(test.flow, &cer.SLI{Name: test.sli, Curve: test.curve}); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

func TestCompares(t *testing.T) {
	c := &cer.Catalog{Dimensions: []cer.Dimension{{Name: "release", Label: "track"}}}
	g := &cer.Gate{Compare: &cer.Comparison{Dimension: "release"}}
	tests := map[string]struct {
		gate   *cer.Gate
		labels map[string]string
		want   bool
	}{
		"the dimension's label":   {g, nil, true},
		"a label of its own":      {g, map[string]string{"release": "version"}, true},
		"none":                    {g, map[string]string{"release": cer.NoLabel}, false},
		"nothing is compared":     {&cer.Gate{}, nil, false},
		"of an unknown dimension": {&cer.Gate{Compare: &cer.Comparison{Dimension: "region"}}, nil, false},
	}
	for name, test := range tests {
		if got := test.gate.Compares(c, &cer.SLI{Labels: test.labels}); got != test.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
