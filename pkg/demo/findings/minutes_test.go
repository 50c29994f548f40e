package findings

import (
	"math"
	"strconv"
	"testing"
	"time"
)

// everyFive returns a gauge that is high for the first minutes of each five, and low otherwise.
func everyFive(minutes int, high, low float64) func(time.Time) float64 {
	return func(at time.Time) float64 {
		if at.Minute()%5 < minutes {
			return high
		}
		return low
	}
}

// What a gauge shows between the ends of two time slices counts as what it shows at them.
func TestF5GaugesAreReadEachMinute(t *testing.T) {
	from := noon.Add(-25 * time.Hour)
	p99 := series{`p99_ms{broker="1"}`, from, noon, 15 * time.Second, everyFive(1, 150, 50)}
	for name, test := range map[string]struct {
		fields, sli string
		gauge       series
		loss        float64
	}{
		"one minute of each five": {"", `value: { promql: 'max(p99_ms{broker="1"})' }, curve: { step: { at: 100, better: lower } }`, p99, .2},
		"in slices of 15 minutes": {"timeSliceWindow: 15m", `value: { promql: 'max(p99_ms{broker="1"})' }, curve: { step: { at: 100, better: lower } }`, p99, .2},
		"in slices of a minute":   {"timeSliceWindow: 1m", `value: { promql: 'max(p99_ms{broker="1"})' }, curve: { step: { at: 100, better: lower } }`, p99, .2},
		"four minutes of each five on a linear curve": {"", `value: { promql: 'avg(free)' }, curve: { linear: { zero: 0, one: 10 } }`,
			series{"free", from, noon, 30 * time.Second, everyFive(4, 5, 20)}, .4},
		"a share without a curve": {"", `value: { promql: 'up_share' }`, series{"up_share", from, noon, time.Minute, everyFive(2, 0, 1)}, .4},
		"a range of its own that is shorter than a slice": {"", `value: { promql: 'max(max_over_time(p99_ms[1m]))' }, curve: { step: { at: 100, better: lower } }`,
			series{`p99_ms`, from, noon, 15 * time.Second, everyFive(1, 150, 50)}, .4},
		"a fallback": {"", `ratio: { bad: gone_total, total: all_gone_total }, fallback: { value: { promql: 'max(p99_ms)' }, curve: { step: { at: 100, better: lower } } }`,
			p99, .2},
		"one that looks back over the window": {"", `value: { promql: 'max(max_over_time(p99_ms[__window]))' }, curve: { step: { at: 100, better: lower } }`,
			series{`p99_ms`, from, noon, 15 * time.Second, everyFive(1, 150, 50)}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, catalog(`
budgetWindow: 24h
`+test.fields+`
policies: [{ name: fast, severity: page, when: 'burn("1h") >= `+strconv.FormatFloat(test.loss/.05*.99, 'f', -1, 64)+`' }]
flows:
  - name: shop
    objective: 0.95
    slis: [{ name: p99, component: latency, objective: 0.95, `+test.sli+` }]`), nil, test.gauge)
			for _, back := range []time.Duration{0, time.Minute, 3 * time.Minute} {
				at := noon.Add(-back)
				tr.latest(`"level": "flow", "measure": "burn"`, at).isNear(`flow="shop"`, test.loss/.05, 1e-6)
				if name != "a fallback" { // The ratio itself has no events.
					tr.latest(`"level": "sli", "measure": "burn", "window": "12h"`, at).isNear(`component="latency",flow="shop",sli="p99"`, test.loss/.05, 1e-6)
				}
				tr.latest(`"level": "flow", "measure": "budget"`, at).isNear(`flow="shop"`, 1-test.loss/.05, 1e-6)
				tr.latest(`"level": "flow", "measure": "state"`, at).is(`flow="shop"`, 2)
			}
			_, burns := tr.ask(`"level": "flow", "measure": "burn"`, noon.Add(-time.Hour), noon, time.Minute).column(`flow="shop"`)
			for i, burn := range burns {
				if math.Abs(burn-test.loss/.05) > 1e-6 {
					t.Errorf("the burn rate %d minutes before is %v, want %v", len(burns)-1-i, burn, test.loss/.05)
				}
			}
		})
	}
}

// Minutes without a value leave the mean, and a time slice of which no minute has one is missing.
func TestF5MinutesWithoutAValueLeaveTheSlice(t *testing.T) {
	from := noon.Add(-3 * time.Hour)
	tr := try(t, catalog(`
budgetWindow: 2h
flows:
  - name: shop
    objective: 0.95
    slis: [{ name: share, component: latency, value: { promql: 'share > bool 0 or share' } }]`), nil,
		// Each second hour is missing, but for what Prometheus looks back for.
		series{"share", from, noon.Add(-time.Hour), time.Minute, constant(0)})
	// An hour and 5 minutes of zeros, whose last 4 minutes are in a slice with a minute that has none.
	tr.latest(`"level": "flow", "measure": "burn", "window": "2h"`, noon).isNear(`flow="shop"`, 20, 1e-9)
}
