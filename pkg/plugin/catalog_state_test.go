package plugin

import (
	"strings"
	"testing"
)

// goodYAML returns the definition of a small catalog.
func goodYAML(name string) string {
	return `{apiVersion: cer/v1, kind: Catalog, metadata: {name: ` + name + `}, spec: {scrapeInterval: 15s, flows: [{name: home, slis: [{name: up, probe: {selector: up}}]}]}}`
}

func TestLoadDefinition(t *testing.T) {
	tests := map[string]struct {
		yaml string
		// problem is the beginning of the problem; "" if there is none.
		problem string
	}{
		"a good one":      {goodYAML("shop"), ""},
		"none":            {"", "the data source has no catalog yet"},
		"only space":      {" \n\t", "the data source has no catalog yet"},
		"one that is bad": {"a: b", "definition:1:1: "},
		"a long one":      {goodYAML("shop") + strings.Repeat("#", maxDefinition), "the catalog has"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := loadDefinition(test.yaml)
			if good := test.problem == ""; good != (l.catalog != nil) || good != (l.revision() != "") {
				t.Errorf("the catalog is %v, its revision %q", l.catalog, l.revision())
			}
			if !strings.HasPrefix(l.problem(viewer), test.problem) || test.problem == "" && l.problem(viewer) != "" {
				t.Errorf("the problem is %q, want %q", l.problem(viewer), test.problem)
			}
		})
	}
}
