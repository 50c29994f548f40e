package engine

import (
	"context"
	"math"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
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
	answers, err = x.answers(ctx, batch, p)
	if err == nil {
		err = allRefused(p, answers)
	}
	if err != nil {
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
	exprs := map[string]*expand.Expr{}
	for i, leaf := range p.Leaves {
		leaves[i] = leaf.Key()
		exprs[leaves[i].PromQL] = leaf.Expr
	}
	ctx = x.cfg.Store.WithCohorts(ctx, cohortsOf(p))
	answers, err := batch.Fetch(ctx, leaves, mergedBy(func(texts []string) []expand.Merged {
		missing := make([]*expand.Expr, len(texts))
		for i, text := range texts {
			missing[i] = exprs[text]
		}
		return x.cfg.Merger.merge(missing)
	}))
	x.cfg.ObserveSamples(samples(answers))
	return answers, err
}

// cohortsOf returns the bounds of the cohorts that the expressions of a plan may have, by their text.
func cohortsOf(p *plan.Plan) map[string][]fetch.Cohorts {
	bounds := map[string][]fetch.Cohorts{}
	for _, bound := range p.CohortBounds() {
		promQL := bound.Leaf.PromQL
		bounds[promQL] = append(bounds[promQL], fetch.Cohorts{Over: bound.Leaf.Range, Labels: bound.Labels, Check: func(n int) error {
			if n <= bound.Max {
				return nil
			}
			return p.CheckCohorts(n)
		}})
	}
	return bounds
}

// mergedBy returns the function that returns requests for missing pieces, for which merge merges the expressions of each range.
func mergedBy(merge func(texts []string) []expand.Merged) fetch.Merge {
	return func(missing []fetch.Leaf) []fetch.Request {
		byRange := map[series.Range][]int{}
		for i, leaf := range missing {
			byRange[leaf.Range] = append(byRange[leaf.Range], i)
		}
		var requests []fetch.Request
		for over, positions := range byRange {
			texts := make([]string, len(positions))
			for i, at := range positions {
				texts[i] = missing[at].PromQL
			}
			for _, merged := range merge(texts) {
				r := fetch.Request{Leaf: fetch.Leaf{PromQL: merged.Expr.String(), Range: over}, Unmerge: merged.Unmerge}
				for _, member := range merged.Members {
					r.Members = append(r.Members, positions[member])
				}
				requests = append(requests, r)
			}
		}
		return requests
	}
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
