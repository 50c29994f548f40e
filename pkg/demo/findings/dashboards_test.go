package findings

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/demo/board"
)

// newcomer is a first catalog: flows, and nothing that could be left out.
const newcomer = `
flows:
  - name: shop
    slis: [{ name: success, ratio: { bad: 'r_total{code="500"}', total: r_total } }]
  - name: mail
    slis: [{ name: queue, component: availability, value: { promql: 'max(queue_full)' }, curve: { linear: { zero: 1, one: 0 } } }]`

// A newcomer's boards have no red triangles, no "None", and no green where there is no objective.
func TestU6DashboardsSuitANewcomersCatalog(t *testing.T) {
	telemetry := []series{twoHours(`r_total{code="200",region="eu"}`, 9), twoHours(`r_total{code="500",region="us"}`, 1),
		{"queue_full", noon.Add(-2 * time.Hour), noon, 15 * time.Second, constant(.2)}}
	tests := map[string]struct {
		spec, split string
		// unused are the panels and annotations that are about what the catalog does not state.
		unused []string
	}{
		"of flows alone": {newcomer, "", []string{
			"cer canary: Deployments and maintenance", "cer canary: Deployments, maintenance, catalog changes", "cer debug: Deployments, maintenance, catalog changes", "cer debug: Flows", "cer debug: Incidents",
			"cer debug: Percentiles", "cer debug: Slow and failed requests", "cer debug: What changed",
			"cer executive: Deployments, maintenance, catalog changes", "cer executive: Error budget left",
			"cer executive: Error budgets by flow", "cer executive: Error budgets over time", "cer executive: Incidents", "cer executive: Revenue at risk", "cer executive: Revenue at risk by flow",
			"cer on-call: Burn rate (1h)", "cer on-call: Deployments and maintenance", "cer on-call: Deployments, maintenance, catalog changes", "cer on-call: Flows", "cer on-call: Flows by state",
			"cer on-call: Incidents", "cer on-call: Overall state", "cer on-call: States over time"}},
		"with a dimension and an objective": {"objective: 0.99\ndimensions: [{ name: region }]" + newcomer, "region", []string{
			"cer canary: Deployments and maintenance", "cer canary: Deployments, maintenance, catalog changes", "cer debug: Deployments, maintenance, catalog changes", "cer debug: Percentiles",
			"cer debug: Slow and failed requests", "cer debug: What changed", "cer executive: Deployments, maintenance, catalog changes", "cer executive: Revenue at risk",
			"cer executive: Revenue at risk by flow", "cer on-call: Deployments and maintenance", "cer on-call: Deployments, maintenance, catalog changes"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tr := try(t, catalog(test.spec), nil, telemetry...)
			if got := tr.unusedPanels(test.split); !slices.Equal(got, test.unused) {
				t.Errorf("empty are %q, want %q", got, test.unused)
			}
		})
	}
}

// unusedPanels asks all panels and annotations of all dashboards in a catalog without gates, whose dimension to split by is given, "" for
// none, and returns those that are empty.
func (tr *trial) unusedPanels(split string) []string {
	tr.t.Helper()
	variables := board.Variables{"flow": nil, "sli": nil, "split": {split}, "cohorts": {split}, "flows": {""}, "gate": {""}, "dimension": {""}, "candidate": {""}, "baseline": {""}, "since": {""}}
	unused := map[string]bool{}
	check := func(panel string, noValue any, target map[string]any) {
		a, asked := tr.askTarget(panel, target, variables)
		if !asked {
			if noValue == nil {
				tr.t.Errorf("%s asks nothing, and says nothing of it", panel)
			}
			return
		}
		a.suits(panel)
		if a.isEmpty() {
			unused[panel] = true
		}
	}
	for _, b := range dashboards(tr.t) {
		for _, p := range b.Panels {
			for _, target := range p.Targets {
				check(b.Title+": "+p.Title, p.FieldConfig.Defaults["noValue"], target)
			}
		}
		for _, annotation := range b.Annotations.List {
			if annotation.Target != nil {
				check(b.Title+": "+annotation.Name, "", annotation.Target)
			}
		}
	}
	return slices.Sorted(maps.Keys(unused))
}

// isEmpty reports whether an answer has no numbers and no rows.
func (a answer) isEmpty() bool {
	return !slices.ContainsFunc(a.Frames, func(f *data.Frame) bool { return f.Rows() > 0 })
}

// suits fails the test if a panel with the answer has a red triangle, "None", or is empty and does not say why.
func (a answer) suits(panel string) {
	a.t.Helper()
	if a.Error != nil {
		a.t.Errorf("%s fails: %v", panel, a.Error)
		return
	}
	if a.isEmpty() && len(a.notices()) == 0 && !strings.HasSuffix(panel, "Incidents") {
		a.t.Errorf("%s is empty, and does not say why", panel)
	}
	for _, f := range a.Frames {
		for _, notice := range f.Meta.Notices {
			if notice.Severity == data.NoticeSeverityError {
				a.t.Errorf("%s has the error %q", panel, notice.Text)
			}
		}
		for _, field := range f.Fields {
			if field.Config != nil && strings.Contains(field.Config.DisplayNameFromDS, "None") {
				a.t.Errorf("%s calls something %q", panel, field.Config.DisplayNameFromDS)
			}
		}
	}
}

// A rule on what the catalog does not state would never fire: that is no empty answer to it.
func TestU6RulesOnWhatIsNotStatedAreErrors(t *testing.T) {
	tr := try(t, catalog(newcomer), nil, twoHours(`r_total{code="200"}`, 9))
	for query, want := range map[string]string{
		`"measure": "revenueAtRisk"`:               "no flow has the field revenue",
		`"measure": "cost", "level": "flow"`:       "no flow has the field cost",
		`"measure": "budget"`:                      "the catalog has no objective",
		`"measure": "burn", "level": "flow"`:       "none of these flows has an objective",
		`"measure": "exhaustion", "level": "sli"`:  "none of these SLIs has an objective",
		`"measure": "state"`:                       "the default policies need an objective",
		`"format": "events"`:                       "the catalog declares no events",
		`"format": "incidents", "level": "flow"`:   "the default policies need an objective",
		`"measure": "score", "flows": ["nothing"]`: `there is no flow "nothing"`,
	} {
		if got := tr.askAsRule(query).Error; got == nil || !strings.Contains(got.Error(), want) {
			t.Errorf("a rule on %s is answered %v, want %q", query, got, want)
		}
	}
}

// Without an objective a score is neither good nor bad.
func TestU15WithoutAnObjectiveAScoreHasNoColour(t *testing.T) {
	for spec, want := range map[string][]string{newcomer: {"text"}, "objective: 0.8" + newcomer: {"red", "green"}} {
		tr := try(t, catalog(spec), nil, twoHours(`r_total{code="200"}`, 9))
		a := tr.latest(`"level": "overall"`, noon)
		if a.Error != nil {
			t.Fatal(a.Error)
		}
		var colours []string
		for _, step := range a.Frames[0].Fields[0].Config.Thresholds.Steps {
			colours = append(colours, step.Color)
		}
		if !slices.Equal(colours, want) {
			t.Errorf("the colours are %q, want %q", colours, want)
		}
		says := slices.ContainsFunc(a.notices(), func(text string) bool { return strings.Contains(text, "states no objective") })
		if says != (len(want) == 1) {
			t.Errorf("the notices are %q", a.notices())
		}
	}
}
