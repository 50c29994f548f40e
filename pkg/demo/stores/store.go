package stores

import (
	"context"
	"sync"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// Names of the stores, as CER_STORES has them.
const (
	Embedded        = "embedded"
	Prometheus      = "prometheus"
	VictoriaMetrics = "victoriametrics"
	Mimir           = "mimir"
	Thanos          = "thanos"
)

// Store is a running store.
type Store struct {
	// Name is one of the names of stores.
	Name string
	// URL is what the data source has for its URL, without a trailing slash.
	URL string
	// Settings are the fields of jsonData, and Secrets those of secureJsonData, that a data source of this store needs beside its
	// definition, as docs/stores.md says.
	Settings map[string]any
	Secrets  map[string]string
	// write adds samples, of which those of a series come in the order of their time.
	write func(ctx context.Context, samples []promstore.Sample) error
	// stop ends the store, as its crash would.
	stop func()
	// lose stops a backend of the store, which then returns partial answers; nil for a store without backends.
	lose func()
	// mimir is the stand-in for Mimir; nil for other stores.
	mimir *mimir
}

// openers open the stores, those that are processes of their own with more flags.
var openers = map[string]func(t testing.TB, flags ...string) *Store{
	Embedded: openEmbedded, Prometheus: openPrometheus, VictoriaMetrics: openVictoriaMetrics, Mimir: openMimir, Thanos: openThanos,
}

// Open starts an empty store, which ends with the test. A program that is one gets more flags; Thanos' are those of its query frontend.
func Open(t testing.TB, name string, flags ...string) *Store {
	t.Helper()
	store := openers[name](t, flags...)
	store.Name = name
	return store
}

// Write adds samples, which can be asked for when it returns. Those of a series come in the order of their time. The store may refuse
// what is twelve hours older than its newest sample.
func (s *Store) Write(t testing.TB, samples ...promstore.Sample) {
	t.Helper()
	if err := s.write(t.Context(), samples); err != nil {
		t.Fatalf("%s takes no samples: %v", s.Name, err)
	}
}

// Stop ends the store, as a crash does.
func (s *Store) Stop() { s.stop() }

// openEmbedded starts the embedded Prometheus.
func openEmbedded(t testing.TB, _ ...string) *Store {
	t.Helper()
	store, err := promstore.Open(promstore.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	stop := sync.OnceFunc(func() { _ = store.Close() }) // It may be in the midst of an answer.
	t.Cleanup(stop)
	write := func(_ context.Context, samples []promstore.Sample) error { return store.Append(samples...) }
	return &Store{URL: store.URL(), Settings: map[string]any{"prometheusType": "Prometheus"}, write: write, stop: stop}
}
