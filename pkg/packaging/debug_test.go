package packaging_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// From another dashboard one sees the flow, the SLI and the users that were clicked, at the same time, and nothing else.
func TestTheDebugDashboardIsAboutWhatIsChosen(t *testing.T) {
	for _, p := range dashboardOf(t, "debug").Panels {
		for _, target := range p.Targets {
			if target["format"] == "events" { // They are the catalog's.
				continue
			}
			if text, _ := json.Marshal(target["flows"]); string(text) != `["$flow"]` {
				t.Errorf("the panel %q is about the flows %s", p.Title, text)
			}
			if text, _ := json.Marshal(target["slis"]); target["level"] == "sli" && string(text) != `["$sli"]` {
				t.Errorf("the panel %q is about the SLIs %s", p.Title, text)
			}
		}
	}
}

// The list of SLIs is that of the flows that are chosen.
func TestTheDebugDashboardOffersTheSLIsOfItsFlows(t *testing.T) {
	for _, v := range dashboardOf(t, "debug").Templating.List {
		if v.Name != "sli" {
			continue
		}
		content, err := json.Marshal(v.Query)
		if err != nil || string(content) != `{"flows":["$flow"],"kind":"slis","refId":"sli"}` {
			t.Errorf("the variable asks %s (%v)", content, err)
		}
		return
	}
	t.Error("there is no variable of SLIs")
}

// Links to itself keep all that is chosen but for what is clicked.
func TestLinksOfTheDebugDashboardKeepWhatIsChosen(t *testing.T) {
	clicked := map[string]string{}
	for _, p := range dashboardOf(t, "debug").Panels {
		for _, o := range p.FieldConfig.Overrides {
			for _, property := range o.Properties {
				links, _ := property.Value.([]any)
				for _, link := range links {
					fields, _ := link.(map[string]any)
					if url, _ := fields["url"].(string); strings.HasPrefix(url, "/d/cer-debug/cer-debug?") {
						clicked[p.Title] += " " + variablesOf(t, p.Title, url)
					}
				}
			}
		}
	}
	for title, want := range map[string]string{"Flows": " flow", "SLIs": " flow flow,sli", "SLIs by cohort": " filters,flow,sli"} {
		if clicked[title] != want {
			t.Errorf("clicks in %s set%s, want%s", title, clicked[title], want)
		}
	}
}

// variablesOf returns the variables that a link sets, and fails the test unless it keeps the others and the time.
func variablesOf(t *testing.T, title, url string) string {
	t.Helper()
	var sets []string
	for _, part := range strings.Split(url[strings.Index(url, "?")+1:], "&") {
		if name, is := strings.CutPrefix(part, "var-"); is {
			name, _, _ = strings.Cut(name, "=")
			sets = append(sets, name)
		}
	}
	slices.Sort(sets)
	for _, keeps := range []string{"${datasource:queryparam}", "${filters:queryparam}", "${split:queryparam}", "${__url_time_range}"} {
		if !strings.Contains(url, keeps) {
			t.Errorf("a link of %s does not keep %s", title, keeps)
		}
	}
	return strings.Join(sets, ",")
}

// A threshold line is drawn of the first of several series alone, so that bounds are drawn by colour.
func TestTheDebugDashboardDrawsNoBoundOfOneSLIForAll(t *testing.T) {
	for _, p := range dashboardOf(t, "debug").Panels {
		if p.Type == "timeseries" && p.FieldConfig.Defaults.Custom.ThresholdsStyle.Mode != "" {
			t.Errorf("the panel %q draws thresholds", p.Title)
		}
		if p.Title == "SLIs against their bounds" && (p.Type != "state-timeline" || p.Targets[0]["measure"] != "value") {
			t.Errorf("the bounds are drawn by a %s of %v", p.Type, p.Targets[0]["measure"])
		}
	}
}
