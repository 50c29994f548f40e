package fetch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/sourcegraph/conc/panics"
)

// callGroup suppresses duplicate calls, as the singleflight package does: callers that want the same key at the same time
// share one call. Keys are joined several at a time. The join that creates calls is to start or abandon them; they run under
// a context that no caller can cancel alone: it ends when no caller waits for any of them.
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
	value V
	err   error

	mu sync.Mutex
	// then are called once the call has an outcome.
	then []func()

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
	for _, f := range c.finish(value, err) {
		f()
	}
}

// finish sets the outcome of a call that has none yet, and returns what is to be called then.
func (c *call[V]) finish(value V, err error) []func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.isDone() {
		return nil
	}
	c.value, c.err = value, err
	close(c.done)
	then := c.then
	c.then = nil
	return then
}

// notify calls f once the call has an outcome: at once, or on the goroutine that resolves it.
func (c *call[V]) notify(f func()) {
	c.mu.Lock()
	if c.isDone() {
		c.mu.Unlock()
		f()
		return
	}
	c.then = append(c.then, f)
	c.mu.Unlock()
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
	// ctx is the context of these calls; begun and released guard the methods that take effect once.
	ctx             context.Context
	cancel          context.CancelFunc
	begun, released sync.Once
}

// Outcomes of calls without a result.
var (
	errUnresolved = errors.New("a call was left unresolved")
	errAbandoned  = errors.New("a call was abandoned before it started")
)

// join returns a ticket for keys, with new calls for those that are not under way. The context of these is derived from
// parent.
func (g *callGroup[K, V]) join(parent context.Context, keys []K) *ticket[K, V] {
	t := &ticket[K, V]{group: g, keys: keys}
	t.ctx, t.cancel = context.WithCancel(parent)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.calls == nil {
		g.calls = map[K]*call[V]{}
	}
	shared := &run{cancel: t.cancel}
	for i, key := range keys {
		c, ok := g.calls[key]
		if !ok || c.isDone() && !g.keeps(c) {
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
	if len(t.fresh) == 0 {
		t.cancel()
	}
	return t
}

// keeps reports whether the outcome of a call is shared with later joins: not where it is due to the bounds of a query, since
// others may have higher ones.
func (g *callGroup[K, V]) keeps(c *call[V]) bool {
	return g.keep && c.isDone() && !isOfBounds(c.err)
}

// start has work make the fresh calls on a goroutine of its own, once: work resolves each of them, and those that it leaves
// unresolved fail.
func (t *ticket[K, V]) start(work func(ctx context.Context)) {
	t.begun.Do(func() {
		if len(t.fresh) == 0 {
			return
		}
		go func() {
			defer t.cancel()
			defer func() {
				// A panic on this goroutine would end the process.
				if cause := recover(); cause != nil {
					t.fail(panicError(cause))
				}
			}()
			work(t.ctx)
			t.fail(cmp.Or(context.Cause(t.ctx), errUnresolved))
		}()
	})
}

// abandon fails the fresh calls with errAbandoned unless they have been started.
func (t *ticket[K, V]) abandon() {
	t.begun.Do(func() {
		t.cancel()
		t.fail(errAbandoned)
	})
}

// resolve sets the outcome for the key at a position, which the join created.
func (t *ticket[K, V]) resolve(at int, value V, err error) { t.calls[at].resolve(value, err) }

// fail resolves the fresh calls that have no outcome yet with an error.
func (t *ticket[K, V]) fail(err error) {
	for _, at := range t.fresh {
		var zero V
		t.resolve(at, zero, err)
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

// waitAll returns the outcomes for all keys, or the first error for which instead, which may be nil, has none.
func (t *ticket[K, V]) waitAll(ctx context.Context, instead func(error) (V, bool)) ([]V, error) {
	values := make([]V, len(t.calls))
	resolved := make(chan int, len(t.calls))
	for i, c := range t.calls {
		c.notify(func() { resolved <- i })
	}
	for range t.calls {
		select {
		case i := <-resolved:
			value, err := t.calls[i].value, t.calls[i].err
			if ok := err == nil; !ok && instead != nil {
				if value, ok = instead(err); ok {
					err = nil
				}
			}
			if err != nil {
				return nil, err
			}
			values[i] = value
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	return values, nil
}

// release ends the ticket's hold on its calls. Of calls that no other ticket holds it cancels the run, once that has none left,
// and forgets the outcome unless it is to be kept.
func (t *ticket[K, V]) release() {
	t.released.Do(func() {
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
			if !t.group.keeps(c) && t.group.calls[t.keys[i]] == c {
				delete(t.group.calls, t.keys[i])
			}
		}
	})
}

// forget has the outcomes of the calls not be shared any more, but for those that another ticket holds.
func (t *ticket[K, V]) forget() {
	t.group.mu.Lock()
	defer t.group.mu.Unlock()
	for i, c := range t.calls {
		if c.waiting <= 0 && t.group.calls[t.keys[i]] == c {
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
	return internal(fmt.Errorf("panic: %v\n%s", cause, stack))
}
