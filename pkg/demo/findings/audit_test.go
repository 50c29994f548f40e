package findings

import (
	"slices"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/demo/board"
)

// Where the dashboards show events they show that the catalog changed: of a chosen flow what concerns it, and the summary says so.
func TestG11DashboardsShowThatTheCatalogChanged(t *testing.T) {
	tr := try(t, catalog(newcomer), nil, twoHours(`r_total{code="200"}`, 9), twoHours(`r_total{code="500"}`, 1))
	tr.latest(`{"format":"latest"}`, noon) // It sets the clock.
	stricter := strings.Replace(newcomer, "name: shop", "name: shop\n    objective: 0.99", 1)
	tr.instance = tr.dataSource(tr.store.URL(), catalog(stricter), nil)
	const change = "flow shop: objective none → 99%"
	for flow, shown := range map[string]bool{"shop": true, "mail": false} {
		var found []string
		variables := board.Variables{"flow": {flow}, "sli": nil, "split": {""}, "cohorts": {""}, "flows": {""}, "gate": {""}, "dimension": {""}, "candidate": {""}, "baseline": {""}, "since": {""}}
		ask := func(title string, target map[string]any) {
			if target["format"] != "events" {
				return
			}
			a, asked := tr.askTarget(title, target, variables)
			if asked && slices.ContainsFunc(a.Frames, func(f *data.Frame) bool { return hasChange(f, change) }) {
				found = append(found, title)
			}
		}
		for _, b := range dashboards(t) {
			for _, annotation := range b.Annotations.List {
				ask(b.Title+"'s annotations", annotation.Target)
			}
			for _, p := range b.Panels {
				for _, target := range p.Targets {
					ask(b.Title+": "+p.Title, target)
				}
			}
		}
		want := []string{"cer canary's annotations", "cer canary: Deployments and maintenance", "cer executive's annotations"}
		if shown {
			want = append(want, "cer debug's annotations", "cer debug: What changed", "cer on-call's annotations", "cer on-call: Deployments and maintenance")
		}
		slices.Sort(want)
		slices.Sort(found)
		if !slices.Equal(found, want) {
			t.Errorf("with the flow %s the change is shown by %q, want %q", flow, found, want)
		}
	}
	summary, _ := tr.askTarget("the summary", map[string]any{"format": "summary"}, nil)
	summary.says("the catalog changed at 4 Mar 12:00 UTC: " + change)
}

// hasChange reports whether a table of events has a change of the catalog.
func hasChange(f *data.Frame, change string) bool {
	text, at := f.FieldByName("text")
	if at < 0 {
		return false
	}
	for i := range text.Len() {
		if said, _ := text.At(i).(string); strings.Contains(said, change) {
			return true
		}
	}
	return false
}
