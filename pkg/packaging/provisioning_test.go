package packaging_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

const (
	pluginID = "cer-reliability-datasource"
	// sourceUID is what the provisioned data source is called.
	sourceUID = "cer"
	// expressions is what Grafana calls the data source of its expressions.
	expressions = "__expr__"
)

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
			Traces       []struct {
				Name, URL       string
				URLDisplayLabel string `yaml:"urlDisplayLabel"`
			} `yaml:"exemplarTraceIdDestinations"`
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
	file := strictly[sources](t, "provisioning", "datasources", "cer.yaml")
	if len(file.Datasources) != 1 {
		t.Fatalf("there are %d data sources", len(file.Datasources))
	}
	source := file.Datasources[0]
	if source.UID != sourceUID || source.Type != pluginID || source.URL != "$CER_STORE_URL" {
		t.Errorf("the data source is %+v", source)
	}
	if to := source.JSONData.Traces; len(to) != 1 || to[0].Name != "trace_id" || !strings.HasSuffix(to[0].URL, "/$${__value.raw}") {
		t.Errorf("the traces of the shop open at %+v", to)
	}
	expanded := strings.ReplaceAll(source.JSONData.Definition, "$$", "$") // As Grafana does.
	if expanded != string(read(t, "pkg", "demo", "shop", "catalog.yaml")) {
		t.Error("its definition is not pkg/demo/shop/catalog.yaml any more; copy that")
	}
	if !strings.Contains(source.JSONData.Definition, "[__window]") {
		t.Error("its definition has no expression with [__window], of which Grafana's expansion of $ could take something away")
	}
	if strings.Contains(strings.ReplaceAll(source.JSONData.Definition, "$$", ""), "$") {
		t.Error("its definition has a single dollar sign, which Grafana takes for a variable of the environment; write $$")
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

// alertRules returns the rules of cer.yaml by their uid.
func alertRules(t *testing.T) map[string]rule { return rulesOf(t, "cer.yaml") }

// rulesOf returns the rules of a file by their uid.
func rulesOf(t *testing.T, file string) map[string]rule {
	t.Helper()
	byUID := map[string]rule{}
	for _, group := range strictly[rules](t, "provisioning", "alerting", file).Groups {
		for _, r := range group.Rules {
			byUID[r.UID] = r
		}
	}
	return byUID
}

func TestAlertRulesAreANumberAndAThreshold(t *testing.T) {
	for uid, r := range alertRules(t) {
		if len(r.Data) < 2 || r.Condition != r.Data[1].RefID {
			t.Fatalf("%s has %d queries and expressions, and the condition %s", uid, len(r.Data), r.Condition)
		}
		number, threshold := r.Data[0], r.Data[1]
		if q := parsed(t, number.Model); number.DatasourceUID != sourceUID || q.Format != query.Latest || q.Level != query.LevelFlow {
			t.Errorf("%s asks %s for %+v", uid, number.DatasourceUID, q)
		}
		if threshold.DatasourceUID != expressions || threshold.Model["type"] != "threshold" || threshold.Model["expression"] != number.RefID {
			t.Errorf("%s does not hold %s against a threshold, but %v", uid, number.RefID, threshold.Model)
		}
	}
}

// parsed is the JSON of a query as the backend reads it.
func parsed(t *testing.T, model any) query.Query {
	t.Helper()
	content, err := json.Marshal(model)
	if err != nil {
		t.Fatal(err)
	}
	q, err := query.Parse(content)
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
	objective := fmt.Sprintf("%g%%", checkout.Objective*100)
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
	for _, file := range []string{"cer.yaml", "states.yaml", "gates.yaml"} {
		for uid, r := range rulesOf(t, file) {
			summary := r.Annotations["summary"]
			if strings.Contains(summary, "{{") || !strings.HasSuffix(summary, ".") || len(summary) > longest {
				t.Errorf("the summary of %s is no short and plain sentence: %s", uid, summary)
			}
		}
	}
	for uid, r := range alertRules(t) {
		description := r.Annotations["description"]
		if !strings.Contains(description, ".Labels.flow") || !strings.Contains(description, ".Values.A") {
			t.Errorf("the description of %s does not say which flow it is, and what was measured: %s", uid, description)
		}
	}
}

// thresholdOf is the number below which a rule fires.
func thresholdOf(t *testing.T, r rule) float64 {
	t.Helper()
	kind, params := evaluator(t, r.Data[1].Model)
	if kind != "lt" || len(params) != 1 {
		t.Fatalf("the threshold is %s %v", kind, params)
	}
	return params[0]
}

func TestFilesNameNoOtherVariablesOfTheEnvironment(t *testing.T) {
	variable := regexp.MustCompile(`\$[A-Za-z_{][A-Za-z_]*`)
	for _, file := range []string{"datasources/cer", "dashboards/cer", "alerting/cer", "alerting/states", "alerting/gates", "alerting/notifications"} {
		for line := range strings.Lines(string(read(t, "provisioning", file+".yaml"))) {
			setting, _, _ := strings.Cut(line, "#")
			for _, name := range variable.FindAllString(strings.ReplaceAll(setting, "$$", ""), -1) {
				if !slices.Contains([]string{"$CER_STORE_URL", "$CER_DASHBOARDS", "$CER_ALERT_WEBHOOK"}, name) {
					t.Errorf("%s.yaml has %s, which neither the demo nor docker-compose.yaml sets", file, name)
				}
				if !strings.Contains(string(read(t, "docker-compose.yaml")), name[1:]+":") {
					t.Errorf("docker-compose.yaml does not set %s", name)
				}
			}
		}
	}
}

func TestRulesOnStatesAreOneForAllFlows(t *testing.T) {
	thresholds := map[string]struct {
		kind  string
		param float64
		of    query.Measure
	}{"cer-page": {"gt", 1.5, query.State}, "cer-ticket": {"within_range", .5, query.State}, "cer-store-trouble": {"lt", 0, query.Coverage}}
	found := rulesOf(t, "states.yaml")
	if len(found) != len(thresholds) {
		t.Errorf("there are %d rules", len(found))
	}
	for uid, want := range thresholds {
		r := found[uid]
		q := parsed(t, r.Data[0].Model)
		if q.Measure != want.of || q.Format != query.Latest || len(q.Flows) > 0 {
			t.Errorf("%s asks for %+v", uid, q)
		}
		if kind, params := evaluator(t, r.Data[1].Model); kind != want.kind || params[0] != want.param || r.Condition != "B" || r.Data[1].Model["expression"] != "A" {
			t.Errorf("%s is met by %s %v of %v", uid, kind, params, r.Data[1].Model["expression"])
		}
		if r.For != "0s" && want.of == query.State {
			t.Errorf("%s waits for %s, though policies have waited already", uid, r.For)
		}
		if r.Annotations["__dashboardUid__"] != r.DashboardUID || r.Annotations["__panelId__"] != fmt.Sprint(r.PanelID) {
			t.Errorf("%s has the annotations %v", uid, r.Annotations)
		}
		d := dashboardOf(t, strings.TrimPrefix(r.DashboardUID, "cer-"))
		if !slices.ContainsFunc(d.Panels, func(p panel) bool { return p.ID == r.PanelID }) {
			t.Errorf("%s leads to the panel %d, which %s does not have", uid, r.PanelID, r.DashboardUID)
		}
	}
}

// The numbers in the texts have to be those of the alert: they bear its labels and more, and there is one of each.
func TestTextsHaveTheNumbersOfTheAlert(t *testing.T) {
	states := map[string]query.Measure{"A": query.State, "C": query.Score, "D": query.Burn, "E": query.Budget,
		"G": query.Exhaustion, "I": query.NewestIncident, "P": query.State}
	for _, rule := range []struct {
		file, uid string
		asks      map[string]query.Measure
	}{{"states.yaml", "cer-page", states}, {"states.yaml", "cer-ticket", states},
		{"cer.yaml", "cer-coverage-low", map[string]query.Measure{"A": query.Coverage, "C": query.Coverage}}} {
		r := rulesOf(t, rule.file)[rule.uid]
		texts := strings.Join(slices.Collect(maps.Values(r.Annotations)), "\n")
		asked := map[string]query.Query{}
		for _, d := range r.Data {
			if d.DatasourceUID == sourceUID {
				asked[d.RefID] = parsed(t, d.Model)
			}
		}
		if len(asked) != len(rule.asks) {
			t.Errorf("%s asks %d queries", rule.uid, len(asked))
		}
		for refID, measure := range rule.asks {
			q := asked[refID]
			bears := !slices.ContainsFunc(asked["A"].Labels, func(name string) bool { return !slices.Contains(q.Labels, name) })
			if q.Measure != measure || !bears || !strings.Contains(texts, ".Values."+refID) {
				t.Errorf("%s asks in %s for %s with the labels %v, or no text says it", rule.uid, refID, q.Measure, q.Labels)
			}
			if isMore := q.Level == query.LevelSLI || len(q.By) > 0; isMore != (q.Worst == 1) {
				t.Errorf("%s asks in %s for %+v, of which a text can name one only", rule.uid, refID, q)
			}
		}
	}
}

// Every alert has a headline that says of which flow it is, and another one for when it is over.
func TestAlertsHaveHeadlines(t *testing.T) {
	for _, file := range []string{"cer.yaml", "states.yaml", "gates.yaml"} {
		for uid, r := range rulesOf(t, file) {
			for _, name := range []string{"headline", "over", "description"} {
				if text := r.Annotations[name]; text == "" || strings.Contains(text, "$") {
					t.Errorf("the %s of %s is %q", name, uid, text)
				}
			}
			if over := r.Annotations["over"]; !strings.HasPrefix(over, "{{ if .Values.A }}{{ if ") {
				t.Errorf("%s says that it is over while its condition is met: %s", uid, over)
			}
		}
	}
}

// evaluator is the kind of a threshold, and its numbers.
func evaluator(t *testing.T, model map[string]any) (kind string, params []float64) {
	t.Helper()
	content, err := json.Marshal(model)
	if err != nil {
		t.Fatal(err)
	}
	var threshold struct {
		Conditions []struct {
			Evaluator struct {
				Type   string
				Params []float64
			}
		}
	}
	if err := json.Unmarshal(content, &threshold); err != nil || len(threshold.Conditions) != 1 {
		t.Fatalf("%v is no threshold: %v", model, err)
	}
	return threshold.Conditions[0].Evaluator.Type, threshold.Conditions[0].Evaluator.Params
}

func TestTheRuleOnAGateIsOnAFail(t *testing.T) {
	found := rulesOf(t, "gates.yaml")
	r, ok := found["cer-canary-fails"]
	if !ok || len(found) != 1 || len(r.Data) != 2 {
		t.Fatalf("the rules are %v", found)
	}
	q, c := parsed(t, r.Data[0].Model), catalog(t)
	if q.Measure != query.Verdict || q.Format != query.Latest || r.Data[0].DatasourceUID != sourceUID {
		t.Errorf("it asks for %+v", q)
	}
	at := slices.IndexFunc(c.Gates, func(g cer.Gate) bool { return g.Name == q.Gate })
	if at < 0 || !slices.ContainsFunc(c.Events, func(e cer.Event) bool { return query.EventPrefix+e.Name == q.Since }) {
		t.Fatalf("the catalog has not both the gate %q and the event of %q", q.Gate, q.Since)
	}
	fails, undecided := cer.Fails.Number(), cer.Inconclusive.Number()
	if limit := thresholdOf(t, r); !(fails < limit && limit <= undecided) || r.Condition != "B" || r.Data[1].Model["expression"] != "A" {
		t.Errorf("it is met below %g of %v", limit, r.Data[1].Model["expression"])
	}
	if r.For != "0s" || r.Labels["severity"] != "critical" || !strings.Contains(r.Annotations["headline"], ".Labels.gate") {
		t.Errorf("it waits for %s, has the labels %v and says %q", r.For, r.Labels, r.Annotations["description"])
	}
	for _, f := range c.Gates[at].Flows.Flows(c) {
		if r.Labels["flow"] != f.Name || r.Labels["owner"] != f.Owner || r.Annotations["runbook_url"] != f.Runbook {
			t.Errorf("flow, owner and runbook are not those of %s: %v", f.Name, r)
		}
	}
	panel := dashboardOf(t, "canary").Panels[0]
	if r.DashboardUID != "cer-canary" || r.PanelID != panel.ID || panel.Title != "Verdict" || r.Annotations["__dashboardUid__"] != r.DashboardUID ||
		r.Annotations["__panelId__"] != fmt.Sprint(r.PanelID) {
		t.Errorf("it leads to the panel %d of %s", r.PanelID, r.DashboardUID)
	}
}
