package fetch

import (
	"cmp"
	"context"
	"errors"
	"runtime/debug"
	"sync"

	"github.com/sourcegraph/conc/panics"
	"golang.org/x/sync/errgroup"
)

// callGroup suppresses duplicate calls, as the singleflight package does: callers that want the same key at the same time
// share one call. Keys are joined several at a time. The calls that one join creates run together, under a context that
// none of the callers can cancel: it ends when nobody waits for any of these calls any more.
type callGroup[K comparable, V any] struct {
	// keep shares the outcomes of finished calls, errors included, with later joins.
	keep bool

	mu    sync.Mutex
	calls map[K]*call[V]
}

// call is the work for one key. Its value and error are valid once done is closed.
type call[V any] struct {
	run   *run
	done  chan struct{}
	once  sync.Once
	value V
	err   error
	// waiting is the number of tickets that hold the call; it is guarded by the group's mutex.
	waiting int
}

// run is what the calls that one join created have in common.
type run struct {
	cancel context.CancelFunc
	// waiting is the number of calls that a ticket holds; it is guarded by the group's mutex.
	waiting int
}

// resolve sets the outcome of a call that has none yet.
func (c *call[V]) resolve(value V, err error) {
	c.once.Do(func() {
		c.value, c.err = value, err
		close(c.done)
	})
}

// isDone reports whether the call has an outcome.
func (c *call[V]) isDone() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// ticket holds the calls of one join until it is released.
type ticket[K comparable, V any] struct {
	group *callGroup[K, V]
	keys  []K
	calls []*call[V]
	// fresh are the positions of the calls that the join created, each key once.
	fresh []int
}

// join returns a ticket for keys. The calls that are not under way yet are made by work, on a goroutine of its own: it gets
// their positions and a context derived from parent, and resolves each. What it leaves unresolved fails.
func (g *callGroup[K, V]) join(parent context.Context, keys []K, work func(ctx context.Context, fresh []int, resolve func(at int, value V, err error))) *ticket[K, V] {
	ctx, cancel := context.WithCancel(parent)
	t := g.enlist(keys, cancel)
	if len(t.fresh) == 0 {
		cancel()
		return t
	}
	go func() {
		defer cancel()
		defer func() {
			// A panic on this goroutine would end the process.
			if cause := recover(); cause != nil {
				t.fail(panicError(cause))
			}
		}()
		work(ctx, t.fresh, func(at int, value V, err error) { t.calls[at].resolve(value, err) })
		t.fail(cmp.Or(context.Cause(ctx), errUnresolved))
	}()
	return t
}

// errUnresolved is the outcome of calls that were left unresolved.
var errUnresolved = errors.New("the call was left unresolved")

// enlist returns a ticket for keys, with new calls for those that are not under way, which cancel ends.
func (g *callGroup[K, V]) enlist(keys []K, cancel context.CancelFunc) *ticket[K, V] {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.calls == nil {
		g.calls = map[K]*call[V]{}
	}
	t := &ticket[K, V]{group: g, keys: keys}
	shared := &run{cancel: cancel}
	for i, key := range keys {
		c, ok := g.calls[key]
		if !ok || !g.keep && c.isDone() {
			c = &call[V]{run: shared, done: make(chan struct{})}
			g.calls[key] = c
			t.fresh = append(t.fresh, i)
		}
		if c.waiting == 0 {
			c.run.waiting++
		}
		c.waiting++
		t.calls = append(t.calls, c)
	}
	return t
}

// fail resolves the calls that the join created and that have no outcome yet with an error.
func (t *ticket[K, V]) fail(err error) {
	for _, at := range t.fresh {
		var zero V
		t.calls[at].resolve(zero, err)
	}
}

// wait returns the outcome for the key at a position, or the cause of ctx if that is done earlier.
func (t *ticket[K, V]) wait(ctx context.Context, at int) (V, error) {
	c := t.calls[at]
	select {
	case <-c.done:
		return c.value, c.err
	case <-ctx.Done():
		var zero V
		return zero, context.Cause(ctx)
	}
}

// waitAll returns the outcomes for all keys, or the first error.
func (t *ticket[K, V]) waitAll(ctx context.Context) ([]V, error) {
	values := make([]V, len(t.keys))
	group, ctx := errgroup.WithContext(ctx)
	for i := range values {
		group.Go(func() (err error) {
			values[i], err = t.wait(ctx, i)
			return err
		})
	}
	return values, group.Wait()
}

// release gives up waiting. It cancels runs that nobody waits for any more, and forgets calls that nobody waits for unless
// their outcomes are to be kept.
func (t *ticket[K, V]) release() {
	t.group.mu.Lock()
	defer t.group.mu.Unlock()
	for i, c := range t.calls {
		c.waiting--
		if c.waiting > 0 {
			continue
		}
		c.run.waiting--
		if c.run.waiting == 0 {
			c.run.cancel()
		}
		if kept := t.group.keep && c.isDone(); !kept && t.group.calls[t.keys[i]] == c {
			delete(t.group.calls, t.keys[i])
		}
	}
}

// panicError returns the error of a recovered panic. Of panics that a conc.WaitGroup carried to another goroutine it reports
// the original value and stack.
func panicError(cause any) *Error {
	stack := debug.Stack()
	for carried, ok := cause.(*panics.Recovered); ok; carried, ok = cause.(*panics.Recovered) {
		cause, stack = carried.Value, carried.Stack
	}
	return panicked(cause, stack)
}
