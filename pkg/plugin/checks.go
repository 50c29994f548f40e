package plugin

import (
	"context"
	"net/http"
	"sync/atomic"

	"golang.org/x/sync/semaphore"
)

const (
	// checkedBytes is how many bytes of definitions are checked at the same time, over all data sources: one of the largest that
	// settings hold, or some usual ones, since checking a large one may take a second and 200 MiB.
	checkedBytes = maxDefinition
	// maxWaitingChecks is the number of checks that wait for others at most.
	maxWaitingChecks = 16
)

// checks bounds the definitions that are checked at the same time, which users send without saving them. It is safe for
// concurrent use.
type checks struct {
	bytes   *semaphore.Weighted
	waiting atomic.Int64
}

func newChecks() *checks { return &checks{bytes: semaphore.NewWeighted(checkedBytes)} }

// load returns the catalog that a definition makes, or why it makes none, once it is its turn. The error is a refusal where too
// many wait already, or the cause of ctx.
func (c *checks) load(ctx context.Context, yaml string) (catalogState, error) {
	release, err := c.acquire(ctx, len(yaml))
	if err != nil {
		return catalogState{}, err
	}
	defer release()
	return loadDefinition(yaml), nil
}

// acquire waits, first come first served, until so many bytes may be checked; release is to be called when they have been.
func (c *checks) acquire(ctx context.Context, bytes int) (release func(), err error) {
	n := int64(min(max(bytes, 1), checkedBytes))
	release = func() { c.bytes.Release(n) }
	if c.bytes.TryAcquire(n) {
		return release, nil
	}
	defer c.waiting.Add(-1)
	if c.waiting.Add(1) > maxWaitingChecks {
		return nil, refusal{http.StatusTooManyRequests, "too many definitions are being checked at the same time; try again in a few seconds"}
	}
	if err := c.bytes.Acquire(ctx, n); err != nil {
		return nil, context.Cause(ctx)
	}
	return release, nil
}
