package engine

import (
	"context"
	"math"

	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// fetch returns the answers to the leaves of a plan, none where its range has no instant. It waits until the points are
// within the limit on those that are processed at the same time; release is to be called when they have been processed.
func (x *execution) fetch(ctx context.Context, batch *fetch.Batch, p *plan.Plan) (answers []series.Answer, release func(), err error) {
	if release, err = batch.Acquire(points(p)); err != nil {
		return nil, nil, err
	}
	if answers, err = x.answers(ctx, batch, p); err != nil {
		release()
		return nil, nil, withSLIs(err, p)
	}
	return answers, release, nil
}

// answers requests the leaves of a plan from the store.
func (x *execution) answers(ctx context.Context, batch *fetch.Batch, p *plan.Plan) ([]series.Answer, error) {
	ctx, span := x.startSpan(ctx, "cer.fetch", len(p.Leaves))
	defer span.End()
	if p.Range.Len() == 0 {
		return nil, nil
	}
	leaves := make([]fetch.Leaf, len(p.Leaves))
	for i, leaf := range p.Leaves {
		leaves[i] = leaf.Key()
	}
	answers, err := batch.Fetch(ctx, leaves)
	x.cfg.ObserveSamples(samples(answers))
	return answers, err
}

// samples returns the number of samples in answers.
func samples(answers []series.Answer) int {
	n := 0
	for _, answer := range answers {
		for _, one := range answer.Series {
			for _, value := range one.Values {
				if !math.IsNaN(value) {
					n++
				}
			}
		}
	}
	return n
}
