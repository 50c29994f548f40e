package findings

import (
	"testing"
	"time"
)

// TestF2EdgesThatChangedBeforeTheRange has buckets that were added before what is looked at, but within the window of the numbers:
// the exact edge is no use for the time before.
func TestF2EdgesThatChangedBeforeTheRange(t *testing.T) {
	definition := func(window string) string {
		return catalog(`
objective: 0.99
budgetWindow: 1d
flows:
  - name: shop
    objective: 0.99
    slis:
      - { name: fast, objective: 0.99, component: latency, window: ` + window + `, latency: { histogram: d_seconds, under: 300ms } }`)
	}
	const fast, interpolated = `component="latency",flow="shop",sli="fast"`, (.4 + .998) / 2
	for name, test := range map[string]struct {
		window, query string
		now           time.Time
		ago           time.Duration
	}{
		"the window of a query": {"5m", `"window": "6h", `, noon, 2 * time.Hour},
		"the window of an SLI":  {"4h", "", noon, 90 * time.Minute},
		"over an hour's border": {"10m", "", noon.Add(2 * time.Minute), 6 * time.Minute},
		"a day":                 {"5m", `"window": "1d", `, noon, 20 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			from, change := test.now.Add(-30*time.Hour), test.now.Add(-test.ago)
			tr := try(t, definition(test.window), nil, append(durations("a", from, change.Add(-15*time.Second), coarseEdges), durations("b", change, test.now, fineEdges)...)...)
			tr.latest(`"level": "sli", `+test.query+`"measure": "value"`, test.now).isNear(fast, interpolated, 1e-3)
			_, numbers := tr.ask(`"level": "sli", `+test.query+`"measure": "value"`, test.now.Add(-time.Minute), test.now, time.Minute).column(fast)
			if got := numbers[len(numbers)-1]; got < interpolated-1e-3 || got > interpolated+1e-3 {
				t.Errorf("at the end of a short range it is %v, want %v", got, interpolated)
			}
		})
	}
}
