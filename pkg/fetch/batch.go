package fetch

import (
	"context"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// Batch is what one request of Grafana asks of the store: each leaf once, however many of its queries want it, and
// all within the store's timeout. It is safe for concurrent use.
type Batch struct {
	store  *Store
	ctx    context.Context
	cancel context.CancelFunc
	leaves flights[leafKey, plan.Answer]
}

// leafKey identifies a leaf: unlike times, its instants can be compared. They are Unix nanoseconds.
type leafKey struct {
	promQL     string
	start, end int64
	step       time.Duration
}

// keyOf returns the key of leaf.
func keyOf(leaf plan.Leaf) leafKey {
	r := leaf.Range
	return leafKey{promQL: leaf.PromQL, start: r.Start.UnixNano(), end: r.End.UnixNano(), step: r.Step}
}

// Batch returns a batch that asks under ctx, whose timeout starts now. It is to be closed.
func (s *Store) Batch(ctx context.Context) *Batch {
	ctx, cancel := s.bounded(ctx)
	return &Batch{store: s, ctx: ctx, cancel: cancel, leaves: flights[leafKey, plan.Answer]{keep: true}}
}

// Apart returns a batch within the same time. What it asks is not held until b is closed.
func (b *Batch) Apart() *Batch {
	ctx, cancel := context.WithCancel(b.ctx)
	return &Batch{store: b.store, ctx: ctx, cancel: cancel, leaves: flights[leafKey, plan.Answer]{keep: true}}
}

// Passing returns a batch as Apart does, whose points are not kept either: they are so many that they would drive out what
// is needed more often.
func (b *Batch) Passing() *Batch {
	apart := b.Apart()
	apart.ctx = context.WithValue(apart.ctx, passing{}, true)
	return apart
}

// passing marks contexts under which points are not kept.
type passing struct{}

func isPassing(ctx context.Context) bool { return ctx.Value(passing{}) != nil }

// Close gives up what is still under way.
func (b *Batch) Close() { b.cancel() }

// Fetch returns the answer to each of the leaves. It returns the error of a leaf that fails, an *Error, and does not wait
// for the others then; nor does it when ctx is done. A leaf that another call of the batch wants too is asked once, has
// one outcome, and goes on when this call gives up.
func (b *Batch) Fetch(ctx context.Context, leaves []plan.Leaf) ([]plan.Answer, error) {
	keys := make([]leafKey, len(leaves))
	for i, leaf := range leaves {
		keys[i] = keyOf(leaf)
	}
	booked := b.leaves.book(b.ctx, keys, func(ctx context.Context, fresh []int, land func(int, plan.Answer, error)) {
		asked := make([]plan.Leaf, len(fresh))
		for i, at := range fresh {
			asked[i] = leaves[at]
		}
		b.store.answers(ctx, asked, func(i int, answer plan.Answer, err error) { land(fresh[i], answer, err) })
	})
	defer booked.leave()
	answers, err := booked.waitAll(ctx)
	if err != nil {
		return nil, b.store.translate(ctx, "", err)
	}
	return answers, nil
}

// Histograms is the store's Histograms within the batch's timeout.
func (b *Batch) Histograms(ctx context.Context, selectors []expand.HistogramSelector, start, end time.Time) (expand.Facts, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(b.ctx, func() { cancel(context.Cause(b.ctx)) })()
	return b.store.Histograms(ctx, selectors, start, end)
}
