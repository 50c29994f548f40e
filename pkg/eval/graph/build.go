package graph

import (
	"math"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Tables are the members of the tables of all measures at each level, for all cohorts together.
type Tables struct {
	Overall, Flows, Components, SLIs []eval.Member
}

// New returns the graph of a catalog. One of more than most nodes is cut: what costs the overall score most stays.
func New(c *cer.Catalog, t Tables, most int) *Graph {
	all := t.paths(c)
	sorted := worstFirst(all)
	b := builder{graph: &Graph{SLIs: len(all)}, positions: map[string]int{}, worst: worst(sorted), flows: map[string]map[string]bool{}}
	b.graph.Flows = countFlows(all)
	if len(t.Overall) > 0 {
		b.addWhole(c, &t.Overall[0])
		paths := kept(sorted, most)
		for _, p := range paths {
			b.addPath(p)
		}
		b.graph.ShownSLIs, b.graph.ShownFlows = len(paths), countFlows(paths)
	}
	return b.graph
}

// countFlows counts the flows on some paths.
func countFlows(paths []path) int {
	flows := map[*cer.Flow]bool{}
	for _, p := range paths {
		flows[p.flow.Flow] = true
	}
	return len(flows)
}

// Ids of nodes. Names of the catalog have no slash.
const wholeID = "whole"

func flowID(m *eval.Member) string { return "flow/" + m.Flow.Name }
func componentID(m *eval.Member) string {
	return "component/" + m.Flow.Name + "/" + string(m.Component)
}
func sliID(m *eval.Member) string     { return idOfSLI(m.Flow, m.SLI) }
func dependencyID(name string) string { return "dependency/" + name }

func idOfSLI(f *cer.Flow, sli *cer.SLI) string { return "sli/" + f.Name + "/" + sli.Name }

// builder collects a graph.
type builder struct {
	graph *Graph
	// positions are those of nodes by id, and flows those by name that use a dependency, by its id.
	positions map[string]int
	flows     map[string]map[string]bool
	// worst are the ids of the nodes on the worst path.
	worst map[string]bool
}

// add adds a node, unless it is there already, and an edge to it from its source, unless that is "".
func (b *builder) add(n Node, source string, cost float64) {
	if _, known := b.positions[n.ID]; !known {
		n.IsWorst = b.worst[n.ID]
		b.positions[n.ID] = len(b.graph.Nodes)
		b.graph.Nodes = append(b.graph.Nodes, n)
	} else if n.Kind != Dependency {
		return
	}
	if source != "" {
		edge := Edge{Source: source, Target: n.ID, Cost: cost, IsWorst: b.worst[source] && b.worst[n.ID]}
		b.graph.Edges = append(b.graph.Edges, edge)
	}
}

// addWhole adds the node of all flows together.
func (b *builder) addWhole(c *cer.Catalog, m *eval.Member) {
	n := nodeOf(m, wholeID, Whole, c.Name)
	n.Cost = 1 - n.Score
	b.add(n, "", math.NaN())
}

// addPath adds the nodes of a path that are not there yet.
func (b *builder) addPath(p path) {
	flow := nodeOf(p.flow, flowID(p.flow), Flow, p.flow.Flow.DisplayName())
	component := nodeOf(p.component, componentID(p.component), Component, string(p.component.Component))
	sli := nodeOf(p.sli, sliID(p.sli), SLI, p.sli.SLI.DisplayName())
	b.add(flow, wholeID, flow.Cost)
	b.add(component, flow.ID, component.Cost)
	b.add(sli, component.ID, sli.Cost)
	if p.sli.SLI.DependsOn != "" {
		b.addDependency(sli, p.sli.SLI.DependsOn)
	}
}

// addDependency adds what an SLI depends on, or the SLI to those that measure it.
func (b *builder) addDependency(sli Node, name string) {
	id := dependencyID(name)
	b.add(Node{ID: id, Kind: Dependency, Title: name, Score: math.NaN(), Idle: true, Coverage: math.NaN(), Traffic: math.NaN(), Change: math.NaN(),
		Cost: math.NaN()}, sli.ID, sli.Cost)
	n := &b.graph.Nodes[b.positions[id]]
	if len(n.MeasuredBy) == 0 || lower(sli.Score, n.Score) {
		n.Flow, n.SLI, n.Score, n.Objective = sli.Flow, sli.SLI, sli.Score, sli.Objective
	}
	n.Idle = n.Idle && sli.Idle
	n.MeasuredBy = append(n.MeasuredBy, sli.Flow+"/"+sli.SLI)
	if b.flows[id] == nil {
		b.flows[id] = map[string]bool{}
	}
	b.flows[id][sli.Flow] = true
	n.Flows = len(b.flows[id])
}

// nodeOf returns the node of a member of a table.
func nodeOf(m *eval.Member, id string, kind Kind, title string) Node {
	n := Node{
		ID: id, Kind: kind, Title: title, Component: m.Component, Objective: m.Objective, Score: m.Newest(query.Score),
		Coverage: m.Newest(query.Coverage), Traffic: m.Newest(query.Traffic), Cost: m.Newest(query.Impact), Change: math.NaN(),
	}
	if scores := m.Columns[query.Score]; len(scores) > 1 {
		n.Change = n.Score - scores[0]
	}
	n.Idle = math.IsNaN(n.Score) && n.Coverage == 1
	if m.Flow != nil {
		n.Flow = m.Flow.Name
	}
	if m.SLI != nil {
		n.SLI = m.SLI.Name
	}
	return n
}
