package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// openRemote returns the store at an address, which has to take Prometheus' remote write under /api/v1/write.
func openRemote(ctx context.Context, address string) (*store, error) {
	target, err := url.Parse(address)
	if err != nil || target.Host == "" {
		return nil, fmt.Errorf("CER_BENCH_STORE is %q; it can be an address such as http://localhost:9090", address)
	}
	t := &tally{}
	proxy, err := countingProxy(target, t)
	if err != nil {
		return nil, err
	}
	name := buildOf(ctx, address)
	return &store{
		name: name, timed: address, counted: proxy.url, tally: t, isPrometheus3: strings.HasPrefix(name, "Prometheus 3."),
		write:  func(ctx context.Context, samples []sample) error { return remoteWrite(ctx, address, samples) },
		settle: func(ctx context.Context) error { return waitFor(ctx, settleTime) },
		close:  proxy.server.Close,
	}, nil
}

// settleTime is how long a store is left alone after everything was written, so that it can compact and index.
const settleTime = 20 * time.Second

// buildOf returns what a store says it is.
func buildOf(ctx context.Context, address string) string {
	var answer struct {
		Data struct{ Version string }
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/api/v1/status/buildinfo", nil)
	if err != nil {
		return address
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return address
	}
	defer response.Body.Close()
	if json.NewDecoder(response.Body).Decode(&answer) != nil || answer.Data.Version == "" {
		return "the store at " + address
	}
	return "Prometheus " + answer.Data.Version
}

// writeAtOnce is how many series one remote write has. Stores limit the size of requests.
const writeAtOnce = 2000

// remoteWrite sends samples to a store, a few series at a time.
func remoteWrite(ctx context.Context, address string, samples []sample) error {
	var order []*series
	bySeries := map[*series][]prompb.Sample{}
	for _, s := range samples {
		if bySeries[s.series] == nil {
			order = append(order, s.series)
		}
		bySeries[s.series] = append(bySeries[s.series], prompb.Sample{Timestamp: s.at, Value: s.value})
	}
	for len(order) > 0 {
		n := min(len(order), writeAtOnce)
		request := &prompb.WriteRequest{}
		for _, one := range order[:n] {
			request.Timeseries = append(request.Timeseries, prompb.TimeSeries{Labels: prompb.FromLabels(one.labels, nil), Samples: bySeries[one]})
		}
		if err := send(ctx, address+"/api/v1/write", request); err != nil {
			return err
		}
		order = order[n:]
	}
	return nil
}

// send sends one remote write.
func send(ctx context.Context, address string, write *prompb.WriteRequest) error {
	raw, err := write.Marshal()
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(snappy.Encode(nil, raw)))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-protobuf")
	request.Header.Set("Content-Encoding", "snappy")
	request.Header.Set("X-Prometheus-Remote-Write-Version", "0.1.0")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode/100 != 2 {
		said, _ := io.ReadAll(io.LimitReader(response.Body, 1<<10))
		return fmt.Errorf("the store takes no remote write at %s: %s: %s", address, response.Status, said)
	}
	return nil
}

// proxy stands in front of a store and has it count what it reads.
type proxy struct {
	server *http.Server
	url    string
}

// countingProxy starts a proxy on a loopback address, which asks for stats=all and notes the requests.
func countingProxy(target *url.URL, t *tally) (*proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	forward := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Header.Del("Accept-Encoding") // The transport's own is undone before it is read here.
			query := r.Out.URL.Query()
			query.Set("stats", "all")
			r.Out.URL.RawQuery = query.Encode()
		},
		ModifyResponse: func(r *http.Response) error {
			body, err := io.ReadAll(r.Body)
			r.Body.Close()
			if err != nil {
				return err
			}
			asked, _ := r.Request.Context().Value(askedKey{}).(promstore.Asked)
			t.add(counted(asked, body))
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			r.Header.Set("Content-Length", strconv.Itoa(len(body)))
			return nil
		},
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := promstore.Asked{Path: r.URL.Path, PromQL: promQLOf(r)}
		forward.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), askedKey{}, asked)))
	})
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // It ends when it is closed.
	return &proxy{server: server, url: "http://" + listener.Addr().String()}, nil
}

// askedKey is the key in a context of what is asked.
type askedKey struct{}

// promQLOf returns the expression of a request, whose body stays to be read.
func promQLOf(r *http.Request) string {
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	form, parsed := url.ParseQuery(string(body))
	if errors.Join(err, parsed) != nil || form.Get("query") == "" {
		return r.URL.Query().Get("query")
	}
	return form.Get("query")
}

// counted adds what an answer says of samples, and the numbers in it.
func counted(asked promstore.Asked, body []byte) promstore.Asked {
	var answer struct {
		Data struct {
			Result []struct {
				Values []json.RawMessage `json:"values"`
			} `json:"result"`
			Stats struct {
				Samples struct {
					Total int64 `json:"totalQueryableSamples"`
				} `json:"samples"`
			} `json:"stats"`
		} `json:"data"`
	}
	if asked.PromQL == "" || json.Unmarshal(body, &answer) != nil {
		return asked
	}
	asked.Samples = answer.Data.Stats.Samples.Total
	for _, series := range answer.Data.Result {
		asked.Numbers += int64(max(1, len(series.Values)))
	}
	return asked
}
