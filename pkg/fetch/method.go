package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxURL is the length of a URL, in bytes, that servers and proxies take for sure.
const maxURL = 2000

// streamForm sends a form as stream sends a request. It is sent by the configured method, with two exceptions: a store that
// permits no POST is sent a GET, and where GET is configured, a form that is too long for a URL is posted unless the store is known
// to permit no POST.
func (c client) streamForm(ctx context.Context, path string, form url.Values, read func(io.Reader) error) error {
	post, get := c.post(path, form), c.get(path, form)
	isLong := len(c.prepare(get).URL.RequestURI()) > maxURL
	if c.refusesPOST.Load() || c.method == http.MethodGet && !isLong {
		err := c.stream(ctx, get, read)
		if !statusOf(err).isTooLong() {
			return err
		}
		again := c.stream(ctx, post, read)
		if c.isRefusedPOST(again) {
			return err
		}
		return again
	}
	err := c.stream(ctx, post, read)
	if !c.isRefusedPOST(err) {
		return err
	}
	again := c.stream(ctx, get, read)
	if again == nil {
		c.refusesPOST.Store(true)
	}
	return again
}

// post returns the request that posts a form.
func (c client) post(path string, form url.Values) *http.Request {
	body := form.Encode()
	return &http.Request{
		Method: http.MethodPost, URL: c.URL(path, nil), Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
		GetBody: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil },
	}
}

// get returns the request with a form in its URL.
func (c client) get(path string, form url.Values) *http.Request {
	address := c.URL(path, nil)
	address.RawQuery = form.Encode()
	return &http.Request{Method: http.MethodGet, URL: address, Header: http.Header{}}
}

// statusOf returns the answer that an error is; one of status 0 for other errors and none.
func statusOf(err error) *statusError {
	answer := &statusError{}
	errors.As(err, &answer)
	return answer
}

// isRefusedPOST reports whether an error may be due to a request that is a POST: where GET is configured, any refusal that is
// not that of a Prometheus API.
func (c client) isRefusedPOST(err error) bool {
	answer := statusOf(err)
	switch {
	case answer.status == http.StatusMethodNotAllowed:
		return true
	case c.method != http.MethodGet || answer.status < http.StatusBadRequest:
		return false
	case answer.status == http.StatusUnauthorized, answer.status == http.StatusTooManyRequests:
		return false
	default:
		isOfPOST := answer.status < http.StatusInternalServerError || answer.status == http.StatusNotImplemented
		return isOfPOST && !answer.isOfAPI()
	}
}

// isOfAPI reports whether the body is the error of a Prometheus API.
func (e *statusError) isOfAPI() bool { return parseStoreMessage(e.body).errorType != "" }

// isTooLong reports whether the answer says that the request was too long, as nginx and HAProxy do by the status 400, too.
func (e *statusError) isTooLong() bool {
	tooLong := []int{http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong, http.StatusRequestHeaderFieldsTooLarge}
	return slices.Contains(tooLong, e.status) || e.status == http.StatusBadRequest && e.isLong && !e.isOfAPI()
}
