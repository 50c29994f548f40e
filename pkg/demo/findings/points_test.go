package findings

import (
	"math"
	"strings"
	"testing"
	"time"
)

// Points that are far apart are averages, or show a part of the time only, and say so.
func TestU4AveragesOverALongStepSaySo(t *testing.T) {
	from := noon.Add(-26 * time.Hour)
	tr := try(t, catalog(`
objective: 0.9
window: 5m
flows:
  - name: shop
    slis:
      - { name: ok, component: availability, ratio: { bad: 'm_total{code="500"}', total: m_total } }
  - name: gauge
    slis:
      - { name: depth, component: dependency, value: { promql: depth } }
  - name: smooth
    slis:
      - { name: depth, component: dependency, value: { promql: 'avg_over_time(depth[__window])' } }`), nil,
		append(requests("m_total", from, noon, 10, .1), series{"depth", from, noon, time.Minute, constant(.5)})...)
	const averaged, apart = "shorter dips are not visible", "dips between them are not visible"
	for _, test := range []struct {
		query string
		step  time.Duration
		want  string
	}{
		{`"level": "flow", "flows": ["shop"]`, time.Hour, "each point is an average over 1h, so " + averaged + " and the lowest point is not the lowest score"},
		{`"level": "overall"`, time.Hour, averaged},
		{`"level": "sli", "slis": ["ok"], "measure": "value"`, 10 * time.Minute, averaged + " and the lowest point is not the lowest value"},
		{`"level": "flow", "measure": "coverage"`, time.Hour, averaged + " and the lowest point is not the lowest coverage"},
		{`"level": "flow", "flows": ["smooth"]`, time.Hour, averaged},
		{`"level": "flow", "flows": ["gauge"]`, time.Hour, "the points are 1h apart and each covers one instant, so " + apart},
		{`"level": "sli", "flows": ["gauge"], "measure": "value", "window": "1h"`, 30 * time.Minute, "each covers one instant"},
		{`"level": "flow", "flows": ["shop"], "window": "5m"`, time.Hour, "the points are 1h apart and each covers the 5m before it, so " + apart},
		{`"level": "flow", "flows": ["shop"], "window": "1h"`, time.Hour, averaged},
		{`"level": "flow", "flows": ["shop"], "window": "$__interval"`, time.Hour, averaged},
		{`"level": "flow", "flows": ["shop"], "measure": "burn"`, time.Hour, ""},
		{`"level": "flow", "flows": ["shop"], "measure": "budget"`, time.Hour, ""},
		{`"level": "flow", "flows": ["shop"], "measure": "traffic"`, time.Hour, ""},
		{`"level": "flow", "flows": ["shop"], "format": "latest"`, time.Hour, ""},
		{`"level": "flow", "flows": ["shop"]`, 5 * time.Minute, ""},
		{`"level": "flow", "flows": ["gauge"]`, time.Minute, ""},
	} {
		t.Run(test.query+" each "+test.step.String(), func(*testing.T) {
			a := tr.ask(test.query, noon.Add(-24*time.Hour), noon, test.step)
			if a.Error != nil {
				t.Fatal(a.Error)
			}
			notices := strings.Join(a.notices(), "\n")
			if said := strings.Contains(notices, averaged) || strings.Contains(notices, apart); said != (test.want != "") || !strings.Contains(notices, test.want) {
				t.Errorf("%s: the notices are %q, want %q", test.query, notices, test.want)
			}
		})
	}
}

// The lowest score of an incident is that of the minutes in it, however far apart the points of a panel are.
func TestU4MinimaAreThoseOfMinutes(t *testing.T) {
	from := noon.Add(-20 * time.Hour)
	at := func(before time.Duration) time.Time { return noon.Add(-before) }
	all := outages(from, noon, [2]time.Time{at(182 * time.Minute), at(180 * time.Minute)}, [2]time.Time{at(91 * time.Minute), at(90 * time.Minute)})
	for i, value := range []func(time.Time) float64{all[0].value, all[1].value} {
		all[i].value = func(at time.Time) float64 { return 1e6 + value(at) } // A rate is cut off where a counter is 0.
	}
	tr := try(t, shopOf("objective: 0.9\nwindow: 5m\nbudgetWindow: 1d\nlookback: 1h\npolicies: [{ name: low, severity: page, when: score < 0.9 }]"), minutely, all...)
	for _, over := range []time.Duration{4 * time.Hour, 16 * time.Hour} {
		for _, step := range []time.Duration{time.Minute, 6 * time.Hour} {
			lowest := field[*float64](tr.ask(`"level": "flow", "format": "incidents"`, noon.Add(-over), noon, step), "lowestScore")
			if len(lowest) != 2 || math.Abs(*lowest[0]-.6) > 1e-9 || math.Abs(*lowest[1]-.8) > 1e-9 {
				t.Errorf("over %s each %s the lowest scores are %v", over, step, sorted(lowest))
			}
		}
	}
}
