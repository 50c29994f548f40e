package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

// spacingBench asks how far apart the samples of a catalog are.
type spacingBench struct {
	*bench
	cache  *fetch.Cache
	engine *engine.Engine
}

func newSpacingBench(t *testing.T) *spacingBench {
	b := &spacingBench{bench: newBench(t), cache: fetch.NewCache(64<<20, nil)}
	b.store.jobs = 1
	b.engine = b.bench.engine(t, b.cache, 10*time.Minute)
	return b
}

// ask returns what users read of it and how many points were looked up in the cache.
func (b *spacingBench) ask(t *testing.T) (notices string, lookups uint64) {
	t.Helper()
	before := b.cache.Stats()
	session := b.engine.Session(t.Context())
	defer session.Close()
	explained, err := b.engine.Explain(t.Context(), session, b.request(t, load(t, ratioYAML), `{"level":"flow","measure":"budget","format":"definition"}`, time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range explained.Plans[0].Notices {
		notices += n.Text + "\n"
	}
	after := b.cache.Stats()
	return notices, after.Hits + after.Misses - before.Hits - before.Misses
}

const apart = "samples of r_total are 15 s apart"

func TestSpacingsAreKeptAsLongAsTheAnswersThatTheyAreFrom(t *testing.T) {
	b := newSpacingBench(t)
	if notices, lookups := b.ask(t); !strings.Contains(notices, apart) || lookups == 0 {
		t.Fatalf("at first: %s after %d lookups", notices, lookups)
	}
	b.store.set(func() { b.store.jobs = 0 })
	b.now = b.now.Add(time.Minute)
	if notices, lookups := b.ask(t); !strings.Contains(notices, apart) || lookups != 0 {
		t.Errorf("a minute later: %s after %d lookups, want none", notices, lookups)
	}
	b.now = b.now.Add(time.Hour)
	if notices, _ := b.ask(t); strings.Contains(notices, "apart") {
		t.Errorf("an hour later, without samples: %s", notices)
	}
}

func TestSpacingsOfPartOfAStoreAreNotKept(t *testing.T) {
	b := newSpacingBench(t)
	b.store.warns = true
	if notices, _ := b.ask(t); !strings.Contains(notices, "partial") {
		t.Fatalf("of a part of the store: %s", notices)
	}
	b.store.set(func() { b.store.warns = false })
	if notices, lookups := b.ask(t); strings.Contains(notices, "partial") || !strings.Contains(notices, apart) || lookups == 0 {
		t.Errorf("of all of it: %s after %d lookups", notices, lookups)
	}
}

func TestSpacingsThatLateSamplesMayChangeAreNotKept(t *testing.T) {
	b := newSpacingBench(t)
	b.now = b.now.Truncate(time.Hour) // The newest count is as old as late samples may be.
	b.ask(t)
	if _, lookups := b.ask(t); lookups == 0 {
		t.Error("they are kept")
	}
}
