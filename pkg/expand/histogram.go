package expand

import (
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// Histogram holds facts about the series of a histogram. The zero value stands for a histogram without known facts.
type Histogram struct {
	// Native reports whether native histogram series exist, Classic whether _bucket series do.
	Native, Classic bool
	// Edges are the finite bounds of the classic buckets, ascending, in the histogram's unit.
	Edges []Edge
	// Ranges are the values of the label vmrange of VictoriaMetrics' buckets, in their order; none where there are no such buckets.
	Ranges []string
}

// isRanged reports whether there are buckets that are called by their ranges.
func (h Histogram) isRanged() bool { return len(h.Ranges) > 0 }

// Edge is the upper bound of a classic bucket.
type Edge struct {
	Bound float64
	// Spellings are the values that the label le has for it, such as "1" and "1.0".
	Spellings []string
	// Partial is set where some of the series lack it, since their instances have other buckets.
	Partial bool
}

// common returns the edges that all series have, or all edges where there is no such edge, and reports whether some series
// lack any edge.
func (h Histogram) common() (edges []Edge, differ bool) {
	edges = slices.DeleteFunc(slices.Clone(h.Edges), func(e Edge) bool { return e.Partial })
	if len(edges) == 0 {
		edges = h.Edges
	}
	return edges, slices.ContainsFunc(h.Edges, func(e Edge) bool { return e.Partial })
}

// HistogramSelector identifies a histogram by PromQL: by the selectors of its native series and of its buckets, which has
// _bucket added to the metric's name, both with the trusted matchers.
type HistogramSelector struct {
	Native, Bucket string
}

// Layout returns the expression for the number of series that have each bucket, by the labels le and vmrange. It parses the selector,
// which is done when facts are looked up and not for each query.
func (s HistogramSelector) Layout() (*Expr, error) {
	buckets, err := promQL.ParseExpr(s.Bucket)
	if err != nil {
		return nil, &SyntaxError{Text: s.Bucket, cause: err}
	}
	return newExpr(&parser.AggregateExpr{Op: parser.COUNT, Expr: buckets, Grouping: []string{model.BucketLabel, RangeLabel}}), nil
}

// HistogramFamily is selectors of the same metric.
type HistogramFamily struct {
	// All selects the series of all members, by the matchers that all of them have.
	All HistogramSelector
	// Members are the positions of the selectors.
	Members []int
}

// HistogramFamilies groups selectors by their metric, in the order of the first members.
func HistogramFamilies(selectors []HistogramSelector) []HistogramFamily {
	var families []HistogramFamily
	shared := map[string]*parser.VectorSelector{}
	at := map[string]int{}
	for i, s := range selectors {
		selector := selectorOf(s.Native)
		if selector == nil {
			families = append(families, HistogramFamily{All: s, Members: []int{i}})
			continue
		}
		name := metricName(selector)
		if known, ok := at[name]; ok {
			families[known].Members = append(families[known].Members, i)
			selector = common(shared[name], selector)
			families[known].All = histogramSelector(selector)
		} else {
			at[name] = len(families)
			families = append(families, HistogramFamily{All: s, Members: []int{i}})
		}
		shared[name] = selector
	}
	return families
}

// selectorOf parses a selector; nil where the text is not one.
func selectorOf(text string) *parser.VectorSelector {
	expr, err := promQL.ParseExpr(text)
	if err != nil {
		return nil
	}
	return asSelector(expr)
}

// common returns a selector of a metric with the matchers that two selectors of it have.
func common(a, b *parser.VectorSelector) *parser.VectorSelector {
	both := *a
	both.LabelMatchers = slices.DeleteFunc(slices.Clone(a.LabelMatchers), func(m *labels.Matcher) bool {
		return !slices.ContainsFunc(b.LabelMatchers, func(other *labels.Matcher) bool { return other.String() == m.String() })
	})
	return &both
}
