package fetch

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// seen is what a store sees of a request.
type seen struct {
	Method, Path string
	// Query are the parameters in the URL, Form those in the body.
	Query, Form url.Values
}

// recording returns a handler that appends to requests and answers with the empty vector.
func recording(t *testing.T, requests *[]seen) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		*requests = append(*requests, seen{Method: r.Method, Path: r.URL.Path, Query: r.URL.Query(), Form: r.PostForm})
		serving(http.StatusOK, fitting(r, emptyAnswer))(w, r)
	}
}

func TestRequestsAsTheStoreSeesThem(t *testing.T) {
	ranged := Leaf{PromQL: "up", Range: series.New(noon, noon.Add(time.Hour), 90*time.Second)}
	const (
		from = "1772366400"
		to   = "1772370000"
	)
	for name, tc := range map[string]struct {
		path   string
		method string
		custom url.Values
		leaf   Leaf
		want   seen
	}{
		"an instant is a form posted to query": {
			leaf: atNoon("up"),
			want: seen{"POST", "/api/v1/query", url.Values{}, url.Values{"query": {"up"}, "time": {from}}},
		},
		"a range is a form posted to query_range": {
			leaf: ranged,
			want: seen{"POST", "/api/v1/query_range", url.Values{}, url.Values{"query": {"up"}, "start": {from}, "end": {to}, "step": {"90"}}},
		},
		"with GET the form is in the URL": {
			method: http.MethodGet, leaf: ranged,
			want: seen{"GET", "/api/v1/query_range", url.Values{"query": {"up"}, "start": {from}, "end": {to}, "step": {"90"}}, url.Values{}},
		},
		"custom parameters are in the URL of a POST": {
			custom: url.Values{"dedup": {"true"}}, leaf: atNoon("up"),
			want: seen{"POST", "/api/v1/query", url.Values{"dedup": {"true"}}, url.Values{"query": {"up"}, "time": {from}}},
		},
		"custom parameters are in the URL of a GET": {
			method: http.MethodGet, custom: url.Values{"dedup": {"true"}}, leaf: atNoon("up"),
			want: seen{"GET", "/api/v1/query", url.Values{"dedup": {"true"}, "query": {"up"}, "time": {from}}, url.Values{}},
		},
		"a query in the configured URL is custom parameters": {
			path: "/prom/?tenant=a", custom: url.Values{"tenant": {"b"}}, leaf: atNoon("up"),
			want: seen{"POST", "/prom/api/v1/query", url.Values{"tenant": {"a", "b"}}, url.Values{"query": {"up"}, "time": {from}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var requests []seen
			server := newServer(t, recording(t, &requests))
			store := newStore(t, Config{URL: server.URL + tc.path, Method: tc.method, CustomQueryParameters: tc.custom})
			if _, err := fetchOne(t, store, tc.leaf); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]seen{tc.want}, requests); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestStoreThatForbidsPOSTIsQueriedByGET(t *testing.T) {
	var methods []string
	server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		methods = append(methods, r.Method)
		if r.Method == http.MethodPost {
			serving(http.StatusMethodNotAllowed, "")(w, r)
			return
		}
		if got := r.URL.Query(); got.Get("query") != "up" || got.Get("dedup") != "true" {
			t.Errorf("got the parameters %v", got)
		}
		serving(http.StatusOK, emptyAnswer)(w, r)
	})
	store := newStore(t, Config{URL: server.URL, CustomQueryParameters: url.Values{"dedup": {"true"}}})
	if _, err := fetchOne(t, store, atNoon("up")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"POST", "GET"}, methods); diff != "" {
		t.Error(diff)
	}
}

func TestRedirectThatLosesTheQueryIsAnError(t *testing.T) {
	server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/login" {
			serving(http.StatusOK, "<title>Sign in</title>")(w, r)
			return
		}
		http.Redirect(w, r, "/login?state=s3cret", http.StatusFound)
	})
	_, err := fetchOne(t, newStore(t, Config{URL: server.URL}), atNoon("up"))
	e := errorOf(t, err)
	want := "The store's address redirects to " + server.URL + "/login, which would lose queries. Set the data source's URL to where the store's API is, behind any login page."
	if e.Kind != NotPrometheus || e.Status != http.StatusBadGateway || e.Message != want {
		t.Errorf("got %s %d %q", e.Kind, e.Status, e.Message)
	}
}

// JSON may begin with white space, whichever part of the API answers with it.
func TestAnswersMayBeginWithWhiteSpace(t *testing.T) {
	const space = " \t\r\n"
	for name, ask := range map[string]func(*Store) error{
		"a query": func(s *Store) error {
			answer, err := fetchOne(t, s, atNoon("up"))
			if err == nil && len(answer.Series) != 1 {
				t.Errorf("got %d series, want 1", len(answer.Series))
			}
			return err
		},
		"label values": func(s *Store) error {
			got, _, err := s.LabelValues(t.Context(), "job", []string{"up"}, noon, noon, 10)
			if err == nil && !slices.Equal(got, []string{"a"}) {
				t.Errorf("got %q", got)
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
				answer := labelled(`"a"`)
				if strings.HasSuffix(r.URL.Path, "/query") {
					answer = data("vector", `[{"metric":{},"value":[1772366400,"1"]}]`)
				}
				// The white space arrives before the rest.
				serving(http.StatusOK, space)(w, r)
				_ = http.NewResponseController(w).Flush()
				_, _ = io.WriteString(w, space+answer)
			})
			if err := ask(newStore(t, Config{URL: server.URL})); err != nil {
				t.Error(err)
			}
		})
	}
}
