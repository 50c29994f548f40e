package graph

import (
	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// MaxNodes is how many nodes a graph has at most, since Grafana's node graph gets slow with more.
const MaxNodes = 1500

// Kind says what a node stands for.
type Kind string

// The kinds.
const (
	Whole      Kind = "whole"
	Flow       Kind = "flow"
	Component  Kind = "component"
	SLI        Kind = "sli"
	Dependency Kind = "dependency"
)

// Graph is a tree of the whole, flows, components and SLIs, and below it the dependencies, which several SLIs may share.
type Graph struct {
	// Nodes are in the order of the catalog, each after those that point to it first.
	Nodes []Node
	Edges []Edge
	// Flows and SLIs count those that the query is about, and Shown... those of them that have a node.
	Flows, ShownFlows, SLIs, ShownSLIs int
}

// Node is a node of a graph. Numbers are NaN where there are none.
type Node struct {
	// ID is unique in the graph, and the same in each graph of the catalog, such as sli/checkout/success.
	ID    string
	Kind  Kind
	Title string
	// Flow and SLI are names. Those of a dependency are the SLI with the lowest score that measures it. Flow is "" of the whole, and
	// SLI of what has several.
	Flow, SLI string
	// Component is that of a component or an SLI.
	Component cer.Component
	// Score is in [0,1]. That of a dependency is the lowest among the SLIs that measure it.
	Score float64
	// Idle says that there is no score since there were no events.
	Idle bool
	// Objective is what the score is held against, or the value of an SLI; 0 where there is none.
	Objective float64
	// Coverage is the share of weight with telemetry, Traffic in events per second, and Change that of the score since the start of the
	// range.
	Coverage, Traffic, Change float64
	// Cost is by how much the overall score would rise if this one were 1; of the whole what it lacks to 1. It is NaN of a dependency.
	Cost float64
	// MeasuredBy are the SLIs that measure a dependency, as flow/sli.
	MeasuredBy []string
	// Flows is how many flows use a dependency.
	Flows int
	// IsWorst says that the node is on the path that costs the overall score most.
	IsWorst bool
}

// Edge leads from what is made up of parts to a part of it, or from an SLI to what it depends on.
type Edge struct {
	// Source and Target are ids of nodes.
	Source, Target string
	// Cost is that of the target, or of the SLI that depends on it.
	Cost float64
	// IsWorst says that the edge is on the path that costs the overall score most.
	IsWorst bool
}

// ID returns what identifies the edge in the graph.
func (e Edge) ID() string { return e.Source + ">" + e.Target }
