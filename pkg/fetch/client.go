package fetch

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/prometheus/client_golang/api"
)

// client sends requests. An answer that is no success, or no JSON object, is an error with its status.
type client struct {
	// Client returns the URLs of endpoints.
	api.Client
	http   *http.Client
	method string
	// refusesPOST is set once a POST was refused and a GET was answered.
	refusesPOST *atomic.Bool
	// isVictoria is set where the store is, or was found to be, VictoriaMetrics.
	isVictoria *atomic.Bool
	// parameters are added to the URL of each request.
	parameters url.Values
	// secrets are those in the URL.
	secrets []Secret
}

// newClient returns the client for cfg. A query in the configured URL becomes custom parameters.
func newClient(cfg Config) (client, error) {
	if cfg.Method != http.MethodPost && cfg.Method != http.MethodGet {
		return client{}, misconfigured("The HTTP method must be POST or GET. Change httpMethod in the data source's settings.", nil)
	}
	address, err := url.Parse(cfg.URL)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return client{}, misconfigured("The data source has no usable URL: it must begin with http:// or https:// and name a host, such as http://prometheus:9090.", err)
	}
	parameters := address.Query()
	for name, values := range cfg.CustomQueryParameters {
		parameters[name] = append(parameters[name], values...)
	}
	address.RawQuery, address.Fragment = "", ""
	inner, err := api.NewClient(api.Config{Address: address.String(), Client: cfg.Client})
	if err != nil {
		return client{}, misconfigured("The data source has no usable URL.", err)
	}
	isVictoria := &atomic.Bool{}
	isVictoria.Store(cfg.VictoriaMetrics)
	return client{Client: inner, http: withinHost(cfg.Client), method: cfg.Method, refusesPOST: &atomic.Bool{}, isVictoria: isVictoria, parameters: parameters, secrets: secretsOf(address.User, parameters)}, nil
}

// stream sends req with the configured method and parameters, and has the JSON object in a success read while it comes. Every
// other answer is an error. Nothing is read of an answer once ctx is done.
func (c client) stream(ctx context.Context, req *http.Request, read func(io.Reader) error) error {
	req = c.prepare(req.WithContext(ctx))
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.Header.Get(victoriaHeader) != "" {
		c.isVictoria.Store(true)
	}
	body := bufio.NewReader(&timedReader{ctx, resp.Body})
	first := firstByte(body)
	if resp.StatusCode != http.StatusOK || first != '{' {
		text, failed := io.ReadAll(io.LimitReader(body, maxFailure))
		if failed != nil && resp.StatusCode < http.StatusBadRequest {
			return failed
		}
		return &statusError{status: resp.StatusCode, body: text, isLong: len(req.URL.RequestURI()) > maxURL}
	}
	if err := read(body); err != nil {
		return err
	}
	_, err = io.CopyN(io.Discard, body, buffered) // So that the connection can be used again.
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// timedReader is a reader that fails once its context is done, though what was received before, and decompresses to any size,
// could still be read.
type timedReader struct {
	ctx  context.Context
	from io.Reader
}

// Read reads from the underlying reader.
func (r *timedReader) Read(into []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(into)
}

// maxFailure is the number of bytes that are read of an answer that is no success.
const maxFailure = 1 << 20

// prepare returns a copy of req that has the custom parameters.
func (c client) prepare(req *http.Request) *http.Request {
	query := req.URL.Query()
	for name, values := range c.parameters {
		query[name] = append(query[name], values...)
	}
	req = req.Clone(req.Context())
	req.URL.RawQuery = query.Encode()
	return req
}

// jsonSpace is the white space that JSON may begin with.
const jsonSpace = " \t\r\n"

// firstByte skips leading white space and returns the byte after it, which it leaves unread; 0 at the end of the body, and
// where it can't be read, which the next read of an HTTP body reports again.
func firstByte(body *bufio.Reader) byte {
	for {
		head, err := body.Peek(1)
		switch {
		case err != nil:
			return 0
		case strings.IndexByte(jsonSpace, head[0]) < 0:
			return head[0]
		}
		_, _ = body.Discard(1)
	}
}

// statusError is an answer that is no success, or a success that is no JSON object.
type statusError struct {
	status int
	body   []byte
	// isLong reports whether the URL of the request was longer than maxURL.
	isLong bool
}

// Error returns the status alone: the body may hold secrets.
func (e *statusError) Error() string {
	return fmt.Sprintf("status %d", e.status)
}
