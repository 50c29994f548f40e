package packaging_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// dashboard is what the tests read of a dashboard's JSON.
type dashboard struct {
	UID           string
	SchemaVersion int
	Panels        []panel
	Templating    struct {
		List []struct {
			Name, Type string
			Query      any
			Multi      bool
			IncludeAll bool
		}
	}
}

// panel is one panel of a dashboard.
type panel struct {
	ID                 int
	Title, Description string
	GridPos            struct{ X, Y, W, H int }
	Targets            []map[string]any
}

// overview is the dashboard cer overview.
func overview(t *testing.T) dashboard {
	t.Helper()
	var d dashboard
	if err := json.Unmarshal(read(t, "dashboards", "overview.json"), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTheDashboardSuitsTheOldestGrafana(t *testing.T) {
	d := overview(t)
	if d.UID != "cer-overview" || d.SchemaVersion != 38 {
		t.Errorf("the dashboard has the uid %q and the schema version %d; that of Grafana 10.1 is 38", d.UID, d.SchemaVersion)
	}
	if len(d.Templating.List) != 2 || d.Templating.List[0].Query != pluginID || !d.Templating.List[1].Multi || !d.Templating.List[1].IncludeAll {
		t.Errorf("the variables are %+v", d.Templating.List)
	}
}

func TestPanelsAskWhatCanBeAsked(t *testing.T) {
	for _, p := range overview(t).Panels {
		if p.Description == "" || len(p.Targets) == 0 {
			t.Errorf("the panel %q says or asks nothing", p.Title)
		}
		for _, target := range p.Targets {
			if source, _ := target["datasource"].(map[string]any); source["uid"] != "${datasource}" || source["type"] != pluginID {
				t.Errorf("the panel %q asks the data source %v", p.Title, target["datasource"])
			}
			if flows, restricted := target["flows"].([]any); restricted {
				if len(flows) != 1 || flows[0] != "$flow" {
					t.Errorf("the panel %q is about the flows %v of some catalog", p.Title, flows)
				}
				target["flows"] = []string{"checkout"} // as the frontend replaces the variable
			}
			parsed(t, target)
		}
	}
}

func TestPanelsLieBesideEachOther(t *testing.T) {
	taken := map[[2]int]string{}
	ids := map[int]bool{}
	for _, p := range overview(t).Panels {
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

func TestTheDashboardKnowsNoFlowsByName(t *testing.T) {
	text := string(read(t, "dashboards", "overview.json"))
	for _, flow := range catalog(t).Flows {
		if strings.Contains(text, flow.Name) {
			t.Errorf("the dashboard speaks of %s, which other catalogs do not have", flow.Name)
		}
	}
}
