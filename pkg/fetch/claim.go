package fetch

import (
	"context"
	"errors"

	"github.com/sourcegraph/conc"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Claim is a caller's hold on the answers to some leaves of a batch: what the cache has, and the calls that return the rest,
// which other callers may have started. The pieces that no other claim requests are Missing: the caller merges their
// expressions where that is possible, and passes the requests to Fetch. It is to be closed.
type Claim struct {
	batch   *Batch
	answers *ticket[Leaf, series.Answer]
	pieces  *ticket[pieceKey, series.Answer]
}

// Claim looks leaves up in the batch and in the cache, and joins calls that are under way.
func (b *Batch) Claim(leaves []Leaf) *Claim {
	c := &Claim{batch: b, answers: b.answers.join(b.ctx, leaves)}
	isWhole := false
	defer func() {
		if !isWhole { // It panics, and others may have joined it.
			c.Close()
		}
	}()
	partials, keys := b.lookup(c.answers)
	c.pieces = b.store.pieces.join(context.WithoutCancel(b.ctx), keys)
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
		p := &partial{leaf: leaf, requested: now, fresh: s.fresh, limit: s.maxSeries}
		for _, over := range partsOf(leaf.Range) {
			cached, gaps := s.cache.lookup(blocksID(leafOver(leaf, over), scope), over, now, s.fresh)
			found := part{over: over, cached: cached}
			for _, gap := range gaps {
				for _, piece := range piecesOf(gap) {
					found.pieces, found.positions = append(found.pieces, piece), append(found.positions, len(keys))
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
	var group conc.WaitGroup
	for i, p := range partials {
		group.Go(func() {
			answer, err := p.join(func(at int) (series.Answer, error) { return c.piece(ctx, at) })
			c.answers.resolve(c.answers.fresh[i], answer, err)
		})
	}
	group.Wait()
}

// piece returns the answer to the piece at a position. A piece whose owner closed its claim without fetching it is fetched
// here.
func (c *Claim) piece(ctx context.Context, at int) (series.Answer, error) {
	answer, err := c.pieces.wait(ctx, at)
	for errors.Is(err, errAbandoned) && ctx.Err() == nil {
		answer, err = c.batch.store.fetchAlone(ctx, c.pieces.keys[at])
	}
	return answer, err
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

// Close gives up the answers: requests for them are cancelled unless another caller waits for them too. Missing pieces that
// were never fetched are left to such callers.
func (c *Claim) Close() {
	c.answers.release()
	c.answers.abandon()
	if c.pieces != nil {
		c.pieces.abandon()
	}
}
