package plugin

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

// maxConnections is the number of connections to stores, over all data sources of the process, above which none is kept open.
const maxConnections = 100

// connections bounds the idle connections of all data sources. Requests are not bounded by it, but above the bound their
// connections are closed behind them, and a new connection closes those that are idle. It is safe for concurrent use.
type connections struct {
	mu         sync.Mutex
	transports map[*http.Transport]struct{}
	// open is the number of connections, and underWay that of requests.
	open, underWay atomic.Int64
}

// add has the connections of a transport counted, which must not have been used yet.
func (c *connections) add(transport *http.Transport) {
	dial := transport.DialContext
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if c.open.Load() >= maxConnections {
			c.closeIdle()
		}
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		c.open.Add(1)
		return &countedConn{Conn: conn, closed: sync.OnceFunc(func() { c.open.Add(-1) })}, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.transports == nil {
		c.transports = map[*http.Transport]struct{}{}
	}
	c.transports[transport] = struct{}{}
}

// remove closes the idle connections of a transport, whose others are closed when they become idle.
func (c *connections) remove(transport *http.Transport) {
	c.mu.Lock()
	delete(c.transports, transport)
	c.mu.Unlock()
	transport.CloseIdleConnections()
}

// closeIdle closes the idle connections of all transports.
func (c *connections) closeIdle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for transport := range c.transports {
		transport.CloseIdleConnections()
	}
}

// countedConn is a connection that says when it is closed.
type countedConn struct {
	net.Conn
	closed func()
}

// Close closes the connection.
func (c *countedConn) Close() error {
	defer c.closed()
	return c.Conn.Close()
}

// countedTransport sends requests over a transport that is wrapped in the SDK's middlewares, which lack CloseIdleConnections.
type countedTransport struct {
	http.RoundTripper
	inner       *http.Transport
	connections *connections
}

// RoundTrip sends a request, whose connection is not kept where there are too many.
func (t countedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	c := t.connections
	if c.underWay.Add(1) > maxConnections {
		r = r.Clone(r.Context())
		r.Close = true
	}
	answered := sync.OnceFunc(func() {
		c.underWay.Add(-1)
		if c.open.Load() > maxConnections {
			t.inner.CloseIdleConnections()
		}
	})
	resp, err := t.RoundTripper.RoundTrip(r)
	if err != nil {
		answered()
		return nil, err
	}
	resp.Body = &countedBody{resp.Body, answered}
	return resp, nil
}

// CloseIdleConnections is called by http.Client.CloseIdleConnections, when the data source is no longer used.
func (t countedTransport) CloseIdleConnections() { t.connections.remove(t.inner) }

// countedBody is the body of an answer, which says when it is closed.
type countedBody struct {
	io.ReadCloser
	closed func()
}

// Close closes the body.
func (b *countedBody) Close() error {
	defer b.closed()
	return b.ReadCloser.Close()
}
