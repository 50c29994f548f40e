package plugin

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
)

// canned is a transport that answers as a store does which has the telemetry of fixture.Flows. It writes each answer once.
type canned struct {
	mu      sync.Mutex
	bodies  map[string][]byte
	numbers int
}

// RoundTrip answers a request.
func (c *canned) RoundTrip(r *http.Request) (*http.Response, error) {
	var raw []byte
	if r.Body != nil {
		raw, _ = io.ReadAll(r.Body)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	key := r.URL.String() + "\n" + string(raw)
	if c.bodies[key] == nil {
		form, err := url.ParseQuery(string(raw))
		if err != nil {
			return nil, err
		}
		c.bodies[key] = c.answer(r.URL.Path, form)
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(c.bodies[key])), Request: r, Header: http.Header{}}, nil
}

// handlers match those of flows in a matcher.
var handlers = regexp.MustCompile(`/flow\d+`)

// answer writes an answer.
func (c *canned) answer(path string, form url.Values) []byte {
	query := form.Get("query")
	if strings.HasSuffix(path, "/label/le/values") {
		return []byte(`{"status":"success","data":["` + strings.Join(fixture.Bounds(), `","`) + `"]}`)
	}
	if query == "" {
		return []byte(`{"status":"success","data":[]}`)
	}
	var labels []string
	switch {
	case strings.HasPrefix(query, "count_values"):
		labels = append(labels, `"job":"shop","samples":"10"`)
	case strings.HasPrefix(query, "sum by ("):
		label, values := "code", []string{"200", "404", "500"}
		if strings.Contains(query, "_bucket") {
			label, values = "le", fixture.Bounds()
		}
		for _, handler := range handlers.FindAllString(query, -1) {
			for _, value := range values {
				labels = append(labels, fmt.Sprintf(`"handler":"%s","%s":"%s"`, handler, label, value))
			}
		}
	}
	if at := form.Get("time"); at != "" {
		return c.vector(labels, at)
	}
	return c.matrix(labels, form)
}

// vector writes series at an instant.
func (c *canned) vector(labels []string, at string) []byte {
	var all []string
	for k, one := range labels {
		all = append(all, fmt.Sprintf(`{"metric":{%s},"value":[%s,"%d"]}`, one, at, k%12+1))
		c.numbers++
	}
	return []byte(`{"status":"success","data":{"resultType":"vector","result":[` + strings.Join(all, ",") + `]}}`)
}

// matrix writes series over the range of a form.
func (c *canned) matrix(labels []string, form url.Values) []byte {
	start, _ := strconv.ParseInt(form.Get("start"), 10, 64)
	end, _ := strconv.ParseInt(form.Get("end"), 10, 64)
	step, _ := strconv.ParseInt(form.Get("step"), 10, 64)
	var out bytes.Buffer
	out.WriteString(`{"status":"success","data":{"resultType":"matrix","result":[`)
	separator := ""
	for k, one := range labels {
		fmt.Fprintf(&out, `%s{"metric":{%s},"values":[`, separator, one)
		for at := start; at <= end; at += step {
			fmt.Fprintf(&out, `[%d,"%.15f"],`, at, float64(k%12+1)+float64(at%7919)/7919)
			c.numbers++
		}
		out.Truncate(out.Len() - 1)
		out.WriteString("]}")
		separator = ","
	}
	out.WriteString("]}}")
	return out.Bytes()
}

// BenchmarkAnswer takes a panel of 20 flows from the bodies of the store's answers to frames. The numbers are those that
// the store answers with.
func BenchmarkAnswer(b *testing.B) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for name, cache := range map[string]struct {
		bytes int64
		empty bool
	}{"without a cache": {0, false}, "with one that is empty": {256 << 20, true}, "with one that has all": {256 << 20, false}} {
		b.Run(name, func(b *testing.B) {
			store := &canned{bodies: map[string][]byte{}}
			d := newDataSource(b.Context(), instanceOf("{}"), newSharedState(""))
			d.source = staticSource{catalog: fixture.Compile(fixture.Flows(20))}
			d.now = func() time.Time { return now }
			cfg := fetch.Config{URL: "http://store", Client: &http.Client{Transport: store}, Now: d.now}
			ask := func() {
				request := &backend.QueryDataRequest{Queries: []backend.DataQuery{{RefID: "A", JSON: []byte(`{}`), Interval: 30 * time.Second,
					TimeRange: backend.TimeRange{From: now.Add(-6 * time.Hour), To: now}}}}
				answers, err := d.QueryData(b.Context(), request)
				if err == nil {
					err = answers.Responses["A"].Error
				}
				if err != nil {
					b.Fatal(err)
				}
			}
			open := func() {
				cfg.Cache = fetch.NewCache(cache.bytes, nil)
				var err error
				if d.store, err = fetch.New(cfg); err != nil {
					b.Fatal(err)
				}
				d.engine = newEngine(d.store, engine.DefaultScrapeInterval, &d.shared.merger)
			}
			open()
			ask() // So that all answers are written.
			b.ReportAllocs()
			for b.Loop() {
				if cache.empty {
					open()
				}
				ask()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*store.numbers), "ns/number")
		})
	}
}

// BenchmarkRule evaluates alert rules on 20 flows, of scores, values and burn rates, one at a time, where the cache has all points.
func BenchmarkRule(b *testing.B) {
	now := time.Date(2026, 3, 4, 12, 4, 30, 0, time.UTC)
	catalog := fixture.Flows(20)
	for i := range catalog.Flows {
		for j := range catalog.Flows[i].SLIs {
			catalog.Flows[i].SLIs[j].Objective = .99
		}
	}
	d := newDataSource(b.Context(), instanceOf("{}"), newSharedState(""))
	d.source = staticSource{catalog: fixture.Compile(catalog)}
	d.now = func() time.Time { return now }
	var err error
	if d.store, err = fetch.New(fetch.Config{
		URL: "http://store", Client: &http.Client{Transport: &canned{bodies: map[string][]byte{}}}, Now: d.now, Cache: fetch.NewCache(256<<20, nil),
	}); err != nil {
		b.Fatal(err)
	}
	d.engine = newEngine(d.store, engine.DefaultScrapeInterval, &d.shared.merger)
	rules := rulesOn(20)
	ask := func(rule string) {
		request := &backend.QueryDataRequest{Headers: map[string]string{"FromAlert": "true"}, Queries: []backend.DataQuery{{
			RefID: "A", JSON: []byte(rule), Interval: time.Minute, TimeRange: backend.TimeRange{From: now.Add(-10 * time.Minute), To: now},
		}}}
		answers, err := d.QueryData(b.Context(), request)
		if err == nil {
			err = answers.Responses["A"].Error
		}
		if err != nil {
			b.Fatalf("%s: %v", rule, err)
		}
	}
	for _, rule := range rules {
		ask(rule)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		ask(rules[i%len(rules)])
	}
}

// rulesOn returns the queries of 25 alert rules on each of some flows.
func rulesOn(flows int) []string {
	var rules []string
	for i := range flows {
		flow := fmt.Sprintf("flow%04d", i)
		rule := func(fields string) {
			rules = append(rules, fmt.Sprintf(`{"format":"latest","flows":"%s",%s}`, flow, fields))
		}
		rule(`"level":"flow"`)
		rule(`"level":"component","components":"latency"`)
		rule(`"level":"component","components":"correctness"`)
		rule(`"measure":"traffic","level":"flow"`)
		rule(`"level":"sli","slis":"` + flow + `/p99"`)
		for _, sli := range []string{"success", "accepted", "fast", "bearable", "p99"} {
			rule(`"measure":"value","level":"sli","slis":"` + flow + "/" + sli + `"`)
		}
		for _, window := range []string{"5m", "30m", "1h", "2h", "6h", "1d", "3d"} {
			rule(`"measure":"burn","level":"flow","window":"` + window + `"`)
		}
		for _, window := range []string{"5m", "1h"} {
			for _, sli := range []string{"success", "accepted", "fast", "bearable"} {
				rule(`"measure":"burn","level":"sli","slis":"` + flow + "/" + sli + `","window":"` + window + `"`)
			}
		}
	}
	return rules
}
