package equality

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync/atomic"
	"testing"
)

// users are those who ask. Each is shown another world.
var users = []string{"Bearer anna", "Bearer ben"}

// fault is what is wrong with a store.
type fault int32

const (
	none    fault = iota
	down          // it is being restarted: nobody answers
	flaky         // every other request fails
	partial       // some of the series are left out, with a warning
)

// maxIdleConnections is the number of connections to a world that are kept for further requests.
const maxIdleConnections = 100

// front stands before the worlds, and shows each user the own one.
type front struct {
	worlds map[string]http.Handler
	fault  atomic.Int32
	asked  atomic.Int64
}

// newFront returns the addresses of a front: one at which it may have faults, and one at which it never has.
func newFront(t *testing.T, worlds map[string]*world) (f *front, faulty, straight string) {
	t.Helper()
	f = &front{worlds: map[string]http.Handler{}}
	for user, w := range worlds {
		to, err := url.Parse(w.store.URL())
		if err != nil {
			t.Fatal(err)
		}
		proxy := httputil.NewSingleHostReverseProxy(to)
		proxy.ModifyResponse, proxy.ErrorLog = spoil, log.New(io.Discard, "", 0)
		// By default two connections to a host are kept, and the ports of all others wait until none is left.
		proxy.Transport = &http.Transport{MaxIdleConnsPerHost: maxIdleConnections}
		f.worlds[user] = proxy
	}
	first, second := httptest.NewServer(http.HandlerFunc(f.serveFaulty)), httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(first.Close)
	t.Cleanup(second.Close)
	return f, first.URL, second.URL
}

// serve shows a user the own world.
func (f *front) serve(w http.ResponseWriter, r *http.Request) {
	world, known := f.worlds[r.Header.Get("Authorization")]
	if !known {
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return
	}
	// The server closes the body when the answer begins, and the proxy drops the answer if it has not read the body to its end
	// by then, as on a busy machine.
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	world.ServeHTTP(w, r)
}

// spoilt marks requests whose answers are left partial.
const spoilt = "X-Spoilt"

// serveFaulty does so with the fault that there is.
func (f *front) serveFaulty(w http.ResponseWriter, r *http.Request) {
	n := f.asked.Add(1)
	switch fault(f.fault.Load()) {
	case down:
		panic(http.ErrAbortHandler)
	case flaky:
		if n%2 == 0 {
			http.Error(w, "the store is busy", http.StatusServiceUnavailable)
			return
		}
	case partial:
		r.Header.Set(spoilt, "yes")
	default:
	}
	f.serve(w, r)
}

// spoil leaves out the first of the series that a query finds.
func spoil(r *http.Response) error {
	if r.Request.Header.Get(spoilt) == "" {
		return nil
	}
	var answer map[string]any
	if err := json.NewDecoder(r.Body).Decode(&answer); err != nil {
		return err
	}
	if found, ok := answer["data"].(map[string]any); ok {
		if series, ok := found["result"].([]any); ok && len(series) > 0 {
			found["result"] = series[1:]
		}
		answer["warnings"] = []string{warning}
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	r.Header.Set("Content-Length", strconv.Itoa(len(text)))
	return nil
}

// warning is what a front says of a partial answer.
const warning = "some of the stores behind this one did not answer"
