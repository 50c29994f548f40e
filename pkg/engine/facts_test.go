package engine_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

const ratioYAML = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: ratio }
spec:
  budgetWindow: 90d
  flows:
    - { name: checkout, objective: 0.9, slis: [ { name: ok, component: availability, ratio: { bad: 'r_total{code="500"}', total: r_total } } ] }
`

// TestAPanicWhileFactsAreAskedIsTheErrorOfItsRequest panics on the goroutines that ask about samples.
func TestAPanicWhileFactsAreAskedIsTheErrorOfItsRequest(t *testing.T) {
	for _, query := range []string{`{"level":"flow"}`, `{"level":"flow","measure":"budget","format":"latest"}`, `{"measure":"state"}`} {
		t.Run(query, func(t *testing.T) {
			b := newBench(t)
			store, err := fetch.New(fetch.Config{URL: b.url, Identity: func(context.Context) string { panic("a bug") }})
			if err != nil {
				t.Fatal(err)
			}
			_, err = b.exec(t, engine.New(engine.Config{Store: store}), load(t, ratioYAML), query, time.Hour)
			var panicked *engine.PanicError
			if !errors.As(err, &panicked) || panicked.Value != "a bug" || !strings.Contains(string(panicked.Stack), "facts_test.go") {
				t.Errorf("the error is %v, want the panic with its stack", err)
			}
		})
	}
}

// TestAQueryWhoseFactsFailIsPlannedOnce has a store that is known, or becomes known, to be VictoriaMetrics.
func TestAQueryWhoseFactsFailIsPlannedOnce(t *testing.T) {
	for name, test := range map[string]struct {
		isKnown bool
		want    int
	}{"by the settings": {true, 1}, "by the first answer": {false, 2}} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Server-Hostname", "vm")
				http.Error(w, "no", http.StatusInternalServerError)
			}))
			defer server.Close()
			b, tracer := newBench(t), &spans{}
			store, err := fetch.New(fetch.Config{URL: server.URL, VictoriaMetrics: test.isKnown})
			if err != nil {
				t.Fatal(err)
			}
			e := engine.New(engine.Config{Store: store, Tracer: tracer})
			if _, err := b.exec(t, e, load(t, ratioYAML), `{"level":"flow","measure":"budget","format":"latest"}`, time.Hour); err == nil {
				t.Error("it has an answer")
			}
			if len(tracer.all) != test.want {
				t.Errorf("the spans are %q, want %d", tracer.all, test.want)
			}
		})
	}
}

// TestCountsOfTooManyJobsAreLetGoOf counts the samples of so many jobs that their numbers over time would take more memory than the
// answer itself: whatever a store answers, a score is there.
func TestCountsOfTooManyJobsAreLetGoOf(t *testing.T) {
	const said = "because the store refuses to count its samples"
	for name, test := range map[string]struct {
		jobs  int
		isFew bool
	}{"few": {10, true}, "some hundred": {200, true}, "thousands": {3000, false}} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.store.jobs = test.jobs
			result, err := b.exec(t, b.engine(t, fetch.NewCache(64<<20, nil), 10*time.Minute), load(t, ratioYAML), `{"level":"flow","measure":"budget","format":"latest"}`, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			if notices := strings.Join(texts(result), "\n"); strings.Contains(notices, said) == test.isFew {
				t.Errorf("%d jobs: %s", test.jobs, notices)
			}
		})
	}
}
