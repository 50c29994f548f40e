package findings

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// broken are SLIs whose expressions Prometheus can't evaluate, or that yield no numbers.
var broken = map[string]string{
	"several metrics":  `{ name: ok, component: availability, ratio: { good: '{__name__=~"a_total|b_total",code="200"}', total: '{__name__=~"a_total|b_total"}' } }`,
	"a total":          `{ name: ok, component: availability, ratio: { bad: 'a_total{code="500"}', total: '{__name__=~"a_total|b_total"}' } }`,
	"an expression":    `{ name: ok, component: dependency, value: { promql: 'a_total / ignoring (code) b_total' } }`,
	"a fallback":       `{ name: ok, component: dependency, value: { promql: absent_metric }, fallback: { value: { promql: 'min(a_total * on () b_total)' } } }`,
	"one that is held": `{ name: ok, component: dependency, value: { promql: 'a_total - on () b_total' }, missing: hold, maxDelay: 10m }`,
	"one that is good": `{ name: ok, component: dependency, value: { promql: 'a_total - on () b_total' }, missing: good }`,
	"a required one":   `{ name: ok, component: dependency, value: { promql: 'a_total - on () b_total' }, missing: error }`,
}

// brokenShop has a flow with a broken SLI, weighing one of three, beside one in which a tenth of the requests fail.
func brokenShop(t *testing.T, sli string) *trial {
	from := noon.Add(-3 * time.Hour)
	all := zones("good_total", from, noon, map[string]float64{"north": .1, "south": .1})
	for _, name := range []string{"a_total", "b_total"} {
		all = append(all, zones(name, from, noon, map[string]float64{"north": .5})...)
	}
	return try(t, catalog(`
objective: 0.9
budgetWindow: 1h
lookback: 1h
minCoverage: 0.5
dimensions: [{ name: zone, label: zone }]
policies: [{ name: low, severity: page, when: 'score < 0.95' }]
flows:
  - name: bad
    revenue: { perHour: 1000, currency: EUR }
    slis:
      - `+sli+`
      - { name: depth, component: latency, ratio: { good: 'good_total{code="200"}', total: good_total } }
  - name: good
    weight: 2
    revenue: { perHour: 1000, currency: EUR }
    slis:
      - `+ratioOf("good_total")), nil, all...)
}

func TestG2OneBrokenSLIWithholdsItsOwnFlowOnly(t *testing.T) {
	for name, sli := range broken {
		t.Run(name, func(t *testing.T) {
			tr := brokenShop(t, sli)
			for measure, want := range map[string][2]float64{
				"score": {math.NaN(), .9}, "burn": {math.NaN(), 1}, "budget": {math.NaN(), 0},
				"state": {math.NaN(), 2}, "impact": {math.NaN(), .1}, "revenueAtRisk": {math.NaN(), 100}, "traffic": {math.NaN(), 20},
			} {
				if measure == "traffic" && !strings.Contains(sli, "ratio") {
					continue // The flow's traffic is that of another SLI.
				}
				a := tr.latest(`"level": "flow", "measure": "`+measure+`"`, noon)
				labels := func(flow string) string {
					if measure == "revenueAtRisk" {
						return fmt.Sprintf(`currency="EUR",flow=%q`, flow)
					}
					return fmt.Sprintf(`flow=%q`, flow)
				}
				a.isNear(labels("bad"), want[0], 1e-9)
				a.isNear(labels("good"), want[1], 1e-6)
				a.saysOnceAsError("bad/ok: ")
			}
			tr.latest(`"measure": "score"`, noon).is("", .9)
			tr.latest(`"measure": "coverage"`, noon).is("", 2./3)
			tr.latest(`"measure": "burn"`, noon).isNear("", 1, 1e-6)
			tr.latest(`"measure": "state"`, noon).isState("", page)
			a := tr.latest(`"level": "sli", "measure": "score"`, noon)
			a.is(`component="latency",flow="bad",sli="depth"`, .9)
			alone := tr.latest(`"level": "flow", "flows": ["bad"]`, noon)
			alone.is(`flow="bad"`, math.NaN())
			alone.saysOnceAsError("bad/ok: ")
			tr.latest(`"level": "flow", "flows": ["good"]`, noon).is(`flow="good"`, .9)
		})
	}
}

// saysOnceAsError fails the test unless one notice, an error, starts with a text.
func (a answer) saysOnceAsError(start string) {
	a.t.Helper()
	n := 0
	for _, frame := range a.Frames {
		for _, notice := range frame.Meta.Notices {
			if strings.HasPrefix(notice.Text, start) && notice.Severity == data.NoticeSeverityError {
				n++
			}
		}
	}
	if n != 1 {
		a.t.Errorf("%d errors start with %q, want 1: %q", n, start, a.notices())
	}
}

func TestG2ABrokenSLINamesItsRemedy(t *testing.T) {
	a := brokenShop(t, broken["several metrics"]).latest(`"level": "flow"`, noon)
	a.says("bad/ok: The store could not evaluate the PromQL ")
	a.says("Name one metric in the catalog")
}

func TestG2EveryFormatAnswersBesideABrokenSLI(t *testing.T) {
	tr := brokenShop(t, broken["several metrics"])
	for _, query := range []string{
		`"format": "timeseries", "level": "flow"`, `"format": "timeseries", "level": "component", "measure": "score"`,
		`"format": "timeseries", "level": "sli", "measure": "value"`, `"format": "table", "level": "flow"`, `"format": "table", "level": "sli"`,
		`"format": "table", "level": "flow", "measure": "burn"`, `"format": "table", "level": "flow", "measure": "state"`,
		`"format": "summary"`, `"format": "incidents", "level": "flow"`, `"format": "definition", "level": "sli"`,
		`"format": "timeseries", "level": "flow", "by": ["zone"]`, `"format": "latest", "level": "sli", "measure": "traffic"`,
		`"format": "latest", "level": "sli", "measure": "lag"`, `"format": "timeseries", "level": "flow", "measure": "state", "where": {"zone": ["north"]}`,
	} {
		if a := tr.ask(query, noon.Add(-time.Hour), noon, time.Minute); a.Error != nil || len(a.Frames) == 0 {
			t.Errorf("%s: %v", query, a.Error)
		}
	}
}

// What is no SLI's takes no SLI with it.
func TestG2OtherBrokenExpressionsTakeNothingWithThem(t *testing.T) {
	from := noon.Add(-3 * time.Hour)
	const refused = "'a_total * on () b_total'"
	tr := try(t, catalog(`
objective: 0.9
budgetWindow: 1h
lookback: 1h
policies: [{ name: low, severity: page, when: 'score < 0.95' }]
maintenance: [{ name: works, promql: `+refused+` }]
flows:
  - name: good
    weight: { promql: `+refused+`, value: 3 }
    revenue: { promql: `+refused+`, currency: EUR }
    slis:
      - `+ratioOf("a_total")), nil, append(zones("a_total", from, noon, map[string]float64{"north": .1}), zones("b_total", from, noon, map[string]float64{"north": .1})...)...)
	overall := tr.latest(`"measure": "score"`, noon)
	overall.is("", .9)
	overall.saysOnceAsError("the weight of good: ")
	state := tr.latest(`"level": "flow", "measure": "state"`, noon)
	state.isState(`flow="good"`, page)
	state.saysOnceAsError("the maintenance works: ")
	money := tr.latest(`"level": "flow", "measure": "revenueAtRisk"`, noon)
	money.is(`currency="EUR",flow="good"`, math.NaN())
	money.saysOnceAsError("the money of good: ")
}

// A store that refuses whatever it is asked is at fault itself.
func TestG2AStoreThatRefusesAllIsAnError(t *testing.T) {
	tr := try(t, catalog(`
flows:
  - name: one
    slis: [`+broken["an expression"]+`]
  - name: two
    slis: [`+broken["one that is good"]+`]`), nil,
		append(zones("a_total", noon.Add(-time.Hour), noon, map[string]float64{"north": .5}), zones("b_total", noon.Add(-time.Hour), noon, map[string]float64{"north": .5})...)...)
	if a := tr.latest(`"level": "flow"`, noon); a.Error == nil || !strings.Contains(a.Error.Error(), "one/ok") {
		t.Errorf("the error is %v", a.Error)
	}
}
