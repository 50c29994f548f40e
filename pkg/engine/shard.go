package engine

import (
	"context"
	"errors"

	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// shards returns the queries about fewer flows each by which a query is answered whose plan is too large; nil where the error
// is another one, or the query can't be split.
func (x *execution) shards(err error) []query.Query {
	var large *plan.TooLarge
	if !errors.As(err, &large) || large.Points > maxShardedPoints || x.maxFlowInstants > 0 && large.FlowInstants > x.maxFlowInstants {
		return nil
	}
	return plan.SplitByFlow(x.Query, x.Catalog)
}

// execShards answers shards one after the other, so that all of them take no more memory than one.
func (x *execution) execShards(ctx context.Context, shards []query.Query) (*Result, error) {
	results := make([]*eval.Result, len(shards))
	var requests Requests
	for i, shard := range shards {
		result, err := x.execShard(ctx, shard)
		if err != nil {
			return nil, err
		}
		results[i], requests = result.Result, requests.with(result.Requests)
	}
	return &Result{Result: eval.Join(results), Requests: requests}, nil
}

// execShard answers a shard in a fork of the session, so that its points can be garbage collected before the next one.
func (x *execution) execShard(ctx context.Context, shard query.Query) (*Result, error) {
	fork := *x
	fork.Query, fork.batch = shard, x.batch.Fork()
	defer fork.batch.Close()
	return fork.exec(ctx)
}

// explainShards returns the plans of shards, and their requests.
func (x *execution) explainShards(ctx context.Context, shards []query.Query) (*Explanation, error) {
	all := &Explanation{}
	for _, shard := range shards {
		fork := *x
		fork.Query = shard
		explanation, err := fork.explain(ctx)
		if err != nil {
			return nil, err
		}
		all.Plans, all.Requests = append(all.Plans, explanation.Plans...), all.Requests.with(explanation.Requests)
	}
	return all, nil
}
