package fetch

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// unlimited returns a hold without a limit.
func unlimited() *hold {
	return &hold{account: &Account{memory: NewMemory(1 << 40), limit: 1 << 40}}
}

// bombSize is what a bomb decompresses to, in bytes.
const bombSize = 250 << 20

// bomb is an answer that is a prefix, one piece again and again, and nothing after it.
type bomb struct {
	status         int
	prefix, repeat string
}

// ServeHTTP writes the bomb compressed, until the client hangs up.
func (b bomb) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Encoding", "gzip")
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(b.status)
	out, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
	_, _ = io.WriteString(out, b.prefix)
	chunk := strings.Repeat(b.repeat, max(1, 32<<10/len(b.repeat)))
	for n := 0; n < bombSize; n += len(chunk) {
		if _, err := io.WriteString(out, chunk); err != nil {
			return
		}
	}
	_ = out.Close()
}

// counted is a transport that counts the decompressed bytes that are read of answers.
type counted struct {
	http.RoundTripper
	read atomic.Int64
}

func (c *counted) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.RoundTripper.RoundTrip(req)
	if err == nil {
		resp.Body = countedBody{resp.Body, &c.read}
	}
	return resp, err
}

type countedBody struct {
	io.ReadCloser
	read *atomic.Int64
}

func (b countedBody) Read(into []byte) (int, error) {
	n, err := b.ReadCloser.Read(into)
	b.read.Add(int64(n))
	return n, err
}

// askings are the ways of asking a store.
var askings = map[string]func(*testing.T, *Store) error{
	"an instant": func(t *testing.T, s *Store) error { _, err := fetchOne(t, s, atNoon("up")); return err },
	"a range": func(t *testing.T, s *Store) error {
		_, err := fetchOne(t, s, Leaf{PromQL: "up", Range: series.New(noon, noon.Add(time.Hour), time.Minute)})
		return err
	},
	"label values": func(t *testing.T, s *Store) error {
		_, _, err := s.LabelValues(t.Context(), "pod", []string{"up"}, noon, noon, 10)
		return err
	},
	"edges": func(t *testing.T, s *Store) error {
		held := &hold{account: s.newAccount(t.Context())}
		defer held.release()
		_, _, err := s.labelValues(t.Context(), held, "le", "up", noon, noon)
		return err
	},
	"series": func(t *testing.T, s *Store) error {
		_, err := s.Matches(t.Context(), []string{"up"}, noon, noon)
		return err
	},
	"exemplars":         func(t *testing.T, s *Store) error { return second(exemplarsOf(t, s, "d_bucket")) },
	"build information": func(t *testing.T, s *Store) error { _, err := s.Build(t.Context()); return err },
}

// TestA9CompressedBombs reads answers of some hundred kilobytes that decompress to 250 MB, of every kind.
func TestA9CompressedBombs(t *testing.T) {
	const (
		vector   = `{"status":"success","data":{"resultType":"vector","result":[`
		matrix   = `{"status":"success","data":{"resultType":"matrix","result":[`
		values   = `{"status":"success","data":[`
		failed   = `{"status":"error","errorType":"execution","error":"`
		token    = "longer than 256 KiB"
		settings = "queryBytes in the data source's settings"
	)
	for name, tc := range map[string]struct {
		bomb bomb
		ask  string
		says string
	}{
		"one label":                      {bomb{200, vector + `{"metric":{"a":"`, "x"}, "an instant", token},
		"one label's name":               {bomb{200, vector + `{"metric":{"`, "x"}, "an instant", token},
		"an escaped label":               {bomb{200, vector + `{"metric":{"a":"`, `\u0041`}, "an instant", token},
		"one value":                      {bomb{200, matrix + `{"metric":{},"values":[[1772366400,"`, "1"}, "a range", token},
		"one time":                       {bomb{200, matrix + `{"metric":{},"values":[[`, "1"}, "a range", token},
		"a number that is skipped":       {bomb{200, `{"status":"success","stats":`, "1"}, "an instant", token},
		"a fraction that is skipped":     {bomb{200, `{"status":"success","stats":1.`, "1"}, "a range", token},
		"a field's name":                 {bomb{200, `{"`, "x"}, "an instant", token},
		"one warning":                    {bomb{200, `{"status":"success","warnings":["`, "x"}, "an instant", token},
		"an error":                       {bomb{200, failed, "x"}, "an instant", token},
		"white space":                    {bomb{200, vector, " "}, "an instant", token},
		"labels of one series":           {bomb{200, vector + `{"metric":{`, `"a":"b",`}, "an instant", "more than 1000 labels"},
		"long labels of one series":      {bomb{200, vector + `{"metric":{`, `"a":"` + strings.Repeat("x", 20<<10) + `",`}, "an instant", settings},
		"series":                         {bomb{200, vector, `{"metric":{},"value":[1772366400,"1"]},`}, "an instant", "maxSeries"},
		"series of a range":              {bomb{200, matrix, `{"metric":{},"values":[[1772366400,"1"]]},`}, "a range", settings},
		"numbers of a scalar":            {bomb{200, `{"status":"success","data":{"resultType":"scalar","result":[1772366400,`, `"1",`}, "an instant", "its result is neither"},
		"numbers that are no series":     {bomb{200, matrix + `1772366400,`, `"1",`}, "a range", "its result is neither"},
		"texts of a result":              {bomb{200, `{"status":"success","data":{"resultType":"string","result":[1772366400,`, `"x",`}, "an instant", "its result is neither"},
		"the text of a refusal":          {bomb{422, failed, "x"}, "an instant", "could not evaluate"},
		"the words of a refusal":         {bomb{400, "", "no "}, "a range", "400 Bad Request"},
		"a web page":                     {bomb{503, "<html><title>", "x"}, "an instant", "503 Service Unavailable"},
		"one value of a label":           {bomb{200, values + `"`, "x"}, "label values", token},
		"one bucket's edge":              {bomb{200, values + `"`, "1"}, "edges", token},
		"edges of buckets":               {bomb{200, values, `"1",`}, "edges", "maxSeries"},
		"long edges of buckets":          {bomb{200, values, `"` + strings.Repeat("1", 20<<10) + `",`}, "edges", settings},
		"one metric's name":              {bomb{200, values + `"`, "x"}, "series", token},
		"one label of an exemplar":       {bomb{200, values + `{"seriesLabels":{"a":"`, "x"}, "exemplars", token},
		"labels of an exemplar":          {bomb{200, values + `{"exemplars":[{"labels":{`, `"a":"b",`}, "exemplars", "more than 1000 labels"},
		"a warning on exemplars":         {bomb{200, `{"status":"success","data":[],"warnings":["`, "x"}, "exemplars", token},
		"an error of a label":            {bomb{200, failed, "x"}, "label values", token},
		"a refusal of a label":           {bomb{400, failed, "x"}, "label values", "400 Bad Request"},
		"build information":              {bomb{200, `{"data":{"version":"`, "x"}, "build information", token},
		"fields of build information":    {bomb{200, `{`, `"a":1,`}, "build information", token},
		"a refusal of the build":         {bomb{404, "", "x"}, "build information", "404 Not Found"},
		"nested arrays that nobody ends": {bomb{200, `{"x":`, "["}, "an instant", "API"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewTLSServer(tc.bomb)
			t.Cleanup(server.Close)
			transport := &counted{RoundTripper: server.Client().Transport}
			store := newStore(t, Config{URL: server.URL, Client: &http.Client{Transport: transport}, QueryBytes: 8 << 20})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := askings[tc.ask](t, store)
			runtime.ReadMemStats(&after)
			if e := errorOf(t, err); !strings.Contains(e.Message, tc.says) || len(e.Message) > 2000 {
				t.Errorf("it says %.2000q, want %q", e.Message, tc.says)
			}
			if read := transport.read.Load(); read > 10<<20 {
				t.Errorf("%d bytes were read", read)
			}
			if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 128<<20 {
				t.Errorf("%d bytes were allocated", allocated)
			}
			if used, _ := store.memory.Used(); used != 0 {
				t.Errorf("%d bytes are still held", used)
			}
		})
	}
}

// TestA9ManyValuesOfALabelAreNotHeld lists the first ten of millions of values, which are read but not held.
func TestA9ManyValuesOfALabelAreNotHeld(t *testing.T) {
	n := 0
	values := repeated{prefix: `{"status":"success","data":[`, next: func() string {
		n++
		return fmt.Sprintf(`"pod-%07d",`, n%1_000_000)
	}, times: 1_000_000, suffix: `"a"]}`}
	tr := &transport{}
	s := tr.store(t, func(c *Config) {
		c.Client.Transport = roundTripper(func(req *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Request: req, Body: io.NopCloser(&values)}, nil
		})
		c.QueryBytes = 1 << 20
	})
	found, _, err := s.LabelValues(t.Context(), "pod", []string{"up"}, noon, noon, 10)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(found[:3], " "); len(found) != 10 || got != "a pod-0000000 pod-0000001" {
		t.Errorf("there are %d values: %s", len(found), got)
	}
	if _, peak := s.memory.Used(); peak > 1<<16 {
		t.Errorf("%d bytes were held", peak)
	}
}

// roundTripper is a function that is a transport.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// repeated is a text of many parts.
type repeated struct {
	prefix, suffix string
	next           func() string
	times          int
	rest           string
}

func (r *repeated) Read(into []byte) (int, error) {
	for r.rest == "" {
		switch {
		case r.prefix != "":
			r.rest, r.prefix = r.prefix, ""
		case r.times > 0:
			r.rest = r.next()
			r.times--
		case r.suffix != "":
			r.rest, r.suffix = r.suffix, ""
		default:
			return 0, io.EOF
		}
	}
	n := copy(into, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// TestA9TimeHoldsWhileDecoding cancels while an endless answer is decoded, of which no more is read.
func TestA9TimeHoldsWhileDecoding(t *testing.T) {
	for name, answer := range map[string]repeated{
		"points that are skipped": {prefix: `{"stats":[`, next: func() string { return `[1,"1"],` }},
		"warnings":                {prefix: `{"warnings":[`, next: func() string { return `"w",` }},
		"a body that trickles":    {prefix: `{`, next: func() string { return " " }},
		"a text":                  {prefix: `{"error":"`, next: func() string { return "x" }},
		"values of a label":       {prefix: `{"data":[`, next: func() string { return `"x",` }},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			answer.times = 1 << 30
			reads := 0
			next := answer.next
			answer.next = func() string {
				if reads++; reads == 1000 {
					cancel()
				}
				return next()
			}
			tr := &transport{}
			s := tr.store(t, func(c *Config) {
				c.Client.Transport = roundTripper(func(req *http.Request) (*http.Response, error) {
					return &http.Response{StatusCode: http.StatusOK, Request: req, Body: io.NopCloser(&answer)}, nil
				})
			})
			req, err := http.NewRequest(http.MethodGet, "http://store.test", nil)
			if err != nil {
				t.Fatal(err)
			}
			err = s.client.stream(ctx, req, func(body io.Reader) error {
				if strings.HasPrefix(name, "values") {
					_, err := decodeValues(body, unlimited(), func(string) error { return nil })
					return err
				}
				_, err := decode(body, minutes, limits{series: 10, held: unlimited()})
				return err
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("it fails by %v", err)
			}
			if reads > 1000 {
				t.Errorf("%d parts were read after it was cancelled", reads-1000)
			}
		})
	}
}
