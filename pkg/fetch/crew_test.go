package fetch

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// A bug on a goroutine of a goroutine is the error of what was asked for, which says where it is.
func TestAPanicOfTheCrewIsAnError(t *testing.T) {
	var f flights[string, int]
	booked := f.book(t.Context(), []string{"a", "b"}, func(_ context.Context, _ []int, land func(int, int, error)) {
		var outer crew
		outer.Go(func() {
			var inner crew
			inner.Go(func() { land(0, 1, nil) })
			inner.Go(func() { panic("a bug") })
			inner.Wait()
		})
		outer.Wait()
	})
	defer booked.leave()
	if n, err := booked.wait(t.Context(), 0); n != 1 && err == nil {
		t.Errorf("what had landed is %d, %v", n, err)
	}
	_, err := booked.wait(t.Context(), 1)
	var failed *Error
	if !errors.As(err, &failed) || failed.Kind != Internal || !strings.Contains(errors.Unwrap(failed).Error(), "crew_test.go") {
		t.Errorf("it fails with %v", err)
	}
}
