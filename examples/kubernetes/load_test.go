package kubernetes

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/plugin"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// dataSource is one as a provisioning file states it.
type dataSource struct {
	Name, UID, Type, Access, URL string
	JSONData                     json.RawMessage
}

// theSource returns the data source of a provisioning file.
func theSource(t *testing.T, text string) dataSource {
	t.Helper()
	file := strictly[struct {
		APIVersion  int
		Datasources []dataSource
	}](t, []byte(text))
	if len(file.Datasources) != 1 {
		t.Fatalf("there are %d data sources", len(file.Datasources))
	}
	return file.Datasources[0]
}

// TestDataSourcesAnswerWithTheCatalog opens each as the plugin does, with the folder of catalogs that is mounted.
func TestDataSourcesAnswerWithTheCatalog(t *testing.T) {
	m, values, state := render(t), helmValues(t), terraform(t)
	config := configuration(t, m.mounted(t, "/etc/grafana/grafana.ini").Data["grafana.ini"])
	folder := t.TempDir()
	for name, text := range m.mounted(t, config.Section(own).Key("definitions_path").String()).Data {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GF_PLUGIN_DEFINITIONS_PATH", folder)
	open := plugin.NewFactory()
	for example, source := range map[string]dataSource{
		"kubernetes": theSource(t, m.mounted(t, "/etc/grafana/provisioning/datasources").Data["datasource.yaml"]),
		"helm":       values.source(t),
		"terraform":  state.source(t),
	} {
		t.Run(example, func(t *testing.T) {
			checkSettings(t, source.JSONData)
			if source.UID != "cer" || source.Type != plugin.ID || source.Access != "proxy" {
				t.Errorf("it is %+v", source)
			}
			instance, err := open(t.Context(), backend.DataSourceInstanceSettings{UID: example, Type: source.Type, URL: source.URL, JSONData: source.JSONData})
			if err != nil {
				t.Fatal(err)
			}
			if flows := flowsOf(t, instance.(*plugin.DataSource)); len(flows) != 1 || flows[0] != "payment" {
				t.Errorf("its flows are %v", flows)
			}
		})
	}
}

// checkSettings looks for settings that there are not, which the plugin would ignore.
func checkSettings(t *testing.T, jsonData []byte) {
	t.Helper()
	var settings map[string]any
	if err := unmarshal(jsonData, &settings); err != nil {
		t.Fatal(err)
	}
	documented := string(read(t, "../../docs/operating.md"))
	for name := range settings {
		if !strings.Contains(documented, "| `jsonData."+name+"` |") {
			t.Errorf("there is no setting %s", name)
		}
	}
}

// flowsOf returns the names of the flows that a data source answers about.
func flowsOf(t *testing.T, d *plugin.DataSource) []string {
	t.Helper()
	t.Cleanup(d.Dispose)
	var catalog struct {
		Flows []struct{ Name string }
	}
	answer := backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error {
		if r.Status != http.StatusOK {
			t.Errorf("it answers %d %s", r.Status, r.Body)
		}
		return json.Unmarshal(r.Body, &catalog)
	})
	if err := d.CallResource(t.Context(), &backend.CallResourceRequest{Method: http.MethodGet, Path: "catalog", URL: "catalog"}, answer); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range catalog.Flows {
		names = append(names, f.Name)
	}
	return names
}

// rule is an alert rule as files of provisioning state it, without what Terraform's resource does not have.
type rule struct {
	UID, Title, Condition, For, NoDataState, ExecErrState string
	Labels, Annotations                                   map[string]string
	Data                                                  []struct {
		RefID, DatasourceUID string
		RelativeTimeRange    struct{ From, To int }
		Model                any
	}
}

// rulesOf returns the groups of rules in a file of provisioning by their names.
func rulesOf(t *testing.T, text []byte) map[string][]rule {
	t.Helper()
	var file struct {
		Groups []struct {
			Name  string
			Rules []rule
		}
	}
	if err := unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	groups := map[string][]rule{}
	for _, g := range file.Groups {
		groups[g.Name] = g.Rules
	}
	return groups
}

// checkRules parses every query to cer as the plugin does.
func checkRules(t *testing.T, groups map[string][]rule) {
	t.Helper()
	queries := 0
	for _, rules := range groups {
		for _, r := range rules {
			for _, d := range r.Data {
				if d.DatasourceUID != "cer" {
					continue
				}
				model, err := json.Marshal(d.Model)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := query.Parse(model); err != nil {
					t.Errorf("%s asks in %s: %v", r.UID, d.RefID, err)
				}
				queries++
			}
		}
	}
	if queries < 3 {
		t.Errorf("the rules have %d queries to cer", queries)
	}
}

func TestRulesAskWhatThePluginAnswers(t *testing.T) {
	for name, text := range render(t).mounted(t, "/etc/grafana/provisioning/alerting").Data {
		t.Run(name, func(t *testing.T) { checkRules(t, rulesOf(t, []byte(text))) })
	}
	t.Run("terraform", func(t *testing.T) { checkRules(t, terraform(t).rules(t)) })
}

// The dashboards are those in the plugin's archive.
func TestDashboardsAreThoseOfThePlugin(t *testing.T) {
	for example, text := range map[string][]byte{
		"kubernetes": []byte(render(t).mounted(t, "/etc/grafana/provisioning/dashboards").Data["dashboards.yaml"]),
		"helm":       helmValues(t).DashboardProviders["dashboardproviders.yaml"],
	} {
		file := strictly[struct {
			APIVersion int
			Providers  []struct {
				Name, Folder, Type string
				Options            struct{ Path string }
			}
		}](t, text)
		if len(file.Providers) != 1 || file.Providers[0].Type != "file" || file.Providers[0].Options.Path != pluginDir+"/dashboards" {
			t.Errorf("%s: the dashboards are %+v", example, file.Providers)
		}
	}
}
