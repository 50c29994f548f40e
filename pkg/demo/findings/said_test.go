package findings

import (
	"strings"
	"testing"
)

// A bound may exclude itself, and the name of a cohort may have a $.
func TestG8StrictBoundsAndDollars(t *testing.T) {
	gauge := func(v float64) []series {
		return []series{{"up_share", twoHours("x", 1).from, noon, twoHours("x", 1).spacing, constant(v)}}
	}
	for name, test := range map[string]struct {
		step string
		v    float64
		want float64
	}{
		"0 is not above 0":             {"{ at: 0, better: higher, strict: true }", 0, 0},
		"a little is":                  {"{ at: 0, better: higher, strict: true }", .001, 1},
		"without strict 0 is enough":   {"{ at: 0, better: higher }", 0, 1},
		"100 is not below 100":         {"{ at: 100, better: lower, strict: true }", 100, 0},
		"99 is":                        {"{ at: 100, better: lower, strict: true }", 99, 1},
		"rounding does not decide":     {"{ at: 0.3, better: higher, strict: true }", .1 + .2, 0},
		"nor at the edge that is kept": {"{ at: 0.3, better: lower }", .1 + .2, 1},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, of("value: { promql: 'sum(up_share)' }, curve: { step: "+test.step+" }"), nil, gauge(test.v)...)
			tr.latest(`"level": "flow"`, noon).is(`flow="shop"`, test.want)
		})
	}
	t.Run("a path with a dollar is a cohort", func(t *testing.T) {
		spec := strings.Replace(of(`ratio: { bad: 'r_total{code="500"}', total: r_total }`), "  objective: 0.99\n", "  objective: 0.99\n  dimensions: [{ name: path }]\n", 1)
		tr := try(t, spec, nil, twoHours(`r_total{code="200",path="/a$b"}`, 8), twoHours(`r_total{code="500",path="/a$b"}`, 2), twoHours(`r_total{code="200",path="/c"}`, 9))
		tr.latest(`"level": "flow", "where": {"path": ["/a$b"]}`, noon).is(`flow="shop"`, .8)
		for _, variable := range []string{"$path", "${path}", "${path:csv}"} {
			tr.latest(`"level": "flow", "where": {"path": ["`+variable+`"]}`, noon).says("is a dashboard variable")
		}
	})
}

// Without an objective there are no default policies, and that is what is said.
func TestU14DefaultPoliciesNeedAnObjective(t *testing.T) {
	spec := strings.Replace(of(`ratio: { bad: 'r_total{code="500"}', total: r_total }`), "  objective: 0.99\n", "", 1)
	for _, level := range []string{"flow", "overall"} {
		tr := try(t, spec, nil, twoHours(`r_total{code="200"}`, 8))
		tr.latest(`"measure": "state", "level": "`+level+`"`, noon).says("the default policies need an objective")
	}
}

// What YAML refuses is said in the words of a definition.
func TestU19YAMLIsExplained(t *testing.T) {
	tr := try(t, "", nil)
	for text, want := range map[string]string{
		of(`ratio: { bad: x{code="500"}, total: x }`):                                                `quote a selector that contains braces`,
		of(`probe: { selector: probe_success{target="a", job=~"b|c"} }`):                             `quote a selector that contains braces`,
		"apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: x }\nspec:\n\tflows: []\n":             "indent by spaces",
		"apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: x }\nspec:\n  flows:\n  \t- name: a\n": "indent by spaces",
		"version: prometheus/v1\nservice: shop\nslos:\n  - name: a\n":                                "looks like a file of Sloth",
		"apiVersion: sloth.slok.dev/v1\nkind: PrometheusServiceLevel\nmetadata: { name: a }\n":       "looks like a file of Sloth",
		"apiVersion: pyrra.dev/v1alpha1\nkind: ServiceLevelObjective\nmetadata: { name: a }\n":       "looks like a file of Pyrra",
		"apiVersion: openslo/v1\nkind: SLO\nmetadata: { name: a }\n":                                 "looks like a file of OpenSLO",
		"groups:\n  - name: a\n    rules: []\n":                                                      "looks like a file of Prometheus' rules",
	} {
		if messages, valid := tr.issues(text); valid || !strings.Contains(messages, want) {
			t.Errorf("%s: valid %v, %s", text, valid, messages)
		}
	}
}
