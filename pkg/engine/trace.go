package engine

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// startSpan starts the span of a hop, with the request's RefID and the number of flows, leaves or instants that the hop works on.
func (x *execution) startSpan(ctx context.Context, name string, count int) (context.Context, trace.Span) {
	return x.cfg.Tracer.Start(ctx, name, trace.WithAttributes(attribute.String("refId", x.RefID), attribute.Int("count", count)))
}
