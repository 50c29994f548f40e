package engine

import (
	"context"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// facts returns what the store has of the histograms that the query needs, over the time that the query may look back on.
func (x *execution) facts(ctx context.Context) (expand.Facts, error) {
	selectors, err := plan.Histograms(x.Query, x.Catalog)
	if err != nil {
		return nil, err
	}
	return x.batch.Histograms(ctx, selectors, x.Times.From.Add(-plan.Reach(x.Query, x.Catalog)), x.Times.Until(), query.MaxWindow, mergedBy(expand.MergeTexts))
}
