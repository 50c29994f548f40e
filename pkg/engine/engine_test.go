package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/cer-reliability/cer-datasource/pkg/engine"
)

// spans is a tracer that records the spans that are started.
type spans struct {
	noop.Tracer
	mu  sync.Mutex
	all []string
}

// Start records a span with its attributes.
func (s *spans) Start(ctx context.Context, name string, options ...trace.SpanStartOption) (context.Context, trace.Span) {
	s.mu.Lock()
	defer s.mu.Unlock()
	cfg := trace.NewSpanStartConfig(options...)
	for _, a := range cfg.Attributes() {
		name += fmt.Sprintf(" %s=%s", a.Key, a.Value.String())
	}
	s.all = append(s.all, name)
	return s.Tracer.Start(ctx, name)
}

func TestTheHopsAreTracedAndObserved(t *testing.T) {
	b, tracer := newBench(t), &spans{}
	samples, evaluations := 0, 0
	e := b.engine(t, nil, 0, func(c *engine.Config) {
		c.Tracer = tracer
		c.ObserveSamples = func(n int) { samples += n }
		c.ObserveEvaluation = func(time.Duration) { evaluations++ }
	})
	if _, err := b.exec(t, e, load(t, blocksYAML), `{"level":"flow"}`, time.Hour); err != nil {
		t.Fatal(err)
	}
	// The flows of the catalog, the leaves and the instants of the plan.
	want := []string{"cer.plan refId=A count=1", "cer.fetch refId=A count=1", "cer.eval refId=A count=61"}
	if diff := cmp.Diff(want, tracer.all, cmpopts.SortSlices(strings.Compare)); diff != "" {
		t.Error(diff)
	}
	if instants := b.store.takeInstants(); samples != instants || samples == 0 || evaluations != 1 {
		t.Errorf("%d samples of %d instants and %d evaluations are observed", samples, instants, evaluations)
	}
}

// TestAPanicIsTheErrorOfItsRequest panics in an observer: on the goroutines of blocks, and on that of the caller.
func TestAPanicIsTheErrorOfItsRequest(t *testing.T) {
	for name, panics := range map[string]func(*engine.Config){
		"in a block":           func(c *engine.Config) { c.ObserveSamples = func(int) { panic("a bug") } },
		"while it is computed": func(c *engine.Config) { c.ObserveEvaluation = func(time.Duration) { panic("a bug") } },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			_, err := b.exec(t, b.engine(t, nil, 0, panics), load(t, blocksYAML), `{"level":"flow","measure":"budget"}`, time.Hour)
			var panicked *engine.PanicError
			if !errors.As(err, &panicked) || panicked.Value != "a bug" || !strings.Contains(string(panicked.Stack), "engine_test.go") {
				t.Errorf("the error is %v, want the panic with its stack", err)
			}
		})
	}
}
