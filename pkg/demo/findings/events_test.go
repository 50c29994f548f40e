package findings

import (
	"math"
	"testing"
	"time"
)

// requests returns the series of a counter of requests by their outcome: so many a second, of which a share fails.
func requests(metric string, from, to time.Time, perSecond, failing float64) []series {
	return []series{
		{metric + `{code="200"}`, from, to, 15 * time.Second, counter(from.Add(-time.Hour), perSecond*(1-failing))},
		{metric + `{code="500"}`, from, to, 15 * time.Second, counter(from.Add(-time.Hour), perSecond*failing)},
	}
}

// minEvents keeps a score from jumping, and takes no event out of any budget.
func TestF6MinEventsTakesNoEventOutOfBudgets(t *testing.T) {
	from := noon.Add(-8 * time.Hour)
	tests := map[string]struct {
		sli string
		// perMinute are the requests, of which a share fails.
		perMinute, failing float64
		burn, score        float64
	}{
		"half of 4 requests a minute fail": {
			`component: availability, ratio: { bad: 'm_total{code="500"}', total: m_total }, minEvents: 25`, 4, .5, 50, math.NaN()},
		"all of 2 requests a minute fail on a key SLI": {
			`component: availability, key: true, ratio: { good: 'm_total{code="200"}', total: m_total }, minEvents: 100`, 2, 1, 100, math.NaN()},
		"an idle SLI that scores 1": {
			`component: availability, idle: good, ratio: { bad: 'm_total{code="500"}', total: m_total }, minEvents: 25`, 4, .5, 50, 1},
		"an idle SLI that scores 0": {
			`component: availability, idle: bad, ratio: { bad: 'm_total{code="500"}', total: m_total }, minEvents: 25`, 4, .01, 1, 0},
		"a curve": {
			`component: availability, ratio: { bad: 'm_total{code="500"}', total: m_total }, minEvents: 25, curve: { step: { at: 0.9, better: higher } }`, 4, .5, 100, math.NaN()},
		"enough events": {
			`component: availability, ratio: { bad: 'm_total{code="500"}', total: m_total }, minEvents: 19`, 4, .5, 50, .5},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tr := try(t, catalog(`
objective: 0.99
budgetWindow: 7h
policies: [{ name: burning, severity: page, when: 'burn("1h") >= 0.9' }]
flows:
  - name: shop
    slis:
      - { name: ok, objective: 0.99, `+test.sli+` }`), nil,
				requests("m_total", from, noon, test.perMinute/60, test.failing)...)
			tr.latest(`"level": "flow"`, noon).is(`flow="shop"`, test.score)
			for _, window := range []string{"1h", "7h"} {
				tr.latest(`"level": "flow", "measure": "burn", "window": "`+window+`"`, noon).isNear(`flow="shop"`, test.burn, 1e-6)
			}
			tr.latest(`"level": "flow", "measure": "budget"`, noon).isNear(`flow="shop"`, 1-test.burn, 1e-6)
			tr.latest(`"measure": "budget"`, noon).isNear("", 1-test.burn, 1e-6)
			tr.latest(`"level": "flow", "measure": "state"`, noon).is(`flow="shop"`, 2)
		})
	}
}

// A condition on a score is about the score, which minEvents keeps from jumping; one on a burn rate counts every event.
func TestF6ConditionsOnScoresHeedMinEvents(t *testing.T) {
	from := noon.Add(-8 * time.Hour)
	for condition, want := range map[string]float64{
		`score < 0.9`:               math.NaN(),
		`sli("ok").score < 0.9`:     math.NaN(),
		`sli("ok").value < 0.9`:     math.NaN(),
		`burn("5m") > 10`:           2,
		`sli("ok").burn("5m") > 10`: 2,
		`budget < 0.5`:              2,
		`coverage < 1.0`:            0,
	} {
		t.Run(condition, func(t *testing.T) {
			tr := try(t, catalog(`
objective: 0.99
budgetWindow: 7h
policies: [{ name: low, severity: page, when: '`+condition+`' }]
flows:
  - name: shop
    slis:
      - { name: ok, component: availability, objective: 0.99, ratio: { bad: 'm_total{code="500"}', total: m_total }, minEvents: 25 }`), nil,
				requests("m_total", from, noon, 4./60, .5)...)
			tr.latest(`"level": "flow", "measure": "state"`, noon).is(`flow="shop"`, want)
		})
	}
}
