package graph_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/eval/graph"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// sli is an SLI of a test: its score, and what it costs and loses.
type sli struct {
	name, dependsOn             string
	score, cost, lost, coverage float64
}

// tables returns a catalog of flows with SLIs of the component dependency, and its tables. A flow costs what its SLIs do.
func tables(flows map[string][]sli) (*cer.Catalog, graph.Tables) {
	c := &cer.Catalog{Name: "shop"}
	names := make([]string, 0, len(flows))
	for name := range flows {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		f := cer.Flow{Name: name, Title: strings.ToUpper(name)}
		for _, s := range flows[name] {
			f.SLIs = append(f.SLIs, cer.SLI{Name: s.name, Component: cer.Dependency, DependsOn: s.dependsOn})
		}
		c.Flows = append(c.Flows, f)
	}
	t := graph.Tables{Overall: []eval.Member{member(nil, nil, "", .9, math.NaN(), 0, 1)}}
	for i := range c.Flows {
		f := &c.Flows[i]
		cost, lost := 0.0, 0.0
		for j, s := range flows[f.Name] {
			m := member(f, &f.SLIs[j], cer.Dependency, s.score, s.cost, s.lost, s.coverage)
			t.SLIs = append(t.SLIs, m)
			cost, lost = cost+s.cost, lost+s.lost
		}
		t.Flows = append(t.Flows, member(f, nil, "", .9, cost, lost, 1))
		t.Components = append(t.Components, member(f, nil, cer.Dependency, .9, cost, lost, 1))
	}
	return c, t
}

// member returns a member of a table.
func member(f *cer.Flow, s *cer.SLI, component cer.Component, score, cost, lost, coverage float64) eval.Member {
	return eval.Member{Flow: f, SLI: s, Component: component, Lost: lost, Columns: map[query.Measure][]float64{
		query.Score: {score, score}, query.Impact: {cost, cost}, query.Coverage: {coverage, coverage}}}
}

// node returns the node of an id.
func node(t *testing.T, g *graph.Graph, id string) graph.Node {
	t.Helper()
	at := slices.IndexFunc(g.Nodes, func(n graph.Node) bool { return n.ID == id })
	if at < 0 {
		t.Fatalf("there is no node %s", id)
	}
	return g.Nodes[at]
}

// A dependency that flows share is one node, as bad as the worst of the SLIs that measure it.
func TestASharedDependencyIsOneNode(t *testing.T) {
	nan := math.NaN()
	c, of := tables(map[string][]sli{
		"checkout": {{name: "psp", dependsOn: "bank", score: .8, cost: .1, coverage: 1}, {name: "mail", dependsOn: "smtp", score: nan, cost: nan}},
		"refund":   {{name: "psp", dependsOn: "bank", score: .7, cost: .05, coverage: 1}, {name: "blind", dependsOn: "bank", score: nan, cost: nan}},
		"night":    {{name: "cron", dependsOn: "batch", score: nan, cost: nan, coverage: 1}},
	})
	g := graph.New(c, of, graph.MaxNodes)
	bank := node(t, g, "dependency/bank")
	if bank.Score != .7 || bank.Flow != "refund" || bank.SLI != "psp" || bank.Flows != 2 || strings.Join(bank.MeasuredBy, " ") != "checkout/psp refund/psp refund/blind" {
		t.Errorf("the bank is %+v", bank)
	}
	if smtp := node(t, g, "dependency/smtp"); !math.IsNaN(smtp.Score) || smtp.Idle || smtp.Flow != "checkout" {
		t.Errorf("the mail server, of which nothing is known, is %+v", smtp)
	}
	if batch := node(t, g, "dependency/batch"); !math.IsNaN(batch.Score) || !batch.Idle {
		t.Errorf("what is idle is %+v", batch)
	}
	into := 0
	for _, e := range g.Edges {
		if e.Target == "dependency/bank" {
			into++
		}
	}
	if into != 3 {
		t.Errorf("%d edges lead to the bank, want 3", into)
	}
	if f := node(t, g, "flow/refund"); f.Title != "REFUND" || f.Flow != "refund" || f.SLI != "" {
		t.Errorf("the flow is %+v", f)
	}
	if whole := node(t, g, "whole"); math.Abs(whole.Cost-.1) > 1e-12 || whole.Title != "shop" {
		t.Errorf("the whole is %+v", whole)
	}
}

// The worst path leads over what costs most, at each step, or where impacts are 0 over what loses most.
func TestTheWorstPath(t *testing.T) {
	for name, test := range map[string]struct {
		flows map[string][]sli
		want  string
	}{
		"the flow that costs most, and in it the SLI": {map[string][]sli{
			"a": {{name: "x", score: .5, cost: .03, coverage: 1}, {name: "y", score: .2, cost: .02, coverage: 1}},
			"b": {{name: "x", score: .5, cost: .04, coverage: 1}}}, "whole flow/a component/a/dependency sli/a/x"},
		"to the dependency": {map[string][]sli{"a": {{name: "x", dependsOn: "bank", score: .5, cost: .03, coverage: 1}}, "b": {{name: "x", dependsOn: "bank", score: .9, coverage: 1}}},
			"whole flow/a component/a/dependency sli/a/x dependency/bank"},
		"by losses where impacts are 0": {map[string][]sli{"a": {{name: "x", score: .5, lost: .1, coverage: 1}}, "b": {{name: "x", score: .5, lost: .2, coverage: 1}}},
			"whole flow/b component/b/dependency sli/b/x"},
		"there is none where nothing is lost": {map[string][]sli{"a": {{name: "x", score: 1, coverage: 1}}}, ""},
		"nor where nothing is known":          {map[string][]sli{"a": {{name: "x", score: math.NaN(), cost: math.NaN()}}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c, of := tables(test.flows)
			g := graph.New(c, of, graph.MaxNodes)
			var ids []string
			for _, n := range g.Nodes {
				if n.IsWorst {
					ids = append(ids, n.ID)
				}
			}
			if got := strings.Join(ids, " "); got != test.want {
				t.Errorf("it is %q, want %q", got, test.want)
			}
			edges := slices.DeleteFunc(slices.Clone(g.Edges), func(e graph.Edge) bool { return !e.IsWorst })
			if len(edges) != max(0, len(ids)-1) {
				t.Errorf("it has the edges %v", edges)
			}
		})
	}
}

// A graph that would be too large keeps what costs most, whole paths of it, in the order of the catalog.
func TestLargeGraphsAreCut(t *testing.T) {
	flows := map[string][]sli{}
	for i := range 40 {
		name := fmt.Sprintf("flow%02d", i)
		for j := range 3 {
			flows[name] = append(flows[name], sli{name: fmt.Sprint("s", j), dependsOn: "shared", score: .9, cost: float64((i*7)%40)/1000 + float64(j)/1e6, coverage: 1})
		}
	}
	c, of := tables(flows)
	g := graph.New(c, of, 2+5*10+2)
	if g.ShownFlows != 10 || g.ShownSLIs != 30 || g.Flows != 40 || g.SLIs != 120 || len(g.Nodes) != 52 {
		t.Fatalf("%d flows, %d SLIs and %d nodes are shown", g.ShownFlows, g.ShownSLIs, len(g.Nodes))
	}
	previous := ""
	for _, n := range g.Nodes {
		if n.Kind != graph.Flow {
			continue
		}
		i := 0
		if _, err := fmt.Sscanf(n.Flow, "flow%02d", &i); err != nil || i*7%40 < 30 {
			t.Errorf("%s is shown, which costs less than others", n.Flow)
		}
		if n.Flow <= previous {
			t.Errorf("%s stands after %s", n.Flow, previous)
		}
		previous = n.Flow
	}
}
