package soak

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/sync/errgroup"

	"github.com/cer-reliability/cer-datasource/pkg/internal/pluginhost"
)

var (
	during = flag.Duration("for", time.Minute, "how long operations are done")
	seed   = flag.Uint64("seed", 1, "the seed of the operations")
)

const (
	users = 8
	// memoryLimit and cacheLimit are what the plugin may take for answers, and keep, in bytes.
	memoryLimit = 64 << 20
	cacheLimit  = 16 << 20
	// tolerance is how much sums may differ that were added up in another order, relative to their size.
	tolerance = 1e-9
	// moreGoroutines and moreDescriptors are how many there may be more at the end than at the beginning: of timers, of the
	// connection to Grafana, and of the runtime.
	moreGoroutines, moreDescriptors = 20, 10
)

// soak is what all users have in common.
type soak struct {
	// tried is the plugin that is tried, and fresh the one whose data sources keep nothing.
	tried, fresh *pluginhost.Host
	proxy        *proxy
	sources      []*source

	mu     sync.Mutex
	counts map[string]int
}

// count counts what was done.
func (s *soak) count(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[what]++
}

// compare says where two answers differ; "" where they are equal.
func compare(got, want any) string {
	return cmp.Diff(want, got, cmpopts.EquateApprox(tolerance, tolerance))
}

func TestNoNumberIsWrongStaleOrLeaked(t *testing.T) {
	s := newSoak(t)
	baseline := s.measure(t)
	until := time.Now().Add(*during)
	group, ctx := errgroup.WithContext(t.Context())
	group.Go(func() error { return s.proxy.run(ctx, until) })
	group.Go(func() error { return s.watch(ctx, until) })
	for i := range users {
		u := &user{soak: s, number: i, random: rand.New(rand.NewPCG(*seed, uint64(100+i)))}
		group.Go(func() error { return u.run(ctx, until) })
	}
	err := group.Wait()
	s.report(t)
	if err != nil {
		t.Fatal(err)
	}
	if n := s.proxy.strayed.Load(); n > 0 {
		t.Errorf("%d requests followed a redirect to elsewhere", n)
	}
	if s.counts["equal answers"] == 0 || s.counts["answers with an error"] > s.counts["equal answers"] {
		t.Errorf("too few answers were compared: %v", s.counts)
	}
	s.settles(t, baseline)
}

// newSoak returns running plugins with data sources that have been asked once.
func newSoak(t *testing.T) *soak {
	t.Helper()
	executable, err := pluginhost.FindExecutable(t.TempDir(), filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	s := &soak{counts: map[string]int{}, proxy: newProxy(t, *seed)}
	env := []string{fmt.Sprint("GF_PLUGIN_MEMORY_LIMIT=", memoryLimit), fmt.Sprint("GF_PLUGIN_CACHE_LIMIT=", cacheLimit)}
	for _, host := range []**pluginhost.Host{&s.tried, &s.fresh} {
		if *host, err = pluginhost.Start(pluginhost.Config{Executable: executable, Env: env}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup((*host).Stop)
	}
	for i := range 4 {
		s.sources = append(s.sources, newSource(fmt.Sprint("source-", i), i%2 == 0, *seed+uint64(i)))
	}
	u := &user{soak: s, number: users, random: rand.New(rand.NewPCG(*seed, 1))}
	for range 20 {
		if err := u.ask(t.Context(), false); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// watch measures the plugin every second until a time, and returns an error where it counts more memory than it may.
func (s *soak) watch(ctx context.Context, until time.Time) error {
	for time.Now().Before(until) && ctx.Err() == nil {
		m, err := measure(ctx, s.tried)
		if err != nil {
			return err
		}
		if err := m.check(); err != nil {
			return err
		}
		time.Sleep(time.Second)
	}
	return nil
}

// measure measures the plugin.
func (s *soak) measure(t *testing.T) measurement {
	t.Helper()
	m, err := measure(t.Context(), s.tried)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// report prints what was done.
func (s *soak) report(t *testing.T) {
	t.Helper()
	done := 0
	for _, o := range operations {
		done += s.counts[o.name]
	}
	t.Logf("%d operations in %s with seed %d:", done, *during, *seed)
	for _, what := range slices.Sorted(maps.Keys(s.counts)) {
		t.Logf("  %6d %s", s.counts[what], what)
	}
	faulty := 0
	for _, n := range s.proxy.hits {
		faulty += n
	}
	t.Logf("%d requests to the store had faults:", faulty)
	for _, name := range slices.Sorted(maps.Keys(s.proxy.hits)) {
		t.Logf("  %6d %s", s.proxy.hits[name], name)
	}
	t.Log(s.measure(t))
}

// settles fails the test unless the plugin holds no more than before the operations, once nobody asks any more.
func (s *soak) settles(t *testing.T, before measurement) {
	t.Helper()
	s.proxy.close()
	var m measurement
	for range 300 { // What was cancelled ends soon; old instances of data sources are disposed of after seconds.
		if m = s.measure(t); m.isSettled(before) {
			break
		}
		time.Sleep(time.Second)
	}
	t.Logf("before: %s", before)
	t.Logf("after:  %s", m)
	if err := m.check(); err != nil {
		t.Error(err)
	}
	if !m.isSettled(before) {
		t.Error("something is left behind")
	}
}
