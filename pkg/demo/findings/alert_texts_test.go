package findings

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/internal/golden"
)

// alerted is a catalog whose flow pay fails for most users of a zone half a minute after a deployment.
const alerted = `
objective: 0.95
budgetWindow: 24h
scrapeInterval: 15s
dimensions: [{ name: zone, label: zone }]
events:
  - { name: deploys, kind: deployment, promql: 'sum by (service, version) (increase(deploys_total[__window])) > 0' }
  - { name: freeze, promql: 'frozen > 0' }
policies:
  - { name: fast-burn, severity: page, flows: { names: [pay] }, burn: { budget: 5%, long: 30m }, keepFor: 5m }
  - { name: slow-burn, severity: ticket, when: burn("1h") > 2, keepFor: 5m }
flows:
  - name: pay
    title: Paying
    owner: pay-oncall
    runbook: https://runbooks.example/pay
    slis:
      - { name: ok, title: Payments succeed, component: availability, key: true, weight: 4, ratio: { bad: 'r_total{code="500"}', total: r_total } }
      - { name: fast, title: Fast answers, component: latency, ratio: { good: d_fast_total, total: d_total } }
  - name: mail
    slis: [{ name: ok, component: availability, ratio: { bad: 'm_total{code="500"}', total: m_total } }]`

// The outage of pay, and the time in which mail is not scraped.
var (
	outageFrom, outageTo = noon.Add(-90 * time.Minute), noon.Add(-66 * time.Minute)
	gapFrom              = noon.Add(-20 * time.Minute)
)

// alertedSeries are what the catalog alerted is about.
func alertedSeries() []series {
	from := noon.Add(-8 * time.Hour)
	failed := func(at time.Time) float64 {
		return 3 * math.Max(0, math.Min(at.Sub(outageFrom).Seconds(), outageTo.Sub(outageFrom).Seconds()))
	}
	every := func(metric string, value func(time.Time) float64) series {
		return series{metric, from, noon, 15 * time.Second, value}
	}
	mail := every(`m_total{code="200"}`, counter(from, 2))
	mail.to = gapFrom
	deployed := func(at time.Time) float64 {
		if at.Before(outageFrom.Add(-30 * time.Second)) {
			return 0
		}
		return 1
	}
	return []series{
		every(`r_total{code="200",zone="north"}`, counter(from, 4)),
		every(`r_total{code="200",zone="south"}`, func(at time.Time) float64 { return 4*at.Sub(from).Seconds() - failed(at) }),
		every(`r_total{code="500",zone="south"}`, failed),
		every(`d_fast_total`, counter(from, .99)), every(`d_total`, counter(from, 1)), mail,
		every(`deploys_total{service="pay",version="42"}`, deployed), every(`deploys_total{service="mail",version="7"}`, constant(0)),
	}
}

// The texts that people read when a rule fires, when it is resolved, and when its state is unknown.
func TestU10TextsOfAlerts(t *testing.T) {
	tr := try(t, catalog(alerted), nil, alertedSeries()...)
	rules := alertRules(t)
	var out strings.Builder
	tell := func(what, uid, flow, status string, at time.Time) alert {
		t.Helper()
		a, found := tr.evaluate(rules[uid], at)[flow]
		if !found || a.Status != status {
			t.Fatalf("%s: the alert of %s on %s is %q, want it %s", what, uid, flow, a.Status, status)
		}
		out.WriteString("=== " + what + "\n" + notify(t, a) + "\n")
		return a
	}
	firing := tell("a page", "cer-page", "pay", "firing", outageFrom.Add(14*time.Minute))
	tell("a page that became a ticket", "cer-page", "pay", "resolved", outageTo.Add(20*time.Minute))
	tell("a ticket", "cer-ticket", "pay", "firing", outageTo.Add(20*time.Minute))
	over := tell("a ticket that is over", "cer-ticket", "pay", "resolved", noon)
	tell("a page that is over", "cer-page", "pay", "resolved", noon)
	tell("a flow that nothing happens to", "cer-page", "mail", "resolved", outageFrom)
	tell("coverage", "cer-coverage-low", "mail", "firing", noon)
	tell("coverage that is well", "cer-coverage-low", "pay", "resolved", noon)
	tell("the store", "cer-store-trouble", "", "resolved", noon)

	stale := firing
	stale.Status = "resolved"
	out.WriteString("=== a page that Grafana lost sight of\n" + notify(t, stale) + "\n")
	out.WriteString("=== two alerts\n" + notify(t, firing, over) + "\n")
	fault := alert{Status: "firing", StartsAt: noon, Labels: map[string]string{"alertname": "DatasourceError", "rulename": "Page"}, Annotations: map[string]string{"Error": "the store does not answer"}}
	unknown := alert{Status: "firing", StartsAt: noon, Labels: map[string]string{"alertname": "DatasourceNoData", "rulename": "Page", "flow": "mail", "owner": "mail-oncall"}}
	trouble := alert{Status: "firing", StartsAt: noon, Labels: rules["cer-store-trouble"].Labels, Annotations: expandAll(t, rules["cer-store-trouble"], nil, nil, noon)}
	out.WriteString("=== a rule that can't be evaluated\n" + notify(t, fault) + "\n=== a state that is unknown\n" + notify(t, unknown) + "\n=== two rules on a state that is unknown\n" + notify(t, unknown, unknown) + "\n=== the store does not answer\n" + notify(t, trouble))
	golden.CompareFile(t, "testdata/alerts.txt", out.String())
}
