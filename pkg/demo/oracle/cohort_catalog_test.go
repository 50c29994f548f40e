package oracle

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// dimension is what users are told apart by.
type dimension struct {
	name, label string
	values      []string
	// weights are nil where the dimension does not weigh.
	weights map[string]float64
}

// listed returns the values that the catalog speaks of.
func (d dimension) listed() []string {
	listed := slices.Clone(d.values)
	for _, value := range slices.Sorted(maps.Keys(d.weights)) {
		if !slices.Contains(listed, value) {
			listed = append(listed, value)
		}
	}
	return listed
}

// noLabel says in a definition that the series of an SLI do not tell a dimension.
const noLabel = "none"

// labelOf returns what a dimension is called on the series of an SLI, or "" where they do not tell it.
func (s *sli) labelOf(d dimension) string {
	switch own, stated := s.labels[d.name]; {
	case !stated:
		return d.label
	case own == noLabel:
		return ""
	default:
		return own
	}
}

// fallback is what stands in for an SLI while that is missing.
type fallback struct {
	indicator indicator
	curve     curve
}

func (f *fallback) yaml() map[string]any {
	fields := map[string]any{f.indicator.kind(): f.indicator.yaml()}
	if f.curve.name() != "identity" {
		fields["curve"] = map[string]any{f.curve.name(): f.curve.yaml()}
	}
	return fields
}

// dynamic is a weight that follows the traffic, or an expression where there is one.
type dynamic struct {
	expression *value
}

// teamLabel is the label of flows that queries split and filter by.
const teamLabel = "team"

// addCohortFields adds what the definition says of the flow beyond what every flow has.
func (f *flow) addCohortFields(fields map[string]any) {
	if f.team != "" {
		fields["labels"] = map[string]string{teamLabel: f.team}
	}
	switch {
	case f.dynamic == nil:
	case f.dynamic.expression != nil:
		fields["weight"] = map[string]any{"value": f.weight, "promql": f.dynamic.expression.yaml()["promql"]}
	default:
		fields["weight"] = map[string]any{"value": f.weight, "traffic": true}
	}
}

// traffic returns the SLI whose events are the flow's traffic: the first that counts events and is key, or else the
// first that counts any; nil where none does.
func (f *flow) traffic() *sli {
	var found *sli
	for j := range f.slis {
		s := &f.slis[j]
		if _, counts := s.indicator.(counting); counts && (found == nil || s.key && !found.key) {
			found = s
		}
	}
	return found
}

func (c *catalog) dimensionsAsYAML() []any {
	var all []any
	for _, d := range c.dimensions {
		fields := map[string]any{"name": d.name, "label": d.label}
		if d.values != nil {
			fields["values"] = d.values
		}
		if d.weights != nil {
			fields["weights"] = d.weights
		}
		all = append(all, fields)
	}
	return all
}

// sharedValue is a value that can't be split, so that every cohort shares it.
type sharedValue struct{ value }

// filter keeps cohorts of a dimension, or flows by their label.
type filter struct {
	key, op string
	values  []string
}

// condition returns the matcher that the filter puts on a label: series without it speak for every cohort.
func (f filter) condition(label string) condition {
	pattern := strings.Join(f.values, "|")
	if strings.HasPrefix(f.op, "!") {
		return condition{label, "!~", pattern}
	}
	return condition{label, "=~", "(" + pattern + ")|"}
}

// keeps reports whether the filter keeps a value.
func (f filter) keeps(value string) bool {
	op := "=~"
	if strings.HasPrefix(f.op, "!") {
		op = "!~"
	}
	return condition{"", op, strings.Join(f.values, "|")}.holds(value)
}

// inView is what a query says of cohorts.
type inView struct {
	by []string
	// filters have the operator "" where the query's field where states them, and else are ad hoc.
	filters []filter
}

// splitBy returns the dimensions that the view splits by.
func (c *catalog) splitBy(v inView) []dimension {
	var split []dimension
	for _, name := range v.by {
		for _, d := range c.dimensions {
			if d.name == name {
				split = append(split, d)
			}
		}
	}
	return split
}

// weighted returns the dimension whose cohorts make up the scores of flows in a view; nil where none does.
func (c *catalog) weighted(v inView) *dimension {
	for k, d := range c.dimensions {
		filtered := slices.ContainsFunc(v.filters, func(f filter) bool { return f.key == d.name })
		if d.weights != nil && !filtered && !slices.Contains(v.by, d.name) {
			return &c.dimensions[k]
		}
	}
	return nil
}

// kept reports whether the filters of a view keep a value.
func (v inView) kept(key, value string) bool {
	return !slices.ContainsFunc(v.filters, func(f filter) bool { return f.key == key && !f.keeps(value) })
}

// expected returns the values of a dimension that have numbers or nulls whatever is seen: those that the catalog lists
// and the query names.
func (v inView) expected(d dimension) []string {
	all := d.listed()
	for _, f := range v.filters {
		if f.key == d.name && !strings.HasPrefix(f.op, "!") && f.op != "=~" {
			all = append(all, f.values...)
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(value string) bool { return !v.kept(d.name, value) })
}

// conditions are the filters of a view as matchers on the series of an SLI, or of what is no SLI's.
func (c *catalog) conditions(v inView, labelOf func(dimension) string) []condition {
	var all []condition
	for _, f := range v.filters {
		for _, d := range c.dimensions {
			if label := labelOf(d); d.name == f.key && label != "" {
				all = append(all, f.condition(label))
			}
		}
	}
	return all
}

// heldWindow is what an SLI looks back over where its score is held: what is held does not depend on the zoom.
func (q question) heldWindow(c *catalog, s *sli, in instants) time.Duration {
	if q.window == "" || q.window == "auto" {
		return c.windowOf(s)
	}
	return in.windowOf(s)
}
