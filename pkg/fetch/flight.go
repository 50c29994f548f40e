package fetch

import (
	"cmp"
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"
)

// flights let all who want the same thing at the same time share one asking of it. Things are asked for together, as a
// trip, which belongs to nobody: it goes on for the others when one gives up, and is given up when nobody waits for any
// part of it any more.
type flights[K comparable, V any] struct {
	// keep says that an outcome, good or bad, is shared with those who come later too.
	keep bool

	mu    sync.Mutex
	byKey map[K]*flight[V]
}

// flight is one thing that is asked for. Its outcome stands once landed is closed.
type flight[V any] struct {
	trip   *trip
	landed chan struct{}
	once   sync.Once
	value  V
	err    error
	// waiting counts those who want the outcome; it is guarded by the flights' mutex.
	waiting int
}

// trip is what is asked for together.
type trip struct {
	cancel context.CancelFunc
	// wanted counts its flights that anybody waits for; it is guarded by the flights' mutex.
	wanted int
}

// land sets the outcome, once.
func (f *flight[V]) land(value V, err error) {
	f.once.Do(func() {
		f.value, f.err = value, err
		close(f.landed)
	})
}

// booking is what one asks for together. It is to be left.
type booking[K comparable, V any] struct {
	flights *flights[K, V]
	keys    []K
	all     []*flight[V]
}

// book asks for keys. Those that are not under way yet are asked for by run, which is given their positions, runs under
// parent, and lands each.
func (f *flights[K, V]) book(parent context.Context, keys []K, run func(ctx context.Context, fresh []int, land func(at int, value V, err error))) *booking[K, V] {
	all, fresh := f.board(keys)
	if len(fresh) > 0 {
		f.start(parent, all, fresh, run)
	}
	return &booking[K, V]{f, keys, all}
}

// wait returns the outcome for the key at a position, or why ctx is done when that comes before.
func (b *booking[K, V]) wait(ctx context.Context, at int) (V, error) {
	one := b.all[at]
	select {
	case <-one.landed:
		return one.value, one.err
	case <-ctx.Done():
		var none V
		return none, context.Cause(ctx)
	}
}

// waitAll returns the outcomes for all keys, or the first error.
func (b *booking[K, V]) waitAll(ctx context.Context) ([]V, error) {
	values := make([]V, len(b.keys))
	group, ctx := errgroup.WithContext(ctx)
	for i := range values {
		group.Go(func() (err error) {
			values[i], err = b.wait(ctx, i)
			return err
		})
	}
	return values, group.Wait()
}

// leave says that the outcomes are not waited for any more.
func (b *booking[K, V]) leave() { b.flights.leave(b.keys, b.all) }

// board returns the flights of keys, and the positions of those that it made, each once.
func (f *flights[K, V]) board(keys []K) (all []*flight[V], fresh []int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.byKey == nil {
		f.byKey = map[K]*flight[V]{}
	}
	together := &trip{}
	for i, key := range keys {
		one, ok := f.byKey[key]
		if !ok || !f.keep && one.hasLanded() {
			one = &flight[V]{trip: together, landed: make(chan struct{})}
			f.byKey[key] = one
			fresh = append(fresh, i)
		}
		if one.waiting == 0 {
			one.trip.wanted++
		}
		one.waiting++
		all = append(all, one)
	}
	return all, fresh
}

// start asks for those flights that are fresh, on a goroutine of its own. What run does not land fails with it.
func (f *flights[K, V]) start(parent context.Context, all []*flight[V], fresh []int, run func(context.Context, []int, func(int, V, error))) {
	ctx, cancel := context.WithCancel(parent)
	f.mu.Lock()
	all[fresh[0]].trip.cancel = cancel
	f.mu.Unlock()
	go func() {
		defer cancel()
		defer func() {
			// Nobody above could recover.
			if cause := recover(); cause != nil {
				landAll(all, fresh, causeOf(cause))
			}
		}()
		run(ctx, fresh, func(at int, value V, err error) { all[at].land(value, err) })
		landAll(all, fresh, cmp.Or(context.Cause(ctx), errNotAsked))
	}()
}

// errNotAsked is the outcome of what a trip forgot.
var errNotAsked = errors.New("it was not asked for")

// landAll lets those flights fail that have not landed.
func landAll[V any](all []*flight[V], fresh []int, err error) {
	for _, at := range fresh {
		var none V
		all[at].land(none, err)
	}
}

// leave gives up what nobody waits for any more, unless it has landed and outcomes are kept.
func (f *flights[K, V]) leave(keys []K, all []*flight[V]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, one := range all {
		one.waiting--
		if one.waiting > 0 {
			continue
		}
		one.trip.wanted--
		if one.trip.wanted == 0 && one.trip.cancel != nil {
			one.trip.cancel()
		}
		if kept := f.keep && one.hasLanded(); !kept && f.byKey[keys[i]] == one {
			delete(f.byKey, keys[i])
		}
	}
}

// hasLanded reports whether the outcome stands.
func (f *flight[V]) hasLanded() bool {
	select {
	case <-f.landed:
		return true
	default:
		return false
	}
}
