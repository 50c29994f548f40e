package cer_test

import (
	"math"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

func TestReferenceLogNormal(t *testing.T) {
	// Lighthouse's published scores, to 6 digits.
	tables := []struct {
		p10, median float64
		scores      map[float64]float64
	}{
		{3785, 7300, map[float64]float64{
			1000: .999947, 2500: .981727, 3785: .9, 5000: .769857, 7300: .5, 7500: .478971, 10000: .269595, 30000: .002912}},
		{300, 600, map[float64]float64{150: .994813, 400: .773270, 900: .226730, 1200: .1}},
		{2500, 4000, map[float64]float64{1500: .996257, 3000: .783603, 6000: .134455}},
	}
	for _, table := range tables {
		curve := cer.LogNormal{P10: table.p10, Median: table.median}
		for v, want := range table.scores {
			if got := curve.Score(v); math.Abs(got-want) > 5e-7 {
				t.Errorf("p10 %g, median %g: %g scores %.9f, want %.6f", table.p10, table.median, v, got, want)
			}
		}
	}
}

func TestReferenceLogNormalControlPoints(t *testing.T) {
	points := map[string][2]float64{
		"FCP mobile": {1800, 3000}, "FCP desktop": {934, 1600}, "LCP mobile": {2500, 4000}, "LCP desktop": {1200, 2400},
		"TBT mobile": {200, 600}, "TBT desktop": {150, 350}, "SI mobile": {3387, 5800}, "SI desktop": {1311, 2300},
		"CLS": {.1, .25}, "INP": {200, 500},
	}
	for name, p := range points {
		t.Run(name, func(t *testing.T) {
			curve := cer.LogNormal{P10: p[0], Median: p[1]}
			near(t, "the score at p10", curve.Score(p[0]), .9)
			near(t, "the score at the median", curve.Score(p[1]), .5)
		})
	}
}

func TestCurves(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	tests := map[string]struct {
		curve   cer.Curve
		v, want float64
	}{
		"identity is the value":                               {cer.Identity{}, .25, .25},
		"identity is limited above":                           {cer.Identity{}, 1.5, 1},
		"identity is limited below":                           {cer.Identity{}, -2, 0},
		"linear falls where zero is above one":                {cer.Linear{Zero: 2, One: 1}, 1.25, .75},
		"linear rises where one is above zero":                {cer.Linear{Zero: 10, One: 20}, 12, .2},
		"linear is limited beyond one":                        {cer.Linear{Zero: 10, One: 20}, 30, 1},
		"linear is limited beyond zero":                       {cer.Linear{Zero: 2, One: 1}, 7, 0},
		"step counts its edge as good where lower is better":  {cer.Step{At: .3, LowerBetter: true}, .3, 1},
		"step forgives rounding where lower is better":        {cer.Step{At: .3, LowerBetter: true}, .3 + 1e-12, 1},
		"step is 0 above where lower is better":               {cer.Step{At: .3, LowerBetter: true}, .301, 0},
		"step counts its edge as good where higher is better": {cer.Step{At: 5}, 5, 1},
		"step is 0 below where higher is better":              {cer.Step{At: 5}, 4.9, 0},
		"step at 0 counts 0 as good":                          {cer.Step{At: 0, LowerBetter: true}, 0, 1},
		"log-normal scores a value of 0 as perfect":           {cer.LogNormal{P10: 1, Median: 2}, 0, 1},
		"log-normal scores a negative value as perfect":       {cer.LogNormal{P10: 1, Median: 2}, -1, 1},
		"log-normal scores infinity 0":                        {cer.LogNormal{P10: 1, Median: 2}, inf, 0},
		"the budget curve scores 1 without loss":              {cer.Budget{Objective: .99, Factor: 10}, 1, 1},
		"the budget curve scores 0 at a burn of its factor":   {cer.Budget{Objective: .99, Factor: 10}, .9, 0},
		"the budget curve scores .9 at its objective":         {cer.Budget{Objective: .99, Factor: 10}, .99, .9},
		"identity leaves none alone":                          {cer.Identity{}, nan, nan},
		"linear leaves none alone":                            {cer.Linear{Zero: 0, One: 1}, nan, nan},
		"step leaves none alone":                              {cer.Step{At: 1}, nan, nan},
		"log-normal leaves none alone":                        {cer.LogNormal{P10: 1, Median: 2}, nan, nan},
		"the budget curve leaves none alone":                  {cer.Budget{Objective: .9, Factor: 1}, nan, nan},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { near(t, "the score", test.curve.Score(test.v), test.want) })
	}
}

// A geometric mean of 1e-17 differs from that of 0.
func TestWhatOnlyRoundingTellsFromZeroIsZero(t *testing.T) {
	tenth, fifth := .1, .2
	sum := tenth + fifth // It is .30000000000000004.
	tests := map[string]struct {
		curve cer.Curve
		v     float64
	}{
		"identity, where all events are bad":            {cer.Identity{}, sum/.3 - 1},
		"linear, at its zero":                           {cer.Linear{Zero: .3, One: 1}, sum},
		"the budget curve, at a burn of its factor":     {cer.Budget{Objective: .9, Factor: 3}, .7},
		"the budget curve, at a whole burn":             {cer.Budget{Objective: .95, Factor: 10}, .5},
		"log-normal, far beyond what anybody waits for": {cer.LogNormal{P10: 1, Median: 2}, 1000},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			score := test.curve.Score(test.v)
			members := []cer.Member{{Weight: 4, Score: 1}, {Weight: 1, Score: score}}
			if got := cer.Geometric.Combine(members); score != 0 || got != 0 {
				t.Errorf("the score is %v, and the geometric mean %v", score, got)
			}
		})
	}
}

// near asserts that got is want to 1e-9, or that both are none.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.IsNaN(got) && math.IsNaN(want) {
		return
	}
	if !(math.Abs(got-want) <= 1e-9) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}
