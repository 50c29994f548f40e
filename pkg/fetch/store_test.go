package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// noon is the time of the tests' requests.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// emptyAnswer is the answer to an expression that matches nothing.
const emptyAnswer = `{"status":"success","data":{"resultType":"vector","result":[]}}`

// atNoon returns a leaf at noon.
func atNoon(promQL string) Leaf {
	return Leaf{PromQL: promQL, Range: series.InstantOf(noon)}
}

// newStore returns the store of cfg.
func newStore(t *testing.T, cfg Config) *Store {
	t.Helper()
	store, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// newServer returns a store that answers with handler.
func newServer(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

// serving returns a handler that always answers the same.
func serving(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// fetchOne fetches one leaf in a batch of its own.
func fetchOne(t *testing.T, store *Store, leaf Leaf) (series.Answer, error) {
	t.Helper()
	batch := store.Batch(t.Context())
	defer batch.Close()
	answers, err := batch.Fetch(t.Context(), []Leaf{leaf}, nil)
	if err != nil {
		return series.Answer{}, err
	}
	return answers[0], answers[0].Refused
}

// errorOf returns err as an *Error, which it must be.
func errorOf(t *testing.T, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got the error %v, want an *Error", err)
	}
	return e
}

// transport is a store without a network, for tests with a clock of their own.
type transport struct {
	// answer returns the body of a success.
	answer func(*http.Request) (string, error)
	// release is closed to have requests answered; nil has them answered at once.
	release chan struct{}

	mu sync.Mutex
	// asked counts requests by their query; underWay and most are the numbers of those without an answer, now and at most.
	asked          map[string]int
	underWay, most int
}

// RoundTrip answers when requests are released.
func (tr *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	tr.count(req)
	defer func() {
		tr.mu.Lock()
		defer tr.mu.Unlock()
		tr.underWay--
	}()
	if tr.release != nil {
		select {
		case <-tr.release:
		case <-req.Context().Done():
			return nil, req.Context().Err()
		}
	}
	body, err := emptyAnswer, error(nil)
	if tr.answer != nil {
		body, err = tr.answer(req)
	}
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Request: req, Body: io.NopCloser(strings.NewReader(fitting(req, body)))}, nil
}

// instantPoint is a point in the answer to a query of an instant that is written as for a range.
var instantPoint = regexp.MustCompile(`"values":\[(\[[^]]*\])\]`)

// fitting returns an answer as a matrix where a range was asked for, and as a vector otherwise.
func fitting(req *http.Request, body string) string {
	switch path.Base(req.URL.Path) {
	case "query":
		return instantPoint.ReplaceAllString(strings.Replace(body, `"matrix"`, `"vector"`, 1), `"value":$1`)
	case "query_range":
		return strings.Replace(body, `"vector"`, `"matrix"`, 1)
	default:
		return body
	}
}

// count counts a request by its query, or by its label and selector.
func (tr *transport) count(req *http.Request) {
	form := askedFor(req)
	what := form.Get("query")
	if what == "" {
		what = strings.TrimPrefix(req.URL.Path, "/api/v1/") + " " + form.Get("match[]")
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if tr.asked == nil {
		tr.asked = map[string]int{}
	}
	tr.asked[what]++
	tr.underWay++
	tr.most = max(tr.most, tr.underWay)
}

// requests returns the number of all requests.
func (tr *transport) requests() int {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	sum := 0
	for _, n := range tr.asked {
		sum += n
	}
	return sum
}

// now returns the number of requests under way, and the most there ever were.
func (tr *transport) now() (underWay, most int) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.underWay, tr.most
}

// store returns a store that sends its requests to tr.
func (tr *transport) store(t *testing.T, change ...func(*Config)) *Store {
	t.Helper()
	cfg := Config{URL: "http://store.test", Client: &http.Client{Transport: tr}}
	for _, c := range change {
		c(&cfg)
	}
	return newStore(t, cfg)
}

// askedFor returns the parameters of a request, whether in its URL or its body, which it leaves unread.
func askedFor(req *http.Request) url.Values {
	form := req.URL.Query()
	if req.GetBody != nil {
		body, _ := req.GetBody()
		text, _ := io.ReadAll(body)
		posted, _ := url.ParseQuery(string(text))
		for name, values := range posted {
			form[name] = append(form[name], values...)
		}
	}
	return form
}

func TestNewRefusesInvalidSettings(t *testing.T) {
	for name, tc := range map[string]struct {
		cfg  Config
		says string
	}{
		"no URL":                       {Config{}, "no usable URL"},
		"a URL without a scheme":       {Config{URL: "localhost:9090"}, "must begin with http://"},
		"a URL that is a path":         {Config{URL: "/prometheus"}, "must begin with http://"},
		"a scheme that is not HTTP":    {Config{URL: "ftp://store"}, "must begin with http://"},
		"a URL with a broken password": {Config{URL: "http://me:s3cret%zz@store"}, "no usable URL"},
		"a method that is neither":     {Config{URL: "http://store", Method: "PUT"}, "httpMethod"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(tc.cfg)
			e := errorOf(t, err)
			if e.Kind != Settings || !e.Downstream || e.Status != http.StatusBadRequest {
				t.Errorf("got %s %d, downstream %t", e.Kind, e.Status, e.Downstream)
			}
			if !strings.Contains(e.Message, tc.says) || strings.Contains(e.Message, "s3cret") {
				t.Errorf("got %q, want it to say %q and no secret", e.Message, tc.says)
			}
		})
	}
}

func TestNewSetsDefaults(t *testing.T) {
	store := newStore(t, Config{URL: "http://store"})
	if cap(store.slots)+cap(store.reserved) != 10 || store.timeout != time.Minute || store.client.method != http.MethodPost {
		t.Errorf("got %d slots, %s, %s", cap(store.slots), store.timeout, store.client.method)
	}
	if got := store.identity(context.Background()); got != "" {
		t.Errorf("got the identity %q, want none", got)
	}
}
