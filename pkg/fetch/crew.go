package fetch

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
)

// crew is a sync.WaitGroup whose goroutines may panic: whoever waits for them does so then, and can recover, where else the
// process would end.
type crew struct {
	group sync.WaitGroup
	once  sync.Once
	cause error
}

// Go runs what is to be done on a goroutine.
func (c *crew) Go(do func()) {
	c.group.Go(func() {
		defer func() {
			if cause := recover(); cause != nil {
				c.once.Do(func() { c.cause = causeOf(cause) })
			}
		}()
		do()
	})
}

// causeOf says what a goroutine met, and where it did so first.
func causeOf(cause any) error {
	var known *Error
	if err, ok := cause.(error); ok && errors.As(err, &known) {
		return known
	}
	return panicked(cause, debug.Stack())
}

// Wait waits for all goroutines.
func (c *crew) Wait() {
	c.group.Wait()
	if c.cause != nil {
		panic(fmt.Errorf("on another goroutine: %w", c.cause))
	}
}
