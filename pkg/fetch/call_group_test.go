package fetch

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/sourcegraph/conc"
)

// A panic on a goroutine that a wait group of a wait group started is the error of the calls that are not resolved yet, and
// names where it happened.
func TestPanicOnANestedGoroutineIsAnError(t *testing.T) {
	var g callGroup[string, int]
	joined := g.join(t.Context(), []string{"a", "b"})
	defer joined.release()
	joined.start(func(context.Context) {
		var outer conc.WaitGroup
		outer.Go(func() {
			var inner conc.WaitGroup
			inner.Go(func() { joined.resolve(0, 1, nil) })
			inner.Go(func() { panic("a bug") })
			inner.Wait()
		})
		outer.Wait()
	})
	if n, err := joined.wait(t.Context(), 0); n != 1 || err != nil {
		t.Errorf("the resolved call returned %d and the error %v", n, err)
	}
	_, err := joined.wait(t.Context(), 1)
	var failed *Error
	if !errors.As(err, &failed) || failed.Kind != Internal {
		t.Fatalf("got the error %v", err)
	}
	cause := errors.Unwrap(failed).Error()
	if !strings.Contains(cause, "panic: a bug") || !strings.Contains(cause, "call_group_test.go") {
		t.Errorf("got the cause %s", cause)
	}
}
