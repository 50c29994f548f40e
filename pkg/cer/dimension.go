package cer

import (
	"maps"
	"slices"
)

// Dimension is a property that splits users or requests, such as their region. Those that share a value of it are a
// cohort.
type Dimension struct {
	Name string
	// Label is what the dimension is called on series, unless an SLI states another label.
	Label string
	// Values are those that always have numbers or nulls, whether telemetry of them is seen or not.
	Values []string
	// Weights are the importance of cohorts for their flow's score, by value and >= 0; nil where the dimension does not
	// weigh.
	Weights map[string]float64
}

// NoLabel stands for the label of a dimension that the series of an SLI do not have.
const NoLabel = "none"

// Listed returns the values that the catalog names: Values, then the others that have a weight.
func (d Dimension) Listed() []string {
	listed := slices.Clone(d.Values)
	for _, value := range slices.Sorted(maps.Keys(d.Weights)) {
		if !slices.Contains(listed, value) {
			listed = append(listed, value)
		}
	}
	return listed
}

// Dimension returns the dimension of that name, and whether there is one.
func (c *Catalog) Dimension(name string) (Dimension, bool) {
	for _, d := range c.Dimensions {
		if d.Name == name {
			return d, true
		}
	}
	return Dimension{}, false
}

// Weighted returns the dimension that has weights, and whether there is one. There is at most one.
func (c *Catalog) Weighted() (Dimension, bool) {
	for _, d := range c.Dimensions {
		if d.Weights != nil {
			return d, true
		}
	}
	return Dimension{}, false
}

// LabelOf returns what a dimension is called on the series of s, or "" where they do not have it.
func (s *SLI) LabelOf(d Dimension) string {
	label, stated := s.Labels[d.Name]
	switch {
	case !stated:
		return d.Label
	case label == NoLabel:
		return ""
	default:
		return label
	}
}

// FlowLabels returns the names of the labels that flows of the catalog have, sorted.
func (c *Catalog) FlowLabels() []string {
	names := map[string]bool{}
	for i := range c.Flows {
		for name := range c.Flows[i].Labels {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}
