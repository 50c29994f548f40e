package fetch

import (
	"sync"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// put holds some blocks of 120 points, one series each, under an ID.
func put(c *Cache, id byte, blocks int) {
	over := series.Range{Start: 0, End: int64(blocks*blockPoints-1) * 1000, Step: 1000}
	answer := series.Answer{Series: []series.Series{{Values: make([]float64, over.Len())}}}
	c.insert([16]byte{id}, over, answer, noon, 0)
}

// holds returns how many points put under an ID the cache holds of the first blocks.
func holds(c *Cache, id byte, blocks int) int {
	over := series.Range{Start: 0, End: int64(blocks*blockPoints-1) * 1000, Step: 1000}
	n := 0
	found, _ := c.lookup([16]byte{id}, over, noon, time.Hour)
	for _, one := range found {
		n += int(one.len())
	}
	return n
}

// TestCachesShareALimit fills caches that may hold more than their limit together.
func TestCachesShareALimit(t *testing.T) {
	for name, tc := range map[string]struct {
		caches, blocks int
		limit, each    int64
	}{
		"a thousand of a few blocks": {1000, 4, 1 << 20, 1 << 20},
		"some of many blocks":        {5, 1000, 1 << 20, 1 << 30},
		"one above all":              {1, 2000, 1 << 20, 1 << 30},
		"each within its own":        {100, 100, 1 << 20, 50 << 10},
		"too little for any":         {3, 4, 1, 1 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			limit := NewCacheLimit(tc.limit)
			all := make([]*Cache, tc.caches)
			for i := range all {
				all[i] = limit.NewCache(tc.each, nil)
				put(all[i], 1, tc.blocks)
				if used := limit.Used(); used > tc.limit {
					t.Fatalf("%d bytes are held after %d caches", used, i+1)
				}
			}
			sum := int64(0)
			for _, c := range all {
				sum += int64(c.Stats().Bytes)
			}
			if used := limit.Used(); used != sum || used == 0 && tc.limit > 1 {
				t.Errorf("%d bytes are counted, and %d held", used, sum)
			}
			for _, c := range all {
				c.Close()
				put(c, 2, 1)
			}
			if used := limit.Used(); used != 0 {
				t.Errorf("%d bytes are counted of closed caches", used)
			}
		})
	}
}

// TestTheLeastRecentlyUsedCacheIsEvictedFirst fills a cache while others are used, or not.
func TestTheLeastRecentlyUsedCacheIsEvictedFirst(t *testing.T) {
	limit := NewCacheLimit(100 << 10)
	idle, used, filled := limit.NewCache(1<<20, nil), limit.NewCache(1<<20, nil), limit.NewCache(1<<20, nil)
	put(used, 1, 25)
	put(idle, 1, 25)
	put(filled, 1, 1)
	if n := holds(used, 1, 25); n != 25*blockPoints {
		t.Fatalf("%d points are held", n)
	}
	for id := byte(1); id <= 50; id++ {
		put(filled, id, 1)
		holds(used, 1, 25)
	}
	if n := holds(used, 1, 25); n != 25*blockPoints {
		t.Errorf("the used cache holds %d points", n)
	}
	if n := holds(idle, 1, 25); n > 12*blockPoints {
		t.Errorf("the idle cache holds %d points", n)
	}
}

// TestCachesAreClosedWhileTheyAreUsed closes caches that others write to.
func TestCachesAreClosedWhileTheyAreUsed(t *testing.T) {
	limit := NewCacheLimit(64 << 10)
	var all sync.WaitGroup
	for range 8 {
		c := limit.NewCache(1<<20, nil)
		all.Go(func() {
			for id := range byte(50) {
				put(c, id, 3)
				holds(c, id, 3)
			}
		})
		all.Go(c.Close)
	}
	all.Wait()
	if used := limit.Used(); used != 0 || len(limit.caches) > 0 {
		t.Errorf("%d bytes are counted of %d closed caches", used, len(limit.caches))
	}
}
