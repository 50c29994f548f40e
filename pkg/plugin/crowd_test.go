package plugin

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

// crowd is a store whose metrics have very many pods, each of which has points for an hour only.
type crowd struct {
	pods int
	// lifetime is how many seconds a pod lives; 0 for ever.
	lifetime int64

	mu       sync.Mutex
	requests int
}

func (c *crowd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.requests++
	c.mu.Unlock()
	start, end, step := c.rangeOf(r)
	out := bufio.NewWriterSize(w, 64<<10)
	defer out.Flush()
	pods := c.pods
	if !strings.Contains(r.FormValue("query"), "by (pod") && !strings.Contains(r.FormValue("query"), "pod)") {
		pods = 1
	}
	kind, field := "matrix", "values"
	isInstant := r.FormValue("time") != ""
	if isInstant {
		kind, field = "vector", "value"
	}
	_, _ = fmt.Fprintf(out, `{"status":"success","data":{"resultType":"%s","result":[`, kind)
	for pod := range pods {
		comma := ","
		if pod == 0 {
			comma = ""
		}
		_, _ = fmt.Fprintf(out, `%s{"metric":{"pod":"pod-%d"},"%s":`, comma, pod, field)
		if isInstant {
			writePoint(out, start)
		} else {
			c.writePoints(out, pod, start, end, step)
		}
		if err := out.WriteByte('}'); err != nil {
			return
		}
	}
	_, _ = out.WriteString(`]}}`)
}

// writePoint writes a point.
func writePoint(out *bufio.Writer, at int64) {
	_, _ = out.WriteString("[" + strconv.FormatInt(at, 10) + `,"1"]`)
}

// writePoints writes the points of a pod.
func (c *crowd) writePoints(out *bufio.Writer, pod int, start, end, step int64) {
	first := true
	_ = out.WriteByte('[')
	for at := start; at <= end; at += step {
		if c.lifetime > 0 && (at/c.lifetime)%int64(c.pods) != int64(pod) && at != start {
			continue
		}
		if !first {
			_ = out.WriteByte(',')
		}
		first = false
		writePoint(out, at)
	}
	_ = out.WriteByte(']')
}

// rangeOf returns the range of a request, in seconds.
func (c *crowd) rangeOf(r *http.Request) (start, end, step int64) {
	number := func(name string) int64 {
		n, _ := strconv.ParseFloat(r.FormValue(name), 64)
		return int64(n)
	}
	if r.FormValue("time") != "" {
		return number("time"), number("time"), 1
	}
	return number("start"), number("end"), max(1, number("step"))
}

// crowded returns a catalog with so many SLIs, whose metrics differ, or only a label.
func crowded(slis int, selector string) string {
	var out strings.Builder
	out.WriteString("apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: x }\nspec:\n  dimensions: [ { name: pod, label: pod } ]\n  flows:\n    - name: shop\n      objective: 0.9\n      slis:\n")
	for i := range slis {
		fmt.Fprintf(&out, "        - { name: s%d, component: availability, value: { promql: 'max("+selector+")' } }\n", i, i)
	}
	return out.String()
}

// openCrowd returns a data source of a crowded store.
func openCrowd(t *testing.T, c http.Handler, memory int64, settings map[string]any) (*harness, *DataSource) {
	t.Helper()
	d := newHarness(t)
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	d.url = server.URL
	if memory > 0 {
		d.shared.memory = fetch.NewMemory(memory)
	}
	return d, d.open(t, "u", settings)
}

// askAll asks several queries in one request, of a range with so many points, 30 seconds apart.
func (d *harness) askAll(t *testing.T, source *DataSource, points int, queries ...string) backend.Responses {
	t.Helper()
	req := &backend.QueryDataRequest{}
	for i, query := range queries {
		q := asking(string(rune('A'+i)), query, d.now)
		q.TimeRange.From = d.now.Add(-time.Duration(points-1) * 30 * time.Second)
		q.Interval, q.MaxDataPoints = 30*time.Second, int64(points)
		req.Queries = append(req.Queries, q)
	}
	answers, err := source.QueryData(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return answers.Responses
}

// heldAtMost fails the test unless all memory is given back, of which so many bytes were held at most.
func (d *harness) heldAtMost(t *testing.T, limit int64) {
	t.Helper()
	used, peak := d.shared.memory.Used()
	for range 1000 { // What is cancelled ends soon.
		if used == 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
		used, peak = d.shared.memory.Used()
	}
	t.Logf("%d bytes were held at the peak", peak)
	if used != 0 || peak > limit {
		t.Errorf("%d bytes are still held, and %d were at the peak, want at most %d", used, peak, limit)
	}
}

// TestA1CohortsAreRefusedAsTheyArrive splits by pods of which there are thousands.
func TestA1CohortsAreRefusedAsTheyArrive(t *testing.T) {
	for name, tc := range map[string]struct {
		slis     int
		selector string
		lifetime int64
		points   int
		pods     int
		query    string
		says     string
	}{
		"4 SLIs":                      {4, "m%d", 3600, 1700, 9000, `"measure": "score"`, "so many cohorts"},
		"16 SLIs":                     {16, "m%d", 3600, 1700, 9000, `"measure": "score"`, "so many cohorts"},
		"40 SLIs":                     {40, "m%d", 3600, 1700, 9000, `"measure": "score"`, "so many cohorts"},
		"SLIs that differ in a label": {16, `m{code="%d"}`, 3600, 1700, 9000, `"measure": "score"`, "so many cohorts"},
		"pods that live for ever":     {4, "m%d", 0, 1700, 9000, `"measure": "score"`, "so many cohorts"},
		"each SLI by itself":          {4, "m%d", 3600, 1700, 9000, `"measure": "value", "level": "sli"`, "so many cohorts"},
		"one instant of very many":    {4, "m%d", 0, 1700, 30_000, `"measure": "score", "format": "latest"`, "so many cohorts"},
		"one instant of many":         {4, "m%d", 0, 1700, 15_000, `"measure": "score", "format": "latest"`, "so many cohorts"},
		"states":                      {4, "m%d", 3600, 1700, 9000, `"measure": "state", "level": "flow"`, "cohorts"},
		"a budget":                    {4, "m%d", 3600, 100, 9000, `"measure": "budget", "level": "flow"`, "cohorts"},
	} {
		t.Run(name, func(t *testing.T) {
			d, source := openCrowd(t, &crowd{pods: tc.pods, lifetime: tc.lifetime}, 0, map[string]any{"definition": crowded(tc.slis, tc.selector), "cacheBytes": 1 << 20})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			answers := d.askAll(t, source, tc.points, `{"by": ["pod"], `+tc.query+`}`, `{"measure": "score"}`)
			if err := answers["A"].Error; err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("it says %v, want %q", err, tc.says)
			}
			if err := answers["B"].Error; err != nil {
				t.Errorf("the other query fails: %v", err)
			}
			d.heldAtMost(t, 8<<20)
			runtime.ReadMemStats(&after)
			if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 256<<20 {
				t.Errorf("%d bytes were allocated", allocated)
			}
		})
	}
}

// TestA1AQueryIsRefusedThatOutgrowsItsShare splits by as many pods as a query may have, but whose answers take more memory than it may.
func TestA1AQueryIsRefusedThatOutgrowsItsShare(t *testing.T) {
	for name, tc := range map[string]struct {
		queryBytes int
		query      string
		says       string
		most       int64
	}{
		"all SLIs":               {6 << 20, `"measure": "score"`, "raise queryBytes in the data source's settings", 24 << 20},
		"all SLIs by themselves": {6 << 20, `"measure": "value", "level": "sli"`, "than the limit of 6 MiB for one query", 24 << 20},
		"an SLI is too much":     {1 << 20, `"measure": "value", "level": "sli", "slis": ["s0"]`, "more memory than the limit of 1 MiB", 8 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			d, source := openCrowd(t, &crowd{pods: 150}, 0, map[string]any{"definition": crowded(8, "m%d"), "queryBytes": tc.queryBytes, "cacheBytes": 0})
			answers := d.askAll(t, source, 1600, `{"by": ["pod"], `+tc.query+`}`, `{"measure": "score"}`, `{"by": ["pod"], "measure": "value", "level": "sli", "slis": ["s1"]}`)
			if err := answers["A"].Error; err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("it says %v, want %q", err, tc.says)
			}
			if err := answers["B"].Error; err != nil {
				t.Errorf("the other query fails: %v", err)
			}
			// It needs some of what the first query was refused for, and has a share of its own.
			if err := answers["C"].Error; (err != nil) != (tc.queryBytes < 2<<20) {
				t.Errorf("the query that needs a part of it: %v", err)
			}
			d.heldAtMost(t, tc.most)
		})
	}
}

// TestA1AllQueriesHaveOneLimit asks two data sources for more than there is for all.
func TestA1AllQueriesHaveOneLimit(t *testing.T) {
	for name, query := range map[string]string{
		"a score":  `{"by": ["pod"], "measure": "score"}`,
		"values":   `{"by": ["pod"], "measure": "value", "level": "sli"}`,
		"a weight": `{"by": ["pod"], "measure": "weight", "level": "sli"}`,
	} {
		t.Run(name, func(t *testing.T) {
			d, source := openCrowd(t, &crowd{pods: 150}, 4<<20, map[string]any{"definition": crowded(8, "m%d"), "cacheBytes": 0})
			answers := d.askAll(t, source, 1600, query, `{"measure": "score"}`)
			if err := answers["A"].Error; err == nil || !strings.Contains(err.Error(), "raise memory_limit under [plugin.cer-reliability-datasource]") {
				t.Errorf("it says %v", err)
			}
			d.heldAtMost(t, 4<<20)
			other := d.open(t, "v", map[string]any{"definition": crowded(1, "m%d")})
			if err := d.askAll(t, other, 100, `{"measure": "score"}`)["A"].Error; err != nil {
				t.Errorf("a small query of another data source fails: %v", err)
			}
			d.heldAtMost(t, 4<<20)
		})
	}
}
