package findings

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/demo/board"
)

// boardWorld is a catalog and its telemetry, of which dashboards are asked at noon.
type boardWorld struct {
	flows      int
	objectives bool
	// outage is from when on requests fail and are slow; the zero time for never.
	outage time.Time
	// gone is from when on there is no telemetry, and gapped says that it was gone for ten minutes before.
	gone   time.Time
	gapped bool
	// empty says that the store has no series, and broken that it answers nothing but errors.
	empty, broken bool
	// chosen are the variables that are not All.
	chosen board.Variables
}

// spec returns the definition of the world: every feature that dashboards show, but objectives if they are left out.
func (w boardWorld) spec() string {
	var spec strings.Builder
	objective := func(text string) string {
		if !w.objectives {
			return ""
		}
		return text
	}
	spec.WriteString(objective("objective: 0.95\npolicies: [{ name: low-score, severity: page, when: score < 0.9 }]\n") + `budgetWindow: 1d
dimensions: [{ name: region }, { name: release, label: track }]
events: [{ name: deployments, kind: deployment, promql: 'increase(deployments_total[__window]) > 0' }]
gates:
  - name: canary
    compare: { dimension: release, candidate: canary, baseline: stable }
flows:`)
	for i := range w.flows {
		flow := fmt.Sprintf("flow%d", i)
		fmt.Fprintf(&spec, `
  - name: %[1]s
    title: Flow %[2]d
    owner: ann
    runbook: https://runbooks.example/%[1]s
    revenue: { perHour: 1000, currency: EUR }
    traffic: success
    slis:
      - { name: success, component: availability, key: true, %[3]sratio: { bad: 'r_total{flow="%[1]s",code="500"}', total: 'r_total{flow="%[1]s"}' } }
      - { name: fast, component: latency, %[3]slatency: { histogram: 'd_seconds{flow="%[1]s"}', under: 500ms } }
      - { name: p95, component: latency, quantile: { histogram: 'd_seconds{flow="%[1]s"}', q: 0.95 }, curve: { logNormal: { p10: 700ms, median: 1s } } }
      - { name: payment, component: dependency, dependsOn: provider, ratio: { bad: 'psp_total{outcome="error"}', total: psp_total } }`,
			flow, i, objective("objective: 0.97, "))
	}
	return spec.String()
}

// telemetry returns the series of the world: two hours of them until noon, or until they are gone.
func (w boardWorld) telemetry() []series {
	if w.empty {
		return nil
	}
	deployed := func(at time.Time) float64 {
		if at.Before(noon.Add(-25 * time.Minute)) {
			return 1
		}
		return 2
	}
	all := []series{w.series(`deployments_total{service="shop"}`, deployed),
		w.counter(`psp_total{outcome="ok"}`, 9, 6), w.counter(`psp_total{outcome="error"}`, .01, 3)}
	for i := range w.flows {
		for _, cohort := range []string{`region="eu",track="stable"`, `region="us",track="canary"`} {
			labels := fmt.Sprintf(`flow="flow%d",%s`, i, cohort)
			all = append(all, w.counter(`r_total{`+labels+`,code="200"}`, 10, 6), w.counter(`r_total{`+labels+`,code="500"}`, .01, 4))
			for le, rates := range map[string][2]float64{"0.1": {8, 2}, "0.5": {9.9, 5}, "1": {10, 6}, "+Inf": {10.01, 10}} {
				all = append(all, w.counter(`d_seconds_bucket{`+labels+`,le="`+le+`"}`, rates[0], rates[1]))
			}
			all = append(all, w.counter(`d_seconds_count{`+labels+`}`, 10.01, 10))
		}
	}
	return all
}

// counter returns a counter that grows by a rate a second, and by another during an outage.
func (w boardWorld) counter(metric string, calm, outage float64) series {
	from := noon.Add(-2 * time.Hour)
	return w.series(metric, func(at time.Time) float64 {
		if w.outage.IsZero() || at.Before(w.outage) {
			return at.Sub(from).Seconds() * calm
		}
		return w.outage.Sub(from).Seconds()*calm + at.Sub(w.outage).Seconds()*outage
	})
}

// series returns a series that has no samples while telemetry is gone.
func (w boardWorld) series(metric string, value func(time.Time) float64) series {
	return series{metric, noon.Add(-2 * time.Hour), noon, 30 * time.Second, func(at time.Time) float64 {
		isGap := w.gapped && at.After(noon.Add(-45*time.Minute)) && at.Before(noon.Add(-35*time.Minute))
		if isGap || !w.gone.IsZero() && at.After(w.gone) {
			return math.NaN()
		}
		return value(at)
	}}
}

// open returns a data source with the catalog and the telemetry of the world.
func (w boardWorld) open(tr *trial) *trial {
	if !w.broken {
		return tr
	}
	down := func(rw http.ResponseWriter, _ *http.Request, _ []byte, _ http.Handler) {
		http.Error(rw, "the store is down", http.StatusServiceUnavailable)
	}
	behind := &trial{t: tr.t, store: tr.store}
	behind.instance = behind.dataSource(tr.inFront(down), catalog(w.spec()), nil)
	return behind
}

// variables are those of all dashboards, as Grafana has them of the catalog of the world.
func (w boardWorld) variables() board.Variables {
	all := board.Variables{"flow": nil, "flows": nil, "sli": nil, "split": {"region"}, "cohorts": {"region"}, "gate": {"canary"}, "dimension": {"release"},
		"candidate": {"canary"}, "baseline": {"stable"}, "since": {noon.Add(-30 * time.Minute).Format(time.RFC3339)}}
	for name, values := range w.chosen {
		all[name] = slices.Clone(values)
	}
	return all
}
