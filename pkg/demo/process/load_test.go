package process

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// proxyTo returns what passes requests on to a store.
func proxyTo(store string) http.Handler {
	target, err := url.Parse(store)
	if err != nil {
		panic(err)
	}
	return httputil.NewSingleHostReverseProxy(target)
}

// gate is a store that counts the requests under way. The first ones wait until as many are there as may be.
type gate struct {
	mu              sync.Mutex
	limit, now, max int
	// full is closed by fill once limit requests are under way.
	full chan struct{}
	fill sync.Once
}

// enter counts a request that begins.
func (g *gate) enter() {
	g.mu.Lock()
	g.now++
	g.max = max(g.max, g.now)
	if g.now == g.limit {
		g.fill.Do(func() { close(g.full) })
	}
	g.mu.Unlock()
	<-g.full
}

// leave counts a request that ends.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.now--
}

func TestFiftyRequestsAtOnce(t *testing.T) {
	const limit = 3
	g := &gate{limit: limit, full: make(chan struct{})}
	target := proxyTo(shop.URL())
	store := serve(t, func(w http.ResponseWriter, r *http.Request) {
		g.enter()
		defer g.leave()
		target.ServeHTTP(w, r)
	})
	s := newSource(store, shopDefinition, "concurrency", limit)
	request := &backend.QueryDataRequest{
		PluginContext: s.context(t), Queries: []backend.DataQuery{over(10*time.Minute, 12*time.Minute, `{"level":"flow"}`).asked()},
	}
	var all sync.WaitGroup
	answers, errs := make([]*backend.QueryDataResponse, 50), make([]error, 50)
	for i := range answers {
		all.Go(func() { answers[i], errs[i] = plugin.QueryData(t.Context(), request) })
	}
	all.Wait()
	for i, answer := range answers {
		if errs[i] != nil || answer.Responses["A"].Error != nil {
			t.Fatalf("the request %d failed: %v %v", i, errs[i], answer)
		}
		seriesOf(t, answer.Responses["A"].Frames, "score").check(t, repeated(measures["flow"]["score"], 3))
	}
	if g.max != limit {
		t.Errorf("%d requests were under way at once, want %d", g.max, limit)
	}
}

func TestTheSameIsAskedOnceARequest(t *testing.T) {
	var mu sync.Mutex
	asked := map[string]int{}
	target := proxyTo(shop.URL())
	store := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked[r.URL.Path+"?"+form(t, r)]++
		mu.Unlock()
		target.ServeHTTP(w, r)
	})
	var queries []query
	for i, json := range []string{`{}`, `{"level":"flow"}`, `{"level":"sli"}`, `{"level":"sli","measure":"value"}`, `{"level":"flow","measure":"traffic"}`, `{"level":"flow","measure":"impact"}`} {
		q := over(10*time.Minute, 12*time.Minute, json)
		q.refID = fmt.Sprint(i)
		queries = append(queries, q)
	}
	for _, answer := range newSource(store, shopDefinition, "httpMethod", "GET").ask(t, queries...) {
		if answer.Error != nil {
			t.Fatal(answer.Error)
		}
	}
	// 2 of success, 2 of fast, 1 more of p60, 2 of search/fast, 1 of backlog, 2 of up; and of 2 histograms whether they
	// are classic and whether they are native, and of the classic one whether its instances differ; and how far apart the samples of
	// 4 metrics are, in up to 3 windows where samples are few. Some of them are asked together, depending on which query comes first.
	if len(asked) > 27 {
		t.Errorf("%d different things were asked, want 27 at most: %v", len(asked), asked)
	}
	for what, times := range asked {
		if times != 1 {
			t.Errorf("%s was asked %d times", what, times)
		}
	}
}

// form returns the parameters of a request, whose body stays to be read.
func form(t *testing.T, r *http.Request) string {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil || len(body) > 0 {
		t.Errorf("a GET has the body %q, %v", body, err)
	}
	return r.URL.RawQuery
}

func TestWhatIsKnownOfHistogramsIsRememberedForTheSameUser(t *testing.T) {
	var mu sync.Mutex
	lookups := 0
	target := proxyTo(shop.URL())
	store := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			mu.Lock()
			lookups++
			mu.Unlock()
		}
		target.ServeHTTP(w, r)
	})
	s := newSource(store, shopDefinition)
	q := over(10*time.Minute, 12*time.Minute, `{"level":"sli","slis":["search/fast"]}`)
	ask := func(headers map[string]string) int {
		mu.Lock()
		before := lookups
		mu.Unlock()
		s.headers = headers
		s.frames(t, q)
		mu.Lock()
		defer mu.Unlock()
		return lookups - before
	}
	me := map[string]string{"Authorization": "Bearer me", "http_X-Query-Group-Id": "1", "http_X-Panel-Id": "1"}
	again := map[string]string{"Authorization": "Bearer me", "http_X-Query-Group-Id": "2", "http_X-Panel-Id": "7"}
	other := map[string]string{"Authorization": "Bearer other", "http_X-Query-Group-Id": "2", "http_X-Panel-Id": "7"}
	if n := ask(me); n != 2 {
		t.Errorf("a histogram was looked up %d times, want once as classic and once as native", n)
	}
	if n := ask(again); n != 0 {
		t.Errorf("the same user's next panel looked it up %d times more", n)
	}
	if n := ask(other); n != 2 {
		t.Errorf("for another user it was looked up %d times, want 2", n)
	}
}

func TestAnAlertRuleIsAnsweredWhilePanelsWait(t *testing.T) {
	const panels = 500
	released := make(chan struct{})
	target := proxyTo(shop.URL())
	store := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Fromalert") == "" {
			<-released
		}
		target.ServeHTTP(w, r)
	})
	s := newSource(store, shopDefinition, "queryTimeout", "10m")
	ask := func(json string, headers map[string]string) *backend.DataResponse {
		request := &backend.QueryDataRequest{PluginContext: s.context(t), Headers: headers,
			Queries: []backend.DataQuery{over(10*time.Minute, 12*time.Minute, json).asked()}}
		answer, err := plugin.QueryData(t.Context(), request)
		if err != nil {
			t.Error(err)
			return nil
		}
		one := answer.Responses["A"]
		return &one
	}
	var all sync.WaitGroup
	for i := range panels {
		all.Go(func() {
			if answer := ask(fmt.Sprintf(`{"level":"flow","window":"%ds"}`, 300+i), nil); answer != nil && answer.Error != nil {
				t.Error(answer.Error)
			}
		})
	}
	for range 3 { // The rule wants what a panel waits for, too.
		answer := ask(`{"level":"flow","window":"300s"}`, map[string]string{"FromAlert": "true"})
		if answer.Error != nil {
			t.Fatal(answer.Error)
		}
		seriesOf(t, answer.Frames, "score").check(t, repeated(measures["flow"]["score"], 3))
	}
	close(released)
	all.Wait()
}
