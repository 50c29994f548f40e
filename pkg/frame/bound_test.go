package frame_test

import (
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/frame"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// thresholdsOfValue are those of the value of an SLI with a curve.
func thresholdsOfValue(t *testing.T, curve cer.Curve) *data.ThresholdsConfig {
	t.Helper()
	c := fixture.Shop()
	sli := &c.Flows[0].SLIs[0]
	sli.Indicator, sli.Curve = cer.Value{PromQL: "max(seconds)"}, curve
	q, err := query.Parse([]byte(`{"measure":"value","level":"sli","slis":["` + sli.Name + `"],"flows":["` + c.Flows[0].Name + `"]}`))
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Build(q, compiled(c, "abc"), plan.Times{From: end, To: end, Now: end, Scrape: 15 * time.Second}, fixture.Facts())
	if err != nil {
		t.Fatal(err)
	}
	return frame.From(ofPlan(t, p, make([]series.Answer, len(p.Leaves))))[0].Fields[1].Config.Thresholds
}

// colourOf is the colour that Grafana gives a number.
func colourOf(thresholds *data.ThresholdsConfig, value float64) string {
	colour := ""
	for i, step := range thresholds.Steps {
		if i == 0 || value >= float64(step.Value) {
			colour = step.Color
		}
	}
	return colour
}

// Colours say what the curve does: green is a good score, red a bad one, and the edge of a step is on the side on which it scores.
func TestValuesHaveTheColoursOfTheirCurves(t *testing.T) {
	values := []float64{-1, 0, .1, .399, .401, .5, .9, 1, 1.1, 1.999, 2.001, 3, 100}
	bounds := map[cer.Curve]struct{ good, bad float64 }{
		cer.Linear{Zero: 2, One: .4}:                      {1, 0},
		cer.Linear{Zero: .4, One: 2}:                      {1, 0},
		cer.LogNormal{P10: .4, Median: 2}:                 {.9, .5},
		cer.Step{At: 1, LowerBetter: true}:                {1, 0},
		cer.Step{At: 1}:                                   {1, 0},
		cer.Step{At: 1, LowerBetter: true, Strict: true}:  {1, 0},
		cer.Step{At: 1, Strict: true}:                     {1, 0},
		cer.Step{At: 0, LowerBetter: false, Strict: true}: {1, 0},
	}
	for curve, bound := range bounds {
		thresholds := thresholdsOfValue(t, curve)
		for _, value := range values {
			want := "orange"
			if score := curve.Score(value); score >= bound.good {
				want = "green"
			} else if score <= bound.bad {
				want = "red"
			}
			if got := colourOf(thresholds, value); got != want {
				t.Errorf("%T%+v: %g is %s, and scores %g", curve, curve, value, got, curve.Score(value))
			}
		}
	}
}

// A value in [0,1] that is its own score has no bounds.
func TestValuesWithoutACurveHaveNoBounds(t *testing.T) {
	if thresholds := thresholdsOfValue(t, cer.Identity{}); thresholds != nil {
		t.Errorf("the thresholds are %+v", thresholds)
	}
}
