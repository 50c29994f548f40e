package expand

import (
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// Fresh returns the expression as Expand returns it: neither printed nor taken apart yet.
func (e *Expr) Fresh() *Expr { return newExpr(e.tree) }

// Tree returns the expression's syntax tree.
func (e *Expr) Tree() parser.Expr { return e.tree }

// AtMost returns a regular expression for the numbers up to a bound.
func AtMost(bound float64) string { return atMost(bound) }

// WithoutParser calls a function while parsing PromQL panics.
func WithoutParser(f func()) {
	parser := promQL
	defer func() { promQL = parser }()
	promQL = promQLParser{}
	f()
}

// Recipes returns how the answer to each member is computed from that to the merged expression, as PromQL about a metric
// by the name of merged.
func (m Merged) Recipes() []string {
	if m.extracts == nil {
		return []string{"merged"}
	}
	var recipes []string
	for _, x := range m.extracts {
		selector := &parser.VectorSelector{Name: "merged", LabelMatchers: slices.Clone(x.matchers)}
		for i, value := range strings.Split(x.key, "\x00")[:len(m.labels)] {
			addMatchersInplace(selector, []*labels.Matcher{labels.MustNewMatcher(labels.MatchEqual, m.labels[i], value)})
		}
		op := parser.ItemType(parser.SUM)
		if x.isAge {
			op = parser.MIN
		}
		recipe := (&parser.AggregateExpr{Op: op, Expr: selector, Grouping: x.by}).String()
		if x.isQuantile {
			recipe = "histogram_quantile(" + strconv.FormatFloat(x.quantile, 'g', -1, 64) + ", " + recipe + ")"
		}
		recipes = append(recipes, recipe)
	}
	return recipes
}

// Quantiles is the quantile of each group of buckets.
var Quantiles = quantiles
