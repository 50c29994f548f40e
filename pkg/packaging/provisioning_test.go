package packaging_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

const (
	pluginID = "cer-reliability-datasource"
	// sourceUID is what the provisioned data source is called.
	sourceUID = "cer"
	// expressions is what Grafana calls the data source of its expressions.
	expressions = "__expr__"
)

// provisioned decodes a provisioning file; a field that its type does not have is an error.
func provisioned[T any](t *testing.T, elements ...string) T {
	t.Helper()
	var file T
	decoder := yaml.NewDecoder(strings.NewReader(string(read(t, elements...))))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		t.Fatal(err)
	}
	return file
}

// sources is provisioning/datasources/cer.yaml.
type sources struct {
	APIVersion  int `yaml:"apiVersion"`
	Datasources []struct {
		Name, UID, Type, Access, URL string
		IsDefault                    bool `yaml:"isDefault"`
		Editable                     bool
		JSONData                     struct {
			TimeInterval string `yaml:"timeInterval"`
			Definition   string
		} `yaml:"jsonData"`
	}
}

// catalog loads the shop's definition.
func catalog(t *testing.T) *cer.Catalog {
	t.Helper()
	c, issues := definition.Load(definition.Source{Name: "catalog.yaml", Content: read(t, "pkg", "demo", "shop", "catalog.yaml")})
	if len(issues) > 0 {
		t.Fatal(issues.Error())
	}
	return c
}

func TestTheProvisionedDefinitionIsTheShops(t *testing.T) {
	file := provisioned[sources](t, "provisioning", "datasources", "cer.yaml")
	if len(file.Datasources) != 1 {
		t.Fatalf("there are %d data sources", len(file.Datasources))
	}
	source := file.Datasources[0]
	if source.UID != sourceUID || source.Type != pluginID || source.URL != "$CER_STORE_URL" {
		t.Errorf("the data source is %+v", source)
	}
	if source.JSONData.Definition != string(read(t, "pkg", "demo", "shop", "catalog.yaml")) {
		t.Error("its definition is not pkg/demo/shop/catalog.yaml any more; copy that")
	}
	if !strings.Contains(source.JSONData.Definition, "[__window]") {
		t.Error("its definition has no expression with [__window], of which Grafana's expansion of $ could take something away")
	}
	if strings.Contains(source.JSONData.Definition, "$") {
		t.Error("its definition has a dollar sign, which Grafana takes for a variable of the environment; write $$ and change this test")
	}
	catalog(t)
}

// rules is provisioning/alerting/cer.yaml.
type rules struct {
	APIVersion int `yaml:"apiVersion"`
	Groups     []struct {
		OrgID                  int `yaml:"orgId"`
		Name, Folder, Interval string
		Rules                  []rule
	}
}

// rule is one alert rule.
type rule struct {
	UID, Title, Condition, For string
	NoDataState                string `yaml:"noDataState"`
	ExecErrState               string `yaml:"execErrState"`
	DashboardUID               string `yaml:"dashboardUid"`
	PanelID                    int    `yaml:"panelId"`
	Labels, Annotations        map[string]string
	Data                       []struct {
		RefID             string         `yaml:"refId"`
		RelativeTimeRange map[string]int `yaml:"relativeTimeRange"`
		DatasourceUID     string         `yaml:"datasourceUid"`
		Model             map[string]any
	}
}

// alertRules returns the rules by their uid.
func alertRules(t *testing.T) map[string]rule {
	t.Helper()
	byUID := map[string]rule{}
	for _, group := range provisioned[rules](t, "provisioning", "alerting", "cer.yaml").Groups {
		for _, r := range group.Rules {
			byUID[r.UID] = r
		}
	}
	return byUID
}

func TestAlertRulesAreANumberAndAThreshold(t *testing.T) {
	for uid, r := range alertRules(t) {
		if len(r.Data) != 2 || r.Condition != r.Data[1].RefID {
			t.Fatalf("%s has %d queries and expressions, and the condition %s", uid, len(r.Data), r.Condition)
		}
		number, threshold := r.Data[0], r.Data[1]
		if q := parsed(t, number.Model); number.DatasourceUID != sourceUID || q.Format != plan.Latest || q.Level != plan.Flows {
			t.Errorf("%s asks %s for %+v", uid, number.DatasourceUID, q)
		}
		if threshold.DatasourceUID != expressions || threshold.Model["type"] != "threshold" || threshold.Model["expression"] != number.RefID {
			t.Errorf("%s does not hold %s against a threshold, but %v", uid, number.RefID, threshold.Model)
		}
	}
}

// parsed is the JSON of a query as the backend reads it.
func parsed(t *testing.T, model any) plan.Query {
	t.Helper()
	content, err := json.Marshal(model)
	if err != nil {
		t.Fatal(err)
	}
	q, err := plan.ParseQuery(content)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestAlertRulesSpeakOfTheCatalogAndTheDashboard(t *testing.T) {
	titles := map[int]string{}
	for _, p := range overview(t).Panels {
		titles[p.ID] = p.Title
	}
	for uid, want := range map[string]string{"cer-checkout-score-low": "Score by flow", "cer-coverage-low": "Coverage by flow"} {
		r := alertRules(t)[uid]
		if r.DashboardUID != overview(t).UID || titles[r.PanelID] != want {
			t.Errorf("%s leads to the panel %q of %q", uid, titles[r.PanelID], r.DashboardUID)
		}
		if r.Annotations["__dashboardUid__"] != r.DashboardUID || r.Annotations["__panelId__"] != fmt.Sprint(r.PanelID) {
			t.Errorf("%s has the annotations %v", uid, r.Annotations)
		}
		if r.Annotations["summary"] == "" || r.Annotations["description"] == "" || r.Labels["severity"] == "" {
			t.Errorf("%s does not say what happened, or how bad it is", uid)
		}
		if strings.Contains(strings.Join([]string{r.Annotations["summary"], r.Annotations["description"]}, ""), "$") {
			t.Errorf("%s has a dollar sign in its texts; say .Labels and .Values", uid)
		}
	}
	low := alertRules(t)["cer-checkout-score-low"]
	flows := catalog(t).Flows
	at := slices.IndexFunc(flows, func(f cer.Flow) bool { return f.Name == "checkout" })
	checkout := flows[at]
	if got := thresholdOf(t, low); got != checkout.Objective {
		t.Errorf("the threshold is %g, but the objective of the checkout %g", got, checkout.Objective)
	}
	objective := fmt.Sprintf("%g %%", checkout.Objective*100)
	if want := "its objective is " + objective; !strings.Contains(low.Annotations["description"], want) {
		t.Errorf("the description does not say that %s", want)
	}
	if want := "at least " + objective; !strings.Contains(low.Annotations["summary"], want) {
		t.Errorf("the summary does not say %s", want)
	}
	if low.Labels["owner"] != checkout.Owner || low.Annotations["runbook_url"] != checkout.Runbook {
		t.Errorf("owner and runbook are not those of the checkout: %v", low)
	}
}

// Grafana's list of rules shows annotations as they are written, templates and all.
func TestSummariesOfAlertRulesReadWellAsTheyAreWritten(t *testing.T) {
	const longest = 80 // characters that the list has room for
	for uid, r := range alertRules(t) {
		summary, description := r.Annotations["summary"], r.Annotations["description"]
		if strings.Contains(summary, "{{") || !strings.HasSuffix(summary, ".") || len(summary) > longest {
			t.Errorf("the summary of %s is no short and plain sentence: %s", uid, summary)
		}
		if !strings.Contains(description, ".Labels.flow") || !strings.Contains(description, ".Values.A") {
			t.Errorf("the description of %s does not say which flow it is, and what was measured: %s", uid, description)
		}
	}
}

// thresholdOf is the number below which a rule fires.
func thresholdOf(t *testing.T, r rule) float64 {
	t.Helper()
	content, err := json.Marshal(r.Data[1].Model)
	if err != nil {
		t.Fatal(err)
	}
	var model struct {
		Conditions []struct {
			Evaluator struct {
				Type   string
				Params []float64
			}
		}
	}
	if err := json.Unmarshal(content, &model); err != nil {
		t.Fatal(err)
	}
	evaluator := model.Conditions[0].Evaluator
	if evaluator.Type != "lt" || len(evaluator.Params) != 1 {
		t.Fatalf("the threshold is %+v", evaluator)
	}
	return evaluator.Params[0]
}

func TestFilesNameNoOtherVariablesOfTheEnvironment(t *testing.T) {
	variable := regexp.MustCompile(`\$[A-Za-z_{][A-Za-z_]*`)
	for _, file := range []string{"datasources", "dashboards", "alerting"} {
		for line := range strings.Lines(string(read(t, "provisioning", file, "cer.yaml"))) {
			setting, _, _ := strings.Cut(line, "#")
			for _, name := range variable.FindAllString(setting, -1) {
				if name != "$CER_STORE_URL" && name != "$CER_DASHBOARDS" {
					t.Errorf("%s/cer.yaml has %s, which neither the demo nor docker-compose.yaml sets", file, name)
				}
				if !strings.Contains(string(read(t, "docker-compose.yaml")), name[1:]+":") {
					t.Errorf("docker-compose.yaml does not set %s", name)
				}
			}
		}
	}
}
