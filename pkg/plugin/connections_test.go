package plugin

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// countedServer is a store that counts the connections that it holds.
type countedServer struct {
	mu    sync.Mutex
	held  map[net.Conn]struct{}
	most  int
	ended *sync.Cond
}

// serveCounted returns the URL of a store, and its connections.
func serveCounted(t *testing.T, handler http.Handler) (string, *countedServer) {
	t.Helper()
	s := &countedServer{held: map[net.Conn]struct{}{}}
	s.ended = sync.NewCond(&s.mu)
	server := httptest.NewUnstartedServer(handler)
	server.Config.ConnState = func(conn net.Conn, state http.ConnState) {
		s.mu.Lock()
		defer s.mu.Unlock()
		switch state {
		case http.StateNew:
			s.held[conn] = struct{}{}
			s.most = max(s.most, len(s.held))
		case http.StateClosed:
			delete(s.held, conn)
			s.ended.Broadcast()
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	return server.URL, s
}

// parties is the number of requests that are under way together.
const parties = 5

// together is a store without series that answers so many requests together, each on a connection of its own.
type together struct {
	mu      sync.Mutex
	arrived int
	all     chan struct{}
}

// ServeHTTP answers when all parties have arrived.
func (s *together) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	if s.arrived%parties == 0 {
		s.all = make(chan struct{})
	}
	all := s.all
	if s.arrived++; s.arrived%parties == 0 {
		close(all)
	}
	s.mu.Unlock()
	<-all
	_, _ = w.Write([]byte(`{"status":"success","data":[]}`))
}

// falls waits until the store holds at most so many connections, for less time than idle ones are kept.
func (s *countedServer) falls(t *testing.T, most int) {
	t.Helper()
	late := false
	defer time.AfterFunc(time.Minute, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		late = true
		s.ended.Broadcast()
	}).Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.held) > most {
		if late {
			t.Fatalf("%d connections are held", len(s.held))
		}
		s.ended.Wait()
	}
}

// Saving the settings again and again, before Grafana disposes of any of the instances, and many data sources at the same time,
// keep few connections.
func TestS14ConnectionsAreFewOverAllDataSources(t *testing.T) {
	for name, test := range map[string]struct {
		sources int
		uid     func(i int) string
		atOnce  bool
	}{
		"72 saves of a data source, one after the other":   {72, func(int) string { return "a" }, false},
		"100 data sources, one after the other":            {100, strconv.Itoa, false},
		"100 data sources at the same time":                {100, strconv.Itoa, true},
		"200 data sources at the same time":                {200, strconv.Itoa, true},
		"72 saves of a data source, all used at that time": {72, func(int) string { return "a" }, true},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			url, store := serveCounted(t, &together{})
			h.url = url
			var sources []*DataSource
			var asking sync.WaitGroup
			for i := range test.sources {
				source := h.open(t, test.uid(i), map[string]any{"definition": pagedYAML, "cacheBytes": 0})
				sources = append(sources, source)
				use := func() {
					for range 2 {
						if _, err := source.store.Matches(t.Context(), make([]string, parties), h.now, h.now); err != nil {
							t.Error(err)
						}
					}
				}
				if test.atOnce {
					asking.Go(use)
				} else {
					use()
				}
			}
			asking.Wait()
			store.falls(t, 100)
			for _, source := range sources {
				source.Dispose()
			}
			store.falls(t, 0)
			if open, underWay := h.shared.connections.open.Load(), h.shared.connections.underWay.Load(); underWay != 0 || open > 0 && len(h.shared.connections.transports) > 0 {
				t.Errorf("%d connections are open, %d requests under way, %d transports", open, underWay, len(h.shared.connections.transports))
			}
		})
	}
}

// A data source that others leave no room is answered all the same.
func TestS14ABusyProcessKeepsAnswering(t *testing.T) {
	h := newHarness(t)
	h.shared.connections.open.Add(10 * maxConnections)
	h.shared.connections.underWay.Add(10 * maxConnections)
	url, store := serveCounted(t, h.store)
	h.url = url
	source := h.open(t, "a", map[string]any{"definition": pagedYAML, "cacheBytes": 0})
	defer source.Dispose()
	for range 3 {
		if a := h.ask(t, source, `{"format":"latest","measure":"budget","level":"flow"}`, time.Hour); a.Error != nil {
			t.Error(a.Error)
		}
	}
	store.falls(t, 0)
}

// What is saved while a request is under way closes its connection when that is answered.
func TestS14AConnectionInUseIsClosedBehindItsRequest(t *testing.T) {
	h := newHarness(t)
	begun, answer := make(chan struct{}), make(chan struct{})
	url, store := serveCounted(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun <- struct{}{}
		<-answer
		h.store.ServeHTTP(w, r)
	}))
	h.url = url
	source := h.open(t, "a", map[string]any{"definition": pagedYAML, "cacheBytes": 0})
	done := make(chan backend.DataResponse)
	go func() { done <- h.ask(t, source, `{"format":"latest"}`, time.Hour) }()
	<-begun
	source.Dispose()
	go func() {
		for range begun { // More requests of the same query.
		}
	}()
	close(answer)
	if a := <-done; a.Error != nil {
		t.Error(a.Error)
	}
	source.store.Close()
	store.falls(t, 0)
	close(begun)
}
