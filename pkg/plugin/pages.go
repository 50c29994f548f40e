package plugin

import (
	"context"
	"runtime/debug"
	"sync"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"golang.org/x/sync/errgroup"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// bytesAPoint is what a point takes in a cache.
const bytesAPoint = 8

// pagesAtOnce is how many pages of a query are worked on side by side: enough to keep a store busy.
const pagesAtOnce = 8

// pages returns the sums of the pages of a plan of a catalog: those that are kept, and others once the store has told
// what they are made of. What was worked out stays when the query fails, so that whoever asks again gets further.
func (d *snapshot) pages(ctx context.Context, batch *fetch.Batch, c *cer.Catalog, p *plan.Plan) (eval.Kept, error) {
	all := p.Pages()
	if len(all) == 0 {
		return nil, nil
	}
	revision := d.revision
	if c != d.catalog {
		revision = c.Revision()
	}
	kept := eval.Kept{}
	var mu sync.Mutex
	working, ctx := errgroup.WithContext(ctx)
	working.SetLimit(pagesAtOnce)
	fork := batch.Fork
	if p.PagePoints()*bytesAPoint > d.store.CacheStats().Limit/2 {
		fork = batch.ForkUncached
	}
	for part, pages := range all {
		key := part.PageKey(revision)
		for _, page := range pages {
			working.Go(func() error {
				sums, err := d.page(ctx, fork, page, key)
				mu.Lock()
				defer mu.Unlock()
				kept[page] = sums
				return err
			})
		}
	}
	return kept, working.Wait()
}

// page returns the sums of a page, which are kept under a key. What they are made of is asked for in a batch of its own.
func (d *snapshot) page(ctx context.Context, fork func() *fetch.Batch, page *plan.Page, key string) (sums *eval.Sums, err error) {
	defer func() {
		if cause := recover(); cause != nil { // On a goroutine, where nobody above could.
			backend.Logger.FromContext(ctx).Error("Page panicked", "cause", cause, "stack", string(debug.Stack()))
			err = panicked(cause)
		}
	}()
	if ctx.Err() != nil { // Another page has failed, or nobody waits any more.
		return nil, context.Cause(ctx)
	}
	if known, ok := d.store.Derived(ctx, key, page.Number()).(*eval.Sums); ok {
		return known, nil
	}
	p, err := page.Plan()
	if err != nil {
		return nil, err
	}
	batch := fork()
	defer batch.Close()
	release, err := batch.Acquire(points(p))
	if err != nil {
		return nil, err
	}
	defer release()
	answers, err := d.fetch(ctx, batch, p)
	if err != nil {
		return nil, blame(err, p)
	}
	sums = eval.SumsOf(p, answers)
	d.store.PutDerived(ctx, key, page.Number(), sums, answers)
	return sums, nil
}
