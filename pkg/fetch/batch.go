package fetch

import (
	"context"
	"sync"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Batch is the requests to the store for one request of Grafana: each leaf is requested once, however many queries need it,
// and all are within the store's timeout. It is safe for concurrent use.
type Batch struct {
	store   *Store
	ctx     context.Context
	cancel  context.CancelFunc
	answers callGroup[Leaf, series.Answer]

	mu sync.Mutex
	// holds are what answers take until the batch is closed.
	holds []*hold
}

// Batch returns a batch whose requests are those of ctx. Its timeout starts now. It is to be closed.
func (s *Store) Batch(ctx context.Context) *Batch {
	ctx, cancel := s.bounded(ctx)
	return &Batch{store: s, ctx: ctx, cancel: cancel, answers: callGroup[Leaf, series.Answer]{keep: true}}
}

// Fork returns a batch with the timeout of b. Its answers can be garbage collected before b is closed.
func (b *Batch) Fork() *Batch {
	ctx, cancel := context.WithCancel(b.ctx)
	return &Batch{store: b.store, ctx: ctx, cancel: cancel, answers: callGroup[Leaf, series.Answer]{keep: true}}
}

// ForkUncached returns a batch as Fork does, whose points are not cached: there are so many that they would evict points
// that are needed more often.
func (b *Batch) ForkUncached() *Batch {
	fork := b.Fork()
	fork.ctx = context.WithValue(fork.ctx, uncached{}, true)
	return fork
}

// uncached is the key of contexts whose points are not cached.
type uncached struct{}

func isUncached(ctx context.Context) bool { return ctx.Value(uncached{}) != nil }

// Close cancels what is under way, and gives back what the answers take.
func (b *Batch) Close() {
	b.cancel()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, h := range b.holds {
		h.release()
	}
	b.holds = nil
}

// hold returns a hold that is released when the batch is closed.
func (b *Batch) hold(of *Account) *hold {
	b.mu.Lock()
	defer b.mu.Unlock()
	h := &hold{account: of, released: b.ctx.Err() != nil}
	b.holds = append(b.holds, h)
	return h
}

// Fetch claims leaves, requests their missing pieces, merged, and returns the answer to each leaf, as Claim.Wait does. A leaf that
// other calls of the batch need too is requested once for all of them, and is not cancelled when this call returns early. Where
// the answers outgrow the bounds of the query that ctx belongs to, they are let go of.
func (b *Batch) Fetch(ctx context.Context, leaves []Leaf, merge Merge) ([]series.Answer, error) {
	of := b.store.bounds(ctx)
	for {
		answers, err := b.fetch(ctx, leaves, merge, of)
		if err == nil || !isOfBounds(err) || of.account.isOf(err) {
			return answers, err
		}
		// Another query needed some of the same leaves and ran into its own bounds.
	}
}

// fetch is Fetch for a query with bounds, unless another query runs into its own.
func (b *Batch) fetch(ctx context.Context, leaves []Leaf, merge Merge, of bounds) ([]series.Answer, error) {
	claim := b.claim(leaves, of)
	defer claim.Close()
	claim.Fetch(merge.requests(claim.Missing()))
	answers, err := claim.Wait(ctx)
	if err != nil && isOfBounds(err) {
		claim.letGo()
	}
	return answers, err
}

// Histograms is the store's Histograms within the batch's timeout.
func (b *Batch) Histograms(ctx context.Context, selectors []expand.HistogramSelector, start, end time.Time, lookback time.Duration, merge Merge) (expand.Facts, error) {
	ctx, done := b.within(ctx)
	defer done()
	return b.store.Histograms(ctx, selectors, start, end, lookback, merge)
}

// within returns ctx, which is cancelled with the batch too. The function is to be called where ctx is no longer needed.
func (b *Batch) within(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(b.ctx, func() { cancel(context.Cause(b.ctx)) })
	return ctx, func() {
		stop()
		cancel(nil)
	}
}
