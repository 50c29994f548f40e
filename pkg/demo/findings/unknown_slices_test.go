package findings

import (
	"testing"
	"time"
)

// A time slice whose bad events are not known is without telemetry, and leaves the others of a window as they are.
func TestS4SlicesWithoutAValueAreMissing(t *testing.T) {
	from, gone := noon.Add(-8*time.Hour), noon.Add(-15*time.Minute)
	for name, test := range map[string]struct {
		sli  string
		goes string
		burn float64
	}{
		"the bad events are absent, and a gauge stands in": {
			`ratio: { bad: errors_total, total: requests_total }, fallback: { value: { promql: 'max(p99_ms)' }, curve: { step: { at: 100, better: lower } } }`,
			"errors_total", 10},
		"the good events are absent, and a quantile's gauge stands in": {
			`ratio: { good: fine_total, total: requests_total }, fallback: { value: { promql: 'max(max_over_time(p99_ms[__window]))' }, curve: { linear: { zero: 200, one: 100 } } }`,
			"fine_total", 10},
		"a recorded share is absent, and a gauge stands in": {
			`recorded: { errorRatio: error_share, total: requests_total }, fallback: { value: { promql: 'max(p99_ms)' }, curve: { step: { at: 100, better: lower } } }`,
			"error_share", 10},
		"nothing stands in": {`ratio: { bad: errors_total, total: requests_total }`, "errors_total", 10},
	} {
		t.Run(name, func(t *testing.T) {
			all := []series{
				{"requests_total", from, noon, 15 * time.Second, counter(from, 10)},
				{"errors_total", from, noon, 15 * time.Second, counter(from, 1)},
				{"fine_total", from, noon, 15 * time.Second, counter(from, 9)},
				{"error_share", from, noon, 15 * time.Second, constant(.1)},
				{"p99_ms", from, noon, 15 * time.Second, constant(50)},
			}
			for i := range all {
				if all[i].metric == test.goes {
					all[i].to = gone
				}
			}
			tr := try(t, catalog(`
budgetWindow: 7h
policies:
  - { name: burns, severity: page, when: 'sli("ok").burn("1h") > 5', clear: 'sli("ok").burn("1h") < 1' }
flows:
  - name: shop
    objective: 0.99
    slis: [{ name: ok, component: availability, objective: 0.99, `+test.sli+` }]`), nil, all...)
			const labels = `component="availability",flow="shop",sli="ok"`
			for _, window := range []string{"1h", "7h"} {
				tr.latest(`"level": "sli", "measure": "burn", "window": "`+window+`"`, noon).isNear(labels, test.burn, .01*test.burn)
			}
			tr.latest(`"level": "sli", "measure": "budget"`, noon).isNear(labels, 1-test.burn, .1)
			tr.latest(`"level": "flow", "measure": "state"`, noon).is(`flow="shop"`, 2)
		})
	}
}
