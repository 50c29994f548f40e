package fetch

import (
	"context"

	"golang.org/x/sync/semaphore"

	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// Room bounds how many points are worked on at the same time, so that many panels at once wait for each other rather than
// fill the memory. What is urgent has room of its own. It is safe for concurrent use; nil bounds nothing.
type Room struct {
	all, urgent *semaphore.Weighted
}

// roomPoints is how many points have room: as many as two of the largest queries ask for, or some dozens of usual ones.
const roomPoints = 2 * plan.MaxPoints

// NewRoom returns an empty room.
func NewRoom() *Room {
	return &Room{all: semaphore.NewWeighted(roomPoints), urgent: semaphore.NewWeighted(roomPoints)}
}

// enter waits until there is room for so many points, in the order of those who ask. They are to leave.
func (r *Room) enter(ctx context.Context, points int, urgent bool) (leave func(), err error) {
	if r == nil {
		return func() {}, nil
	}
	within, n := r.all, int64(min(max(points, 1), roomPoints))
	if urgent {
		within = r.urgent
	}
	if err := within.Acquire(ctx, n); err != nil {
		return nil, context.Cause(ctx)
	}
	return func() { within.Release(n) }, nil
}

// Enter waits until there is room for the points of a plan; leave gives it to others when the plan is evaluated. The
// error is an *Error.
func (b *Batch) Enter(p *plan.Plan) (leave func(), err error) {
	points := 0
	for _, leaf := range p.Leaves {
		points += leaf.Range.Len()
	}
	if leave, err = b.store.room.enter(b.ctx, points, b.store.urgent(b.ctx)); err != nil {
		return nil, b.store.translate(b.ctx, "", err)
	}
	return leave, nil
}
