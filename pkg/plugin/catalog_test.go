package plugin

import (
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// goodYAML is a small catalog of that name.
func goodYAML(name string) string {
	return `{apiVersion: cer/v1, kind: Catalog, metadata: {name: ` + name + `}, spec: {flows: [{name: home, slis: [{name: up, probe: {selector: up}}]}]}}`
}

func TestLoad(t *testing.T) {
	tests := map[string]struct {
		yaml string
		// problem is "" for a good definition.
		problem string
	}{
		"a good one":      {goodYAML("shop"), ""},
		"none":            {"", "the data source has no definition yet"},
		"only space":      {" \n\t", "the data source has no definition yet"},
		"one that is bad": {"a: b", "definition:1:1: "},
		"a long one":      {goodYAML("shop") + strings.Repeat("#", maxDefinition), "the definition has"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := load(test.yaml)
			if good := test.problem == ""; good != (l.catalog != nil) || good != (l.revision != "") {
				t.Errorf("the catalog is %v, its revision %q", l.catalog, l.revision)
			}
			if !strings.HasPrefix(l.problem(viewer), test.problem) || test.problem == "" && l.problem(viewer) != "" {
				t.Errorf("the problem is %q, want %q", l.problem(viewer), test.problem)
			}
		})
	}
}

func TestShelf(t *testing.T) {
	a, b := load(goodYAML("a")), load(goodYAML("b"))
	bad, worse, empty := load("a: b"), load("[]"), load(" ")
	here, elsewhere := shelfKey{org: 1, uid: "x"}, shelfKey{org: 2, uid: "x"}
	type step struct {
		key shelfKey
		now loaded
		// name is that of the catalog that is used, "" for none.
		name  string
		stale bool
	}
	tests := map[string][]step{
		"a bad one that was never good":       {{here, bad, "", false}},
		"a good one":                          {{here, a, "a", false}},
		"a bad one keeps the good one":        {{here, a, "a", false}, {here, bad, "a", true}},
		"so does the next":                    {{here, a, "a", false}, {here, bad, "a", true}, {here, worse, "a", true}},
		"a good one replaces the good one":    {{here, a, "a", false}, {here, b, "b", false}, {here, bad, "b", true}},
		"a good one ends a bad one":           {{here, a, "a", false}, {here, bad, "a", true}, {here, b, "b", false}},
		"none at all ends the good one":       {{here, a, "a", false}, {here, empty, "", false}, {here, bad, "", false}},
		"another's good one is not taken":     {{here, a, "a", false}, {elsewhere, bad, "", false}},
		"another's good one replaces nothing": {{here, a, "a", false}, {elsewhere, b, "b", false}, {here, bad, "a", true}},
	}
	for name, steps := range tests {
		t.Run(name, func(t *testing.T) {
			var s shelf
			for i, step := range steps {
				got, used := s.keep(step.key, step.now), ""
				if got.catalog != nil {
					used = got.catalog.Name
				}
				if used != step.name || got.stale != step.stale {
					t.Errorf("step %d: it is %q, stale %v; want %q, %v", i, used, got.stale, step.name, step.stale)
				}
				if got.issues.Error() != step.now.issues.Error() {
					t.Errorf("step %d: the issues are %v", i, got.issues)
				}
			}
		})
	}
}

func TestDataSourcesOfAFactoryShareTheShelf(t *testing.T) {
	shared := newCommon("")
	ctx := backend.WithPluginContext(t.Context(), backend.PluginContext{Namespace: "default"})
	for _, yaml := range []string{goodYAML("shop"), "a: b"} {
		instance := instanceOf("{}")
		instance.JSONData = []byte(`{"definition":"` + yaml + `"}`)
		made, err := shared.newInstance(ctx, instance)
		if err != nil {
			t.Fatal(err)
		}
		d := made.(*DataSource).serving(ctx, nil)
		if d.catalog == nil || d.stale != (yaml == "a: b") {
			t.Errorf("of %s there is %v, stale %v", yaml, d.catalog, d.stale)
		}
	}
}
