package fetch

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// world is a store whose numbers follow from the time, and change where samples come late.
type world struct {
	mu sync.Mutex
	// late counts the changes of a second.
	late   map[int64]int
	points int
	// warns adds a warning to each answer.
	warns bool
}

// at is the number of a series at a second, and whether there is one.
func (w *world) at(series string, second int64) (float64, bool) {
	hash := fnv.New64a()
	fmt.Fprint(hash, series, second/37, w.late[second])
	h := hash.Sum64()
	if h%5 == 0 { // Each series comes and goes.
		return 0, false
	}
	hash.Write([]byte(strconv.FormatInt(second, 10)))
	return float64(hash.Sum64() % 1000), true
}

// answer returns the answer to a query: three series for a name, and none for the name "none".
func (w *world) answer(req *http.Request) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	form := askedFor(req)
	var series []string
	for k := range 3 {
		name := form.Get("query") + strconv.Itoa(k)
		var points []string
		start, end, step := w.instants(form.Get)
		for t := start; t <= end; t += step {
			w.points++
			if v, ok := w.at(name, t); ok && form.Get("query") != "none" {
				points = append(points, fmt.Sprintf(`[%d,"%g"]`, t, v))
			}
		}
		kind := "values"
		if form.Get("time") != "" {
			kind = "value"
		}
		if len(points) > 0 {
			list := "[" + strings.Join(points, ",") + "]"
			if kind == "value" {
				list = points[0]
			}
			series = append(series, fmt.Sprintf(`{"metric":{"job":"%d"},%q:%s}`, k, kind, list))
		}
	}
	warnings := ""
	if w.warns {
		warnings = `,"warnings":["one replica did not answer"]`
	}
	return fmt.Sprintf(`{"status":"success","data":{"resultType":"matrix","result":[%s]}%s}`, strings.Join(series, ","), warnings), nil
}

// instants are those that a request is about, in seconds.
func (w *world) instants(of func(string) string) (start, end, step int64) {
	seconds := func(name string) int64 {
		f, _ := strconv.ParseFloat(of(name), 64)
		return int64(f)
	}
	if of("time") != "" {
		return seconds("time"), seconds("time"), 1
	}
	return seconds("start"), seconds("end"), seconds("step")
}

// stores returns a store with a cache of so many bytes and one without, both of the same samples, and their clock.
func (w *world) stores(t *testing.T, bytes int64) (kept, plain *Store, clock *time.Time) {
	clock = &time.Time{}
	*clock = noon
	open := func(cache *Cache) *Store {
		tr := &transport{answer: w.answer}
		return tr.store(t, func(c *Config) {
			c.Cache, c.Scope, c.Fresh, c.Now = cache, "test", 15*time.Second, func() time.Time { return *clock }
		})
	}
	return open(NewCache(bytes, nil)), open(nil), clock
}

// same fails where answers differ in more than the order of their series.
func same(t *testing.T, got, want series.Answer, of Leaf) {
	t.Helper()
	byLabels := func(a series.Answer) []series.Series {
		sorted := slices.Clone(a.Series)
		slices.SortFunc(sorted, func(a, b series.Series) int { return labels.Compare(a.Labels, b.Labels) })
		return sorted
	}
	if diff := cmp.Diff(byLabels(want), byLabels(got), cmpopts.EquateNaNs(), cmpopts.EquateEmpty(), cmp.Comparer(labels.Equal)); diff != "" {
		t.Fatalf("%s %s (-want +got):\n%s", of.PromQL, of.Range, diff)
	}
}

// TestCachedAnswersEqualThoseOfTheStore pans, zooms and refreshes by chance, while samples come late by up to the overlap.
func TestCachedAnswersEqualThoseOfTheStore(t *testing.T) {
	for _, bytes := range []int64{1 << 20, 20_000} { // Of which the latter evicts all the time.
		random := rand.New(rand.NewPCG(1, uint64(bytes)))
		w := &world{late: map[int64]int{}}
		kept, plain, clock := w.stores(t, bytes)
		back := time.Duration(0)
		for range 700 {
			*clock = clock.Add(time.Duration(15+random.IntN(90)) * time.Second)
			for range random.IntN(5) {
				age := time.Duration(random.Int64N(int64(DefaultOverlap)))
				if random.IntN(2) == 0 { // As late as it can be.
					age = DefaultOverlap - time.Duration(random.IntN(60))*time.Second
				}
				late := clock.Add(-age)
				w.late[late.Truncate(15*time.Second).Add(15*time.Second).Unix()]++
			}
			if random.IntN(4) == 0 {
				back = time.Duration(random.IntN(3*3600)) * time.Second
			}
			step := []time.Duration{15 * time.Second, time.Minute, 5 * time.Minute, 0}[random.IntN(4)]
			end := clock.Add(-back)
			leaf := Leaf{PromQL: []string{"a", "b", "none"}[random.IntN(3)], Range: series.InstantOf(end.Truncate(15 * time.Second))}
			if step > 0 {
				end = end.Truncate(step)
				leaf.Range = series.New(end.Add(-time.Duration(random.IntN(400))*step), end, step)
			}
			got, err := fetchOne(t, kept, leaf)
			if err != nil {
				t.Fatal(err)
			}
			want, err := fetchOne(t, plain, leaf)
			if err != nil {
				t.Fatal(err)
			}
			same(t, got, want, leaf)
		}
		if s := kept.cache.Stats(); s.Bytes > uint64(bytes) || s.Hits == 0 || s.Misses == 0 {
			t.Errorf("the cache of %d bytes is at %+v", bytes, s)
		}
	}
}

func TestPointsThatAreRequestedAgain(t *testing.T) {
	over := func(start, end int) Leaf { // In minutes after noon.
		return Leaf{PromQL: "a", Range: series.New(noon.Add(time.Duration(start)*time.Minute), noon.Add(time.Duration(end)*time.Minute), time.Minute)}
	}
	tests := map[string]struct {
		first Leaf
		// after is the time from the first request to the second.
		after  time.Duration
		second Leaf
		want   int
	}{
		"nothing within the time of a scrape":       {over(-100, 0), 10 * time.Second, over(-100, 0), 0},
		"the overlap later":                         {over(-100, 0), time.Minute, over(-99, 1), 12},
		"what is before on a pan":                   {over(-100, -50), time.Minute, over(-120, -70), 20},
		"what is after on a pan":                    {over(-100, -50), time.Minute, over(-80, -30), 20},
		"what lies between, since there is no hole": {over(-20, -15), time.Minute, over(-40, -30), 20},
		"all of it after an hour":                   {over(-100, -50), time.Hour, over(-100, -50), 51},
		"all of another step":                       {over(-100, -50), time.Minute, Leaf{PromQL: "a", Range: series.New(noon.Add(-100*time.Minute), noon.Add(-50*time.Minute), 5*time.Minute)}, 11},
		"an instant that is settled, never":         {Leaf{PromQL: "a", Range: series.InstantOf(noon.Add(-time.Hour))}, time.Minute, Leaf{PromQL: "a", Range: series.InstantOf(noon.Add(-time.Hour))}, 0},
		"an instant that is not":                    {atNoon("a"), time.Minute, atNoon("a"), 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := &world{late: map[int64]int{}}
			kept, _, clock := w.stores(t, 1<<20)
			if _, err := fetchOne(t, kept, test.first); err != nil {
				t.Fatal(err)
			}
			w.points = 0
			*clock = clock.Add(test.after)
			if _, err := fetchOne(t, kept, test.second); err != nil {
				t.Fatal(err)
			}
			if got := w.points / 3; got != test.want {
				t.Errorf("the store was asked for %d points, want %d", got, test.want)
			}
		})
	}
}

func TestWhatIsNotCached(t *testing.T) {
	leaf := Leaf{PromQL: "a", Range: series.New(noon.Add(-3*time.Hour), noon.Add(-time.Hour), time.Minute)}
	asked := func(t *testing.T, w *world, store *Store) int {
		t.Helper()
		w.points = 0
		if _, err := fetchOne(t, store, leaf); err != nil {
			t.Fatal(err)
		}
		return w.points / 3
	}
	t.Run("an answer with warnings", func(t *testing.T) {
		w := &world{late: map[int64]int{}, warns: true}
		kept, _, _ := w.stores(t, 1<<20)
		if first, second := asked(t, w, kept), asked(t, w, kept); first != 121 || second != 121 {
			t.Errorf("asked for %d and %d points, want all of them twice", first, second)
		}
	})
	t.Run("an empty answer for more than ten minutes", func(t *testing.T) {
		leaf.PromQL = "none"
		defer func() { leaf.PromQL = "a" }()
		w := &world{late: map[int64]int{}}
		kept, _, clock := w.stores(t, 1<<20)
		first := asked(t, w, kept)
		*clock = clock.Add(9 * time.Minute)
		second := asked(t, w, kept)
		*clock = clock.Add(time.Minute)
		if third := asked(t, w, kept); first != 121 || second != 0 || third != 121 {
			t.Errorf("asked for %d, %d and %d points", first, second, third)
		}
	})
	t.Run("what another scope asked for", func(t *testing.T) {
		w := &world{late: map[int64]int{}}
		kept, _, _ := w.stores(t, 1<<20)
		asked(t, w, kept)
		kept.cacheScope = "another"
		if second := asked(t, w, kept); second != 121 {
			t.Errorf("asked for %d points, want all of them", second)
		}
	})
	t.Run("anything without a cache", func(t *testing.T) {
		w := &world{late: map[int64]int{}}
		_, plain, _ := w.stores(t, 1<<20)
		if first, second := asked(t, w, plain), asked(t, w, plain); first != 121 || second != 121 {
			t.Errorf("asked for %d and %d points, want all of them twice", first, second)
		}
	})
}
