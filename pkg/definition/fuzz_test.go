package definition

import (
	"math"
	"reflect"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// FuzzDecode loads anything: it never panics, says where it refuses, and loads the same twice.
func FuzzDecode(f *testing.F) {
	for _, pattern := range []string{"valid/*.yaml", "invalid-*.yaml", "warning-*.yaml"} {
		for _, path := range glob(f, pattern) {
			body, _ := splitWanted(readFile(f, path))
			f.Add(body)
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		catalog, issues := Load(Source{Name: "a.yaml", Content: content})
		if (catalog == nil) != issues.Refused() {
			t.Fatalf("a catalog: %v, but %v", catalog != nil, issues)
		}
		checkPlaces(t, issues)
		again, issuesAgain := Load(Source{Name: "a.yaml", Content: content})
		if !reflect.DeepEqual(issues, issuesAgain) {
			t.Fatalf("%v at first, then %v", issues, issuesAgain)
		}
		if catalog != nil {
			checkCatalog(t, catalog)
			if catalog.Revision() != again.Revision() {
				t.Fatal("the revision is another the second time")
			}
		}
	})
}

// checkPlaces checks that issues say where they are, in order.
func checkPlaces(t *testing.T, issues Issues) {
	t.Helper()
	for i, issue := range issues {
		if issue.Line < 1 || issue.Column < 1 || issue.Message == "" {
			t.Fatalf("no place or no sentence: %#v", issue)
		}
		if i > 0 && issue.Line < issues[i-1].Line {
			t.Fatalf("out of order: %v", issues)
		}
	}
}

// checkCatalog checks what is promised of a catalog.
func checkCatalog(t *testing.T, c *cer.Catalog) {
	t.Helper()
	if c.Name == "" || len(c.Flows) == 0 || c.Window <= 0 {
		t.Fatalf("a catalog without name, flows or window: %+v", c)
	}
	for _, d := range c.Dimensions {
		checkDimension(t, d)
	}
	for i := range c.Gates {
		checkGate(t, c, &c.Gates[i])
	}
	for _, f := range c.Flows {
		checkWeight(t, f.Weight)
		if d := f.Dynamic; d != nil && d.Traffic == (d.PromQL != "") {
			t.Fatalf("a weight that follows not exactly one thing: %+v", d)
		}
		if again, ok := c.Flow(f.Name); !ok || again.Name == "" || len(f.SLIs) == 0 {
			t.Fatalf("a flow without a name or SLIs: %+v", f)
		}
		for _, s := range f.SLIs {
			checkWeight(t, s.Weight)
			if s.Name == "" || s.Component == "" || (s.Missing == cer.Hold) != (s.MaxDelay > 0) {
				t.Fatalf("an SLI that lacks something: %+v", s)
			}
			checkMeasured(t, s.Indicator, s.Curve)
			if s.Fallback != nil {
				checkMeasured(t, s.Fallback.Indicator, s.Fallback.Curve)
			}
		}
	}
}

// checkGate checks that a gate asks something, and has time and telemetry to decide by.
func checkGate(t *testing.T, c *cer.Catalog, g *cer.Gate) {
	t.Helper()
	flows := g.Flows.Flows(c)
	if len(flows) == 0 || g.Compare == nil && g.Require == "" {
		t.Fatalf("a gate that asks nothing: %+v", g)
	}
	if g.Compare == nil {
		return
	}
	if !(g.Alpha > 0 && g.Beta > 0 && g.MaxDrop >= 0) || g.MaxDuration <= g.Warmup+cer.LeastSlices*g.Width(c) {
		t.Fatalf("a gate that can't decide: %+v", g)
	}
	compared := 0
	for _, f := range flows {
		for i := range f.SLIs {
			s := &f.SLIs[i]
			if !g.Compares(c, s) {
				continue
			}
			if compared++; isQuantile(s) && g.QuantileBound(f.Name, s) <= 0 {
				t.Fatalf("%s/%s is compared by no bound: %+v", f.Name, s.Name, g)
			}
		}
	}
	if compared == 0 {
		t.Fatalf("a gate that compares nothing: %+v", g)
	}
}

// checkMeasured checks that there is a value, and a score of it.
func checkMeasured(t *testing.T, indicator cer.Indicator, curve cer.Curve) {
	t.Helper()
	if indicator == nil || curve == nil {
		t.Fatalf("the indicator %#v and the curve %#v", indicator, curve)
	}
	if score := curve.Score(0.5); !(score >= 0 && score <= 1) {
		t.Fatalf("%#v scores %v", curve, score)
	}
}

// checkDimension checks that a dimension can be a label, and its weights be summed.
func checkDimension(t *testing.T, d cer.Dimension) {
	t.Helper()
	if !labelName.MatchString(d.Name) || !labelName.MatchString(d.Label) || len(d.Listed()) > maxValues {
		t.Fatalf("the dimension %+v", d)
	}
	for _, weight := range d.Weights {
		checkWeight(t, weight)
	}
}

// checkWeight checks that a weight can be summed.
func checkWeight(t *testing.T, weight float64) {
	t.Helper()
	if weight < 0 || math.IsInf(weight, 0) || math.IsNaN(weight) {
		t.Fatalf("the weight %v", weight)
	}
}
