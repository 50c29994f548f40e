package findings

import (
	"strings"
	"testing"
	"time"
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
		"apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: x }\nspec:\n\tflows: []\n":             "indent with spaces",
		"apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: x }\nspec:\n  flows:\n  \t- name: a\n": "indent with spaces",
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

// TestU19WhatTelemetrySaysIsSaidWhileEditing has definitions that are valid and do not fit the telemetry.
func TestU19WhatTelemetrySaysIsSaidWhileEditing(t *testing.T) {
	tr := try(t, of("ratio: { bad: failed_total, total: ok_total }"), nil,
		twoHours(`d_seconds_bucket{le="0.5"}`, 4), twoHours(`d_seconds_bucket{le="1"}`, 8), twoHours(`d_seconds_bucket{le="+Inf"}`, 9), twoHours("d_seconds_count", 9),
		series{"queue_length", noon.Add(-2 * time.Hour), noon, 15 * time.Second, constant(1e6)},
		series{"rare_total", noon.Add(-8 * time.Hour), noon, 5 * time.Minute, counter(noon.Add(-8*time.Hour), 1)},
		twoHours("ok_total", 5), twoHours("failed_total", 9),
		series{`ok_total{pod="new"}`, noon.Add(-time.Minute), noon, 15 * time.Second, constant(7)})
	tr.latest(`"level": "flow"`, noon)
	for fields, want := range map[string]string{
		"latency: { histogram: d_seconds, under: 800ms }":               "0.8 is not a bucket edge of d_seconds; interpolated between 0.5 and 1",
		"latency: { histogram: d_seconds, under: 3s }":                  "3 is above the highest bucket edge of d_seconds, 1",
		"value: { promql: 'max(queue_length)' }":                        "outside of 0..1 at this instant, and limited to it. Give it a curve",
		"ratio: { bad: 'rare_total{code=\"500\"}', total: rare_total }": "samples are 5 min apart; choose window: 15m",
		"ratio: { good: failed_total, total: ok_total }":                "there are more good or bad events than events in total",
	} {
		if messages, valid := tr.issues(of(fields)); !valid || !strings.Contains(messages, want) {
			t.Errorf("%s: valid %v, %s", fields, valid, messages)
		}
	}
	for _, fields := range []string{
		"latency: { histogram: d_seconds, under: 500ms }",
		"ratio: { good: 'ok_total{pod!=\"old\"}', total: ok_total }", // A series of it has just begun, which has nothing to do with the definition.
	} {
		if messages, _ := tr.issues(of(fields)); messages != "" {
			t.Errorf("%s: nothing is to be said: %s", fields, messages)
		}
	}
}
