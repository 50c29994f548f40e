package packaging_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

// shownBy is a panel that shows what the guide recommends, and what it asks.
type shownBy struct {
	board, title, kind string
	asks               map[string]any
}

// The guide's recommended dashboards, panel by panel.
func TestEachPanelThatTheGuideRecommendsIsThere(t *testing.T) {
	for recommended, by := range map[string]shownBy{
		"executive: overall cer score trend":    {"executive", "Score against the objective", "timeseries", map[string]any{"measure": "score", "level": "overall", "format": "timeseries"}},
		"executive: top impacted cohorts":       {"executive", "Most affected by $cohorts", "table", map[string]any{"level": "overall", "format": "table", "by": "[$cohorts]"}},
		"executive: revenue at risk estimate":   {"executive", "Revenue at risk", "stat", map[string]any{"measure": "revenueAtRisk", "level": "overall", "format": "latest"}},
		"executive: error budget status":        {"executive", "Error budget left", "stat", map[string]any{"measure": "budget", "level": "overall", "format": "latest"}},
		"on-call: current cer score":            {"on-call", "Overall score", "stat", map[string]any{"measure": "score", "level": "overall", "format": "latest"}},
		"on-call: active incidents, severity":   {"on-call", "Incidents", "table", map[string]any{"format": "incidents", "level": "flow"}},
		"on-call: paged alerts":                 {"on-call", "Firing alerts", "alertlist", nil},
		"on-call: top failing SLIs":             {"on-call", "Biggest gains", "bargauge", map[string]any{"level": "sli", "format": "table"}},
		"on-call: recent deploys":               {"on-call", "Deployments and maintenance", "table", map[string]any{"format": "events"}},
		"debug: per-flow SLI breakdown":         {"debug", "SLIs", "table", map[string]any{"level": "sli", "format": "table", "flows": "[$flow]"}},
		"debug: P50/P95/P99":                    {"debug", "Percentiles", "timeseries", map[string]any{"measure": "quantile", "level": "sli", "q": "[0.5 0.95 0.99]", "flows": "[$flow]"}},
		"debug: traces for failing requests":    {"debug", "Slow and failed requests", "table", map[string]any{"format": "exemplars", "flows": "[$flow]"}},
		"debug: dependency health map":          {"debug", "Dependencies", "nodeGraph", map[string]any{"format": "graph"}},
		"debug: telemetry coverage":             {"debug", "Telemetry coverage", "state-timeline", map[string]any{"measure": "coverage", "level": "sli"}},
		"correlation: deployments beside score": {"debug", "What changed", "table", map[string]any{"format": "events"}},
	} {
		t.Run(recommended, func(t *testing.T) { by.check(t) })
	}
}

// check fails the test unless the panel is there and asks for it.
func (s shownBy) check(t *testing.T) {
	t.Helper()
	panels := dashboardOf(t, s.board).Panels
	at := slices.IndexFunc(panels, func(p panel) bool { return p.Title == s.title })
	if at < 0 {
		t.Fatalf("cer-%s has no panel %q", s.board, s.title)
	}
	if panels[at].Type != s.kind {
		t.Errorf("%q of cer-%s is a %s, want a %s", s.title, s.board, panels[at].Type, s.kind)
	}
	if s.asks == nil {
		return
	}
	asksIt := func(target map[string]any) bool {
		for name, want := range s.asks {
			if fmt.Sprint(target[name]) != want {
				return false
			}
		}
		return true
	}
	if !slices.ContainsFunc(panels[at].Targets, asksIt) {
		t.Errorf("%q of cer-%s asks %v, want %v", s.title, s.board, panels[at].Targets, s.asks)
	}
}

// unstated is a catalog of three flows that states no policies, and so has the default ones.
func unstated(t *testing.T) *cer.Catalog {
	t.Helper()
	flow := "\n    - { name: %s, weight: %d, slis: [{ name: ok, ratio: { bad: 'r_total{code=\"500\"}', total: r_total } }] }"
	text := "apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: x }\nspec:\n  objective: 0.99\n  flows:" +
		fmt.Sprintf(flow, "checkout", 8) + fmt.Sprintf(flow, "search", 1) + fmt.Sprintf(flow, "help", 1)
	c, issues := definition.Load(definition.Source{Name: "x.yaml", Content: []byte(text)})
	if c == nil {
		t.Fatal(issues.Error())
	}
	return c
}

// policiesOf returns the policies of a severity that pick a flow.
func policiesOf(c *cer.Catalog, severity cer.AlertSeverity, flow string) []cer.AlertPolicy {
	f, _ := c.Flow(flow)
	return slices.DeleteFunc(slices.Clone(c.Policies), func(p cer.AlertPolicy) bool { return p.Severity != severity || !p.Flows.Picks(c, f) })
}

// "Page for cer drops that affect high-weighted flows or when burn-rate exceeds threshold; ticket for lower-priority degradations."
func TestGuidePagesAreForHeavyFlowsAndTicketsForAll(t *testing.T) {
	c := unstated(t)
	for flow, want := range map[string][2]int{"checkout": {3, 1}, "search": {0, 1}, "help": {0, 1}} {
		got := [2]int{len(policiesOf(c, cer.PageSeverity, flow)), len(policiesOf(c, cer.TicketSeverity, flow))}
		if got != want {
			t.Errorf("%s has %d policies that page and %d that open tickets, want %v", flow, got[0], got[1], want)
		}
	}
	for uid, severity := range map[string]string{"cer-page": "critical", "cer-ticket": "warning"} {
		r, ok := rulesOf(t, "states.yaml")[uid]
		if !ok || r.Labels["severity"] != severity || r.Data[0].Model["measure"] != "state" {
			t.Errorf("%s is %+v", uid, r)
		}
	}
	root := strictly[notifications](t, "provisioning", "alerting", "notifications.yaml").Policies[0].route
	waits := slices.ContainsFunc(root.Routes, func(r route) bool {
		return len(r.Muted) > 0 && slices.ContainsFunc(r.Matchers, func(m []string) bool { return slices.Equal(m, []string{"severity", "=", "warning"}) })
	})
	if !waits {
		t.Error("tickets do not wait for a working day")
	}
}

// "Page when burn-rate >= 3x and remaining budget < 50% in short window; ticket when moderate."
func TestGuideBurnRatesPageFromThreeOnWithHalfOfTheBudget(t *testing.T) {
	c := unstated(t)
	guidance := slices.ContainsFunc(policiesOf(c, cer.PageSeverity, "checkout"), func(p cer.AlertPolicy) bool {
		return p.When == "budget < 0.5" && p.Burn.Factor(c.Budget) == 3 && p.Burn.Long == time.Hour && p.Burn.Short(c.Budget) == 5*time.Minute
	})
	if !guidance {
		t.Errorf("no page is for a burn rate of 3 over an hour and 5 minutes with half of the budget: %+v", c.Policies)
	}
	for _, p := range policiesOf(c, cer.TicketSeverity, "checkout") {
		if factor := p.Burn.Factor(c.Budget); factor >= 3 || factor < 1 {
			t.Errorf("%s opens a ticket at a burn rate of %g, which is not moderate", p.Name, factor)
		}
	}
}

// "Use dedupe windows, group alerts by flow and region, suppress during planned maintenance, use anomaly detection to reduce false
// positives."
func TestGuideNoiseIsReduced(t *testing.T) {
	root := strictly[notifications](t, "provisioning", "alerting", "notifications.yaml").Policies[0].route
	for _, label := range []string{"flow", "region"} {
		if !slices.Contains(root.GroupBy, label) {
			t.Errorf("alerts are grouped by %v, without %s", root.GroupBy, label)
		}
	}
	for name, text := range map[string]string{"group_wait": root.GroupWait, "group_interval": root.GroupInterval, "repeat_interval": root.RepeatInterval} {
		if window, err := time.ParseDuration(text); err != nil || window <= 0 {
			t.Errorf("%s, within which alerts are one message, is %q", name, text)
		}
	}
	shop := catalog(t)
	for _, p := range shop.Policies {
		if p.KeepFor <= 0 {
			t.Errorf("the policy %s has no hysteresis", p.Name)
		}
	}
	if len(shop.Maintenance) == 0 {
		t.Error("no maintenance is planned that suppresses states")
	}
	// What is no more than chance fails neither a gate nor a default policy.
	gate := rulesOf(t, "gates.yaml")["cer-canary-fails"]
	if len(gate.Data) == 0 || gate.Data[0].Model["measure"] != "verdict" || gate.Data[0].Model["gate"] != shop.Gates[0].Name || shop.Gates[0].Compare == nil {
		t.Errorf("the rule on a release is not decided by evidence: %+v", gate)
	}
	for _, p := range policiesOf(unstated(t), cer.PageSeverity, "checkout") {
		if p.Burn.MinFailures < 1 {
			t.Errorf("the policy %s pages for %g failed requests", p.Name, p.Burn.MinFailures)
		}
	}
}

// "Telemetry coverage >95% for critical flows."
func TestGuideCoverageBelowNinetyFivePercentAlerts(t *testing.T) {
	if limit := thresholdOf(t, rulesOf(t, "cer.yaml")["cer-coverage-low"]); limit != .95 {
		t.Errorf("the rule on coverage fires below %g", limit)
	}
}
