package fetch

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// lookups are lookups of histograms with some values of le at several stores, by several identities.
type lookups struct {
	stores, histograms, identities int
	le                             []string
}

// ask looks up each histogram twice, with a cache of facts that the stores share, and returns the number of requests.
func (l lookups) ask(t *testing.T, facts *Cache) (requests int) {
	tr := &transport{answer: func(req *http.Request) (string, error) {
		requests++
		switch {
		case strings.Contains(req.URL.Path, "/query"):
			return emptyAnswer, nil
		case strings.HasSuffix(req.URL.Path, "/label/le/values"):
			return labelled(strings.Join(l.le, ",")), nil
		default:
			return labelled(""), nil
		}
	}}
	type identityKey struct{}
	for i := range l.stores {
		store := tr.store(t, func(c *Config) {
			c.Facts, c.Scope, c.Concurrency = facts, fmt.Sprint(i), 1
			c.Identity = func(ctx context.Context) string { return fmt.Sprint(ctx.Value(identityKey{})) }
		})
		for k := range 2 * l.histograms * l.identities {
			ctx := context.WithValue(t.Context(), identityKey{}, k/2%l.identities)
			metric := fmt.Sprint("h", k/2/l.identities)
			selectors := []expand.HistogramSelector{{Native: metric, Bucket: metric + "_bucket"}}
			if _, err := store.Histograms(ctx, selectors, noon, noon, time.Hour, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	return requests
}

// TestA10FactsOfAllStoresHaveOneLimit looks up histograms of many stores, which take more than the limit together. What is within the
// limit is asked once.
func TestA10FactsOfAllStoresHaveOneLimit(t *testing.T) {
	buckets := make([]string, 200)
	for i := range buckets {
		buckets[i] = fmt.Sprintf("%q", fmt.Sprint(i+1))
	}
	for name, l := range map[string]lookups{
		"one histogram of each store":       {200, 1, 1, buckets},
		"many histograms of a store":        {1, 300, 1, buckets},
		"many identities":                   {2, 1, 100, buckets},
		"many histograms that do not exist": {4, 1000, 1, nil},
	} {
		t.Run(name, func(t *testing.T) {
			const most = 1 << 20
			limit := NewCacheLimit(most)
			facts, points := limit.NewFacts(), limit.NewCache(most, nil)
			put(points, 1, 100)
			before := limit.Used()
			l.ask(t, facts)
			held := int64(facts.Stats().Bytes)
			if counted := limit.Used() - before; held <= 0 || held > most/factsShare || counted != held {
				t.Errorf("%d bytes of facts are held, and %d counted", held, counted)
			}
			if got, most := l.ask(t, NewCache(1<<30, nil)), 4*l.stores*l.histograms*l.identities; got > most {
				t.Errorf("%d requests where all facts are kept, want at most %d", got, most)
			}
		})
	}
}

// TestFactsAreThoseOfOneStore looks up what another store that shares the cache knows.
func TestFactsAreThoseOfOneStore(t *testing.T) {
	facts := NewCache(1<<20, nil)
	tr := &transport{answer: histogramStore(`"1"`, "")}
	one := tr.store(t, func(c *Config) { c.Facts, c.Scope = facts, "one" })
	other := tr.store(t, func(c *Config) { c.Facts, c.Scope = facts, "other" })
	for i, store := range []*Store{one, other, one, other} {
		if _, err := lookupLatency(t.Context(), store); err != nil {
			t.Fatal(err)
		}
		if want := 3 * min(i+1, 2); tr.requests() != want {
			t.Errorf("%d requests after %d lookups, want %d", tr.requests(), i+1, want)
		}
	}
}

// TestA9FactsAreCountedUntilAllAreThere looks up histograms of which a store says more than it takes to say it.
func TestA9FactsAreCountedUntilAllAreThere(t *testing.T) {
	bucket := func(le string, values ...string) string {
		return fmt.Sprintf(`{"metric":{"le":%q},"values":[%s]}`, le, strings.Join(values, ","))
	}
	// changing has the buckets of every other instant only, so that none has those of the instant before.
	changing := func(req *http.Request, n int) string {
		start, _ := strconv.ParseInt(askedFor(req).Get("start"), 10, 64)
		end, _ := strconv.ParseInt(askedFor(req).Get("end"), 10, 64)
		step, _ := strconv.ParseInt(askedFor(req).Get("step"), 10, 64)
		var odd, all []string
		for at, i := start, 0; at <= end; at, i = at+step, i+1 {
			all = append(all, fmt.Sprintf(`[%d,"1"]`, at))
			if i%2 == 1 {
				odd = append(odd, all[i])
			}
		}
		buckets := []string{bucket("+Inf", all...)}
		for i := range n {
			buckets = append(buckets, bucket(fmt.Sprint(i), odd...))
		}
		return data("matrix", "["+strings.Join(buckets, ",")+"]")
	}
	many := `"` + strings.Repeat("1", 1000) + `"`
	for name, tc := range map[string]struct {
		buckets    int
		le         string
		histograms int
		isRefused  bool
	}{
		"a histogram that changes":              {buckets: 10, histograms: 1},
		"edges that change at each instant":     {buckets: 300, histograms: 1, isRefused: true},
		"values of le of one histogram":         {le: many, histograms: 1},
		"values of le of a hundred histograms":  {le: strings.TrimSuffix(strings.Repeat(many+",", 100), ","), histograms: 100, isRefused: true},
		"edges of many histograms that change":  {buckets: 10, histograms: 60, isRefused: true},
		"a few histograms that change, as ever": {buckets: 10, histograms: 2},
	} {
		t.Run(name, func(t *testing.T) {
			tr := &transport{answer: func(req *http.Request) (string, error) {
				switch {
				case strings.Contains(req.URL.Path, "/query") && tc.buckets > 0:
					return changing(req, tc.buckets), nil
				case strings.Contains(req.URL.Path, "/query"):
					return emptyAnswer, nil
				case strings.HasSuffix(req.URL.Path, "/label/le/values"):
					return labelled(tc.le), nil
				default:
					return labelled(""), nil
				}
			}}
			store := tr.store(t, nextDay, func(c *Config) { c.QueryBytes = 6 << 20 })
			selectors := make([]expand.HistogramSelector, tc.histograms)
			for i := range selectors {
				selectors[i] = expand.HistogramSelector{Native: fmt.Sprint("h", i), Bucket: fmt.Sprint("h", i, "_bucket")}
			}
			_, err := store.Histograms(store.ForQuery(t.Context()), selectors, noon, noon.Add(24*time.Hour), time.Minute, nil)
			if isRefused := err != nil && strings.Contains(err.Error(), "queryBytes"); isRefused != tc.isRefused || err != nil != isRefused {
				t.Errorf("the error is %v", err)
			}
			if used, peak := store.memory.Used(); used != 0 || peak > 6<<20 {
				t.Errorf("%d bytes are still held, and at most %d were", used, peak)
			}
		})
	}
}
