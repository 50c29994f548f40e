package expand

import (
	"slices"
	"strings"
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
