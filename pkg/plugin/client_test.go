package plugin

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

func TestOnlyStoresBehindTLSAreAskedForCompressedAnswers(t *testing.T) {
	var got string
	handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header.Get("Accept-Encoding") })
	near, far := httptest.NewServer(handler), httptest.NewTLSServer(handler)
	defer near.Close()
	defer far.Close()
	for address, want := range map[string]string{near.URL: "", far.URL: "gzip"} {
		client, err := newClient(t.Context(), backend.DataSourceInstanceSettings{URL: address, JSONData: []byte(`{"tlsSkipVerify":true}`)}, &connections{})
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if got != want {
			t.Errorf("%s: the accepted encoding is %q, want %q", address, got, want)
		}
	}
}

func TestTheIdleConnectionsOfAClientCanBeClosed(t *testing.T) {
	closed := make(chan bool, 1)
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			closed <- true
		}
	}
	server.Start()
	defer server.Close()
	client, err := newClient(t.Context(), backend.DataSourceInstanceSettings{URL: server.URL, JSONData: []byte(`{}`)}, &connections{})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	client.CloseIdleConnections()
	<-closed
}
