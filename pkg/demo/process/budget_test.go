package process

import (
	"math"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// Up to 30 m checkout scores 0.775 in each slice of 5 m, which is a loss of 0.225; its objective is 0.99.
func TestBudgetsThroughTheProcess(t *testing.T) {
	s := newSource(shop.URL(), shopDefinition)
	tests := map[string]struct {
		json string
		want float64
	}{
		"the burn rate of the last hour":      {`{"level":"flow","flows":["checkout"],"measure":"burn","format":"latest"}`, 22.5},
		"the burn rate of ten minutes":        {`{"level":"flow","flows":["checkout"],"measure":"burn","window":"10m","format":"latest"}`, 22.5},
		"the burn rate of the whole":          {`{"measure":"burn","format":"latest"}`, (1 - 0.755) / 0.05},
		"what is left of thirty days":         {`{"level":"flow","flows":["checkout"],"measure":"budget","format":"latest"}`, -21.5},
		"what is spent already lasts no more": {`{"level":"flow","flows":["checkout"],"measure":"exhaustion","format":"latest"}`, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := s.number(t, at(failing), test.json); math.Abs(got-test.want) > 1e-6 {
				t.Errorf("it is %v, want %v", got, test.want)
			}
		})
	}
	frames := s.now(t, at(failing), tests["what is left of thirty days"].json)
	hasNotice(t, frames, data.NoticeSeverityInfo, "there is telemetry for 6 of the window's 8640 slices of 5m")
}

func TestAPanelShowsTheBurnRateThatAnAlertRuleSees(t *testing.T) {
	s := newSource(shop.URL(), shopDefinition)
	const burn = `{"level":"flow","flows":["checkout"],"measure":"burn","window":"15m"`
	latest := s.number(t, at(40*time.Minute), burn+`,"format":"latest"}`)
	for _, interval := range []time.Duration{15 * time.Second, time.Minute, 7 * time.Minute, 10 * time.Minute} {
		q := query{refID: "A", json: burn + "}", from: at(10 * time.Minute), to: at(40 * time.Minute), interval: interval}
		frames := s.frames(t, q)
		values := numbers(t, frames[0].Fields[1])
		times := times(frames)
		for i, instant := range times {
			if instant.Equal(at(40*time.Minute)) && math.Abs(values[i]-latest) > 1e-9 {
				t.Errorf("every %s the burn rate is %v in the panel, and %v for the rule", interval, values[i], latest)
			}
		}
	}
}

// A panel about what the catalog does not state is empty, and no error.
func TestWhatTheCatalogDoesNotStateIsEmpty(t *testing.T) {
	s := newSource(shop.URL(), shopDefinition)
	tests := map[string]struct{ json, words string }{
		"budgets of SLIs without an objective": {`{"level":"sli","measure":"budget"}`, "none of these SLIs has an objective, which budget needs"},
		"money where no flow states any":       {`{"measure":"revenueAtRisk"}`, "no flow has the field revenue"},
		"events where the catalog has none":    {`{"format":"events"}`, "the catalog declares no events"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			frames := s.frames(t, over(10*time.Minute, 12*time.Minute, test.json))
			if len(frames) != 1 || frames[0].Rows() != 0 {
				t.Errorf("the frames are %v", frames)
			}
			hasNotice(t, frames, data.NoticeSeverityInfo, test.words)
		})
	}
}

func TestBudgetsThatCantBeAsked(t *testing.T) {
	s := newSource(shop.URL(), shopDefinition)
	tests := map[string]struct{ json, words string }{
		"over a window of half slices":        {`{"measure":"burn","window":"7m"}`, `the window "7m" of a burn rate must be a multiple of the time slices, which are 5m`},
		"a budget over a window of its own":   {`{"measure":"budget","window":"1h"}`, "the window of budget is the catalog's budgetWindow, 30d"},
		"money in a table":                    {`{"measure":"cost","format":"table"}`, "tables have no column for money; ask for cost as latest"},
		"of components of the whole":          {`{"measure":"budget","components":["latency"]}`, "budget covers all components"},
		"a summary of anything but the whole": {`{"format":"summary","level":"flow"}`, "a summary is about the overall score"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			refused(test.words).check(t, s.ask(t, over(10*time.Minute, 12*time.Minute, test.json))["A"])
		})
	}
}
