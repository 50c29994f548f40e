package engine

import (
	"context"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/eval/budget"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// evaluate computes the numbers of a plan from the answers to its leaves and the sums of its blocks.
func (x *execution) evaluate(ctx context.Context, p *plan.Plan, answers []series.Answer, sums budget.BlockResults) (*eval.Result, error) {
	_, span := x.startSpan(ctx, "cer.eval", p.Range.Len())
	defer span.End()
	start := time.Now()
	defer func() { x.cfg.ObserveEvaluation(time.Since(start)) }()
	return eval.Evaluate(p, answers, sums)
}
