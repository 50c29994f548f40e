package plugin

import (
	"testing"
	"time"
)

// TestTheSumsOfBlocksOutliveADataSource asks again after the settings were saved.
func TestTheSumsOfBlocksOutliveADataSource(t *testing.T) {
	harness := newHarness(t)
	ask := func(cacheBytes int64) int {
		d := harness.open(t, "u", map[string]any{"definition": pagedYAML, "cacheBytes": cacheBytes})
		if err := harness.ask(t, d, `{"level":"flow","measure":"budget","format":"latest"}`, time.Hour).Error; err != nil {
			t.Fatal(err)
		}
		return harness.store.asked()
	}
	window := int(30 * time.Hour / time.Minute)
	if n := ask(64 << 20); n < window {
		t.Errorf("%d instants are asked about at first, want %d", n, window)
	}
	harness.now = harness.now.Add(5 * time.Minute)
	if n := ask(64 << 20); n > 20 {
		t.Errorf("%d instants are asked about again", n)
	}
	if n := ask(0); n < window {
		t.Errorf("%d instants are asked about without a cache, want %d", n, window)
	}
	if n := ask(32 << 20); n < window {
		t.Errorf("%d instants are asked about with a cache of another size, want %d", n, window)
	}
}

func TestARaisedOverlapHoldsAtOnce(t *testing.T) {
	harness := newHarness(t)
	ask := func(overlap string) int {
		d := harness.open(t, "u", map[string]any{"definition": pagedYAML, "cacheOverlap": overlap})
		if err := harness.ask(t, d, `{"level":"flow","measure":"budget","format":"latest"}`, time.Hour).Error; err != nil {
			t.Fatal(err)
		}
		return harness.store.asked()
	}
	ask("1m")
	harness.now = harness.now.Add(time.Minute)
	if n := ask("1m"); n > 10 {
		t.Errorf("%d instants are asked about again", n)
	}
	harness.now = harness.now.Add(time.Minute)
	if n := ask("6h"); n < int(6*time.Hour/time.Minute) {
		t.Errorf("of 6 hours that samples may be late by, %d minutes are asked about again", n)
	}
}
