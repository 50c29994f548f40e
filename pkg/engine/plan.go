package engine

import (
	"context"

	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// plan plans the query with the facts that it needs.
func (x *execution) plan(ctx context.Context) (*plan.Plan, error) {
	if err := x.Times.Check(); err != nil {
		return nil, err
	}
	ctx, span := x.startSpan(ctx, "cer.plan", len(x.Catalog.Flows))
	defer span.End()
	facts, err := x.facts(ctx)
	if err != nil {
		return nil, err
	}
	x.Times.RatesTile, x.Times.Lookback = x.cfg.Store.RatesTile(), x.cfg.Store.Lookback() // What it is may be known by its answers on facts only.
	x.Times.Noted = x.Times.Noted && !x.cfg.Store.IsUrgent(ctx)                           // Of alert rules nobody sees the notices.
	return plan.Build(x.Query, x.Catalog, x.Times, facts)
}
