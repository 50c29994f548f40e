package findings

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// shopOf returns a catalog of one flow with a ratio of requests, and more fields of the spec.
func shopOf(fields string) string {
	return catalog(fields + `
flows:
  - name: shop
    objective: 0.99
    slis:
      - { name: ok, component: availability, objective: 0.99, ratio: { bad: 'm_total{code="500"}', total: m_total } }`)
}

// The default policies leave a budget alone that lasts as long as it should, however short its window is.
func TestF3DefaultPoliciesLeaveASustainableBurnAlone(t *testing.T) {
	const state = `"level": "flow", "measure": "state"`
	from := noon.Add(-16 * 24 * time.Hour)
	steady := func(failing float64) []series {
		all := requests("m_total", from, noon, 10, failing)
		for i := range all {
			all[i].spacing = time.Minute
		}
		return all
	}
	minutely := map[string]any{"timeInterval": "60s"}
	for _, window := range []string{"14d", "7d", "1d", "12h", "2h"} {
		t.Run("half of the sustainable burn over "+window, func(t *testing.T) {
			tr := try(t, shopOf("objective: 0.99\nbudgetWindow: "+window), minutely, steady(.005)...)
			tr.latest(state, noon).is(`flow="shop"`, 0)
		})
	}
	for name, test := range map[string]struct {
		window  string
		failing float64
		want    float64
	}{
		"a burn of 1.9 over 7d is a ticket":  {"7d", .019, 1},
		"a burn of 2.5 over 1d is a page":    {"1d", .025, 2},
		"a burn of 1.9 over 1d is none":      {"1d", .019, 0},
		"a burn of 3.5 over 2h is a page":    {"2h", .035, 2},
		"a burn of 1.1 over 14d is a ticket": {"14d", .011, 1},
		"a burn of 0.9 over 28d is none":     {"28d", .009, 0},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, shopOf("objective: 0.99\nbudgetWindow: "+test.window), minutely, steady(test.failing)...)
			answer := tr.latest(state, noon)
			answer.is(`flow="shop"`, test.want)
			if test.want > 0 {
				answer.says("-burn")
			}
		})
	}
}

// A policy that wants some lost events is blind to one failed request of three, and not to fifty of fifty.
func TestF6MinFailuresIsALowTrafficGuard(t *testing.T) {
	from := noon.Add(-25 * time.Hour)
	// A burst of failures begins half an hour ago and is over within some minutes; three requests an hour succeed before.
	burst := func(failed float64) []series {
		start := noon.Add(-31 * time.Minute)
		return []series{
			{`m_total{code="200"}`, from, noon, 15 * time.Second, func(at time.Time) float64 { return math.Floor(at.Sub(from).Hours() * 3) }},
			{`m_total{code="500"}`, from, noon, 15 * time.Second, func(at time.Time) float64 {
				return 100 + math.Floor(failed*max(0, min(1, at.Sub(start).Minutes()/30)))
			}},
		}
	}
	const state = `"level": "flow", "measure": "state"`
	for name, test := range map[string]struct {
		policies string
		failed   float64
		want     float64
	}{
		"one of three, by default":          {"", 1, 0},
		"four, by default":                  {"", 4, 0},
		"fifty of fifty, by default":        {"", 50, 2},
		"one, without the guard":            {"policies: [{ name: fast, severity: page, burn: { budget: 10%, long: 1h } }]", 1, 2},
		"one, with a guard of 2":            {"policies: [{ name: fast, severity: page, burn: { budget: 10%, long: 1h, minFailures: 2 } }]", 1, 0},
		"nine, with a guard of 9":           {"policies: [{ name: fast, severity: page, burn: { budget: 10%, long: 1h, minFailures: 9 } }]", 9, 2},
		"nine, with a guard of 10":          {"policies: [{ name: fast, severity: page, burn: { budget: 10%, long: 1h, minFailures: 10 } }]", 9, 0},
		"nine over 12 h, with a guard of 9": {"policies: [{ name: fast, severity: ticket, burn: { budget: 50%, long: 12h, minFailures: 9 } }]", 9, 1},
		"nine over 12 h, with one of 10":    {"policies: [{ name: fast, severity: ticket, burn: { budget: 50%, long: 12h, minFailures: 10 } }]", 9, 0},
	} {
		t.Run(name, func(t *testing.T) {
			// The short window of each policy still has failures.
			tr := try(t, shopOf("objective: 0.99\nbudgetWindow: 24h\n"+test.policies), nil, burst(test.failed)...)
			tr.latest(state, noon).is(`flow="shop"`, test.want)
		})
	}
	t.Run("where nothing counts events it does not apply", func(t *testing.T) {
		tr := try(t, catalog(`
budgetWindow: 24h
flows:
  - name: shop
    objective: 0.99
    slis:
      - { name: up, component: availability, probe: { selector: probe_success } }`), nil,
			series{`probe_success`, from, noon, 15 * time.Second, constant(0)})
		tr.latest(state, noon).is(`flow="shop"`, 2)
	})
	t.Run("lost telemetry does not clear a page", func(t *testing.T) {
		all := burst(50)
		for i := range all {
			all[i].to = noon.Add(-2 * time.Minute)
		}
		tr := try(t, shopOf("objective: 0.99\nbudgetWindow: 24h"), nil, all...)
		tr.latest(state, noon.Add(3*time.Hour)).is(`flow="shop"`, 2)
	})
}

// A loss that is due to rounding is none, and exhausts no budget.
func TestS7LossesOfRoundingAreNone(t *testing.T) {
	from := noon.Add(-3 * time.Hour)
	for name, test := range map[string]struct {
		value          float64
		burn, lastsFor float64
	}{
		"1 - 1e-16":   {1 - 1.2e-16, 0, math.NaN()},
		"1 - 1e-13":   {1 - 1e-13, 0, math.NaN()},
		"all is well": {1, 0, math.NaN()},
		"1 - 1e-10":   {1 - 1e-10, 1e-8, 7200 * (1 - 1e-8) / 1e-8},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, catalog(`
objective: 0.99
budgetWindow: 2h
flows:
  - name: shop
    slis: [{ name: share, component: correctness, objective: 0.99, value: { promql: 'max(share)' } }]`), nil,
				series{"share", from, noon, 15 * time.Second, constant(test.value)})
			for _, level := range []string{"overall", "flow", "component", "sli"} {
				labels := map[string]string{"overall": "", "flow": `flow="shop"`, "component": `component="correctness",flow="shop"`,
					"sli": `component="correctness",flow="shop",sli="share"`}[level]
				ask := func(measure string) answer {
					return tr.latest(fmt.Sprintf(`"level": %q, "measure": %q`, level, measure), noon)
				}
				ask("burn").isNear(labels, test.burn, 1e-13)
				ask("exhaustion").isNear(labels, test.lastsFor, 1e7)
				ask("budget").isNear(labels, 1-test.burn, 1e-13)
			}
		})
	}
}
