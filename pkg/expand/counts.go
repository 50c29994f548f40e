package expand

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// replicaLabels are those by which the copies of a series differ that several Prometheus, or the receivers of Thanos, have written,
// and that a store does not deduplicate.
var replicaLabels = []string{"__replica__", "prometheus_replica", "receive", "receive_replica", "replica"}

// ReplicaLabels returns those labels.
func ReplicaLabels() []string { return slices.Clone(replicaLabels) }

// Count returns the PromQL for the number of series of the selector, with the trusted matchers.
func (s Selector) Count() string { return "count(" + s.Trusted + ")" }

// Copies returns the PromQL for the most copies that there are of a series of the selector; nothing where there is one of each.
func (s Selector) Copies() string {
	return "max(count without (" + strings.Join(replicaLabels, ", ") + ") (" + s.Trusted + ")) > max(count without () (" + s.Trusted + "))"
}

// CountBy returns the expression for the number of series of the selector, with the trusted matchers, by the values of labels, among
// those that filters keep. It parses the selector. The error is that of a filter, or of a selector that does not parse.
func (s Selector) CountBy(by []string, filters ...Filter) (*Expr, error) {
	selector, err := promQL.ParseExpr(s.Trusted)
	if err != nil {
		return nil, &SyntaxError{Text: s.Trusted, cause: err}
	}
	matchers, err := matchersOf(filters)
	if err != nil {
		return nil, err
	}
	forceInplace(selector, matchers)
	return newExpr(&parser.AggregateExpr{Op: parser.COUNT, Expr: selector, Grouping: by}), nil
}
