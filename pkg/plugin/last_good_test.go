package plugin

import (
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

func TestLastGood(t *testing.T) {
	a, b := loadDefinition(goodYAML("a")), loadDefinition(goodYAML("b"))
	bad, worse, empty := loadDefinition("a: b"), loadDefinition("[]"), loadDefinition(" ")
	here, elsewhere := dataSourceKey{org: 1, uid: "x"}, dataSourceKey{org: 2, uid: "x"}
	type step struct {
		key dataSourceKey
		now catalogState
		// name is the name of the catalog; "" if there is none.
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
			var l lastGood
			for i, step := range steps {
				got, used := l.update(step.key, step.now), ""
				if got.catalog != nil {
					used = got.catalog.Name
				}
				if used != step.name || got.stale != step.stale {
					t.Errorf("step %d: the catalog is %q, stale %v; want %q, %v", i, used, got.stale, step.name, step.stale)
				}
				if got.issues.Error() != step.now.issues.Error() {
					t.Errorf("step %d: the issues are %v", i, got.issues)
				}
			}
		})
	}
}

func TestDataSourcesOfAFactoryShareTheLastGoodCatalog(t *testing.T) {
	shared := newSharedState("")
	ctx := backend.WithPluginContext(t.Context(), backend.PluginContext{Namespace: "default"})
	for _, yaml := range []string{goodYAML("shop"), "a: b"} {
		instance := instanceOf("{}")
		instance.JSONData = []byte(`{"definition":"` + yaml + `"}`)
		made, err := shared.newInstance(ctx, instance)
		if err != nil {
			t.Fatal(err)
		}
		d := made.(*DataSource).snapshot(ctx, nil)
		if d.catalog == nil || d.stale != (yaml == "a: b") {
			t.Errorf("of %s there is %v, stale %v", yaml, d.catalog, d.stale)
		}
	}
}
