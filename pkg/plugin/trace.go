package plugin

import (
	"context"

	"github.com/grafana/grafana-plugin-sdk-go/backend/tracing"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// refIDKey is the key of a query's reference id in a context.
type refIDKey struct{}

// withRefID notes in a context which query it is for.
func withRefID(ctx context.Context, refID string) context.Context {
	return context.WithValue(ctx, refIDKey{}, refID)
}

// startSpan starts the span of a hop, which bears the query's reference id and the number of flows, leaves or instants
// that the hop works on.
func startSpan(ctx context.Context, name string, count int) (context.Context, trace.Span) {
	refID, _ := ctx.Value(refIDKey{}).(string)
	return tracing.DefaultTracer().Start(ctx, name,
		trace.WithAttributes(attribute.String("refId", refID), attribute.Int("count", count)))
}
