package definition

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

func TestPolicies(t *testing.T) {
	want := []cer.AlertPolicy{
		{
			Name: "fast-burn", Severity: cer.PageSeverity, Flows: cer.FlowSelection{MinShare: 0.2}, By: []string{"region"},
			Burn: &cer.BurnCondition{Share: 0.02, Long: time.Hour}, When: "coverage > 0.7", Clear: `burn("1h") < 1.0`,
			For: 2 * time.Minute, KeepFor: 10 * time.Minute,
		},
		{
			Name: "canary", Severity: cer.TicketSeverity,
			Flows: cer.FlowSelection{Names: []string{"checkout"}, Labels: map[string]string{"team": "payments"}},
			When:  `delta("release", "canary", "stable") < -0.05 && sli("success").coverage >= 0.5`,
		},
		{Name: "slow", Severity: cer.TicketSeverity, Burn: &cer.BurnCondition{Share: 0.1, Long: 72 * time.Hour}},
	}
	if got := valid(t, "policies.yaml").Policies; !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

func TestMaintenance(t *testing.T) {
	want := []cer.Maintenance{
		{Name: "sunday-night", Effect: cer.EffectExclude, Intervals: `[{"times":[{"start_time":"02:00","end_time":"04:00"}],"weekdays":["sunday"],"location":"Europe/Berlin"},` +
			`{"days_of_month":["-1"],"months":["1","3:4"],"years":["2026"]}]`},
		{Name: "freeze", Effect: cer.EffectSuppress, Flows: cer.FlowSelection{Names: []string{"checkout"}}, PromQL: "maintenance_mode", Trust: []string{}},
		{Name: "rehearsal", Effect: cer.EffectGood, PromQL: "max_over_time(rehearsal[__window]) > 0"},
	}
	if got := valid(t, "policies.yaml").Maintenance; !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

func TestDefaultPolicies(t *testing.T) {
	const text = "apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: shop }\nspec:\n  flows: [{ name: checkout, slis: [{ name: up, probe: { selector: up } }] }]\n"
	tests := map[string]struct {
		spec string
		want string
	}{
		"without an objective there is none": {"spec:", ""},
		"with one":                           {"spec:\n  objective: 0.99", "fast-burn steady-burn half-spent slow-burn"},
		"one that a fast burn never reaches": {"spec:\n  objective: 0.9", "steady-burn half-spent slow-burn"},
		"a short budget":                     {"spec:\n  objective: 0.99\n  budgetWindow: 1d", "fast-burn steady-burn half-spent"},
		"none are wanted":                    {"spec:\n  objective: 0.99\n  policies: []", ""},
	}
	for name, test := range tests {
		var got []string
		for _, p := range load(t, strings.Replace(text, "spec:", test.spec, 1)).Policies {
			got = append(got, p.Name)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: got %v, want %s", name, got, test.want)
		}
	}
}

// TestLayoutOfPolicies writes the same policies and maintenance in other ways.
func TestLayoutOfPolicies(t *testing.T) {
	text := string(readFile(t, "testdata/valid/policies.yaml"))
	want := load(t, text).Revision()
	for _, other := range [][2]string{
		{"budget: 2%", "budget: 0.02"}, {"budget: 2%", "budget: '2 %'"}, {"keepFor: 10m", "keepFor: 600s"}, {"for: 2m", "for: 2m "},
		{"when: coverage > 0.7", "when: |\n        coverage > 0.7"}, {"start_time: 02:00", "start_time: '02:00'"},
		{`months: [1, "march:april"]`, `months: [january, "3:4"]`}, {"    - name: freeze\n", "    - name: freeze\n      effect: suppress\n"},
	} {
		changed := strings.Replace(text, other[0], other[1], 1)
		if changed == text || load(t, changed).Revision() != want {
			t.Errorf("%s is not what %s is", other[1], other[0])
		}
	}
	if load(t, strings.Replace(text, "budget: 2%", "budget: 1%", 1)).Revision() == want {
		t.Error("another share does not change the revision")
	}
}

func TestTooManyPolicies(t *testing.T) {
	head := "apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: shop }\nspec:\n  flows: [{ name: checkout, slis: [{ name: up, probe: { selector: up } }] }]\n  policies:\n"
	_, issues := Load(Source{Content: []byte(head + strings.Repeat("    - { name: a, severity: page, when: score < 1 }\n", maxPolicies+1))})
	if got := issues.Error(); got != "7:5: spec.policies: at most 100 are supported; merge similar ones" {
		t.Error(got)
	}
}
