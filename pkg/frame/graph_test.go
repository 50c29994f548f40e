package frame_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"pgregory.net/rapid"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/eval/graph"
	"github.com/cer-reliability/cer-datasource/pkg/frame"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// drawTables draws a catalog and the tables of its levels, with members of which nothing is known.
func drawTables(t *rapid.T) (*cer.Catalog, graph.Tables) {
	number := func(name string) float64 {
		if rapid.IntRange(0, 4).Draw(t, name+" is known") == 0 {
			return math.NaN()
		}
		return rapid.SampledFrom([]float64{0, 1, .5, .999, 1e-12, rapid.Float64Range(0, 1).Draw(t, name)}).Draw(t, name)
	}
	member := func(f *cer.Flow, s *cer.SLI, component cer.Component) eval.Member {
		return eval.Member{Flow: f, SLI: s, Component: component, Lost: math.Max(0, number("lost")), Columns: map[query.Measure][]float64{
			query.Score: {number("before"), number("score")}, query.Impact: {0, number("impact")}, query.Coverage: {1, number("coverage")}}}
	}
	c := &cer.Catalog{Name: "shop"}
	for i := range rapid.IntRange(0, 5).Draw(t, "flows") {
		f := cer.Flow{Name: fmt.Sprint("f", i)}
		for j := range rapid.IntRange(1, 4).Draw(t, "slis") {
			component := rapid.SampledFrom(cer.Components()).Draw(t, "component")
			s := cer.SLI{Name: fmt.Sprint("s", j), Component: component}
			if component == cer.Dependency {
				s.DependsOn = rapid.SampledFrom([]string{"", "whole", "f0", "bank"}).Draw(t, "dependsOn")
			}
			f.SLIs = append(f.SLIs, s)
		}
		c.Flows = append(c.Flows, f)
	}
	of := graph.Tables{Overall: []eval.Member{member(nil, nil, "")}}
	for i := range c.Flows {
		f := &c.Flows[i]
		of.Flows = append(of.Flows, member(f, nil, ""))
		components := map[cer.Component]bool{}
		for j := range f.SLIs {
			s := &f.SLIs[j]
			of.SLIs = append(of.SLIs, member(f, s, s.Component))
			if !components[s.Component] {
				components[s.Component] = true
				of.Components = append(of.Components, member(f, nil, s.Component))
			}
		}
	}
	return c, of
}

// framesOf returns the frames of a graph.
func framesOf(c *cer.Catalog, g *graph.Graph) data.Frames {
	p := &plan.Plan{Query: query.Query{Format: query.Graph}, Catalog: &catalog.Catalog{Catalog: c}, Range: series.InstantOf(end)}
	return frame.From(&engine.Result{Result: &eval.Result{Plan: p}, Graph: g})
}

// textAt returns the text of a field in a row.
func textAt(t rapid.TB, f *data.Frame, name string, row int) string {
	field, at := f.FieldByName(name)
	if at < 0 {
		t.Fatalf("there is no field %s", name)
	}
	text, ok := field.At(row).(string)
	if !ok {
		t.Fatalf("the field %s is no text", name)
	}
	return text
}

// Grafana's node graph needs ids that are unique, edges between nodes that exist, and circles whose parts sum to 1. The graph has no
// cycle, and nothing is green of which nothing is known.
func TestGraphsKeepTheContractOfNodeGraphs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, of := drawTables(t)
		frames := framesOf(c, graph.New(c, of, rapid.IntRange(5, 60).Draw(t, "most")))
		nodes, edges := frames[0], frames[1]
		if nodes.Name != "nodes" || edges.Name != "edges" || nodes.Meta.PreferredVisualization != data.VisTypeNodeGraph || edges.Meta.PreferredVisualization != data.VisTypeNodeGraph {
			t.Fatalf("the frames are %s and %s, as %s", nodes.Name, edges.Name, nodes.Meta.PreferredVisualization)
		}
		position := map[string]int{}
		for i := range nodes.Rows() {
			id := textAt(t, nodes, "id", i)
			if _, known := position[id]; known || id == "" {
				t.Fatalf("the id %q is there twice", id)
			}
			position[id] = i
			checkCircle(t, nodes, i)
		}
		seen := map[string]bool{}
		for i := range edges.Rows() {
			id, source, target := textAt(t, edges, "id", i), textAt(t, edges, "source", i), textAt(t, edges, "target", i)
			_, knowsSource := position[source]
			_, knowsTarget := position[target]
			if seen[id] || !knowsSource || !knowsTarget {
				t.Fatalf("the edge %q from %q to %q is there twice, or an end is missing", id, source, target)
			}
			seen[id] = true
			if rank(source) >= rank(target) { // So that there is no way back.
				t.Fatalf("the edge %q leads back", id)
			}
		}
	})
}

// rank is how far a node of a kind is from the whole.
func rank(id string) int {
	kind, _, _ := strings.Cut(id, "/")
	return slices.Index([]string{"whole", "flow", "component", "sli", "dependency"}, kind)
}

// checkCircle checks the parts of the circle around a node, and that its score is that of the field score.
func checkCircle(t rapid.TB, nodes *data.Frame, row int) {
	sum := 0.0
	parts := map[string]float64{}
	for _, f := range nodes.Fields {
		if strings.HasPrefix(f.Name, "arc__") {
			v := f.At(row).(float64)
			if !(v >= 0 && v <= 1) || f.Config.Color["mode"] != "fixed" || f.Config.Color["fixedColor"] == "" {
				t.Fatalf("the part %s is %v, in the colour %v", f.Name, v, f.Config.Color)
			}
			sum += v
			parts[strings.TrimPrefix(f.Name, "arc__")] = v
		}
	}
	if math.Abs(sum-1) > 1e-9 {
		t.Fatalf("the parts %v sum to %v", parts, sum)
	}
	field, _ := nodes.FieldByName("score")
	score := field.At(row).(*float64)
	text := textAt(t, nodes, "mainstat", row)
	switch {
	case score == nil && (parts["good"] != 0 || parts["unknown"] != 1 || text != "unknown" && text != "idle"):
		t.Fatalf("a node of which nothing is known says %q, with the circle %v", text, parts)
	case score != nil && (parts["good"] != *score || parts["unknown"] != 0 || text != fmt.Sprintf("%.2f%%", 100**score)):
		t.Fatalf("a node with the score %v says %q, with the circle %v", *score, text, parts)
	}
}

// Without instants there are no fields, and still a frame for notices.
func TestGraphOfNothing(t *testing.T) {
	frames := framesOf(&cer.Catalog{Name: "shop"}, graph.New(&cer.Catalog{}, graph.Tables{}, graph.MaxNodes))
	if len(frames) != 2 || len(frames[0].Fields)+len(frames[1].Fields) != 0 {
		t.Errorf("there are %d frames with %d fields", len(frames), len(frames[0].Fields))
	}
}

// Two decimals would make 100.00% of an objective of 99.999%.
func TestObjectivesOfNodesHaveAllTheirDigits(t *testing.T) {
	for objective, want := range map[float64]string{0: "", .95: "95%", .9995: "99.95%", .99999: "99.999%"} {
		whole := eval.Member{Objective: objective}
		nodes := framesOf(&cer.Catalog{Name: "shop"}, graph.New(&cer.Catalog{}, graph.Tables{Overall: []eval.Member{whole}}, graph.MaxNodes))[0]
		if got := textAt(t, nodes, "detail__objective", 0); got != want {
			t.Errorf("the objective %v shows as %q, want %q", objective, got, want)
		}
	}
}
