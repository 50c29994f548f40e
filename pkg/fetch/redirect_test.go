package fetch

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// redirects are the statuses that redirect.
var redirects = []int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect}

// storeCalls are the ways of asking a store.
var storeCalls = map[string]func(*testing.T, *Store) error{
	"an instant": func(t *testing.T, s *Store) error { return second(fetchOne(t, s, atNoon("up"))) },
	"a range":    func(t *testing.T, s *Store) error { return second(fetchOne(t, s, Leaf{PromQL: "up", Range: minutes})) },
	"labels": func(t *testing.T, s *Store) error {
		_, _, err := s.LabelValues(t.Context(), "job", []string{"up"}, noon, noon.Add(time.Hour), 10)
		return err
	},
	"selectors": func(t *testing.T, s *Store) error {
		return second(s.Matches(t.Context(), []string{"up"}, noon, noon.Add(time.Hour)))
	},
	"build information": func(t *testing.T, s *Store) error { return second(s.Build(t.Context())) },
}

func TestA4ARedirectElsewhereIsAnErrorAndNothingIsSentThere(t *testing.T) {
	var sent atomic.Int32
	other := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		sent.Add(1)
		serving(http.StatusOK, fitting(r, emptyAnswer))(w, r)
	})
	secure := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { sent.Add(1) }))
	t.Cleanup(secure.Close)
	for name, to := range map[string]func(r *http.Request) string{
		"another port": func(r *http.Request) string { return other.URL + r.URL.Path },
		"another host": func(r *http.Request) string {
			return strings.Replace(other.URL, "127.0.0.1", "localhost", 1) + r.URL.Path
		},
		"another scheme": func(r *http.Request) string { return secure.URL + r.URL.Path },
		"secrets": func(*http.Request) string {
			return strings.Replace(other.URL, "://", "://me:s3cret@", 1) + "/x?token=s3cret"
		},
		"a second hop": func(r *http.Request) string {
			if strings.HasPrefix(r.URL.Path, "/hop") {
				return other.URL + r.URL.Path
			}
			return "/hop" + r.URL.Path
		},
	} {
		for _, status := range redirects {
			for _, method := range []string{http.MethodPost, http.MethodGet} {
				for call, ask := range storeCalls {
					t.Run(fmt.Sprintf("%s by %d for %s by %s", name, status, call, method), func(t *testing.T) {
						server := newServer(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to(r), status) })
						err := ask(t, newStore(t, Config{URL: server.URL, Method: method, Client: secure.Client()}))
						if err == nil {
							t.Fatal("the redirect is followed")
						}
						e := errorOf(t, err)
						if e.Kind != NotPrometheus || !e.Downstream || !strings.Contains(e.Message, "redirects to http") || strings.Contains(e.Message, "s3cret") {
							t.Errorf("%s: %s", e.Kind, e.Message)
						}
					})
				}
			}
		}
	}
	if n := sent.Load(); n > 0 {
		t.Errorf("%d requests were sent elsewhere", n)
	}
}

// A redirect on the same host is followed where the question arrives as it was asked.
func TestA4ARedirectOnTheSameHostIsFollowed(t *testing.T) {
	for _, status := range redirects {
		for _, method := range []string{http.MethodPost, http.MethodGet} {
			t.Run(fmt.Sprintf("%d by %s", status, method), func(t *testing.T) {
				server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
					if !strings.HasPrefix(r.URL.Path, "/prom/") {
						http.Redirect(w, r, "/prom"+r.URL.RequestURI(), status)
						return
					}
					if r.FormValue("query") != "up" {
						t.Error("the question was lost")
					}
					serving(http.StatusOK, emptyAnswer)(w, r)
				})
				_, err := fetchOne(t, newStore(t, Config{URL: server.URL, Method: method}), atNoon("up"))
				isKept := method == http.MethodGet || status >= http.StatusTemporaryRedirect
				if (err == nil) != isKept {
					t.Errorf("got %v", err)
				}
			})
		}
	}
}

func TestA4ARedirectInCirclesEnds(t *testing.T) {
	server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
	})
	_, err := fetchOne(t, newStore(t, Config{URL: server.URL}), atNoon("up"))
	if e := errorOf(t, err); e.Kind != NotPrometheus {
		t.Errorf("%s: %s", e.Kind, e.Message)
	}
}
