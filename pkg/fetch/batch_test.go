package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// leavesOf returns n different leaves.
func leavesOf(n int) []Leaf {
	leaves := make([]Leaf, n)
	for i := range leaves {
		leaves[i] = atNoon(fmt.Sprintf("x%d", i))
	}
	return leaves
}

// outcome is the result of a Fetch.
type outcome struct {
	answers []series.Answer
	err     error
}

// startFetch starts a Fetch and returns a channel with its outcome.
func startFetch(ctx context.Context, batch *Batch, leaves ...Leaf) <-chan outcome {
	done := make(chan outcome, 1)
	go func() {
		answers, err := batch.Fetch(ctx, leaves, nil)
		for _, answer := range answers {
			if answer.Refused != nil {
				err = answer.Refused
			}
		}
		done <- outcome{answers, err}
	}()
	return done
}

// outcomeOf returns the outcome, which must be there already.
func outcomeOf(t *testing.T, done <-chan outcome) outcome {
	t.Helper()
	select {
	case o := <-done:
		return o
	default:
		t.Fatal("still waiting")
		return outcome{}
	}
}

// mustWait fails if there is an outcome already.
func mustWait(t *testing.T, done <-chan outcome) {
	t.Helper()
	select {
	case o := <-done:
		t.Fatalf("returned early, with the error %v", o.err)
	default:
	}
}

func TestConcurrencyIsLimitedOverAllBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &transport{release: make(chan struct{})}
		store := tr.store(t, func(c *Config) { c.Concurrency = 4 })
		var fetches []<-chan outcome
		for i := range 3 {
			batch := store.Batch(t.Context())
			defer batch.Close()
			fetches = append(fetches, startFetch(t.Context(), batch, leavesOf(30)[10*i:10*i+10]...))
		}
		synctest.Wait()
		if underWay, _ := tr.now(); underWay != 3 {
			t.Errorf("got %d requests under way, want the limit of 4 but for the one that is kept for what is urgent", underWay)
		}
		close(tr.release)
		synctest.Wait()
		for _, done := range fetches {
			if o := outcomeOf(t, done); o.err != nil || len(o.answers) != 10 {
				t.Errorf("got %d answers and the error %v", len(o.answers), o.err)
			}
		}
		if _, most := tr.now(); most != 3 || tr.requests() != 30 {
			t.Errorf("got %d requests, %d at most at the same time; want 30 and 3", tr.requests(), most)
		}
	})
}

func TestLeafIsRequestedOnceInABatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &transport{release: make(chan struct{})}
		store := tr.store(t)
		batch := store.Batch(t.Context())
		defer batch.Close()
		elsewhere := Leaf{PromQL: "a", Range: series.InstantOf(noon.In(time.FixedZone("", 3600)))}
		later := Leaf{PromQL: "b", Range: series.InstantOf(noon.Add(time.Minute))}
		first := startFetch(t.Context(), batch, atNoon("a"), atNoon("b"), atNoon("a"))
		second := startFetch(t.Context(), batch, atNoon("b"), elsewhere, later)
		synctest.Wait()
		close(tr.release)
		synctest.Wait()
		if a, b := outcomeOf(t, first), outcomeOf(t, second); len(a.answers) != 3 || len(b.answers) != 3 {
			t.Errorf("got %d and %d answers, errors %v and %v", len(a.answers), len(b.answers), a.err, b.err)
		}
		if _, err := batch.Fetch(t.Context(), []Leaf{atNoon("a")}, nil); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(map[string]int{"a": 1, "b": 2}, tr.asked); diff != "" {
			t.Error(diff)
		}
		if _, err := fetchOne(t, store, atNoon("a")); err != nil || tr.asked["a"] != 2 {
			t.Errorf("a new batch: got %d requests in all and the error %v, want 2", tr.asked["a"], err)
		}
	})
}

func TestFailureOfALeafIsSharedInABatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &transport{release: make(chan struct{}), answer: func(req *http.Request) (string, error) {
			if askedFor(req).Get("query") == "bad" {
				return refusal("bad_data", "no"), nil
			}
			return emptyAnswer, nil
		}}
		batch := tr.store(t).Batch(t.Context())
		defer batch.Close()
		first := startFetch(t.Context(), batch, atNoon("good"), atNoon("bad"))
		second := startFetch(t.Context(), batch, atNoon("bad"))
		third := startFetch(t.Context(), batch, atNoon("good"))
		synctest.Wait()
		close(tr.release)
		synctest.Wait()
		for _, done := range []<-chan outcome{first, second} {
			if e := errorOf(t, outcomeOf(t, done).err); e.Kind != BadData || e.PromQL != "bad" {
				t.Errorf("got %s of %q", e.Kind, e.PromQL)
			}
		}
		if o := outcomeOf(t, third); o.err != nil {
			t.Errorf("the query that only shares the good leaf failed: %v", o.err)
		}
		if answers, err := batch.Fetch(t.Context(), []Leaf{atNoon("bad")}, nil); err != nil || answers[0].Refused == nil || tr.asked["bad"] != 1 {
			t.Errorf("asked %d times, error %v; want once, and the refusal again", tr.asked["bad"], err)
		}
	})
}

func TestFirstFailureDoesNotWaitForTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &transport{answer: func(req *http.Request) (string, error) {
			if askedFor(req).Get("query") == "bad" {
				return "", io.ErrUnexpectedEOF
			}
			<-req.Context().Done()
			return "", req.Context().Err()
		}}
		batch := tr.store(t, func(c *Config) { c.Concurrency = 2 }).Batch(t.Context())
		defer batch.Close()
		done := startFetch(t.Context(), batch, atNoon("slow"), atNoon("bad"))
		synctest.Wait()
		if e := errorOf(t, outcomeOf(t, done).err); e.Kind != Unreachable {
			t.Errorf("got %s, want the failure", e.Kind)
		}
		if underWay, _ := tr.now(); underWay != 0 {
			t.Errorf("got %d requests that nobody waits for any more", underWay)
		}
	})
}

func TestCancelledCallerDoesNotCancelOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &transport{release: make(chan struct{})}
		batch := tr.store(t).Batch(t.Context())
		defer batch.Close()
		ctx, cancel := context.WithCancel(t.Context())
		impatient := startFetch(ctx, batch, atNoon("a"))
		synctest.Wait()
		patient := startFetch(t.Context(), batch, atNoon("a"))
		synctest.Wait()
		cancel()
		synctest.Wait()
		if e := errorOf(t, outcomeOf(t, impatient).err); e.Kind != Cancelled {
			t.Errorf("got %s, want cancelled", e.Kind)
		}
		mustWait(t, patient)
		close(tr.release)
		synctest.Wait()
		if o := outcomeOf(t, patient); o.err != nil || tr.asked["a"] != 1 {
			t.Errorf("asked %d times, error %v", tr.asked["a"], o.err)
		}
	})
}

func TestLeavesNobodyWaitsForAreCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &transport{release: make(chan struct{})}
		batch := tr.store(t, func(c *Config) { c.Concurrency = 2 }).Batch(t.Context())
		defer batch.Close()
		ctx, cancel := context.WithCancel(t.Context())
		done := startFetch(ctx, batch, leavesOf(5)...)
		synctest.Wait()
		cancel()
		synctest.Wait()
		if e := errorOf(t, outcomeOf(t, done).err); e.Kind != Cancelled {
			t.Errorf("got %s, want cancelled", e.Kind)
		}
		if underWay, _ := tr.now(); underWay != 0 {
			t.Errorf("got %d requests that nobody waits for any more", underWay)
		}
		close(tr.release)
		if _, err := batch.Fetch(t.Context(), leavesOf(5), nil); err != nil {
			t.Errorf("asked anew: %v", err)
		}
	})
}

func TestTimeoutBoundsTheWholeBatch(t *testing.T) {
	// hang answers once the request is given up.
	hang := func(req *http.Request) (string, error) {
		<-req.Context().Done()
		return "", errors.New("given up")
	}
	selector := expand.HistogramSelector{Native: "a", Bucket: "a_bucket"}
	for name, use := range map[string]func(*Batch) error{
		"leaves under way and in the queue": func(b *Batch) error {
			_, err := b.Fetch(context.Background(), leavesOf(3), nil)
			return err
		},
		"histograms": func(b *Batch) error {
			_, err := b.Histograms(context.Background(), []expand.HistogramSelector{selector}, noon, noon, day, nil)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tr := &transport{answer: hang}
				start := time.Now()
				batch := tr.store(t, func(c *Config) { c.Concurrency = 1; c.Timeout = 30 * time.Second }).Batch(t.Context())
				defer batch.Close()
				time.Sleep(20 * time.Second)
				err := use(batch)
				wantError{Timeout, 504, true, "The store did not answer within 30s. Ask for a shorter range, a larger step or fewer flows, or raise queryTimeout in the data source's settings."}.check(t, err)
				if took := time.Since(start); took != 30*time.Second {
					t.Errorf("took %s, want 30 s from the batch's start", took)
				}
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Error("want it to be context.DeadlineExceeded too")
				}
			})
		})
	}
}

func TestClosedBatchCancelsRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &transport{release: make(chan struct{})}
		batch := tr.store(t).Batch(t.Context())
		done := startFetch(t.Context(), batch, atNoon("a"))
		synctest.Wait()
		batch.Close()
		synctest.Wait()
		if e := errorOf(t, outcomeOf(t, done).err); e.Kind != Cancelled {
			t.Errorf("got %s, want cancelled", e.Kind)
		}
	})
}
