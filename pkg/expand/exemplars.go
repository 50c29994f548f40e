package expand

import (
	"math"
	"slices"
	"strconv"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Outcome is what became of the observation of an exemplar.
type Outcome string

// The outcomes.
const (
	// Failed are events of bad series, and Slow those over the bound of a latency.
	Failed Outcome = "failed"
	Slow   Outcome = "slow"
	// Fine are the other events.
	Fine Outcome = "ok"
	// Undecided are observations of which the indicator does not say which are bad.
	Undecided Outcome = "unknown"
)

// ExemplarQuestion asks a store for the exemplars of the events that an indicator counts, and tells what became of each. It never
// changes, and is safe for concurrent use.
type ExemplarQuestion struct {
	// Expr has the selectors of the series, each with the trusted matchers and the filters.
	Expr *Expr
	// IsDuration says that values are durations, and Unit is theirs.
	IsDuration bool
	Unit       cer.Unit

	selected []selected
	outcome  func(series.Exemplar) Outcome
}

// selected is a selector that can match the labels of series.
type selected struct {
	matchers labels.Selector
	// edge is the bound of the buckets of a histogram that the selector adds up, whose own exemplars are in all buckets up to it;
	// infinite for others.
	edge float64
}

// Exemplars returns the question for the exemplars of the series that filters keep; nil for an indicator whose series can have none: a
// probe, which is a gauge, and a recorded share. Of a quantile, which has no bound of its own, observations over slow, in seconds, are
// slow, unless that is 0.
func (i *Indicator) Exemplars(filters []Filter, slow float64) (*ExemplarQuestion, error) {
	forced, err := matchersOf(filters)
	if err != nil {
		return nil, err
	}
	q := &ExemplarQuestion{outcome: func(series.Exemplar) Outcome { return Undecided }}
	switch stated := i.stated.(type) {
	case cer.Ratio:
		q.outcome = i.outcomeOfRatio(stated)
	case cer.LatencyShare:
		q.ofHistogram(i, stated.Unit, stated.Under.Seconds())
	case cer.Apdex:
		q.ofHistogram(i, stated.Unit, stated.Satisfied.Seconds())
	case cer.Quantile:
		q.ofHistogram(i, stated.Unit, slow)
	case cer.Value:
	default:
		return nil, nil
	}
	for _, template := range i.templates {
		for _, selector := range selectorsOf(template) {
			q.add(i.withExemplars(selector), forced)
		}
	}
	if q.Expr == nil { // Such as vector(1).
		return nil, nil
	}
	return q, nil
}

// withExemplars returns the selectors of those series that have the exemplars of what a selector of the indicator selects: of a
// histogram the native ones and the buckets, each of which has those of its own observations.
func (i *Indicator) withExemplars(selector *parser.VectorSelector) []*parser.VectorSelector {
	if i.isHistogram() {
		name := metricName(selector)
		return []*parser.VectorSelector{withMetricName(selector, name), withMetricName(selector, name+"_bucket")}
	}
	return []*parser.VectorSelector{withoutBuckets(selector)}
}

// withoutBuckets returns a copy of a selector without its matchers on the bounds of buckets.
func withoutBuckets(selector *parser.VectorSelector) *parser.VectorSelector {
	c := cloneSelector(selector)
	c.LabelMatchers = slices.DeleteFunc(c.LabelMatchers, func(m *labels.Matcher) bool { return isBucketLabel(m.Name) })
	return c
}

// add adds selectors to the question, with matchers, unless they are there already.
func (q *ExemplarQuestion) add(selectors []*parser.VectorSelector, forced []*labels.Matcher) {
	for _, selector := range selectors {
		addMatchersInplace(selector, forced)
		known := q.Expr != nil && slices.ContainsFunc(selectorsOf(q.Expr.tree), func(other *parser.VectorSelector) bool {
			return textOf(other) == textOf(selector)
		})
		switch {
		case known:
			continue
		case q.Expr == nil:
			q.Expr = newExpr(selector)
		default:
			q.Expr = newExpr(either(q.Expr.tree, selector))
		}
		q.selected = append(q.selected, selectedBy(selector))
	}
}

// selectedBy returns a selector that can match. The name of its metric is among its matchers.
func selectedBy(selector *parser.VectorSelector) selected {
	s := selected{edge: math.Inf(1)}
	for _, m := range selector.LabelMatchers {
		s.matchers = append(s.matchers, compiled(m))
	}
	return s
}

// matches reports whether the labels of a series are those of the selector.
func (s selected) matches(of labels.Labels) bool {
	if !math.IsInf(s.edge, 1) {
		if edge, err := strconv.ParseFloat(of.Get(model.BucketLabel), 64); err != nil || edge > s.edge {
			return false
		}
	}
	return s.matchers.Matches(of)
}

// Judge returns what became of the observation of an exemplar, and reports whether its series is among those that were asked for.
func (q *ExemplarQuestion) Judge(e series.Exemplar) (Outcome, bool) {
	if !slices.ContainsFunc(q.selected, func(s selected) bool { return s.matches(e.Series) }) {
		return "", false
	}
	return q.outcome(e), true
}

// ofHistogram has observations of bad series of a histogram be failed, and those over a bound in seconds slow.
func (q *ExemplarQuestion) ofHistogram(i *Indicator, unit cer.Unit, bound float64) {
	q.IsDuration, q.Unit = true, unit
	good := selectedBy(&parser.VectorSelector{LabelMatchers: i.good})
	q.outcome = func(e series.Exemplar) Outcome {
		switch {
		case !good.matches(e.Series):
			return Failed
		case bound == 0:
			return Undecided
		case e.Value*unit.InSeconds() > bound:
			return Slow
		default:
			return Fine
		}
	}
}

// outcomeOfRatio returns the function that tells bad events of a ratio by their series. Those of a total that is another metric than
// the bad or good events are undecided, and so are all where a field is more than a sum.
func (i *Indicator) outcomeOfRatio(r cer.Ratio) func(series.Exemplar) Outcome {
	of := i.fieldSelectors(0) // That of good events, unless only bad ones are stated.
	match, other := Fine, Failed
	var bad fieldSelectors
	switch {
	case r.Good == "":
		match, other = Failed, Fine
	case r.Bad != "":
		bad, other = i.fieldSelectors(1), Undecided
	case of.isOfBuckets():
		other = Slow
	}
	return func(e series.Exemplar) Outcome {
		switch {
		case of.match(e):
			return match
		case bad.match(e):
			return Failed
		case of.names[e.Series.Get(model.MetricNameLabel)]:
			return other
		default:
			return Undecided
		}
	}
}

// fieldSelectors are the selectors of a field of a ratio, and the names of their metrics.
type fieldSelectors struct {
	all   []selected
	names map[string]bool
}

// match reports whether the series of an exemplar is one of the field.
func (f fieldSelectors) match(e series.Exemplar) bool {
	return slices.ContainsFunc(f.all, func(s selected) bool { return s.matches(e.Series) })
}

// isOfBuckets reports whether the field counts events up to a bound.
func (f fieldSelectors) isOfBuckets() bool {
	return slices.ContainsFunc(f.all, func(s selected) bool { return !math.IsInf(s.edge, 1) })
}

// fieldSelectors returns the selectors of a field of a ratio; none where the field is more than a sum of rates of metrics by their names.
func (i *Indicator) fieldSelectors(at int) fieldSelectors {
	f := i.fields[at]
	found := fieldSelectors{names: map[string]bool{}}
	for k, s := range f.summands {
		template := i.templates[f.first+k]
		if s.factor < 0 || !isSum(template) {
			return fieldSelectors{}
		}
		for _, selector := range selectorsOf(template) {
			edge, ok := edgeOf(selector)
			name := metricName(selector)
			if !ok || name == "" {
				return fieldSelectors{}
			}
			one := selectedBy(withoutBuckets(selector))
			one.edge = edge
			found.names[name], found.all = true, append(found.all, one)
		}
	}
	return found
}

// isSum reports whether all that an expression selects is added up.
func isSum(expr parser.Expr) bool {
	only := true
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.BinaryExpr:
			only = only && (n.Op == parser.ADD || n.Op == parser.LOR)
		case *parser.UnaryExpr:
			only = only && n.Op == parser.ADD
		}
		return nil
	})
	return only
}

// edgeOf returns the highest bound of the buckets that a selector names, infinity where it names none; false where its matchers name
// no bounds.
func edgeOf(selector *parser.VectorSelector) (edge float64, ok bool) {
	edge = math.Inf(1)
	for _, m := range selector.LabelMatchers {
		if !isBucketLabel(m.Name) {
			continue
		}
		_, bounds, ok := namedBounds(m)
		if !ok || m.Type == labels.MatchNotEqual || m.Type == labels.MatchNotRegexp {
			return 0, false
		}
		edge = min(edge, slices.Max(bounds))
	}
	return edge, true
}
