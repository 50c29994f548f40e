package process

import (
	"testing"
	"time"
)

// measures are the numbers of the shop while it is steady before 30 m, by level and measure. What is not here does not
// exist.
var measures = map[string]map[string]map[string]float64{
	"overall": {
		"score":    {"": 0.755},
		"coverage": {"": 1},
		"traffic":  {"": 14},
	},
	"flow": {
		"score":    {"checkout": 0.775, "search": 0.725, "login": 0.75},
		"impact":   {"checkout": 0.5 * 0.225, "search": 0.3 * 0.275, "login": 0.2 * 0.25},
		"coverage": {"checkout": 1, "search": 1, "login": 1},
		"weight":   {"checkout": 0.5, "search": 0.3, "login": 0.2},
		"traffic":  {"checkout": 10, "search": 4},
	},
	"component": {
		"score": {"checkout/availability": 0.9, "checkout/latency": 0.65, "search/latency": 0.75, "search/dependency": 0.7, "login/availability": 0.75},
		// With a perfect latency checkout would be (1.8 + 1 + 1)/4 = 0.95, were it not for the key SLI's 0.9.
		"impact":   {"checkout/availability": 0.5 * 0.05, "checkout/latency": 0.5 * 0.125, "search/latency": 0.3 * 0.125, "search/dependency": 0.3 * 0.15, "login/availability": 0.2 * 0.25},
		"coverage": {"checkout/availability": 1, "checkout/latency": 1, "search/latency": 1, "search/dependency": 1, "login/availability": 1},
		"weight":   {"checkout/availability": 0.5, "checkout/latency": 0.5, "search/latency": 0.5, "search/dependency": 0.5, "login/availability": 1},
	},
	"sli": {
		"score": {"checkout/availability/success": 0.9, "checkout/latency/fast": 0.8, "checkout/latency/p60": 0.5,
			"search/latency/fast": 0.75, "search/dependency/backlog": 0.7, "login/availability/up": 0.75},
		"value": {"checkout/availability/success": 0.9, "checkout/latency/fast": 0.8, "checkout/latency/p60": 0.3,
			"search/latency/fast": 0.75, "search/dependency/backlog": 30, "login/availability/up": 0.75},
		// With a perfect p60 checkout would be (1.8 + 0.8 + 1)/4 = 0.9, as much as the key SLI allows.
		"impact": {"checkout/availability/success": 0.5 * 0.05, "checkout/latency/fast": 0.5 * 0.05, "checkout/latency/p60": 0.5 * 0.125,
			"search/latency/fast": 0.3 * 0.125, "search/dependency/backlog": 0.3 * 0.15, "login/availability/up": 0.2 * 0.25},
		"coverage": {"checkout/availability/success": 1, "checkout/latency/fast": 1, "checkout/latency/p60": 1,
			"search/latency/fast": 1, "search/dependency/backlog": 1, "login/availability/up": 1},
		"weight": {"checkout/availability/success": 0.5, "checkout/latency/fast": 0.25, "checkout/latency/p60": 0.25,
			"search/latency/fast": 0.5, "search/dependency/backlog": 0.5, "login/availability/up": 1},
		"traffic": {"checkout/availability/success": 10, "checkout/latency/fast": 10, "search/latency/fast": 4},
	},
}

func TestMeasures(t *testing.T) {
	s := newSource(shop.URL(), shopDefinition)
	for level, ofLevel := range measures {
		for measure, want := range ofLevel {
			json := `{"measure":"` + measure + `","level":"` + level + `"`
			t.Run(measure+" at level "+level+" over time", func(t *testing.T) {
				frames := s.frames(t, over(10*time.Minute, 12*time.Minute, json+`}`))
				seriesOf(t, frames, measure).check(t, repeated(want, 3))
			})
			t.Run(measure+" at level "+level+" now", func(t *testing.T) {
				frames := s.frames(t, over(10*time.Minute, 12*time.Minute, json+`,"format":"latest"}`))
				seriesOf(t, frames, measure).check(t, repeated(want, 1))
			})
		}
	}
}

// repeated returns series that have the same number at n instants.
func repeated(values map[string]float64, n int) series {
	want := series{}
	for name, value := range values {
		for range n {
			want[name] = append(want[name], value)
		}
	}
	return want
}
