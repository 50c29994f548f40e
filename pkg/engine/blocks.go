package engine

import (
	"context"
	"sync"

	"github.com/sourcegraph/conc/pool"

	"github.com/cer-reliability/cer-datasource/pkg/eval/budget"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// blockSums returns the sums of the blocks of time slices that a plan has, from the cache or computed. What was computed is
// cached although another block fails, so that the next request gets further.
func (x *execution) blockSums(ctx context.Context, p *plan.Plan) (budget.BlockResults, error) {
	points := p.BlockPoints()
	if points == 0 {
		return nil, nil
	}
	fork := x.batch.Fork
	if points*bytesPerPoint > x.cfg.Store.CacheStats().Limit/2 {
		fork = x.batch.ForkUncached
	}
	sums := budget.BlockResults{}
	var mu sync.Mutex
	working := pool.New().WithMaxGoroutines(x.cfg.BlockConcurrency).WithContext(ctx).WithCancelOnError().WithFirstError()
	for _, part := range p.Parts() {
		if part.Coarse == nil || len(part.Coarse.Blocks) == 0 {
			continue
		}
		key := part.BlockKeys()
		for _, over := range part.Coarse.Blocks {
			working.Go(func(ctx context.Context) error {
				block := budget.Block{Part: part, Range: over}
				found, err := x.blockSum(ctx, fork, block, key(over))
				mu.Lock()
				defer mu.Unlock()
				sums[block] = found
				return err
			})
		}
	}
	return sums, working.Wait()
}

// blockSum returns the sums of a block, which are cached under a key. Its points are fetched in a fork of the session.
func (x *execution) blockSum(ctx context.Context, fork func() *fetch.Batch, block budget.Block, key string) (*budget.BlockSums, error) {
	if ctx.Err() != nil { // Another block has failed, or the request was cancelled.
		return nil, context.Cause(ctx)
	}
	store, number := x.cfg.Store, plan.BlockNumber(block.Range)
	if cached, ok := store.Derived(ctx, key, number).(*budget.BlockSums); ok {
		return cached, nil
	}
	p := block.Part.ForBlock(block.Range)
	batch := fork()
	defer batch.Close()
	answers, release, err := x.fetch(ctx, batch, p)
	if err != nil {
		return nil, err
	}
	defer release()
	sums := budget.NewBlockSums(p, answers)
	store.PutDerived(ctx, key, number, sums, answers)
	return sums, nil
}

// blockRequests returns the requests of the blocks of a part of a plan: those of the first block, at the range of each,
// or those of each block where facts about the store change.
func (m *Merger) blockRequests(part *plan.Plan) Requests {
	if part.Coarse == nil || len(part.Coarse.Blocks) == 0 {
		return nil
	}
	blocks := part.Coarse.Blocks
	if part.Changes() {
		var all Requests
		for _, block := range blocks {
			all = all.with(m.requests(part.ForBlock(block).Leaves, 0))
		}
		return all
	}
	shifts := make([]int64, len(blocks))
	for i, block := range blocks {
		shifts[i] = block.Start - blocks[0].Start
	}
	return m.requests(part.ForBlock(blocks[0]).Leaves, shifts...)
}
