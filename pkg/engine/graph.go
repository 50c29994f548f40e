package engine

import (
	"context"
	"fmt"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/eval/graph"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// graphLevels are those whose tables a graph is made of.
var graphLevels = []query.Level{query.LevelOverall, query.LevelFlow, query.LevelComponent, query.LevelSLI}

// execGraph answers a request for a graph by a query for the table of each level, whose numbers the nodes show. An alert rule gets
// none: Grafana can't compare nodes with a threshold.
func (x *execution) execGraph(ctx context.Context) (*Result, error) {
	if x.cfg.Store.IsUrgent(ctx) {
		return nil, query.Invalidf("an alert rule can't use a graph, because nodes and edges are not numbers; ask for a measure with the format latest")
	}
	all := &Result{Result: &eval.Result{Plan: &plan.Plan{Query: x.Query, Catalog: x.Catalog}}}
	members := map[query.Level][]eval.Member{}
	for _, part := range x.tables() {
		table, err := part.exec(ctx)
		if err != nil {
			return nil, err
		}
		members[part.Query.Level], all.Plan.Range = table.Members, table.Plan.Range
		all.Requests = all.Requests.with(table.Requests)
		all.Notices.Merge(table.Plan.Notices)
		all.Notices.Merge(table.Notices)
	}
	all.Graph = graph.New(x.Catalog.Catalog, graph.Tables{
		Overall: members[query.LevelOverall], Flows: members[query.LevelFlow], Components: members[query.LevelComponent], SLIs: members[query.LevelSLI],
	}, graph.MaxNodes)
	all.Notices.Merge(leftOutOf(all.Graph))
	return all, nil
}

// tables returns the executions of the tables of a graph. Only that of SLIs notes what happens to series.
func (x *execution) tables() []*execution {
	parts := make([]*execution, len(graphLevels))
	for i, level := range graphLevels {
		parts[i] = x.about(x.Catalog, x.Query.TableOf(level), x.Times)
		parts[i].Times.Noted = x.Times.Noted && level == query.LevelSLI
	}
	return parts
}

// explainGraph plans the table of SLIs, which reads what the other tables of a graph read.
func (x *execution) explainGraph(ctx context.Context) (*Explanation, error) {
	parts := x.tables()
	return parts[len(parts)-1].explain(ctx)
}

// leftOutOf is the notice on a graph that does not show all SLIs.
func leftOutOf(g *graph.Graph) cer.Annotations {
	var notices cer.Annotations
	if left := g.SLIs - g.ShownSLIs; left > 0 && len(g.Nodes) > 0 {
		notices.Add(cer.Notice{Severity: cer.Warning, Text: fmt.Sprintf(
			"the graph shows %d of %d SLIs, in %d of %d flows: those that cost the overall score most, because a graph has at most %d nodes; name flows to see others",
			g.ShownSLIs, g.SLIs, g.ShownFlows, g.Flows, graph.MaxNodes)})
	}
	return notices
}
