package plugin

import "context"

// alertHeader is the header that Grafana sets to "true" in the queries of alert rules.
const alertHeader = "FromAlert"

// urgentKey is the context key of a bool: whether a query is that of an alert rule.
type urgentKey struct{}

// withUrgency returns a context for a query with these headers. The store has reserved capacity for alert rules.
func withUrgency(ctx context.Context, headers map[string]string) context.Context {
	return context.WithValue(ctx, urgentKey{}, headers[alertHeader] == "true")
}

// isUrgent reports whether a context is that of an alert rule's query.
func isUrgent(ctx context.Context) bool {
	urgent, _ := ctx.Value(urgentKey{}).(bool)
	return urgent
}
