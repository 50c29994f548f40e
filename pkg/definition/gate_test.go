package definition

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

func TestGates(t *testing.T) {
	gate := func(change func(*cer.Gate)) cer.Gate {
		g := cer.DefaultGate()
		change(&g)
		return g
	}
	want := []cer.Gate{
		{
			Name: "checkout-canary", Flows: cer.FlowSelection{Names: []string{"checkout"}},
			Compare: &cer.Comparison{Dimension: "release", Candidate: "canary", Baseline: "stable", Strata: []string{"region"}},
			MaxDrop: 0.01, MaxDrops: map[string]float64{"success": 0.005, "checkout/p99": 0.02},
			Bounds: map[string]time.Duration{"p99": 1500 * time.Microsecond}, Alpha: 0.01, Beta: 0.1, Slice: 2 * time.Minute,
			Warmup: 5 * time.Minute, MinDuration: 30 * time.Minute, MaxDuration: 24 * time.Hour, OnTimeout: cer.Inconclusive, MinPassed: 0.75,
			Require: "score >= 0.95 && budget > 0\n  && burn(\"1h\") < 6",
		},
		gate(func(g *cer.Gate) {
			g.Name, g.Compare, g.MaxDrop = "any-release", &cer.Comparison{Dimension: "release"}, 0.02
		}),
		gate(func(g *cer.Gate) {
			g.Name, g.Flows = "versions", cer.FlowSelection{MinShare: 0.1, Labels: map[string]string{"team": "payments"}}
			g.Compare = &cer.Comparison{Dimension: "release", Candidate: "1.20", Baseline: "1.19"}
			g.Warmup, g.OnTimeout = 0, cer.Passes
		}),
		gate(func(g *cer.Gate) {
			g.Name, g.Require, g.MinDuration, g.MaxDuration = "healthy", "score > 0.9", 0, time.Minute
		}),
	}
	if got := valid(t, "gates.yaml").Gates; !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

// TestLayoutOfGates writes the same gates in other ways.
func TestLayoutOfGates(t *testing.T) {
	text := string(readFile(t, "testdata/valid/gates.yaml"))
	want := load(t, text).Revision()
	for _, other := range [][2]string{
		{"success: 0.5%", "success: 0.005"}, {"maxDrop: 2%", "maxDrop: '2 %'"}, {"alpha: 1%", "alpha: 0.01"}, {"1500us", "1.5ms"},
		{"slice: 2m", "slice: 120s"}, {"maxDuration: 1d", "maxDuration: 24h"}, {"require: score > 0.9", "require: |\n        score > 0.9"},
		{"onTimeout: pass", "onTimeout: pass\n      alpha: 0.05\n      strata: []\n      bounds: {}\n      maxDrop: {}"},
		{"onTimeout: pass", "onTimeout: pass\n      maxDrop: 0.01"}, {"candidate: 1.20", "candidate: '1.20'"},
	} {
		changed := strings.Replace(text, other[0], other[1], 1)
		if changed == text || load(t, changed).Revision() != want {
			t.Errorf("%s is not what %s is", other[1], other[0])
		}
	}
	if load(t, strings.Replace(text, "maxDrop: 2%", "maxDrop: 1.5%", 1)).Revision() == want {
		t.Error("another drop does not change the revision")
	}
}

// TestCatalogsWithoutGatesKeepTheirRevision has the revision of a catalog from before there were gates.
func TestCatalogsWithoutGatesKeepTheirRevision(t *testing.T) {
	const want = "8f428a7bb823a494c9b122b31b642600ba6c58fa65b01295633dfa8b57218fd3"
	text := string(readFile(t, "testdata/valid/policies.yaml"))
	for name, text := range map[string]string{"none": text, "an empty list": text + "  gates: []\n"} {
		if got := load(t, text).Revision(); got != want {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

func TestTooManyGates(t *testing.T) {
	head := "apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: shop }\nspec:\n  flows: [{ name: checkout, slis: [{ name: up, probe: { selector: up } }] }]\n  gates:\n"
	_, issues := Load(Source{Content: []byte(head + strings.Repeat("    - { name: a, require: score < 1 }\n", maxPolicies+1))})
	if got := issues.Error(); got != "7:5: spec.gates: at most 100 are supported; merge similar ones" {
		t.Error(got)
	}
}
