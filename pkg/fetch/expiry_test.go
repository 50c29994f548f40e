package fetch

import (
	"testing"
	"time"
)

func TestExpiringCacheIsBoundedAndDropsWhatHasExpired(t *testing.T) {
	now := noon
	cache := newExpiringCache[int](func() time.Time { return now }, func(int) time.Duration { return time.Hour })
	for i := range 3 * maxExpiring {
		cache.Set(i, i)
	}
	if v, ok := cache.GetIfPresent(3*maxExpiring - 1); !ok || v != 3*maxExpiring-1 {
		t.Error("the newest value is missing")
	}
	cache.CleanUp()
	if n := cache.EstimatedSize(); n > maxExpiring {
		t.Errorf("it holds %d values", n)
	}
	now = now.Add(2 * time.Hour)
	cache.Set(0, 0)
	cache.CleanUp()
	if n := cache.EstimatedSize(); n != 1 {
		t.Errorf("it holds %d values, of which all but one have expired", n)
	}
}
