package fetch

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// latency is the histogram that tests look up.
var latency = expand.HistogramSelector{Native: `latency{job="a"}`, Bucket: `latency_bucket{job="a"}`}

// labelled returns an answer that lists label values, given as JSON strings.
func labelled(values string) string {
	return fmt.Sprintf(`{"status":"success","data":[%s]}`, values)
}

// histogramStore returns the answers of a store that has the histogram latency with some values of le and native names, both
// as JSON strings, and no series at the instants at which its buckets are counted.
func histogramStore(le, names string) func(*http.Request) (string, error) {
	return histogramStoreWithCounts(le, names, "")
}

// histogramStoreWithCounts does so with the counts of series with each bucket, given as the streams of a matrix.
func histogramStoreWithCounts(le, names, streams string) func(*http.Request) (string, error) {
	return func(req *http.Request) (string, error) {
		if strings.Contains(req.URL.Path, "/query") {
			if query := askedFor(req).Get("query"); query != `count by (le, vmrange) (`+latency.Bucket+`)` {
				return "", fmt.Errorf("nobody asks for %s", query)
			}
			return data("matrix", within(req, "["+streams+"]")), nil
		}
		switch selector := req.URL.Query().Get("match[]"); {
		case strings.HasSuffix(req.URL.Path, "/label/le/values") && selector == latency.Bucket:
			return labelled(le), nil
		case strings.HasSuffix(req.URL.Path, "/label/vmrange/values") && selector == latency.Bucket:
			return labelled(""), nil
		case strings.HasSuffix(req.URL.Path, "/label/__name__/values") && selector == latency.Native:
			return labelled(names), nil
		default:
			return "", fmt.Errorf("nobody asks for %s", req.URL)
		}
	}
}

// within returns those points of the series of a matrix that a request asks for, and the series that have any.
func within(req *http.Request, matrix string) string {
	number := func(name string) float64 { n, _ := strconv.ParseFloat(askedFor(req).Get(name), 64); return n }
	var all, some []struct {
		Metric map[string]string `json:"metric"`
		Values [][2]any          `json:"values"`
	}
	if err := json.Unmarshal([]byte(matrix), &all); err != nil || askedFor(req).Get("time") != "" {
		return matrix
	}
	for _, one := range all {
		one.Values = slices.DeleteFunc(one.Values, func(point [2]any) bool {
			since := point[0].(float64) - number("start")
			return since < 0 || point[0].(float64) > number("end") || math.Mod(since, number("step")) != 0
		})
		if len(one.Values) > 0 {
			some = append(some, one)
		}
	}
	text, _ := json.Marshal(some)
	return strings.Replace(string(text), "null", "[]", 1)
}

// day is the lookback of the expressions that histograms are looked up for.
const day = 24 * time.Hour

// nextDay makes it the day after noon.
func nextDay(c *Config) { c.Now = func() time.Time { return noon.Add(24 * time.Hour) } }

// lookupLatency looks up the histogram latency at noon.
func lookupLatency(ctx context.Context, store *Store) (expand.Histogram, error) {
	facts, err := store.Histograms(ctx, []expand.HistogramSelector{latency}, noon, noon, day, nil)
	return onlyOf(facts, latency), err
}

func TestKindsAndEdgesOfHistograms(t *testing.T) {
	for name, tc := range map[string]struct {
		le, names string
		want      expand.Histogram
	}{
		"nothing": {},
		"classic": {
			le: `"0.25","+Inf","10","1"`,
			want: expand.Histogram{Classic: true, Edges: []expand.Edge{
				{Bound: 0.25, Spellings: []string{"0.25"}}, {Bound: 1, Spellings: []string{"1"}}, {Bound: 10, Spellings: []string{"10"}},
			}},
		},
		"two spellings of one bound": {
			le:   `"1.0","1","+Inf","1e0"`,
			want: expand.Histogram{Classic: true, Edges: []expand.Edge{{Bound: 1, Spellings: []string{"1", "1.0", "1e0"}}}},
		},
		"no finite bucket":        {le: `"+Inf"`, want: expand.Histogram{Classic: true}},
		"a bound nobody can read": {le: `"many","NaN","2"`, want: expand.Histogram{Classic: true, Edges: []expand.Edge{{Bound: 2, Spellings: []string{"2"}}}}},
		"native":                  {names: `"latency"`, want: expand.Histogram{Native: true}},
		"native and classic": {
			le: `"1","+Inf"`, names: `"latency"`,
			want: expand.Histogram{Native: true, Classic: true, Edges: []expand.Edge{{Bound: 1, Spellings: []string{"1"}}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			tr := &transport{answer: histogramStore(tc.le, tc.names)}
			got, err := lookupLatency(t.Context(), tr.store(t))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEdgesThatSomeSeriesLackArePartial(t *testing.T) {
	edge := func(bound float64, partial bool, spellings ...string) expand.Edge {
		return expand.Edge{Bound: bound, Spellings: spellings, Partial: partial}
	}
	// count is how many series have a bucket at noon and half an hour later.
	count := func(le string, counts ...string) string {
		var points []string
		for i, n := range counts {
			if n != "" {
				points = append(points, fmt.Sprintf(`[%d,%q]`, noon.Unix()+int64(i)*1800, n))
			}
		}
		return fmt.Sprintf(`{"metric":{"le":%q},"values":[%s]}`, le, strings.Join(points, ","))
	}
	for name, tc := range map[string]struct {
		le, streams []string
		want        []expand.Edge
	}{
		"all have all": {[]string{"1", "2", "+Inf"}, []string{count("1", "3", "4"), count("2", "3", "4"), count("+Inf", "3", "4")},
			[]expand.Edge{edge(1, false, "1"), edge(2, false, "2")}},
		"each in its own spelling": {[]string{"1", "1.0", "+Inf"}, []string{count("1", "2", "1"), count("1.0", "1", "3"), count("+Inf", "3", "4")},
			[]expand.Edge{edge(1, false, "1", "1.0")}},
		"some lack one": {[]string{"1", "2", "+Inf"}, []string{count("1", "3", "4"), count("2", "3", "3"), count("+Inf", "3", "4")},
			[]expand.Edge{edge(1, false, "1"), edge(2, true, "2")}},
		"all lack one later": {[]string{"1", "2", "+Inf"}, []string{count("1", "3", ""), count("2", "3", "4"), count("+Inf", "3", "4")},
			[]expand.Edge{edge(2, false, "2")}},
		"one was gone before": {[]string{"1", "2", "+Inf"}, []string{count("2", "3", "4"), count("+Inf", "3", "4")},
			[]expand.Edge{edge(2, false, "2")}},
		"there is none at times": {[]string{"1", "+Inf"}, []string{count("1", "", "4"), count("+Inf", "", "4")},
			[]expand.Edge{edge(1, false, "1")}},
		"there is none at all": {[]string{"1", "+Inf"}, nil, []expand.Edge{edge(1, false, "1")}},
	} {
		t.Run(name, func(t *testing.T) {
			tr := &transport{answer: histogramStoreWithCounts(`"`+strings.Join(tc.le, `","`)+`"`, "", strings.Join(tc.streams, ","))}
			facts, err := tr.store(t, nextDay).Histograms(t.Context(), []expand.HistogramSelector{latency}, noon.Add(-24*time.Hour), noon.Add(time.Hour), day, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, onlyOf(facts, latency).Edges); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestInstantsAtWhichBucketsAreCounted(t *testing.T) {
	for name, tc := range map[string]struct {
		start, end, now time.Time
		want            string // The ranges, with their number where there are several.
	}{
		"over a week":            {noon.Add(-7 * 24 * time.Hour), noon.Add(time.Hour), noon.Add(24 * time.Hour), "23: at 2026-02-22T08:00:00Z, at 2026-02-22T16:00:00Z, ..., at 2026-03-01T13:00:00Z"},
		"an hour later":          {noon.Add(-7*24*time.Hour + time.Hour), noon.Add(2 * time.Hour), noon.Add(24 * time.Hour), "23: at 2026-02-22T08:00:00Z, at 2026-02-22T16:00:00Z, ..., at 2026-03-01T14:00:00Z"},
		"over an hour":           {noon, noon.Add(time.Hour), noon.Add(24 * time.Hour), "2026-03-01T12:00:00Z .. 2026-03-01T13:00:00Z every 3m0s"},
		"over a day":             {noon.Add(-24 * time.Hour), noon, noon, "2026-02-28T12:00:00Z .. 2026-03-01T12:00:00Z every 1h0m0s"},
		"up to now":              {noon, noon.Add(time.Hour), noon.Add(30*time.Minute + time.Second), "2026-03-01T12:00:00Z .. 2026-03-01T12:30:00Z every 2m0s"},
		"at an instant":          {noon, noon, noon, "at 2026-03-01T12:00:00Z"},
		"of what is yet to come": {noon, noon.Add(time.Hour), noon.Add(-time.Hour), "at 2026-03-01T11:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			all := layoutRanges(tc.start, tc.end, tc.now)
			got := all[0].String()
			if n := len(all); n > 1 {
				got = fmt.Sprintf("%d: %s, %s, ..., %s", n, all[0], all[1], all[n-1])
			}
			if got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
		})
	}
}

func TestHistogramsAreLookedUpInWholeHours(t *testing.T) {
	for name, tc := range map[string]struct {
		start, end time.Time
		want       string
	}{
		"within an hour":  {noon.Add(20 * time.Minute), noon.Add(40 * time.Minute), "1772366400 1772370000"},
		"over hours":      {noon.Add(-time.Second), noon.Add(time.Second), "1772362800 1772370000"},
		"whole hours are": {noon, noon.Add(time.Hour), "1772366400 1772370000"},
	} {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			asked := map[string]int{}
			answer := histogramStore("", "")
			tr := &transport{answer: func(req *http.Request) (string, error) {
				mu.Lock()
				defer mu.Unlock()
				if query := req.URL.Query(); query.Has("match[]") {
					asked[query.Get("start")+" "+query.Get("end")]++
				}
				return answer(req)
			}}
			if _, err := tr.store(t).Histograms(t.Context(), []expand.HistogramSelector{latency}, tc.start, tc.end, day, nil); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(map[string]int{tc.want: 3}, asked); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestHistogramsAreCachedForAWhile(t *testing.T) {
	for name, tc := range map[string]struct {
		answer   func(*http.Request) (string, error)
		ttl      time.Duration
		requests int
	}{
		"found":   {histogramStore(`"1"`, ""), 10 * time.Minute, 3},
		"missing": {histogramStore("", ""), 30 * time.Second, 4},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tr := &transport{answer: tc.answer}
				store := tr.store(t)
				for _, step := range []struct {
					sleep    time.Duration
					requests int
				}{{0, tc.requests}, {tc.ttl - 1, tc.requests}, {1, 2 * tc.requests}, {tc.ttl - 1, 2 * tc.requests}} {
					time.Sleep(step.sleep)
					if _, err := lookupLatency(t.Context(), store); err != nil {
						t.Fatal(err)
					}
					if got := tr.requests(); got != step.requests {
						t.Errorf("got %d requests, want %d", got, step.requests)
					}
				}
			})
		})
	}
}

func TestFailedAndPartialLookupsOfHistogramsAreNotCached(t *testing.T) {
	for name, first := range map[string]func(*http.Request) (string, error){
		"a failure": func(*http.Request) (string, error) { return refusal("internal", "no"), nil },
		"an answer with a warning": func(*http.Request) (string, error) {
			return `{"status":"success","data":["1"],"warnings":["a shard is gone"]}`, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			tr := &transport{answer: first}
			store := tr.store(t)
			_, _ = lookupLatency(t.Context(), store)
			tr.answer = histogramStore(`"7"`, "")
			got, err := lookupLatency(t.Context(), store)
			if err != nil || len(got.Edges) != 1 || got.Edges[0].Bound != 7 {
				t.Errorf("got %+v and the error %v, want what the store says now", got, err)
			}
		})
	}
}

func TestHistogramsOfOneIdentityAreNotReturnedToAnother(t *testing.T) {
	type user struct{}
	tr := &transport{answer: histogramStore(`"1"`, "")}
	store := tr.store(t, func(c *Config) {
		c.Identity = func(ctx context.Context) string { return ctx.Value(user{}).(string) }
	})
	for _, name := range []string{"ada", "bob", "ada"} {
		if _, err := lookupLatency(context.WithValue(t.Context(), user{}, name), store); err != nil {
			t.Fatal(err)
		}
	}
	if got := tr.requests(); got != 6 {
		t.Errorf("got %d requests, want 3 for each of two users", got)
	}
}

func TestConcurrentLookupsOfAHistogramAreOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &transport{answer: histogramStore(`"1"`, ""), release: make(chan struct{})}
		store := tr.store(t)
		ctx, cancel := context.WithCancel(t.Context())
		var impatient error
		go func() { _, impatient = lookupLatency(ctx, store) }()
		synctest.Wait()
		outcomes := make([]error, 20)
		for i := range outcomes {
			go func() { _, outcomes[i] = lookupLatency(t.Context(), store) }()
		}
		synctest.Wait()
		cancel()
		synctest.Wait()
		close(tr.release)
		synctest.Wait()
		if e := errorOf(t, impatient); e.Kind != Cancelled {
			t.Errorf("got %s for who gave up, want cancelled", e.Kind)
		}
		for _, err := range outcomes {
			if err != nil {
				t.Error(err)
			}
		}
		if got := tr.requests(); got != 3 {
			t.Errorf("got %d requests, want 3", got)
		}
	})
}

func TestLookupsOfHistogramsAreWithinTheLimitAndFailTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &transport{release: make(chan struct{}), answer: func(req *http.Request) (string, error) {
			if strings.Contains(req.URL.Path, "/query") {
				return data("matrix", "[]"), nil
			}
			return labelled(""), nil
		}}
		store := tr.store(t, func(c *Config) { c.Concurrency = 3 })
		selectors := make([]expand.HistogramSelector, 10)
		for i := range selectors {
			selectors[i] = expand.HistogramSelector{Native: fmt.Sprintf("x%d", i), Bucket: fmt.Sprintf("x%d_bucket", i)}
		}
		var facts expand.Facts
		go func() { facts, _ = store.Histograms(t.Context(), selectors, noon, noon, day, nil) }()
		synctest.Wait()
		close(tr.release)
		synctest.Wait()
		if _, most := tr.now(); len(facts.Histograms) != 10 || most != 3 {
			t.Errorf("got %d facts with %d requests at the same time, want 10 with 3", len(facts.Histograms), most)
		}
		tr.answer = func(*http.Request) (string, error) { return "", http.ErrHandlerTimeout }
		time.Sleep(time.Hour)
		if _, err := store.Histograms(t.Context(), selectors, noon, noon, day, nil); errorOf(t, err).Kind != Unreachable {
			t.Errorf("got %v, want the failure", err)
		}
	})
}

func TestHistogramsOfOneMetricAreLookedUpTogether(t *testing.T) {
	const flows = 50
	selectors := make([]expand.HistogramSelector, flows)
	for i := range selectors {
		of := fmt.Sprintf(`{handler="/%d",job="a"}`, i)
		selectors[i] = expand.HistogramSelector{Native: "latency" + of, Bucket: "latency_bucket" + of}
	}
	counts := func(handlers ...int) string {
		var streams []string
		for _, h := range handlers {
			streams = append(streams, fmt.Sprintf(`{"metric":{"handler":"/%d","le":"%d"},"values":[[%d,"1"]]},{"metric":{"handler":"/%[1]d","le":"+Inf"},"values":[[%[3]d,"1"]]}`, h, h+1, noon.Unix()))
		}
		return data("matrix", "["+strings.Join(streams, ",")+"]")
	}
	// classic has buckets now of some flows, once had some of flow 7, and native series of flow 9.
	for name, tc := range map[string]struct {
		now              []int
		once, native     string
		requests         int
		isNative, isThen string
	}{
		"all have buckets": {now: numbered(flows), requests: 2},
		"one had some once": {now: slices.DeleteFunc(numbered(flows), func(i int) bool { return i == 7 }), once: `"0.5"`, requests: 3,
			isThen: "/7"},
		"some are native": {now: numbered(flows), native: `"latency"`, requests: 2 + flows, isNative: "/9"},
		"none is there":   {requests: 4},
	} {
		t.Run(name, func(t *testing.T) {
			tr := &transport{answer: func(req *http.Request) (string, error) {
				selector := req.URL.Query().Get("match[]")
				of := func(handler string) bool {
					return handler != "" && (strings.Contains(selector, `handler="`+handler+`"`) || !strings.Contains(selector, "handler"))
				}
				switch {
				case strings.Contains(req.URL.Path, "/query"):
					return counts(tc.now...), nil
				case strings.HasSuffix(req.URL.Path, "/label/le/values") && of(tc.isThen):
					return labelled(tc.once), nil
				case strings.HasSuffix(req.URL.Path, "/label/__name__/values") && of(tc.isNative):
					return labelled(tc.native), nil
				default:
					return labelled(""), nil
				}
			}}
			facts, err := tr.store(t, nextDay).Histograms(t.Context(), selectors, noon.Add(-24*time.Hour), noon.Add(time.Minute), day, mergeTexts)
			if err != nil {
				t.Fatal(err)
			}
			if got := tr.requests(); got != tc.requests {
				t.Errorf("%d requests, want %d", got, tc.requests)
			}
			for i, selector := range selectors {
				want := expand.Histogram{Native: fmt.Sprint("/", i) == tc.isNative}
				switch {
				case slices.Contains(tc.now, i):
					want.Classic, want.Edges = true, []expand.Edge{{Bound: float64(i + 1), Spellings: []string{fmt.Sprint(i + 1)}}}
				case fmt.Sprint("/", i) == tc.isThen:
					want.Classic, want.Edges = true, []expand.Edge{{Bound: .5, Spellings: []string{"0.5"}}}
				}
				if diff := cmp.Diff(want, onlyOf(facts, selector), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("flow %d (-want +got):\n%s", i, diff)
				}
			}
		})
	}
}

// mergeTexts merges the expressions of missing pieces that have the same range.
func mergeTexts(missing []Leaf) []Request {
	texts := make([]string, len(missing))
	for i, leaf := range missing {
		texts[i] = leaf.PromQL
	}
	var requests []Request
	for _, m := range expand.MergeTexts(texts) {
		requests = append(requests, Request{Leaf: Leaf{PromQL: m.Expr.String(), Range: missing[0].Range}, Members: m.Members, Unmerge: m.Unmerge})
	}
	return requests
}

// numbered are the numbers from 0 up to n.
func numbered(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// onlyOf returns what is known of a histogram at all times.
func onlyOf(facts expand.Facts, selector expand.HistogramSelector) (histogram expand.Histogram) {
	for _, since := range facts.Histograms[selector] {
		histogram = since.Value
	}
	return histogram
}
