package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// wantError are the expected fields of an error.
type wantError struct {
	kind       Kind
	status     int
	downstream bool
	message    string
}

// check fails unless err is the expected one.
func (w wantError) check(t *testing.T, err error) {
	t.Helper()
	e := errorOf(t, err)
	got := wantError{e.Kind, e.Status, e.Downstream, e.Message}
	if got != w {
		t.Errorf("got  %+v\nwant %+v", got, w)
	}
}

// refusal is an error as a Prometheus API words it.
func refusal(errorType, words string) string {
	return fmt.Sprintf(`{"status":"error","errorType":%q,"error":%q}`, errorType, words)
}

const nginx503 = `<html>
<head><title>503 Service Temporarily Unavailable</title></head>
<body><center><h1>503 Service Temporarily Unavailable</h1></center><hr><center>nginx</center></body>
</html>`

func TestErrorsOfAnswers(t *testing.T) {
	const notPrometheusAdvice = ". Check the data source's URL, and any proxy in between."
	for name, tc := range map[string]struct {
		status int
		body   string
		want   wantError
	}{
		"400 bad_data of a store that is taken for VictoriaMetrics": {
			400, refusal("bad_data", `invalid parameter "query": 1:1: parse error: unknown function with name "default_rollup"`),
			wantError{BadData, 400, true, `The store refused the PromQL sum(: invalid parameter "query": 1:1: parse error: unknown function with name "default_rollup". ` +
				"It was taken for VictoriaMetrics, whose MetricsQL has that function. Set prometheusType in the data source's settings to the type of the store."},
		},
		"400 bad_data is the plugin's fault": {
			400, refusal("bad_data", `invalid parameter "query": 1:4: parse error: unexpected end of input.`),
			wantError{BadData, 400, false, `The store refused the PromQL sum(: invalid parameter "query": 1:4: parse error: unexpected end of input.`},
		},
		"400 of a proxy is not": {
			400, "<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>",
			wantError{Rejected, 400, true, "The store answered 400 Bad Request: 400 The plain HTTP request was sent to HTTPS port."},
		},
		"401 with words": {
			401, "no org id\n",
			wantError{Unauthorized, 401, true, "The store answered 401 Unauthorized: no org id. Check the authentication in the data source's settings."},
		},
		"401 without words": {
			401, "",
			wantError{Unauthorized, 401, true, "The store answered 401 Unauthorized. Check the authentication in the data source's settings."},
		},
		"403": {
			403, `{"message":"tenant b is not yours"}`,
			wantError{Forbidden, 403, true, "The store answered 403 Forbidden: tenant b is not yours."},
		},
		"404": {
			404, "404 page not found\n",
			wantError{NotFound, 404, true, "The store answered 404 Not Found: 404 page not found. Check the data source's URL."},
		},
		"413": {
			413, "",
			wantError{TooLong, 413, true, "The store answered 413 Request Entity Too Large." + tooLongAdvice},
		},
		"422 execution": {
			422, refusal("execution", "query processing would load too many samples into memory in query execution"),
			wantError{Execution, 422, true, "The store could not evaluate the PromQL sum(: query processing would load too many samples into memory in query execution."},
		},
		"422 of VictoriaMetrics": {
			422, refusal("422", "error when executing query"),
			wantError{Execution, 422, true, "The store could not evaluate the PromQL sum(: error when executing query."},
		},
		"429": {
			429, refusal("too_many_requests", "too many outstanding requests"),
			wantError{TooManyRequests, 429, true, "The store answered 429 Too Many Requests: too many outstanding requests. Refresh less often, or lower concurrency in the data source's settings."},
		},
		"500 as HTML": {
			500, "<html><body><h1>Oops</h1><script>alert('no')</script><p>It broke &amp; fell</p></body></html>",
			wantError{Unavailable, 500, true, "The store answered 500 Internal Server Error: Oops It broke & fell."},
		},
		"501 is asked once": {
			501, "",
			wantError{Unavailable, 501, true, "The store answered 501 Not Implemented."},
		},
		"503 of the store": {
			503, refusal("timeout", "query timed out in expression evaluation"),
			wantError{Unavailable, 503, true, "The store answered 503 Service Unavailable: query timed out in expression evaluation."},
		},
		"503 of a proxy": {
			503, nginx503,
			wantError{Unavailable, 503, true, "The store answered 503 Service Unavailable: 503 Service Temporarily Unavailable."},
		},
		"a status nobody knows": {
			599, "",
			wantError{Unavailable, 599, true, "The store answered 599."},
		},
		"200 as HTML": {
			200, "<!doctype html><html><head><title>Sign in</title></head></html>",
			wantError{NotPrometheus, 502, true, "The store's answer is not a Prometheus API response: Sign in" + notPrometheusAdvice},
		},
		"200 with garbage": {
			200, "\x1f\x8b\x08garbage",
			wantError{NotPrometheus, 502, true, "The store's answer is not a Prometheus API response: \uFFFD\uFFFD\uFFFDgarbage" + notPrometheusAdvice},
		},
		"200 with nothing": {
			200, "",
			wantError{NotPrometheus, 502, true, "The store's answer is not a Prometheus API response: it is empty" + notPrometheusAdvice},
		},
		"200 with truncated JSON": {
			200, emptyAnswer[:40],
			wantError{NotPrometheus, 502, true, "The store's answer is not a Prometheus API response: it is cut off" + notPrometheusAdvice},
		},
		"200 with other JSON": {
			200, `{"hello":"world"}`,
			wantError{NotPrometheus, 502, true, "The store's answer is not a Prometheus API response: it has no result" + notPrometheusAdvice},
		},
		"200 with another type of result": {
			200, data("streams", "[]"),
			wantError{NotPrometheus, 502, true, `The store's answer is not a Prometheus API response: unknown value type "streams"` + notPrometheusAdvice},
		},
		"200 with bad_data": {
			200, refusal("bad_data", "no"),
			wantError{BadData, 400, false, "The store refused the PromQL sum(: no."},
		},
		"200 with another error": {
			200, refusal("internal", "shard 3 is gone"),
			wantError{Execution, 422, true, "The store could not evaluate the PromQL sum(: shard 3 is gone."},
		},
		"204": {
			204, "",
			wantError{NotPrometheus, 502, true, "The store's answer is not a Prometheus API response: it is empty" + notPrometheusAdvice},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var requests atomic.Int32
			server := newServer(t, func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				serving(tc.status, tc.body)(w, r)
			})
			_, err := fetchOne(t, newStore(t, Config{URL: server.URL}), atNoon("sum("))
			tc.want.check(t, err)
			if e := errorOf(t, err); e.PromQL != "sum(" {
				t.Errorf("got the PromQL %q", e.PromQL)
			}
			if got := requests.Load(); got != 1 {
				t.Errorf("got %d requests, want 1", got)
			}
		})
	}
}

// closedPort returns the URL of a port on which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return "http://" + listener.Addr().String()
}

// dialling returns a client that fails to connect.
func dialling(err error) *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, err
	}}}
}

func TestStoreThatCannotBeReached(t *testing.T) {
	plain := newServer(t, serving(200, emptyAnswer))
	secure := httptest.NewUnstartedServer(serving(200, emptyAnswer))
	secure.Config.ErrorLog = quiet()
	secure.StartTLS()
	t.Cleanup(secure.Close)
	breaking := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, emptyAnswer)
	})
	nowhere := &net.DNSError{Err: "no such host", Name: "nowhere.test", IsNotFound: true}
	for name, tc := range map[string]struct {
		url    string
		client *http.Client
		says   string
	}{
		"refused":                          {url: closedPort(t), says: "connection refused"},
		"a host without an address":        {url: "http://nowhere.test", client: dialling(nowhere), says: "lookup nowhere.test: no such host"},
		"a certificate nobody trusts":      {url: secure.URL, says: "failed to verify certificate"},
		"TLS with a server that has none":  {url: strings.Replace(plain.URL, "http", "https", 1), says: "server gave HTTP response to HTTPS client"},
		"an answer that breaks off midway": {url: breaking.URL, says: "unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := fetchOne(t, newStore(t, Config{URL: tc.url, Client: tc.client}), atNoon("up"))
			e := errorOf(t, err)
			if e.Kind != Unreachable || e.Status != http.StatusBadGateway || !e.Downstream {
				t.Errorf("got %s %d, downstream %t", e.Kind, e.Status, e.Downstream)
			}
			if !strings.HasPrefix(e.Message, "The connection to the store failed: ") || !strings.Contains(e.Message, tc.says) {
				t.Errorf("got %q, want it to say %q", e.Message, tc.says)
			}
		})
	}
}

// stalling is a transport whose store begins an answer, or does not, and sends nothing more until the request is cancelled.
type stalling struct{ begin string }

// RoundTrip returns the answer that has begun, or an error when the request is cancelled.
func (s stalling) RoundTrip(req *http.Request) (*http.Response, error) {
	if s.begin == "" {
		return nil, cancellation(req)
	}
	rest := readerFunc(func([]byte) (int, error) { return 0, cancellation(req) })
	body := io.NopCloser(io.MultiReader(strings.NewReader(s.begin), rest))
	return &http.Response{StatusCode: http.StatusOK, Request: req, Body: body}, nil
}

// cancellation waits until a request is cancelled and returns the cause, a moment later, so that an http.Client notices that
// it is past its timeout.
func cancellation(req *http.Request) error {
	<-req.Context().Done()
	time.Sleep(time.Millisecond)
	return context.Cause(req.Context())
}

// readerFunc is a function that reads.
type readerFunc func([]byte) (int, error)

// Read calls the function.
func (f readerFunc) Read(into []byte) (int, error) { return f(into) }

func TestStoreThatDoesNotAnswerInTime(t *testing.T) {
	const short = 20 * time.Second
	ours := wantError{Timeout, 504, true, "The store did not answer within 20s. Ask for a shorter range, a larger step or fewer flows, or raise queryTimeout in the data source's settings."}
	other := func(message string) wantError {
		return wantError{Timeout, 504, true, "The store did not answer in time: " + message + ". A limit shorter than queryTimeout ended the request, such as the HTTP timeout in the data source's settings."}
	}
	lost := &net.OpError{Op: "dial", Net: "tcp", Err: os.ErrDeadlineExceeded}
	for name, tc := range map[string]struct {
		client          *http.Client
		timeout, caller time.Duration
		want            wantError
	}{
		"it says nothing":                     {client: &http.Client{Transport: stalling{}}, timeout: short, want: ours},
		"it stops in the middle":              {client: &http.Client{Transport: stalling{emptyAnswer[:20]}}, timeout: short, want: ours},
		"the HTTP client's timeout":           {client: &http.Client{Transport: stalling{}, Timeout: short}, want: other("context deadline exceeded (Client.Timeout exceeded while awaiting headers)")},
		"the HTTP client's, in the middle":    {client: &http.Client{Transport: stalling{emptyAnswer[:20]}, Timeout: short}, want: other("context deadline exceeded (Client.Timeout or context cancellation while reading body)")},
		"the caller's deadline comes earlier": {client: &http.Client{Transport: stalling{}}, caller: short, want: other("context deadline exceeded")},
		"nobody takes the connection":         {client: dialling(lost), want: other(lost.Error())},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				defer time.Sleep(time.Second) // Requests end a moment after they are cancelled.
				ctx := t.Context()
				if tc.caller > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tc.caller)
					defer cancel()
				}
				batch := newStore(t, Config{URL: "http://store.test", Client: tc.client, Timeout: tc.timeout}).Batch(ctx)
				defer batch.Close()
				_, err := batch.Fetch(ctx, []Leaf{atNoon("up")}, nil)
				tc.want.check(t, err)
			})
		})
	}
}

func TestQueryThatIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := newServer(t, func(_ http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		cancel()
		<-r.Context().Done()
	})
	batch := newStore(t, Config{URL: server.URL}).Batch(t.Context())
	defer batch.Close()
	_, err := batch.Fetch(ctx, []Leaf{atNoon("up")}, nil)
	wantError{Cancelled, StatusCancelled, true, "The query was cancelled before the store had answered."}.check(t, err)
}

// errLimit ends answers that are over the limit in tests.
var errLimit = errors.New("over the limit")

// limited is a transport with a limit on the size of answers.
type limited struct {
	limit int64
}

// RoundTrip ends the body with errLimit once it has read as much as it may.
func (l limited) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err == nil {
		whole := resp.Body
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(io.LimitReader(whole, l.limit), failing{}), whole}
	}
	return resp, err
}

// failing is a reader that is over the limit.
type failing struct{}

// Read fails.
func (failing) Read([]byte) (int, error) { return 0, fmt.Errorf("reading: %w", errLimit) }

func TestAnswerOverTheLimitNamesTheSettings(t *testing.T) {
	tooMuch := wantError{TooLarge, 413, false, "The store's answer is larger than the limit on responses. Ask for a shorter range, a larger step or fewer flows, or raise response_limit under [dataproxy] in Grafana's configuration, without which the limit is 256 MiB."}
	failed := wantError{Unavailable, 503, true, "The store answered 503 Service Unavailable: xxxxxxxxxx."}
	for name, tc := range map[string]struct {
		status int
		body   string
		want   wantError
	}{
		"an answer":              {200, emptyAnswer, tooMuch},
		"a failure stays itself": {503, strings.Repeat("x", 1000), failed},
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t, serving(tc.status, tc.body))
			store := newStore(t, Config{URL: server.URL, Client: &http.Client{Transport: limited{10}}, TooLarge: errLimit})
			_, err := fetchOne(t, store, atNoon("up"))
			tc.want.check(t, err)
		})
	}
}

func TestErrorsHoldNoSecrets(t *testing.T) {
	const secret = "s3cret"
	echo := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		serving(http.StatusNotFound, "The URL http://me:"+secret+"@"+r.Host+r.URL.String()+" was not found")(w, r)
	})
	for name, address := range map[string]string{
		"a store that repeats the URL": echo.URL,
		"a store that is not there":    closedPort(t),
	} {
		t.Run(name, func(t *testing.T) {
			withUser := strings.Replace(address, "http://", "http://me:"+secret+"@", 1)
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				store := newStore(t, Config{URL: withUser + "?token=" + secret, Method: method, CustomQueryParameters: url.Values{"api key": {secret}}})
				_, err := fetchOne(t, store, atNoon("up"))
				if e := errorOf(t, err); strings.Contains(e.Message, secret) {
					t.Errorf("%s: got %q", method, e.Message)
				}
			}
		})
	}
}

func TestPanicBecomesAnErrorAndFreesItsSlot(t *testing.T) {
	tr := &transport{answer: func(*http.Request) (string, error) { panic("boom") }}
	store := tr.store(t, func(c *Config) { c.Concurrency = 1 })
	for range 2 {
		_, err := fetchOne(t, store, atNoon("up"))
		wantError{Internal, 500, false, "The plugin failed while asking the store. This is a bug in the plugin."}.check(t, err)
		if cause := errors.Unwrap(err); cause == nil || !strings.Contains(cause.Error(), "boom") {
			t.Errorf("got the cause %v", cause)
		}
	}
}

func TestErrorsOfOurOwnPromQL(t *testing.T) {
	_, err := (expand.HistogramSelector{Native: `a.b`, Bucket: `a.b_bucket`}).Layout()
	if err == nil {
		t.Fatal("a name with a dot parses without quotes")
	}
	wantError{Internal, 500, false, "The plugin failed while asking the store. This is a bug in the plugin."}.check(t, errorTranslator{}.translate(context.Background(), "", err))
}
