package stores

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// partialShop has errors that are 0 where they are absent.
const partialShop = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: partial }
spec:
  flows:
    - name: shop
      slis: [{ name: ok, component: availability, ratio: { bad: errors_total, total: requests_total, absent: zero } }]
`

// partialSamples has a fifth of errors.
func partialSamples() []promstore.Sample {
	return join(counter(begin, end, 2, 0, "errors_total"), counter(begin, end, 10, 0, "requests_total"))
}

// TestA2PartialAnswersAreShown asks while the errors do not answer: what is missing is not 0, is said, and is asked for again. The answers
// are the stores' own but for what marks them.
func TestA2PartialAnswersAreShown(t *testing.T) {
	each(t, func(t *testing.T, store *Store) {
		store.Write(t, partialSamples()...)
		behind, isPartial := store.behindPartial(t)
		source := behind.source(t, partialShop, nil)
		isPartial.Store(true)
		number, notices := source.latest(end, `"measure": "score"`)
		if number != nil {
			t.Errorf("the score is %v", *number)
		}
		says(t, notices, "partial")
		says(t, source.health(end).Message, "partial")
		isPartial.Store(false)
		if number, notices = source.latest(end, `"measure": "score"`); shown(number) != "0.8" || strings.Contains(notices, "partial") {
			t.Errorf("the score is %s after it: %s", shown(number), notices)
		}
	})
}

// TestS11ThanosWithoutItsStores asks a querier whose only store is gone, but for the frontend.
func TestS11ThanosWithoutItsStores(t *testing.T) {
	eachOf(t, []string{Thanos}, func(t *testing.T, store *Store) {
		store.Write(t, partialSamples()...)
		partial := store.source(t, partialShop, nil)
		failing := store.source(t, partialShop, map[string]any{"customQueryParameters": "dedup=true&partial_response=false"})
		store.lose()
		number, notices := partial.latest(end, `"measure": "score"`)
		if number != nil {
			t.Errorf("the score is %v", *number)
		}
		says(t, notices, "the store warns: fetch series for ", "connection refused")
		says(t, partial.health(end).Message, "fetch series for ", "connection refused")
		answer := failing.ask(end, `"format": "latest", "measure": "score"`, time.Hour, time.Minute)
		if answer.Error == nil {
			t.Fatalf("partial_response=false answers %s", noticesOf(answer))
		}
		says(t, answer.Error.Error(), "rpc error: code = Unavailable", "A part of the store did not answer.")
	})
}

// behindPartial returns the store behind a proxy that leaves out the errors while that is said, and says so as the store's kind does.
func (s *Store) behindPartial(t *testing.T) (behind *Store, isPartial *atomic.Bool) {
	t.Helper()
	target, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	isPartial = &atomic.Bool{}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ModifyResponse = func(r *http.Response) error {
		if r.Request.Header.Get(leavesOut) == "" {
			return nil
		}
		return change(r, func(answer map[string]any) {
			if data, ok := answer["data"].(map[string]any); ok {
				data["result"] = []any{}
			}
			if s.Name == VictoriaMetrics {
				answer["isPartial"] = true
			} else {
				answer["warnings"] = []string{"partial response: a part of the store did not answer"}
			}
		})
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(body))
		if isPartial.Load() && strings.Contains(form.Get("query"), "errors_total") {
			r.Header.Set(leavesOut, "yes")
			r.Header.Del("Accept-Encoding")
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	other := *s
	other.URL = server.URL
	return &other, isPartial
}

// leavesOut marks requests whose answers are changed.
const leavesOut = "X-Leaves-Out"

// change changes the JSON of an answer.
func change(r *http.Response, how func(map[string]any)) error {
	var answer map[string]any
	if err := json.NewDecoder(r.Body).Decode(&answer); err != nil {
		return err
	}
	how(answer)
	text, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	r.Header.Set("Content-Length", strconv.Itoa(len(text)))
	return nil
}
