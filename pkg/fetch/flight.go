package fetch

import (
	"context"
	"sync"
)

// flights let all who want the same thing at the same time share one asking of it. The asking belongs to none of
// them: it goes on for the others when one gives up, and is given up when nobody waits for it any more.
type flights[K comparable, V any] struct {
	// keep says that an outcome, good or bad, is shared with those who come later too.
	keep bool

	mu    sync.Mutex
	byKey map[K]*flight[V]
}

// flight is one asking. Its outcome stands once landed is closed.
type flight[V any] struct {
	landed chan struct{}
	value  V
	err    error

	cancel context.CancelFunc
	// waiting counts those who want the outcome; it is guarded by the flights' mutex.
	waiting int
}

// share returns the outcome of run for key, which runs under parent unless it is under way already. It returns early
// when ctx is done.
func (f *flights[K, V]) share(ctx, parent context.Context, key K, run func(context.Context) (V, error)) (V, error) {
	fl := f.join(parent, key, run)
	defer f.leave(key, fl)
	select {
	case <-fl.landed:
		return fl.value, fl.err
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	}
}

// join returns the flight of key, and starts it where there is none.
func (f *flights[K, V]) join(parent context.Context, key K, run func(context.Context) (V, error)) *flight[V] {
	f.mu.Lock()
	defer f.mu.Unlock()
	fl, ok := f.byKey[key]
	if !ok {
		fl = start(parent, run)
		if f.byKey == nil {
			f.byKey = map[K]*flight[V]{}
		}
		f.byKey[key] = fl
	}
	fl.waiting++
	return fl
}

// leave gives the flight up when the last one leaves, unless it has landed and outcomes are kept.
func (f *flights[K, V]) leave(key K, fl *flight[V]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fl.waiting--
	if fl.waiting > 0 || f.keep && fl.hasLanded() {
		return
	}
	fl.cancel()
	delete(f.byKey, key)
}

// start runs run on a goroutine of its own.
func start[V any](parent context.Context, run func(context.Context) (V, error)) *flight[V] {
	ctx, cancel := context.WithCancel(parent)
	fl := &flight[V]{landed: make(chan struct{}), cancel: cancel}
	go func() {
		defer cancel()
		defer close(fl.landed)
		fl.value, fl.err = run(ctx)
	}()
	return fl
}

// hasLanded reports whether the outcome stands.
func (fl *flight[V]) hasLanded() bool {
	select {
	case <-fl.landed:
		return true
	default:
		return false
	}
}
