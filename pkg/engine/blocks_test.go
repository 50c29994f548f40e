package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// blocksYAML has a window of 30 hours, whose time slices are a minute wide.
const blocksYAML = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: blocks }
spec:
  timeSliceWindow: 1m
  budgetWindow: 30h
  flows:
    - { name: checkout, objective: 0.9, slis: [ { name: up, component: availability, value: { promql: max(up) } } ] }
`

func TestTheSumsOfBlocksAreCached(t *testing.T) {
	b := newBench(t)
	store, catalog := b.store, load(t, blocksYAML)
	cache := fetch.NewCache(64<<20, nil)
	e := b.engine(t, cache, 0)
	look := func(text string, least, most int) {
		t.Helper()
		result, err := b.exec(t, e, catalog, text, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		column := result.Members[0].Columns[query.Budget]
		if left := column[len(column)-1]; left < .4999 || left > .5001 {
			t.Errorf("%s: the budget that is left is %v", text, left)
		}
		if n := store.takeInstants(); n < least || n > most {
			t.Errorf("%s: %d instants are requested, want %d to %d", text, n, least, most)
		}
	}
	const latest, column = `{"level":"flow","measure":"budget","format":"latest"}`, `{"level":"flow","measure":"budget"}`
	window := int(30 * time.Hour / time.Minute)
	look(latest, window, window+plan.BlockSlices)
	look(latest, 0, 0)
	look(column, 0, plan.BlockSlices+60) // An hour more, before.
	b.now = b.now.Add(5 * time.Minute)
	look(latest, 1, 20)
	e = b.engine(t, cache, 0)
	look(latest, 0, 20)
	b.now = b.now.Add(time.Hour)
	look(latest, window, window+plan.BlockSlices)
	e = b.engine(t, nil, 0)
	look(latest, window, window+plan.BlockSlices)
	look(latest, window, window+plan.BlockSlices)

	cache = fetch.NewCache(32<<20, nil)
	e = b.engine(t, cache, 0)
	store.set(func() { store.warns = true })
	look(latest, window, window+plan.BlockSlices)
	store.set(func() { store.warns = false })
	look(latest, window, window+plan.BlockSlices)
	b.now = b.now.Add(2 * time.Hour)
	store.set(func() { store.fails = true })
	if _, err := b.exec(t, e, catalog, latest, time.Hour); err == nil {
		t.Fatal("there is a result although the store fails")
	}
	store.set(func() { store.fails = false })
	e = b.engine(t, cache, 0) // Another one, since a request that fails may still be under way, and would be shared.
	look(latest, window, 2*(window+plan.BlockSlices)) // Requests of the time before may still arrive, and are answered too.
	result, err := b.exec(t, e, catalog, latest, time.Hour)
	if err != nil || len(texts(result)) > 0 {
		t.Errorf("the notices are %q, the error %v", texts(result), err)
	}
}

func TestNoMoreBlocksAreRequestedOfAStoreThatFails(t *testing.T) {
	b := newBench(t)
	b.store.fails = true
	catalog := load(t, strings.Replace(blocksYAML, "30h", "90d", 1))
	if _, err := b.exec(t, b.engine(t, fetch.NewCache(64<<20, nil), 0), catalog, `{"level":"flow","measure":"budget","format":"latest"}`, time.Hour); err == nil {
		t.Fatal("there is a result although the store fails")
	}
	if n := len(b.store.takeRequests()); n > 4*engine.DefaultBlockConcurrency {
		t.Errorf("there are %d requests", n)
	}
}

// TestPointsThatAreTooManyAreNotCached has a cache that is large enough for the sums of all blocks, but not for the points that
// they are computed from: sums are cached, and the points that other sums need are requested again.
func TestPointsThatAreTooManyAreNotCached(t *testing.T) {
	const slis = 6
	var all []string
	for i := range slis {
		all = append(all, fmt.Sprintf("{ name: up%d, component: availability, value: { promql: max(up%d) } }", i, i))
	}
	catalog := load(t, strings.Replace(blocksYAML, "{ name: up, component: availability, value: { promql: max(up) } }", strings.Join(all, ", "), 1))
	b := newBench(t)
	window := slis * int(30*time.Hour/time.Minute)
	for name, test := range map[string]struct {
		cacheBytes int64
		components int // The least number of instants that are requested at the level component.
	}{
		"a small cache": {150_000, window - slis*plan.BlockSlices},
		"a large one":   {10_000_000, 0},
	} {
		e := b.engine(t, fetch.NewCache(test.cacheBytes, nil), 0)
		requested := func(level string) int {
			if _, err := b.exec(t, e, catalog, fmt.Sprintf(`{"level":%q,"measure":"burn","window":"30h","format":"latest"}`, level), time.Hour); err != nil {
				t.Fatal(err)
			}
			return b.store.takeInstants()
		}
		if n := requested("flow"); n < window {
			t.Errorf("%s: %d instants are requested at first, want %d", name, n, window)
		}
		if n := requested("flow"); n > slis*plan.BlockSlices {
			t.Errorf("%s: %d instants are requested again", name, n)
		}
		if n := requested("component"); n < test.components || test.components == 0 && n > 0 {
			t.Errorf("%s: %d instants are requested for another level, want %d", name, n, test.components)
		}
	}
}
