package fetch

import (
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"testing"
)

// quiet returns a logger that discards the errors of servers which are expected to have some.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func TestMessageInABody(t *testing.T) {
	long := strings.Repeat("é", maxMessage+1)
	for name, tc := range map[string]struct {
		body string
		want storeMessage
	}{
		"a Prometheus API":             {refusal("bad_data", "no such thing"), storeMessage{"bad_data", "no such thing"}},
		"another JSON API":             {`{"message":"who are you?"}`, storeMessage{"", "who are you?"}},
		"JSON with a structured error": {`{"error":{"code":7}}`, storeMessage{"", `{"error":{"code":7}}`}},
		"plain text over lines":        {" a\n\tb ", storeMessage{"", "a b"}},
		"a comparison is no tag":       {"1 < 2 and 3 > 2", storeMessage{"", "1 < 2 and 3 > 2"}},
		"a page with a title":          {"<TITLE lang=en>\nBad  Gateway</TITLE><p>more</p>", storeMessage{"", "Bad Gateway"}},
		"a page with an empty title":   {"<title> </title><!-- x --><style>p{}</style><p>Bad &lt;Gateway&gt;</p>", storeMessage{"", "Bad <Gateway>"}},
		"nothing":                      {"", storeMessage{}},
		"very much":                    {long, storeMessage{"", long[:2*maxMessage] + "…"}},
		"invisible characters":         {"a\x00b\xff", storeMessage{"", "a\uFFFDb\uFFFD"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := parseStoreMessage([]byte(tc.body)); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestA15MessagesAreTheSameInEachTry(t *testing.T) {
	for name, tc := range map[string]struct{ message, want string }{
		"a reset connection":     {"read tcp 127.0.0.1:43210->127.0.0.1:9090: read: connection reset by peer", "read tcp 127.0.0.1:9090: read: connection reset by peer"},
		"a broken pipe on IPv6":  {"write tcp [fe80::1%eth0]:43210->[::1]:9090: write: broken pipe", "write tcp [::1]:9090: write: broken pipe"},
		"a name that is unknown": {"lookup store on 10.0.0.2:53: read udp 10.1.1.1:45678->10.0.0.2:53: i/o timeout", "lookup store on 10.0.0.2:53: read udp 10.0.0.2:53: i/o timeout"},
		"a connection refused":   {"dial tcp 127.0.0.1:9090: connect: connection refused", "dial tcp 127.0.0.1:9090: connect: connection refused"},
		"a stream of HTTP/2":     {"stream error: stream ID 17; INTERNAL_ERROR; received from peer", "stream error: stream; INTERNAL_ERROR; received from peer"},
		"a server that goes":     {`http2: server sent GOAWAY and closed the connection; LastStreamID=1999, ErrCode=NO_ERROR, debug=""`, `http2: server sent GOAWAY and closed the connection; ErrCode=NO_ERROR, debug=""`},
		"a certificate":          {"x509: certificate has expired or is not yet valid: current time 2026-03-01T12:00:00Z is after 2025-01-01T00:00:00Z", "x509: certificate has expired or is not yet valid: the current time is after 2025-01-01T00:00:00Z"},
		"VictoriaMetrics":        {`remoteAddr: "127.0.0.1:38288"; requestURI: /nope; unsupported path requested: "/nope"`, `requestURI: /nope; unsupported path requested: "/nope"`},
		"a failed query of it":   {`error when executing query="x{a=\"b\"}" on the time range (start=1772625000000, end=1772625600000, step=60000): cannot execute query: too much`, "cannot execute query: too much"},
		"an instant of it":       {`error when executing query="foo(bar)" for (time=1772625600000, step=300000): unknown func "foo"`, `unknown func "foo"`},
		"Thanos":                 {"receive series from Addr: 10.0.0.3:10901 MinTime: 1772000000000 MaxTime: 1772625600000: rpc error", "receive series from Addr: 10.0.0.3:10901 : rpc error"},
		"an ID of a request":     {"upstream failed, request_id=0af7651916cd43dd", "upstream failed"},
		"an ID of a trace":       {"too slow (traceID: 0af7651916cd43dd8448eb211c80319c)", "too slow"},
		"nothing that passes":    {"at 12:00->12:05 the trace was 7 and x-1->y-2", "at 12:00->12:05 the trace was 7 and x-1->y-2"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := steady(tc.message); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// A connection that breaks is the same error each time, though its port is another.
func TestA15AConnectionThatBreaksIsTheSameErrorEachTime(t *testing.T) {
	server := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = conn.(*net.TCPConn).SetLinger(0) // A reset, rather than an end.
		_ = conn.Close()
	})
	messages := map[string]bool{}
	for range 5 {
		_, err := fetchOne(t, newStore(t, Config{URL: server.URL, Client: &http.Client{Transport: &http.Transport{}}}), atNoon("up"))
		messages[errorOf(t, err).Message] = true
	}
	if len(messages) != 1 {
		t.Errorf("got %d messages: %v", len(messages), messages)
	}
}
