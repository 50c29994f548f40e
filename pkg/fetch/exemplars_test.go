package fetch

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// hour is the range that the tests ask about.
var hour = series.New(noon, noon.Add(time.Hour), time.Hour)

// exemplarsAnswer is an answer with two exemplars of a series.
const exemplarsAnswer = `{"status":"success","data":[{"seriesLabels":{"__name__":"d_bucket","job":"shop","le":"1"},"exemplars":[
	{"labels":{"trace_id":"a"},"value":"0.75","timestamp":1772366410.5},{"labels":{},"value":"NaN","timestamp":1772366411}]}],"warnings":["half"]}`

// exemplarsOf asks a store for exemplars in a batch of its own.
func exemplarsOf(t *testing.T, store *Store, promQL string) (series.Exemplars, error) {
	t.Helper()
	ctx := store.ForQuery(t.Context())
	batch := store.Batch(ctx)
	defer batch.Close()
	return batch.Exemplars(ctx, promQL, hour)
}

func TestExemplarsAreAskedForAndDecoded(t *testing.T) {
	for method, want := range map[string]seen{
		http.MethodPost: {"POST", "/api/v1/query_exemplars", url.Values{"tenant": {"a"}}, url.Values{"query": {"d_bucket"}, "start": {"1772366400"}, "end": {"1772370000"}}},
		http.MethodGet:  {"GET", "/api/v1/query_exemplars", url.Values{"tenant": {"a"}, "query": {"d_bucket"}, "start": {"1772366400"}, "end": {"1772370000"}}, url.Values{}},
	} {
		t.Run(method, func(t *testing.T) {
			var requests []seen
			server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
				recording(t, &requests)(discard{http.Header{}}, r)
				serving(http.StatusOK, exemplarsAnswer)(w, r)
			})
			store := newStore(t, Config{URL: server.URL, Method: method, CustomQueryParameters: url.Values{"tenant": {"a"}}})
			found, err := exemplarsOf(t, store, "d_bucket")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]seen{want}, requests); diff != "" {
				t.Error(diff)
			}
			if len(found.Found) != 2 || found.Cut || found.Refused != nil || !cmp.Equal(found.Warnings, []string{"half"}) {
				t.Fatalf("got %+v", found)
			}
			first := found.Found[0]
			if first.Value != 0.75 || first.Time != 1772366410500 || !labels.Equal(first.Labels, labels.FromStrings("trace_id", "a")) ||
				!labels.Equal(first.Series, labels.FromStrings("__name__", "d_bucket", "job", "shop", "le", "1")) {
				t.Errorf("the first exemplar is %+v", first)
			}
		})
	}
}

// discard is a response that nobody reads.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

func TestAStoreWithoutExemplarsSaysSo(t *testing.T) {
	for name, test := range map[string]struct {
		status     int
		body, want string
	}{
		"no such endpoint":                     {http.StatusNotFound, "404 page not found", "404"},
		"a method or path that is not allowed": {http.StatusMethodNotAllowed, "", "405"},
		"an API that has not implemented it":   {http.StatusNotImplemented, `{"status":"error","error":"exemplars are disabled"}`, "exemplars are disabled"},
		"Thanos before a store without it":     {http.StatusUnprocessableEntity, refusal("execution", "rpc error: code = Unimplemented desc = unknown service thanos.Exemplars"), "unknown service thanos.Exemplars"},
		"an error of the endpoint":             {http.StatusUnprocessableEntity, refusal("execution", "exemplar storage is off"), "exemplar storage is off"},
		"an error in a success":                {http.StatusOK, refusal("bad_data", "unknown endpoint"), "unknown endpoint"},
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t, serving(test.status, test.body))
			found, err := exemplarsOf(t, newStore(t, Config{URL: server.URL}), "d_bucket")
			if err != nil || found.Refused == nil || !strings.Contains(found.Refused.Error(), test.want) || len(found.Found) > 0 {
				t.Errorf("got %+v, %v, want to be told %q", found, err, test.want)
			}
		})
	}
}

func TestFaultsOfAStoreStayErrorsOfExemplars(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		want   Kind
	}{
		"who may not ask":           {http.StatusUnauthorized, "", Unauthorized},
		"a store that is down":      {http.StatusServiceUnavailable, "", Unavailable},
		"another answer":            {http.StatusOK, `{"status":"success","data":{"resultType":"vector"}}`, NotPrometheus},
		"no answer":                 {http.StatusOK, `{"status":"success"}`, NotPrometheus},
		"an answer without success": {http.StatusOK, `{"data":[]}`, NotPrometheus},
		"no JSON":                   {http.StatusOK, `{"status":"success","data":[}`, NotPrometheus},
		"a number that is none":     {http.StatusOK, `{"status":"success","data":[{"seriesLabels":{},"exemplars":[{"value":"x","timestamp":1}]}]}`, NotPrometheus},
		"a time that is none":       {http.StatusOK, `{"status":"success","data":[{"seriesLabels":{},"exemplars":[{"value":"1","timestamp":"x"}]}]}`, NotPrometheus},
		"a time of no calendar":     {http.StatusOK, `{"status":"success","data":[{"seriesLabels":{},"exemplars":[{"value":"1","timestamp":1e300}]}]}`, NotPrometheus},
		"a label twice":             {http.StatusOK, `{"status":"success","data":[{"seriesLabels":{"a":"b","a":"c"},"exemplars":[]}]}`, NotPrometheus},
		"an exemplar's label twice": {http.StatusOK, `{"status":"success","data":[{"seriesLabels":{},"exemplars":[{"labels":{"a":"b","a":"c"},"value":"1","timestamp":1}]}]}`, NotPrometheus},
		"one that breaks off":       {http.StatusOK, `{"status":"success","data":[{"seriesLabels":{},`, NotPrometheus},
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t, serving(test.status, test.body))
			_, err := exemplarsOf(t, newStore(t, Config{URL: server.URL}), "d_bucket")
			if err == nil || errorOf(t, err).Kind != test.want {
				t.Errorf("the error is %v, want one of the kind %s", err, test.want)
			}
		})
	}
}

// An answer about exemplars has to have the form of the API, as the others have.
func TestExemplarsOfAnotherFormAreErrors(t *testing.T) {
	for name, body := range valuesForms {
		if name == "null" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			server := newServer(t, serving(http.StatusOK, body))
			found, err := exemplarsOf(t, newStore(t, Config{URL: server.URL}), "d_bucket")
			if err == nil || errorOf(t, err).Kind != NotPrometheus {
				t.Errorf("got %+v (%v)", found, err)
			}
		})
	}
}

func TestWarningsOfExemplarsAreBounded(t *testing.T) {
	warning := `"` + strings.Repeat("x", 10_000) + `",`
	server := newServer(t, serving(http.StatusOK, `{"status":"success","data":[],"warnings":[`+strings.Repeat(warning, 100)+`"end"]}`))
	found, err := exemplarsOf(t, newStore(t, Config{URL: server.URL}), "d_bucket")
	if err != nil || len(found.Warnings) != maxAnnotations || len(found.Warnings[0]) > 1000 {
		t.Errorf("%d warnings are kept (%v)", len(found.Warnings), err)
	}
}

func TestNoExemplarsAreNone(t *testing.T) {
	for name, body := range map[string]string{"an empty list": `{"status":"success","data":[]}`, "null": `{"status":"success","data":null}`} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t, serving(http.StatusOK, body))
			if found, err := exemplarsOf(t, newStore(t, Config{URL: server.URL}), "d_bucket"); err != nil || len(found.Found) > 0 || found.Refused != nil {
				t.Errorf("got %+v, %v", found, err)
			}
		})
	}
}

// manyExemplars is an answer with n series of one exemplar each.
func manyExemplars(n int) string {
	one := `{"seriesLabels":{"__name__":"d_bucket"},"exemplars":[{"labels":{"trace_id":"0123456789abcdef"},"value":"1","timestamp":1772366410}]},`
	return `{"status":"success","data":[` + strings.TrimSuffix(strings.Repeat(one, n), ",") + `]}`
}

func TestOfALongAnswerAboutExemplarsTheFirstPartIsRead(t *testing.T) {
	body := manyExemplars(50_000)
	server := newServer(t, serving(http.StatusOK, body))
	found, err := exemplarsOf(t, newStore(t, Config{URL: server.URL}), "d_bucket")
	if err != nil {
		t.Fatal(err)
	}
	if want := 50_000 * maxExemplarBytes / len(body); !found.Cut || len(found.Found) < want-1 || len(found.Found) > want {
		t.Errorf("%d exemplars are read, want %d; cut: %t", len(found.Found), want, found.Cut)
	}
}

func TestExemplarsTakeMemoryOfTheirQuery(t *testing.T) {
	server := newServer(t, serving(http.StatusOK, manyExemplars(100)))
	memory := NewMemory(1 << 20)
	store := newStore(t, Config{URL: server.URL, Memory: memory, QueryBytes: 10_000})
	if _, err := exemplarsOf(t, store, "d_bucket"); err == nil || errorOf(t, err).Kind != OutOfMemory {
		t.Errorf("the error is %v, want one of memory", err)
	}
	if now, peak := memory.Used(); now != 0 || peak == 0 {
		t.Errorf("%d bytes are still held, of %d", now, peak)
	}
}

func TestExemplarsAreAskedForEachTime(t *testing.T) {
	asked := map[string]int{}
	server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		asked[r.Header.Get("X-User")]++
		serving(http.StatusOK, exemplarsAnswer)(w, r)
	})
	type user struct{}
	client := &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.Header.Set("X-User", r.Context().Value(user{}).(string))
		return http.DefaultTransport.RoundTrip(r)
	})}
	store := newStore(t, Config{URL: server.URL, Client: client, Cache: NewCache(1<<20, nil), Identity: func(ctx context.Context) string { return ctx.Value(user{}).(string) }})
	for _, name := range []string{"ann", "bob", "ann"} {
		ctx := context.WithValue(t.Context(), user{}, name)
		batch := store.Batch(ctx)
		if _, err := batch.Exemplars(ctx, "d_bucket", hour); err != nil {
			t.Fatal(err)
		}
		batch.Close()
	}
	if want := map[string]int{"ann": 2, "bob": 1}; !cmp.Equal(asked, want) {
		t.Errorf("asked was %v, want %v", asked, want)
	}
}
