package fetch

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Claim is a caller's hold on the answers to some leaves of a batch: what the cache has, and the calls that return the rest,
// which other callers may have started. The pieces that no other claim requests are Missing: the caller merges their
// expressions where that is possible, and passes the requests to Fetch. It is to be closed.
type Claim struct {
	batch   *Batch
	answers *ticket[Leaf, series.Answer]
	pieces  *ticket[pieceKey, series.Answer]
	// bounds are those of the query, and held is what its answers take until the batch is closed.
	bounds bounds
	held   *hold
}

// Claim looks leaves up in the batch and in the cache, and joins calls that are under way.
func (b *Batch) Claim(leaves []Leaf) *Claim { return b.claim(leaves, b.store.bounds(b.ctx)) }

// claim is Claim for a query with bounds.
func (b *Batch) claim(leaves []Leaf, of bounds) *Claim {
	ctx := context.WithValue(b.ctx, boundsKey{}, of)
	c := &Claim{batch: b, answers: b.answers.join(ctx, leaves), bounds: of, held: b.hold(of.account)}
	isWhole := false
	defer func() {
		if !isWhole { // It panics, and others may have joined it.
			c.Close()
		}
	}()
	partials, keys := b.lookup(c.answers)
	c.pieces = b.store.pieces.join(context.WithoutCancel(ctx), keys)
	isWhole = true
	c.answers.start(func(ctx context.Context) { c.join(ctx, partials) })
	return c
}

// lookup looks the fresh leaves of a ticket up in the cache. It returns what to join their answers from, and the keys of the
// pieces that the cache lacks.
func (b *Batch) lookup(t *ticket[Leaf, series.Answer]) ([]*partial, []pieceKey) {
	s, scope, urgent, now := b.store, b.store.scope(b.ctx), b.store.urgent(b.ctx), b.store.now()
	var keys []pieceKey
	partials := make([]*partial, len(t.fresh))
	for i, at := range t.fresh {
		leaf := t.keys[at]
		p := &partial{at: at, leaf: leaf, requested: now, fresh: s.fresh, limit: s.maxSeries}
		for _, over := range partsOf(leaf.Range) {
			cached, gaps := s.cache.lookup(blocksID(leafOver(leaf, over), scope), over, now, s.fresh)
			found := part{over: over, cached: cached}
			for _, gap := range gaps {
				for _, piece := range piecesOf(gap) {
					found.pieces, found.positions = append(found.pieces, piece), append(found.positions, len(keys))
					p.positions = append(p.positions, len(keys))
					keys = append(keys, pieceKey{leafOver(leaf, piece), scope, urgent})
				}
			}
			p.parts = append(p.parts, found)
		}
		partials[i] = p
	}
	return partials, keys
}

// join resolves the fresh leaves when their pieces are there. It holds the pieces for as long as any of the batch's callers
// waits for these leaves.
func (c *Claim) join(ctx context.Context, partials []*partial) {
	defer c.pieces.release()
	defer c.giveBack(partials)
	ready := make(chan *partial, len(partials))
	for _, p := range partials {
		c.watch(p, func() { ready <- p })
	}
	var again errgroup.Group // For pieces that are requested again, which takes time.
	again.SetLimit(max(1, cap(c.batch.store.slots)))
	for range partials {
		select {
		case p := <-ready:
			if c.isToBeRepeated(p) {
				again.Go(func() error { c.resolve(ctx, p); return nil })
			} else {
				c.resolve(ctx, p)
			}
		case <-ctx.Done():
		}
	}
	_ = again.Wait()
}

// watch calls ready, once, when all pieces of a leaf are there, or one of them failed for good.
func (c *Claim) watch(p *partial, ready func()) {
	if len(p.positions) == 0 {
		ready()
		return
	}
	var once sync.Once
	var left atomic.Int64
	left.Store(int64(len(p.positions)))
	for _, at := range p.positions {
		piece := c.pieces.calls[at]
		piece.notify(func() {
			err := piece.err
			if err == nil {
				err = p.take(c.held, piece.value)
			}
			if last := left.Add(-1) == 0; last || err != nil && !c.isRepeatable(err) {
				once.Do(ready)
			}
		})
	}
}

// isRepeatable reports whether a piece that failed is to be requested again: its owner closed its claim without fetching it, or
// ran into the bounds of its query.
func (c *Claim) isRepeatable(err error) bool {
	return errors.Is(err, errAbandoned) || isOfBounds(err) && !c.bounds.account.isOf(err)
}

// isToBeRepeated reports whether any piece of a leaf is to be requested again.
func (c *Claim) isToBeRepeated(p *partial) bool {
	return slices.ContainsFunc(p.positions, func(at int) bool {
		piece := c.pieces.calls[at]
		return piece.isDone() && c.isRepeatable(piece.err)
	})
}

// resolve resolves a leaf whose pieces are there, or one of which failed.
func (c *Claim) resolve(ctx context.Context, p *partial) {
	defer func() {
		if cause := recover(); cause != nil {
			c.answers.resolve(p.at, series.Answer{}, panicError(cause))
		}
	}()
	answer, err := series.Answer{}, c.failure(p)
	if err == nil {
		answer, err = p.join(c, func(at int) (series.Answer, error) { return c.piece(ctx, at) })
	}
	var many *tooManyError
	if isOfBounds(err) || errors.As(err, &many) {
		err = c.batch.store.errors.translate(ctx, p.leaf.PromQL, err)
	}
	c.answers.resolve(p.at, answer, err)
}

// failure returns why a leaf has no answer, as far as that is known; nil if it may have one.
func (c *Claim) failure(p *partial) error {
	for _, at := range p.positions {
		if piece := c.pieces.calls[at]; piece.isDone() && piece.err != nil && !c.isRepeatable(piece.err) {
			return piece.err
		}
	}
	return p.overBounds()
}

// piece returns the answer to the piece at a position, which is requested here if that is to be repeated.
func (c *Claim) piece(ctx context.Context, at int) (series.Answer, error) {
	answer, err := c.pieces.wait(ctx, at)
	for err != nil && c.isRepeatable(err) && ctx.Err() == nil {
		answer, err = c.batch.store.fetchAlone(ctx, c.pieces.keys[at])
	}
	return answer, err
}

// giveBack gives back what pieces take that were joined into answers.
func (c *Claim) giveBack(partials []*partial) {
	for _, p := range partials {
		p.giveBack(c.held)
	}
}

// Missing returns the pieces that are to be fetched: expressions at the leaves' ranges, or at parts of these.
func (c *Claim) Missing() []Leaf {
	missing := make([]Leaf, len(c.pieces.fresh))
	for i, at := range c.pieces.fresh {
		missing[i] = c.pieces.keys[at].leaf
	}
	return missing
}

// Fetch sends requests which together stand for each of the missing pieces. It returns at once, and has no effect when it is
// called again.
func (c *Claim) Fetch(requests []Request) { c.batch.store.fetch(c.pieces, requests) }

// Wait returns the answer to each leaf; where the store refused an expression, it says so. It returns early with the *Error of
// the first leaf that fails otherwise, or of ctx when that is done.
func (c *Claim) Wait(ctx context.Context) ([]series.Answer, error) {
	answers, err := c.answers.waitAll(ctx, refused)
	if err != nil {
		return nil, c.batch.store.errors.translate(ctx, "", err)
	}
	return answers, nil
}

// letGo closes the claim, and lets go of answers that would else be shared with later claims of the batch.
func (c *Claim) letGo() {
	c.Close()
	c.answers.forget()
	c.held.release()
}

// Close gives up the answers: requests for them are cancelled unless another caller waits for them too. Missing pieces that
// were never fetched are left to such callers.
func (c *Claim) Close() {
	c.answers.release()
	c.answers.abandon()
	if c.pieces != nil {
		c.pieces.abandon()
	}
}
