package frame

import (
	"fmt"
	"math"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/eval/graph"
	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Names of the fields that Grafana's node graph reads. Those with the prefix detail__ stand in the menu of a node or an edge.
const (
	fieldID            = "id"
	fieldSubtitle      = "subtitle"
	fieldMainStat      = "mainstat"
	fieldSecondaryStat = "secondarystat"
	fieldSource        = "source"
	fieldTarget        = "target"
	prefixArc          = "arc__"
	prefixDetail       = "detail__"
)

// worstPath marks what costs the overall score most.
const worstPath = "worst path"

// graphFrames returns the nodes and the edges of a graph, for Grafana's node graph. Without nodes they have no fields.
func graphFrames(g *graph.Graph) data.Frames {
	nodes, edges := data.NewFrame("nodes"), data.NewFrame("edges")
	if len(g.Nodes) > 0 {
		nodes.Fields = append(append(nodeFields(g.Nodes), arcs(g.Nodes)...), nodeDetails(g.Nodes)...)
		edges.Fields = edgeFields(g.Edges)
	}
	return data.Frames{nodes, edges}
}

// named gives a field the name under which the node graph shows it, which knows no other.
func named(f *data.Field, name string) *data.Field {
	configured(f).DisplayName = name
	return f
}

// nodeFields are those that identify and name nodes. What a node graph shows as a number is text here, since it formats none as
// Grafana does; the field score has the number.
func nodeFields(nodes []graph.Node) []*data.Field {
	score := column(nodes, string(query.Score), func(n graph.Node) *float64 { return orNull(n.Score) })
	return []*data.Field{
		column(nodes, fieldID, func(n graph.Node) string { return n.ID }),
		named(column(nodes, fieldTitle, func(n graph.Node) string { return n.Title }), "Name"),
		named(column(nodes, fieldSubtitle, subtitle), "Kind"),
		named(column(nodes, fieldMainStat, scoreText), "Score"),
		named(column(nodes, fieldSecondaryStat, secondary), "Costs overall"),
		column(nodes, labelFlow, func(n graph.Node) string { return n.Flow }),
		column(nodes, labelComponent, func(n graph.Node) string { return string(n.Component) }),
		column(nodes, labelSLI, func(n graph.Node) string { return n.SLI }),
		column(nodes, fieldPlace, placeOf),
		score.SetConfig(&data.FieldConfig{Unit: unitShare}),
	}
}

// kinds are the words for kinds of nodes. An SLI has its component instead.
var kinds = map[graph.Kind]string{graph.Whole: "Overall score", graph.Flow: "Flow", graph.Component: "Component", graph.Dependency: "Dependency"}

// subtitle says what a node stands for, and whether it is on the worst path.
func subtitle(n graph.Node) string {
	text := kinds[n.Kind]
	if n.Kind == graph.SLI {
		text = "SLI, " + string(n.Component)
	}
	if n.IsWorst {
		text += " · " + worstPath
	}
	return text
}

// scoreText is a score in percent, or why there is none.
func scoreText(n graph.Node) string {
	switch {
	case n.Idle && math.IsNaN(n.Score):
		return "idle"
	case math.IsNaN(n.Score):
		return cer.StateUnknown.String()
	default:
		return percentText(n.Score)
	}
}

// percentText prints a share in percent as Grafana does with two decimals; "" for none.
func percentText(share float64) string {
	if math.IsNaN(share) {
		return ""
	}
	return fmt.Sprintf("%.2f%%", 100*share)
}

// leastPoints is the smallest difference, as a share, that is shown in percentage points.
const leastPoints = 0.00005

// pointsText prints a difference between shares in percentage points; "" for none that is worth it.
func pointsText(difference float64) string {
	if math.IsNaN(difference) || math.Abs(difference) < leastPoints {
		return ""
	}
	return fmt.Sprintf("%+.2f pp", 100*difference)
}

// secondary says what a node costs the overall score, or how many flows use a dependency.
func secondary(n graph.Node) string {
	switch {
	case n.Kind != graph.Dependency:
		return pointsText(-n.Cost)
	case n.Flows == 1:
		return "1 flow"
	default:
		return fmt.Sprintf("%d flows", n.Flows)
	}
}

// arc is a part of the circle around nodes. Those of a node sum to 1.
type arc struct {
	name, label, color string
	of                 func(graph.Node) float64
}

// arcsOf are the parts of circles, each in the colour that it has everywhere: good is green only where a score is known, what is lost
// on the worst path red, and elsewhere orange.
var arcsOf = []arc{
	{"good", "Good", "green", func(n graph.Node) float64 { return n.Score }},
	{"lost", "Lost", "orange", func(n graph.Node) float64 { return ifTrue(!n.IsWorst, 1-n.Score) }},
	{"worst", "Lost on the worst path", "red", func(n graph.Node) float64 { return ifTrue(n.IsWorst, 1-n.Score) }},
	{"unknown", "Unknown or idle", "gray", func(n graph.Node) float64 { return ifTrue(math.IsNaN(n.Score), 1) }},
}

// ifTrue returns a number where something is true, and else 0.
func ifTrue(is bool, v float64) float64 {
	if is {
		return v
	}
	return 0
}

// arcs are the fields of the parts of circles.
func arcs(nodes []graph.Node) []*data.Field {
	fields := make([]*data.Field, len(arcsOf))
	for i, a := range arcsOf {
		fields[i] = named(column(nodes, prefixArc+a.name, func(n graph.Node) float64 {
			if v := a.of(n); !math.IsNaN(v) {
				return v
			}
			return 0
		}), a.label)
		fields[i].Config.Color = map[string]any{"mode": "fixed", "fixedColor": a.color}
	}
	return fields
}

// nodeDetails are the fields of the menu of a node. What is empty is not shown.
func nodeDetails(nodes []graph.Node) []*data.Field {
	detail := func(name, label string, of func(graph.Node) string) *data.Field {
		return named(column(nodes, prefixDetail+name, of), label)
	}
	return []*data.Field{
		detail("objective", "Objective", objectiveText),
		detail("change", "Change over the range", func(n graph.Node) string { return pointsText(n.Change) }),
		detail("coverage", "Coverage", func(n graph.Node) string { return percentText(n.Coverage) }),
		detail("traffic", "Traffic", func(n graph.Node) string { return rateText(n.Traffic) }),
		detail("measuredby", "Measured by", func(n graph.Node) string { return list.First(n.MeasuredBy, maxMeasuring) }),
	}
}

// objectiveText prints the objective of a node; "" where there is none.
func objectiveText(n graph.Node) string {
	if n.Objective == 0 {
		return ""
	}
	return annotate.Objective(n.Objective)
}

// rateText prints a rate of events; "" for none.
func rateText(perSecond float64) string {
	if math.IsNaN(perSecond) {
		return ""
	}
	return fmt.Sprintf("%.3g / s", perSecond)
}

// maxMeasuring is how many SLIs of a dependency are named.
const maxMeasuring = 10

// edgeFields are those of edges. Colour and thickness are read by Grafana 10.3 and later, which shows the worst path by them.
func edgeFields(edges []graph.Edge) []*data.Field {
	return []*data.Field{
		column(edges, fieldID, graph.Edge.ID),
		column(edges, fieldSource, func(e graph.Edge) string { return e.Source }),
		column(edges, fieldTarget, func(e graph.Edge) string { return e.Target }),
		named(column(edges, fieldMainStat, func(e graph.Edge) string { return pointsText(-e.Cost) }), "Costs overall"),
		named(column(edges, fieldSecondaryStat, func(e graph.Edge) string {
			if e.IsWorst {
				return worstPath
			}
			return ""
		}), "Path"),
		column(edges, "color", func(e graph.Edge) string {
			if e.IsWorst {
				return "red"
			}
			return "gray"
		}),
		column(edges, "thickness", func(e graph.Edge) float64 { return 1 + ifTrue(e.IsWorst, 2) }),
	}
}
