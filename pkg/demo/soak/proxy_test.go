package soak

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// maxIdleConnections is the number of connections to a store that are kept for further requests.
const maxIdleConnections = 100

// proxy stands before the stores of all tenants, at an address where it has faults, and at one where it never has.
type proxy struct {
	stores            map[string]http.Handler
	address, straight string
	decoy             string

	mu     sync.Mutex
	server *http.Server
	random *rand.Rand
	// hits counts the requests that each fault has hit.
	hits map[string]int

	fault atomic.Pointer[fault]
	// ended is when the newest fault ended, in Unix nanoseconds; math.MaxInt64 while there is one.
	ended atomic.Int64
	// strayed counts the requests that came where a fault redirects to.
	strayed atomic.Int64
}

// newProxy returns a proxy before the stores of tenants.
func newProxy(t *testing.T, seed uint64) *proxy {
	t.Helper()
	p := &proxy{stores: map[string]http.Handler{}, random: rand.New(rand.NewPCG(seed, 5)), hits: map[string]int{}}
	for i, tenant := range tenants {
		to, err := url.Parse(openStore(t, tenant, seed+uint64(i)).URL())
		if err != nil {
			t.Fatal(err)
		}
		passing := httputil.NewSingleHostReverseProxy(to)
		passing.ErrorLog = log.New(io.Discard, "", 0)
		passing.Transport = &http.Transport{MaxIdleConnsPerHost: maxIdleConnections}
		p.stores[tenant] = passing
	}
	straight := httptest.NewServer(http.HandlerFunc(p.serve))
	decoy := httptest.NewServer(http.HandlerFunc(p.serveDecoy))
	t.Cleanup(straight.Close)
	t.Cleanup(decoy.Close)
	p.straight, p.decoy = straight.URL, decoy.URL
	if err := p.listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	return p
}

// listen opens the address with faults.
func (p *proxy) listen(address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.address = listener.Addr().String()
	p.server = &http.Server{Handler: http.HandlerFunc(p.serveFaulty), ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: time.Minute}
	go func(s *http.Server) { _ = s.Serve(listener) }(p.server)
	return nil
}

// close closes the address with faults, and all connections to it.
func (p *proxy) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.server.Close()
}

// faulty is the URL of the address with faults.
func (p *proxy) faulty() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return "http://" + p.address
}

// tenantOf returns whose telemetry a request is about.
func tenantOf(r *http.Request) string {
	for _, tenant := range tenants {
		if r.Header.Get("X-Scope-OrgID") == tenant || r.Header.Get("Authorization") == token(tenant) {
			return tenant
		}
	}
	return ""
}

// serve answers by the store of the request's tenant.
func (p *proxy) serve(w http.ResponseWriter, r *http.Request) {
	store, known := p.stores[tenantOf(r)]
	if !known {
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return
	}
	body, err := io.ReadAll(r.Body) // The server closes it when the answer begins.
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	store.ServeHTTP(w, r)
}

// serveDecoy answers what a fault redirects to: with numbers that are wrong.
func (p *proxy) serveDecoy(w http.ResponseWriter, _ *http.Request) {
	p.strayed.Add(1)
	_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"vector","result":[]}}`)
}

// serveFaulty does what serve does, or what the fault does instead.
func (p *proxy) serveFaulty(w http.ResponseWriter, r *http.Request) {
	f := p.fault.Load()
	if f == nil || !p.hit(f) {
		p.serve(w, r)
		return
	}
	f.serve(p, f, w, r)
}

// hit draws whether a fault is about the next request.
func (p *proxy) hit(f *fault) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	isHit := p.random.Float64() < f.share
	if isHit {
		p.hits[f.name]++
	}
	return isHit
}

// isFaulty reports whether a fault has been on at some time from a moment before a time on.
func (p *proxy) isFaulty(since time.Time) bool {
	return p.ended.Load() > since.Add(-time.Second).UnixNano()
}

// run has one fault after the other until a time, all of them as often.
func (p *proxy) run(ctx context.Context, until time.Time) error {
	random := rand.New(rand.NewPCG(p.random.Uint64(), 9))
	var left []int
	for time.Now().Before(until) && ctx.Err() == nil {
		if len(left) == 0 {
			left = random.Perm(len(faults))
		}
		kind := faults[left[0]]
		left = left[1:]
		time.Sleep(time.Duration(300+random.IntN(1000)) * time.Millisecond)
		f := &fault{name: kind.name, serve: kind.serve, share: .2 + .8*random.Float64(), over: make(chan struct{})}
		if err := p.have(f, time.Duration(300+random.IntN(700))*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// have has a fault for some time.
func (p *proxy) have(f *fault, during time.Duration) error {
	p.ended.Store(math.MaxInt64)
	defer func() { p.ended.Store(time.Now().UnixNano()) }()
	if f.serve == nil {
		p.close()
		time.Sleep(during)
		p.mu.Lock()
		p.hits[f.name]++
		p.mu.Unlock()
		for range 100 {
			if err := p.listen(strings.TrimPrefix(p.faulty(), "http://")); err == nil {
				return nil
			}
			time.Sleep(10 * time.Millisecond)
		}
		return errors.New("the proxy's address is taken")
	}
	p.fault.Store(f)
	time.Sleep(during)
	p.fault.Store(nil)
	close(f.over)
	return nil
}
