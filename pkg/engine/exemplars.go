package engine

import (
	"context"

	"github.com/sourcegraph/conc/pool"

	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// execExemplars answers a request for exemplars. An alert rule gets none: they are not numbers, and a rule on them would never fire.
func (x *execution) execExemplars(ctx context.Context) (*Result, error) {
	if x.cfg.Store.IsUrgent(ctx) {
		return nil, query.Invalidf("an alert rule can't use exemplars, because they are not numbers; ask for a measure with the format latest")
	}
	p, err := x.plan(ctx)
	if err != nil {
		return nil, err
	}
	answers, err := x.exemplars(ctx, p)
	if err != nil {
		return nil, err
	}
	options := eval.ExemplarOptions{TraceLabels: x.TraceLabels, KeepsNone: !x.cfg.Store.KeepsExemplars()}
	return &Result{Result: eval.Exemplars(p, answers, options), Requests: x.cfg.Merger.requestsOf(p)}, nil
}

// exemplars requests the exemplars of each SLI of a plan, those of equal selectors once.
func (x *execution) exemplars(ctx context.Context, p *plan.Plan) ([]series.Exemplars, error) {
	ctx, span := x.startSpan(ctx, "cer.fetch", len(p.Exemplars))
	defer span.End()
	answers := make([]series.Exemplars, len(p.Exemplars))
	if p.Range.Len() == 0 {
		return answers, nil
	}
	members := map[string][]int{}
	for i, one := range p.Exemplars {
		promQL := one.Question.Expr.String()
		members[promQL] = append(members[promQL], i)
	}
	group := pool.New().WithMaxGoroutines(maxExemplarRequests).WithContext(ctx).WithCancelOnError().WithFirstError() // It hands panics on.
	for promQL, positions := range members {
		group.Go(func(ctx context.Context) error {
			found, err := x.batch.Exemplars(ctx, promQL, p.Range)
			for _, at := range positions {
				answers[at] = found
			}
			return err
		})
	}
	return answers, group.Wait()
}

// exemplarRequests returns the requests for the exemplars of a plan.
func exemplarRequests(p *plan.Plan) Requests {
	var all []string
	for _, one := range p.Exemplars {
		all = list.Union(all, one.Question.Expr.String())
	}
	return Requests{{Ranges: []series.Range{p.Range}, PromQL: all, OfExemplars: true, expressions: all}}
}
