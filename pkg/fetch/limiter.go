package fetch

import (
	"context"

	"golang.org/x/sync/semaphore"
)

// Limiter bounds the number of points that are processed at the same time, so that many panels at once queue rather than
// exhaust the memory. Urgent requests have a limit of their own. It is safe for concurrent use; a nil Limiter has no limit.
type Limiter struct {
	points      int64
	all, urgent *semaphore.Weighted
}

// NewLimiter returns a limiter that lets so many points through at the same time, and as many urgent ones.
func NewLimiter(points int) *Limiter {
	n := int64(points)
	return &Limiter{points: n, all: semaphore.NewWeighted(n), urgent: semaphore.NewWeighted(n)}
}

// acquire waits, first come first served, until the points are within the limit, and returns a function that releases them.
// More points than the limit wait until nothing else is processed. The error is the cause of ctx.
func (l *Limiter) acquire(ctx context.Context, points int, urgent bool) (release func(), err error) {
	if l == nil {
		return func() {}, nil
	}
	limit, n := l.all, min(max(int64(points), 1), l.points)
	if urgent {
		limit = l.urgent
	}
	if err := limit.Acquire(ctx, n); err != nil {
		return nil, context.Cause(ctx)
	}
	return func() { limit.Release(n) }, nil
}

// Acquire waits until so many points are within the store's limit; release is to be called when they have been processed.
// The error is an *Error.
func (b *Batch) Acquire(points int) (release func(), err error) {
	if release, err = b.store.limiter.acquire(b.ctx, points, b.store.urgent(b.ctx)); err != nil {
		return nil, b.store.errors.translate(b.ctx, "", err)
	}
	return release, nil
}
