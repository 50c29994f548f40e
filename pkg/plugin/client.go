package plugin

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
)

// maxAnswer is the limit of an answer of the store in bytes, unless Grafana's response_limit is set.
const maxAnswer = 256 << 20

// middlewares returns the SDK's middlewares, with maxAnswer as the limit of answers.
func middlewares() []httpclient.Middleware {
	all := httpclient.DefaultMiddlewares()
	for i, m := range all {
		if m, ok := m.(httpclient.MiddlewareName); ok && m.MiddlewareName() == httpclient.ResponseLimitMiddlewareName {
			all[i] = httpclient.ResponseLimitMiddleware(maxAnswer)
		}
	}
	return all
}

// isNear reports whether a store is likely on the same network as Grafana, because it is asked without TLS. Compressing
// its answers would then take longer than sending them.
func isNear(address string) bool { return strings.HasPrefix(strings.ToLower(address), "http://") }

// newClient returns the SDK's HTTP client for the authentication, TLS, headers and proxy of a data source, with its
// connections among all of the process. It has no timeout, since fetch limits the time of its requests.
func newClient(ctx context.Context, instance backend.DataSourceInstanceSettings, all *connections) (*http.Client, error) {
	opts, err := instance.HTTPClientOptions(ctx)
	if err != nil {
		return nil, fmt.Errorf("the settings of the connection can't be used: %w", err)
	}
	timeouts := httpclient.DefaultTimeoutOptions
	if opts.Timeouts != nil {
		timeouts = *opts.Timeouts
	}
	timeouts.Timeout = 0
	opts.Timeouts = &timeouts
	opts.ForwardHTTPHeaders = false
	var inner *http.Transport
	opts.ConfigureTransport = func(_ httpclient.Options, transport *http.Transport) {
		transport.DisableCompression = isNear(instance.URL)
		inner = transport
	}
	opts.Middlewares = append(middlewares(), httpclient.NamedMiddlewareFunc("forward", forward))
	client, err := httpclient.New(opts)
	if err != nil {
		return nil, fmt.Errorf("the settings of the connection can't be used: %w", err)
	}
	all.add(inner)
	client.Transport = countedTransport{client.Transport, inner, all}
	return client, nil
}
