package audit_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/audit"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

// oldShop is the definition that those of TestCompare differ from.
const oldShop = `apiVersion: cer/v1
kind: Catalog
metadata: { name: shop }
spec:
  window: 5m
  objective: 0.95
  dimensions:
    - { name: region, values: [eu, us] }
  policies:
    - { name: fast, severity: page, burn: { budget: 2%, long: 1h }, for: 2m }
  flows:
    - name: checkout
      weight: 5
      objective: 0.99
      slis:
        - { name: success, weight: 4, ratio: { bad: 'r_total{code="500"}', total: r_total } }
        - { name: fast, weight: 1, latency: { histogram: d_seconds, under: 800ms } }
    - name: search
      slis:
        - { name: up, probe: { selector: up } }
`

func TestCompare(t *testing.T) {
	tests := map[string]struct{ old, new, want string }{
		"nothing":                         {"", "", ""},
		"a comment":                       {"weight: 5", "weight: 5 # more", ""},
		"the order of members":            {"region, values: [eu, us]", "region, values: [eu, us]", ""},
		"a weight":                        {"weight: 5", "weight: 3", "flow checkout: weight 5 → 3"},
		"a weight of nothing":             {"weight: 4", "weight: 0", "SLI checkout/success: weight 4 → 0"},
		"an objective":                    {"objective: 0.99", "objective: 0.995", "flow checkout: objective 99% → 99.5%"},
		"an objective that is left out":   {"  objective: 0.95\n", "", "catalog shop: objective 95% → none\nflow search: objective 95% → none"},
		"a window":                        {"window: 5m", "window: 10m", "catalog shop: window 5m → 10m\ncatalog shop: timeSliceWindow 5m → 10m"},
		"the name":                        {"name: shop", "name: store", "catalog store: name shop → store"},
		"a dimension":                     {"[eu, us]", "[eu]", "dimension region: values [eu, us] → [eu]"},
		"what is measured":                {"total: r_total }", "total: q_total }", "SLI checkout/success: ratio.total r_total → q_total"},
		"a bound":                         {"under: 800ms", "under: 0.5ms", "SLI checkout/fast: latency.under 800ms → 500µs"},
		"how it is measured":              {"probe: { selector: up }", "value: { promql: up }, component: delivery", "SLI search/up: component availability → delivery\nSLI search/up: indicator probe { selector: up } → value { promql: up }"},
		"a curve":                         {"selector: up } }", "selector: up }, curve: { linear: { zero: 0.5, one: 1 } } }", "SLI search/up: curve identity → linear { zero: 0.5, one: 1 }"},
		"an SLI that is new":              {"        - { name: up", "        - { name: down, weight: 2, probe: { selector: down } }\n        - { name: up", "SLI search/down is new, with the weight 2"},
		"an SLI that is gone":             {"        - { name: fast, weight: 1, latency: { histogram: d_seconds, under: 800ms } }\n", "", "SLI checkout/fast is gone, which had the weight 1"},
		"a flow that has another name":    {"name: search", "name: find", "flow search is gone, which had the weight 1\nSLI search/up is gone, which had the weight 1\nflow find is new, with the weight 1\nSLI find/up is new, with the weight 1"},
		"a policy":                        {"severity: page", "severity: ticket", "policy fast: severity page → ticket"},
		"how long a policy waits":         {"for: 2m", "keepFor: 10m", "policy fast: for 2m → none\npolicy fast: keepFor none → 10m"},
		"a burn rate":                     {"budget: 2%", "budget: 5%", "policy fast: burn.budget 2% → 5%"},
		"a policy that is gone":           {"    - { name: fast, severity: page, burn: { budget: 2%, long: 1h }, for: 2m }\n", "    - { name: slow, severity: ticket, burn: { budget: 10%, long: 3d } }\n", "policy fast is gone\npolicy slow is new"},
		"a budget of the calendar":        {"window: 5m", "window: 5m\n  budgetPeriod: month", "catalog shop: budgetPeriod none → calendar { period: month, location: UTC }"},
		"a weight that follows the users": {"weight: 5", "weight: { value: 5, traffic: true }", "flow checkout: dynamicWeight none → dynamicWeight { traffic: true }"},
		"a key":                           {"weight: 4,", "weight: 4, key: true,", "SLI checkout/success: key false → true"},
		"an owner":                        {"weight: 5", "weight: 5\n      owner: payments", "flow checkout: owner none → payments"},
		"labels":                          {"weight: 5", "weight: 5\n      labels: { team: b, area: a }", "flow checkout: labels none → { area: a, team: b }"},
		"matchers":                        {"window: 5m", "window: 5m\n  trust: ['job=\"shop\"']", "catalog shop: trust none → [job=\"shop\"]"},
		"the order of matchers":           {"[eu, us]", "[us, eu]", ""},
		"what a cohort weighs":            {"values: [eu, us] }", "weights: { eu: 1, us: 3 } }", "dimension region: values [eu, us] → none\ndimension region: weights none → { eu: 1, us: 3 }"},
		"an objective of a cohort":        {"objective: 0.99", "objectives: { region: { eu: 0.999 } }", "flow checkout: objective 99% → 95%\nflow checkout: objectives none → { region: { eu: 99.9% } }"},
		"a gate":                          {"  flows:\n", "  gates: [{ name: release, require: score > 0.9 }]\n  flows:\n", "gate release is new"},
		"a fallback":                      {"under: 800ms }", "under: 800ms }, fallback: { probe: { selector: up } }", "SLI checkout/fast: fallback none → fallback { indicator: probe { selector: up }, curve: identity }"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(oldShop, test.old) {
				t.Fatalf("the definition has no %q", test.old)
			}
			old, issues := definition.Load(definition.Source{Name: "old", Content: []byte(oldShop)})
			if old == nil {
				t.Fatal(issues)
			}
			now, issues := definition.Load(definition.Source{Name: "new", Content: []byte(strings.Replace(oldShop, test.old, test.new, 1))})
			if now == nil {
				t.Fatal(issues)
			}
			var lines []string
			for _, change := range audit.Compare(old, now) {
				lines = append(lines, change.String())
			}
			if got := strings.Join(lines, "\n"); got != test.want {
				t.Errorf("the changes are\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// Whatever makes the revision another one is a change.
func TestEveryDifferenceIsAChange(t *testing.T) {
	glob := func(t *testing.T, pattern string) []string {
		paths, err := filepath.Glob(filepath.Join("../definition/testdata", pattern))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no file is like %s: %v", pattern, err)
		}
		return paths
	}
	var all []*cer.Catalog
	for _, path := range slices.Concat(glob(t, "valid/*.yaml"), glob(t, "warning-*.yaml"), glob(t, "earlier/*.yaml")) {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if c, _ := definition.Load(definition.Source{Name: path, Content: content}); c != nil {
			all = append(all, c)
		}
	}
	if len(all) < 20 {
		t.Fatalf("only %d catalogs load", len(all))
	}
	for _, old := range all {
		for _, now := range all {
			changes := audit.Compare(old, now)
			if same := old.Revision() == now.Revision(); same != (len(changes) == 0) {
				t.Errorf("%s and %s have the same revision: %v, and these changes: %v", old.Name, now.Name, same, changes)
			}
			for _, c := range changes {
				if c.Before == c.After && !c.New && !c.Gone || c.Kind == "" || c.Name == "" || strings.Contains(c.String(), "0xc0") {
					t.Errorf("%s and %s: the change %+v says nothing", old.Name, now.Name, c)
				}
			}
		}
	}
}
