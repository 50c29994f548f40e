package findings

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// A score at an instant is one number, in whichever table or panel it is.
func TestU4AScoreIsTheSameInEveryTable(t *testing.T) {
	from := noon.Add(-3 * time.Hour)
	// Ever more requests fail, so that each window has another score.
	failing := func(at time.Time) float64 { x := max(0, at.Sub(noon.Add(-time.Hour)).Seconds()); return x * x / 7200 }
	all := []series{
		{`m_total{code="200"}`, from, noon.Add(time.Hour), 15 * time.Second, func(at time.Time) float64 { return at.Sub(from).Seconds() - failing(at) }},
		{`m_total{code="500"}`, from, noon.Add(time.Hour), 15 * time.Second, failing},
		{"p99_ms", from, noon.Add(time.Hour), 15 * time.Second, func(at time.Time) float64 { return float64(at.Unix()/60%7) * 10 }},
	}
	for name, fields := range map[string]string{
		"slices as wide as the window": "window: 5m",
		"a longer window":              "window: 20m\ntimeSliceWindow: 5m",
		"a shorter window":             "window: 2m\ntimeSliceWindow: 10m",
		"a fixed step":                 "window: 1m\nminCoverage: 0.9",
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, catalog(`
objective: 0.9
budgetWindow: 2h
`+fields+`
policies: [{ name: low, severity: page, when: score < 0.5 }]
flows:
  - name: shop
    objective: 0.9
    slis:
      - { name: ok, component: availability, objective: 0.9, ratio: { bad: 'm_total{code="500"}', total: m_total }, minEvents: 30 }
      - { name: fast, component: latency, objective: 0.9, value: { promql: 'max(p99_ms)' }, curve: { linear: { zero: 100, one: 0 } } }`), nil, all...)
			for _, at := range []time.Time{noon, noon.Add(-2*time.Minute - 30*time.Second), noon.Add(17 * time.Second)} {
				for _, level := range []string{"overall", "flow", "component", "sli"} {
					scores := field[*float64](tr.table(fmt.Sprintf(`"level": %q`, level), at), "score")
					coverage := field[*float64](tr.table(fmt.Sprintf(`"level": %q`, level), at), "coverage")
					measures := []string{"budget", "burn", "exhaustion"}
					if level == "overall" || level == "flow" {
						measures = append(measures, "state")
					}
					for _, measure := range measures {
						table := tr.table(fmt.Sprintf(`"level": %q, "measure": %q`, level, measure), at)
						same(t, measure+" of "+level, field[*float64](table, "score"), scores)
						same(t, measure+" of "+level, field[*float64](table, "coverage"), coverage)
					}
				}
				want := tr.latest(`"level": "flow"`, at).number(`flow="shop"`)
				if got := field[*float64](tr.table(`"level": "flow", "measure": "state"`, at), "score")[0]; got == nil || *got != want {
					t.Errorf("the score of the table of states is %v, and the latest %v", got, want)
				}
			}
		})
	}
}

// same fails the test unless two columns have the same numbers, in whatever order.
func same(t *testing.T, what string, got, want []*float64) {
	t.Helper()
	if a, b := sorted(got), sorted(want); !slices.Equal(a, b) {
		t.Errorf("%s: got %v, want %v", what, a, b)
	}
}

// sorted returns the numbers of a column, smallest first; -1 for null.
func sorted(column []*float64) []float64 {
	numbers := make([]float64, len(column))
	for i, v := range column {
		numbers[i] = -1
		if v != nil {
			numbers[i] = *v
		}
	}
	slices.Sort(numbers)
	return numbers
}

// table asks a query in the format table, at a time that is now.
func (tr *trial) table(query string, now time.Time) answer {
	tr.t.Helper()
	return tr.ask(`"format": "table", `+query, now.Add(-time.Hour), now, time.Minute)
}
