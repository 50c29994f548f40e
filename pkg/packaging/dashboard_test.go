package packaging_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// dashboard is what the tests read of a dashboard's JSON.
type dashboard struct {
	UID           string
	SchemaVersion int
	Panels        []panel
	Tags          []string
	Links         []struct {
		Type                  string
		Tags                  []string
		KeepTime, IncludeVars bool
	}
	Templating struct {
		List []struct {
			Name, Type string
			Query      any
			Multi      bool
			IncludeAll bool
			Datasource struct{ UID string }
		}
	}
}

// panel is one panel of a dashboard.
type panel struct {
	ID                       int
	Type, Title, Description string
	GridPos                  struct{ X, Y, W, H int }
	FieldConfig              struct {
		Defaults struct {
			Thresholds any
			NoValue    string
			Custom     struct {
				ThresholdsStyle   struct{ Mode string }
				ScaleDistribution struct{ Type string }
			}
		}
		Overrides []struct {
			Matcher    struct{ Options any }
			Properties []struct {
				ID    string
				Value any
			}
		}
	}
	Options struct{ Legend struct{ DisplayMode string } }
	Targets []map[string]any
}

// property is what a panel overrides for a field; nil where it does not.
func (p panel) property(field, id string) any {
	value, _ := p.override(field, id)
	return value
}

// override is what a panel overrides for a field, and whether it does; nil takes the property away.
func (p panel) override(field, id string) (value any, stated bool) {
	for _, o := range p.FieldConfig.Overrides {
		for _, property := range o.Properties {
			if o.Matcher.Options == field && property.ID == id {
				return property.Value, true
			}
		}
	}
	return nil, false
}

// files are those of the dashboards, with their variables besides the data source.
var files = map[string][]string{
	"overview":  {"flow", "filters", "split"},
	"on-call":   {"flow", "filters"},
	"executive": {"flow", "filters", "cohorts"},
	"debug":     {"flow", "sli", "filters", "split"},
	"canary":    {"gate", "dimension", "flows", "candidate", "baseline", "since"},
}

// single are the variables of which one value is chosen.
var single = []string{"split", "gate", "dimension", "candidate", "baseline", "since"}

// restrictions are the cohorts that panels keep, and the variable that their flows are restricted to, where those are not the usual
// ones. Others keep none: which dimensions there are is up to the catalog, and Grafana adds ad hoc filters.
var restrictions = map[string]struct{ where, flows string }{
	"canary": {"map[$dimension:[$candidate $baseline]]", "$flows"},
}

// overview is the dashboard cer overview.
func overview(t *testing.T) dashboard { return dashboardOf(t, "overview") }

// dashboardOf is a dashboard, by the name of its file.
func dashboardOf(t *testing.T, name string) dashboard {
	t.Helper()
	var d dashboard
	if err := json.Unmarshal(read(t, "dashboards", name+".json"), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// eachDashboard runs a test on every dashboard.
func eachDashboard(t *testing.T, test func(t *testing.T, name string, d dashboard)) {
	for name := range files {
		t.Run(name, func(t *testing.T) { test(t, name, dashboardOf(t, name)) })
	}
}

func TestDashboardsSuitTheOldestGrafana(t *testing.T) {
	eachDashboard(t, func(t *testing.T, name string, d dashboard) {
		if d.UID != "cer-"+name || d.SchemaVersion != 38 {
			t.Errorf("the dashboard has the uid %q and the schema version %d; that of Grafana 10.1 is 38", d.UID, d.SchemaVersion)
		}
		if d.Templating.List[0].Query != pluginID {
			t.Errorf("the first variable is %+v", d.Templating.List[0])
		}
		var names []string
		for _, v := range d.Templating.List[1:] {
			names = append(names, v.Name)
			several := v.Multi && v.IncludeAll
			switch {
			case v.Type == "adhoc" && v.Datasource.UID != "${datasource}":
				t.Errorf("the filters are those of the data source %q", v.Datasource.UID)
			case v.Type != "adhoc" && !slices.Contains(single, v.Name) && !several:
				t.Errorf("of %s one can't choose several or all", v.Name)
			}
		}
		if !slices.Equal(names, files[name]) {
			t.Errorf("the variables are %v, want %v", names, files[name])
		}
	})
}

func TestLinksBetweenDashboardsKeepTheTimeAndTheVariables(t *testing.T) {
	eachDashboard(t, func(t *testing.T, _ string, d dashboard) {
		if len(d.Links) != 1 || d.Links[0].Type != "dashboards" || !d.Links[0].KeepTime || !d.Links[0].IncludeVars || !slices.Equal(d.Links[0].Tags, d.Tags) {
			t.Errorf("the links are %+v", d.Links)
		}
	})
}

func TestPanelsAskWhatCanBeAsked(t *testing.T) {
	eachDashboard(t, askWhatCanBeAsked)
}

func askWhatCanBeAsked(t *testing.T, name string, d dashboard) {
	restricted := restrictions[name]
	wantWhere, wantFlows := cmp.Or(restricted.where, "<nil>"), cmp.Or(restricted.flows, "$flow")
	for _, p := range d.Panels {
		if p.Description == "" || len(p.Targets) == 0 && p.Type != "alertlist" { // Grafana itself knows its alerts.
			t.Errorf("the panel %q says or asks nothing", p.Title)
		}
		for _, target := range p.Targets {
			if source, _ := target["datasource"].(map[string]any); source["uid"] != "${datasource}" || source["type"] != pluginID {
				t.Errorf("the panel %q asks the data source %v", p.Title, target["datasource"])
			}
			if flows, restricted := target["flows"].([]any); restricted {
				if len(flows) != 1 || flows[0] != wantFlows {
					t.Errorf("the panel %q is about the flows %v of some catalog", p.Title, flows)
				}
			}
			if where := fmt.Sprint(target["where"]); where != wantWhere && target["format"] != "events" && target["gate"] == nil {
				t.Errorf("the panel %q is about the cohorts %s", p.Title, where)
			}
			parsed(t, withoutVariables(target))
		}
	}
}

func TestPanelsOfOneNumberAskForTheNewest(t *testing.T) {
	eachDashboard(t, func(t *testing.T, _ string, d dashboard) {
		for _, p := range d.Panels {
			if p.Type != "stat" && p.Type != "gauge" && p.Type != "bargauge" {
				continue
			}
			for _, target := range p.Targets {
				if q := parsed(t, withoutVariables(target)); q.Format == query.Timeseries {
					t.Errorf("the panel %q asks for a whole series, of which it shows one number", p.Title)
				}
			}
		}
	})
}

// withoutVariables is a query without the variables that only the frontend replaces.
func withoutVariables(target map[string]any) map[string]any {
	plain := maps.Clone(target)
	for _, field := range []string{"flows", "slis", "where", "by", "candidate", "baseline", "since"} {
		delete(plain, field)
	}
	if plain["gate"] == "$gate" {
		plain["gate"] = "some-gate"
	}
	return plain
}

func TestTablesSayPercentagePointsAndNoUnitsOfGrafana(t *testing.T) {
	for _, p := range overview(t).Panels {
		if p.Type != "table" {
			continue
		}
		// The backend hides the shares, and says that the points are points.
		for _, field := range []string{"changePoints", "impactPoints"} {
			if p.property(field, "decimals") == nil || p.property(field, "unit") != nil {
				t.Errorf("the panel %q shows %s otherwise than the backend means it", p.Title, field)
			}
		}
		if p.Title == "SLIs" && p.property("unit", "mappings") == nil {
			t.Errorf("the panel %q shows Grafana's names of units", p.Title)
		}
	}
}

// The column of values has several units, and so no percent: 0.978 is a share, not 0.978 %.
func TestValuesInTablesAreShares(t *testing.T) {
	eachDashboard(t, func(t *testing.T, _ string, d dashboard) {
		for _, p := range d.Panels {
			if text := fmt.Sprint(p.property("unit", "mappings")); p.property("unit", "mappings") != nil && !strings.Contains(text, "text:share") {
				t.Errorf("the panel %q names the unit of shares otherwise: %s", p.Title, text)
			}
		}
	})
}

// Opened without a flow, cer debug has the SLIs of all: rows of a timeline need room for their names, legends an end.
func TestDebugIsReadableWithEveryFlow(t *testing.T) {
	const rows, perRow, pixels = 20, 17, 38 // pixels is the height of a unit of the grid.
	for _, p := range dashboardOf(t, "debug").Panels {
		switch p.Type {
		case "state-timeline":
			if p.GridPos.H*pixels < rows*perRow+100 { // With the title and the axis.
				t.Errorf("%d rows of the panel %q overlap", rows, p.Title)
			}
		case "timeseries":
			if p.Options.Legend.DisplayMode != "table" {
				t.Errorf("the legend of the panel %q takes as much room as there are SLIs", p.Title)
			}
		}
	}
}

// A link about an event has the flows of its query, though events are those of the whole catalog.
func TestTablesOfEventsHaveTheChosenFlows(t *testing.T) {
	for _, name := range []string{"debug", "on-call"} {
		found := false
		for _, p := range dashboardOf(t, name).Panels {
			for _, target := range p.Targets {
				if target["format"] == "events" {
					found = true
					if flows := fmt.Sprint(target["flows"]); flows != "[$flow]" {
						t.Errorf("%s: the panel %q asks for the flows %s", name, p.Title, flows)
					}
				}
			}
		}
		if !found {
			t.Errorf("%s has no table of events", name)
		}
	}
}

// A scale from 0 paints a score of 75 % as nearly good, though hardly any objective is as low.
func TestABadScoreIsRedInTheTableOfSLIs(t *testing.T) {
	for _, p := range overview(t).Panels {
		if p.Title != "SLIs" {
			continue
		}
		thresholds, _ := p.property("score", "thresholds").(map[string]any)
		steps, _ := thresholds["steps"].([]any)
		if len(steps) < 2 {
			t.Fatalf("the score has the thresholds %v", thresholds)
		}
		worst, _ := steps[0].(map[string]any)
		next, _ := steps[1].(map[string]any)
		if from, _ := next["value"].(float64); worst["color"] != "red" || from <= 0.75 {
			t.Errorf("the score is %v until %v", worst["color"], next["value"])
		}
	}
}

// The text for a panel without data must not appear in each empty cell or on axes.
func TestWhatPanelsSayOfNothingIsNotSaidOfEachNumber(t *testing.T) {
	eachDashboard(t, func(t *testing.T, _ string, d dashboard) {
		for _, p := range d.Panels {
			text := p.FieldConfig.Defaults.NoValue
			override, isOverridden := p.override("/.*/", "noValue")
			if strings.Contains(text, " ") && p.Type != "stat" && !isOverridden {
				t.Errorf("the panel %q says %q of each number that is missing", p.Title, text)
			} else if override != nil && p.FieldConfig.Defaults.Custom.ScaleDistribution.Type == "log" {
				t.Errorf("the panel %q says %q at each tick without a number, which logarithmic axes have", p.Title, override)
			}
		}
	})
}

func TestPanelsLieBesideEachOther(t *testing.T) { eachDashboard(t, lieBesideEachOther) }

func lieBesideEachOther(t *testing.T, _ string, d dashboard) {
	taken := map[[2]int]string{}
	ids := map[int]bool{}
	for _, p := range d.Panels {
		if ids[p.ID] || p.ID == 0 {
			t.Errorf("the panel %q has the id %d of another", p.Title, p.ID)
		}
		ids[p.ID] = true
		if p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("the panel %q goes beyond the 24 columns", p.Title)
		}
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other, ok := taken[[2]int{x, y}]; ok {
					t.Fatalf("the panel %q lies on %q", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
	}
}

func TestDashboardsKnowNoFlowsByName(t *testing.T) {
	eachDashboard(t, func(t *testing.T, name string, _ dashboard) {
		text := string(read(t, "dashboards", name+".json"))
		for _, flow := range catalog(t).Flows {
			if strings.Contains(text, flow.Name) {
				t.Errorf("the dashboard speaks of %s, which other catalogs do not have", flow.Name)
			}
		}
	})
}

// The borders are those that the gate states, which come with its evidence.
func TestEvidenceIsDrawnAgainstItsBorders(t *testing.T) {
	drawn := map[any]int{}
	for _, p := range dashboardOf(t, "canary").Panels {
		measure := p.Targets[0]["measure"]
		if measure != "evidence" && measure != "notWorse" {
			continue
		}
		drawn[measure]++
		if d := p.FieldConfig.Defaults; d.Thresholds != nil || d.Custom.ThresholdsStyle.Mode != "line" || d.Custom.ScaleDistribution.Type != "log" {
			t.Errorf("the panel %q has the defaults %+v", p.Title, d)
		}
	}
	if len(drawn) != 2 {
		t.Errorf("the panels are about %v", drawn)
	}
}

// The start of a range moves with it, so that the chance of a wrong verdict would be that of many starts.
func TestGatesAreAskedSinceSomethingThatStays(t *testing.T) {
	d := dashboardOf(t, "canary")
	asked := 0
	for _, p := range d.Panels {
		for _, target := range p.Targets {
			if target["gate"] == nil {
				continue
			}
			asked++
			for _, field := range []string{"gate", "candidate", "baseline", "since"} {
				if target[field] != "$"+field {
					t.Errorf("the panel %q has the %s %v", p.Title, field, target[field])
				}
			}
		}
	}
	if asked != 7 {
		t.Errorf("the gate is asked by %d queries", asked)
	}
	c := catalog(t)
	for _, v := range d.Templating.List {
		if v.Name == "since" && !slices.ContainsFunc(c.Events, func(e cer.Event) bool { return query.EventPrefix+e.Name == v.Query }) {
			t.Errorf("the gate is asked since %v, which the catalog does not have", v.Query)
		}
	}
}
