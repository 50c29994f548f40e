package findings

import (
	"context"
	"encoding/json"
	"maps"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	texttemplate "text/template"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/template"
	"go.yaml.in/yaml/v3"
)

// alertRule is a rule as it is provisioned.
type alertRule struct {
	UID, Title, Condition string
	Labels, Annotations   map[string]string
	Data                  []struct {
		RefID             string                 `yaml:"refId"`
		RelativeTimeRange struct{ From, To int } `yaml:"relativeTimeRange"`
		DatasourceUID     string                 `yaml:"datasourceUid"`
		Model             map[string]any
	}
}

// alertRules returns the provisioned rules by their uid.
func alertRules(t testing.TB) map[string]alertRule {
	t.Helper()
	byUID := map[string]alertRule{}
	for _, name := range []string{"states", "cer", "gates"} {
		var file struct {
			Groups []struct{ Rules []alertRule }
		}
		if err := yaml.Unmarshal(provisioned(t, name), &file); err != nil {
			t.Fatal(err)
		}
		for _, r := range file.Groups[0].Rules {
			byUID[r.UID] = r
		}
	}
	return byUID
}

// provisioned reads a file for Grafana's alerting.
func provisioned(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "..", "provisioning", "alerting", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// capture is a number that a text of a rule may read, as Grafana's template package has it.
type capture struct {
	Labels map[string]string
	Value  float64
}

// alert is an alert as notification templates have it.
type alert struct {
	Status                             string
	Labels, Annotations                map[string]string
	StartsAt, EndsAt                   time.Time
	DashboardURL, SilenceURL, PanelURL string
}

// evaluate returns the alerts of a rule at a time: firing where its condition is met, resolved where it is not, as Grafana 10.1
// evaluates it. Where the condition is null there is none. Every number whose labels are those of the condition, more or fewer can
// stand in a text.
func (tr *trial) evaluate(rule alertRule, now time.Time) map[string]alert {
	tr.t.Helper()
	numbers := map[string][]capture{}
	var met func(float64) bool
	for _, d := range rule.Data {
		if d.DatasourceUID == "__expr__" {
			met = threshold(tr.t, d.Model)
			continue
		}
		text, err := json.Marshal(d.Model)
		if err != nil {
			tr.t.Fatal(err)
		}
		a := tr.askJSON(now, string(text), now.Add(-time.Duration(d.RelativeTimeRange.From)*time.Second), now, time.Second, nil)
		if a.Error != nil || len(a.Frames[0].Fields) != 1 { // An empty frame makes the whole rule one without data.
			tr.t.Fatalf("the query %s of %s has no number: %v", d.RefID, rule.UID, a.Error)
		}
		for _, f := range a.Frames {
			c := capture{Labels: f.Fields[0].Labels, Value: math.NaN()}
			if v, ok := f.Fields[0].ConcreteAt(0); ok {
				c.Value = v.(float64)
			}
			numbers[d.RefID] = append(numbers[d.RefID], c)
		}
	}
	alerts := map[string]alert{}
	for _, c := range numbers["A"] {
		if math.IsNaN(c.Value) {
			continue
		}
		one := alert{Status: "resolved", Labels: maps.Clone(c.Labels), Annotations: expandAll(tr.t, rule, c.Labels, joined(tr.t, numbers, c.Labels), now),
			StartsAt: now.Add(-20 * time.Minute), EndsAt: now, SilenceURL: "http://grafana/silence", DashboardURL: "http://grafana/d/" + rule.Annotations["__dashboardUid__"] + "?orgId=1"}
		if met(c.Value) {
			one.Status, one.StartsAt = "firing", now
		}
		one.Labels["alertname"] = rule.Title
		maps.Copy(one.Labels, rule.Labels)
		alerts[c.Labels["flow"]] = one
	}
	return alerts
}

// threshold returns the condition of a threshold expression.
func threshold(t testing.TB, model map[string]any) func(float64) bool {
	t.Helper()
	evaluator := model["conditions"].([]any)[0].(map[string]any)["evaluator"].(map[string]any)
	var params []float64
	for _, p := range evaluator["params"].([]any) {
		switch v := p.(type) {
		case int:
			params = append(params, float64(v))
		case float64:
			params = append(params, v)
		}
	}
	switch evaluator["type"] {
	case "gt":
		return func(v float64) bool { return v > params[0] }
	case "lt":
		return func(v float64) bool { return v < params[0] }
	case "within_range":
		return func(v float64) bool { return v > params[0] && v < params[1] }
	default:
		t.Fatalf("the threshold is %v", evaluator)
		return nil
	}
}

// joined returns the numbers that belong to an alert with some labels. Two of one query are a fault: which of them a text has would be
// left to chance.
func joined(t testing.TB, numbers map[string][]capture, labels data.Labels) map[string]capture {
	t.Helper()
	values := map[string]capture{}
	for refID, all := range numbers {
		for _, c := range all {
			if !labels.Contains(c.Labels) && !data.Labels(c.Labels).Contains(labels) {
				continue
			}
			if _, twice := values[refID]; twice {
				t.Errorf("two numbers of %s belong to %v", refID, labels)
			}
			values[refID] = c
		}
	}
	return values
}

// expandAll expands the annotations of a rule as Grafana does.
func expandAll(t testing.TB, rule alertRule, labels map[string]string, values map[string]capture, now time.Time) map[string]string {
	t.Helper()
	external, noQuery := &url.URL{Scheme: "http", Host: "grafana", Path: "/"}, func(context.Context, string, time.Time) (promql.Vector, error) { return nil, nil }
	annotations := map[string]string{}
	for name, text := range rule.Annotations {
		expander := template.NewTemplateExpander(context.Background(), "{{- $labels := .Labels -}}{{- $values := .Values -}}"+text, "__alert_"+rule.Title,
			struct {
				Labels map[string]string
				Values map[string]capture
			}{labels, values}, model.TimeFromUnixNano(now.UnixNano()), noQuery, external, []string{"missingkey=invalid"})
		expanded, err := expander.Expand()
		if err != nil || strings.Contains(expanded, "<no value>") || strings.Contains(expanded, "NaN") {
			t.Errorf("the annotation %s of %s is %q: %v", name, rule.UID, expanded, err)
		}
		if !strings.HasPrefix(name, "__") && expanded != "" {
			annotations[name] = expanded
		}
	}
	return annotations
}

// alertList is what notification templates call Alerts.
type alertList []alert

// Resolved returns those that are over.
func (l alertList) Resolved() alertList {
	return slices.DeleteFunc(slices.Clone(l), func(a alert) bool { return a.Status == "firing" })
}

// notify returns the title and the message of a notification of some alerts, by the provisioned templates.
func notify(t testing.TB, alerts ...alert) string {
	t.Helper()
	var file struct {
		Templates []struct{ Template string }
	}
	if err := yaml.Unmarshal(provisioned(t, "notifications"), &file); err != nil {
		t.Fatal(err)
	}
	all := texttemplate.Must(texttemplate.New("").Option("missingkey=zero").Parse(file.Templates[0].Template))
	status, common := "resolved", maps.Clone(alerts[0].Labels)
	for _, a := range alerts {
		if a.Status == "firing" {
			status = a.Status
		}
		maps.DeleteFunc(common, func(name, value string) bool { return a.Labels[name] != value })
	}
	var out strings.Builder
	for _, name := range []string{"cer.title", "cer.message"} {
		err := all.ExecuteTemplate(&out, name, map[string]any{"Status": status, "Alerts": alertList(alerts), "CommonLabels": common})
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString("\n")
	}
	return out.String()
}
