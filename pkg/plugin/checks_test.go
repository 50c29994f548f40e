package plugin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// post sends a body to a resource, as an Editor.
func post(ctx context.Context, source *DataSource, path string, body any) (status int, answer string) {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(string(text)))
	r = r.WithContext(backend.WithUser(ctx, &backend.User{Role: "Editor"}))
	w := httptest.NewRecorder()
	source.routes().ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// TestA11DefinitionsAreCheckedInTurn sends definitions while others are being checked.
func TestA11DefinitionsAreCheckedInTurn(t *testing.T) {
	for path, body := range map[string]map[string]any{
		"/validate": {"definition": pagedYAML},
		"/whatif":   {"definition": pagedYAML},
	} {
		t.Run(path[1:], func(t *testing.T) {
			d := newHarness(t)
			one, other := d.open(t, "a", map[string]any{"definition": pagedYAML}), d.open(t, "b", map[string]any{"definition": pagedYAML})
			release, err := d.shared.checks.acquire(t.Context(), maxDefinition)
			if err != nil {
				t.Fatal(err)
			}
			var all sync.WaitGroup
			var mu sync.Mutex
			byStatus := map[int]int{}
			count := func(ctx context.Context, source *DataSource) {
				status, answer := post(ctx, source, path, body)
				if status == http.StatusTooManyRequests && !strings.Contains(answer, "too many definitions are being checked at the same time; try again") {
					t.Errorf("it says %s", answer)
				}
				mu.Lock()
				defer mu.Unlock()
				byStatus[status]++
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			for i := range maxWaitingChecks {
				source := []*DataSource{one, other}[i%2]
				all.Go(func() { count(ctx, source) })
			}
			waitFor(t, func() bool { return d.shared.checks.waiting.Load() == maxWaitingChecks })
			for range 5 { // They wait for nothing.
				count(t.Context(), one)
			}
			if byStatus[http.StatusTooManyRequests] != 5 || len(byStatus) != 1 {
				t.Errorf("the answers have the statuses %v", byStatus)
			}
			release()
			all.Wait()
			if byStatus[http.StatusOK] != maxWaitingChecks {
				t.Errorf("the answers have the statuses %v", byStatus)
			}
		})
	}
}

// TestA11ChecksThatNobodyWaitsForAreGivenUp cancels a check that waits.
func TestA11ChecksThatNobodyWaitsForAreGivenUp(t *testing.T) {
	c := newChecks()
	release, err := c.acquire(t.Context(), 10*maxDefinition) // More than there is.
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	given := make(chan error)
	go func() {
		_, err := c.load(ctx, pagedYAML)
		given <- err
	}()
	waitFor(t, func() bool { return c.waiting.Load() == 1 })
	cancel()
	if err := <-given; !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	release()
	if state, err := c.load(t.Context(), pagedYAML); err != nil || state.catalog == nil {
		t.Errorf("nothing is checked afterwards: %v, %v", err, state.issues)
	}
}

// TestA11NoMoreBytesAreCheckedThanMay counts what is checked at the same time.
func TestA11NoMoreBytesAreCheckedThanMay(t *testing.T) {
	for name, bytes := range map[string]int{"small ones": 1 << 10, "large ones": 20 << 10, "the largest": maxDefinition, "empty ones": 0} {
		t.Run(name, func(t *testing.T) {
			c := newChecks()
			var mu sync.Mutex
			now, most := 0, 0
			add := func(n int) {
				mu.Lock()
				defer mu.Unlock()
				now += n
				most = max(most, now)
			}
			var all sync.WaitGroup
			for range maxWaitingChecks {
				all.Go(func() {
					release, err := c.acquire(t.Context(), bytes)
					if err != nil {
						t.Error(err)
						return
					}
					add(bytes)
					add(-bytes)
					release()
				})
			}
			all.Wait()
			if most > checkedBytes {
				t.Errorf("%d bytes are checked at the same time", most)
			}
		})
	}
}

// waitFor waits until something is so, however long that takes on a busy machine.
func waitFor(t *testing.T, isSo func() bool) {
	t.Helper()
	for !isSo() {
		if err := t.Context().Err(); err != nil {
			t.Fatal(fmt.Errorf("it never is so: %w", err))
		}
		time.Sleep(time.Millisecond)
	}
}
