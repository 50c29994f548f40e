package plugin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
	"github.com/grafana/grafana-plugin-sdk-go/config"
	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

// settings is the data source's jsonData, with the names of Grafana's Prometheus data source where it has them.
type settings struct {
	// Definition is the catalog as cer/v1 YAML.
	Definition string `json:"definition"`
	// Catalog names one of the operator's folder, which stands in the place of a definition.
	Catalog               string `json:"catalog"`
	HTTPMethod            string `json:"httpMethod"`
	QueryTimeout          string `json:"queryTimeout"`
	TimeInterval          string `json:"timeInterval"`
	CustomQueryParameters string `json:"customQueryParameters"`
	// PrometheusType is which store the settings say it is; Save & test says when the store says otherwise.
	PrometheusType string `json:"prometheusType"`
	// Concurrency is how many requests to the store may be under way at the same time.
	Concurrency int `json:"concurrency"`
	// CacheBytes is how much the points may take that are kept in memory; 0 keeps none, and nil stands for a default.
	CacheBytes *int64 `json:"cacheBytes"`
	// CacheOverlap is how long samples may be late, so that what is kept of that time is asked for again.
	CacheOverlap string `json:"cacheOverlap"`
	// MaxSeries is how many series one request to the store may bring.
	MaxSeries int `json:"maxSeries"`
}

// definitionsPath is the variable that holds where the operator's folder of catalogs stands. Grafana makes it of
// definitions_path in the section [plugin.cer-reliability-datasource] of its configuration.
const definitionsPath = "GF_PLUGIN_DEFINITIONS_PATH"

const (
	// maxDefinition is how many bytes of YAML jsonData may hold, since some of Grafana's databases cut the column.
	maxDefinition = 48 << 10
	// defaultScrapeInterval is that of Grafana's Prometheus data source.
	defaultScrapeInterval = 15 * time.Second
	// defaultCacheBytes and maxCacheBytes bound what is kept in memory for a data source.
	defaultCacheBytes = 256 << 20
	maxCacheBytes     = 16 << 30
	// maxAnswer is how many bytes one answer of the store may have, unless Grafana's response_limit says otherwise.
	maxAnswer = 256 << 20
)

// readSettings decodes jsonData.
func readSettings(raw json.RawMessage) (settings, error) {
	s := settings{}
	if err := json.Unmarshal(raw, &s); err != nil {
		return s, fmt.Errorf("the settings (jsonData) can't be read: %w", err)
	}
	return s, nil
}

// withJSON returns the instance with jsonData that can be read where it has none, as before it was saved first.
func withJSON(instance backend.DataSourceInstanceSettings) backend.DataSourceInstanceSettings {
	if len(instance.JSONData) == 0 {
		instance.JSONData = json.RawMessage("{}")
	}
	return instance
}

// scrapeInterval is the data source's scrape interval.
func (s settings) scrapeInterval() (time.Duration, error) {
	return duration("timeInterval", s.TimeInterval, defaultScrapeInterval)
}

// duration reads a setting that is a duration above 0.
func duration(name, text string, otherwise time.Duration) (time.Duration, error) {
	if strings.TrimSpace(text) == "" {
		return otherwise, nil
	}
	d, err := model.ParseDuration(strings.TrimSpace(text))
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("the setting %s is %q; a duration such as %s is needed", name, text, otherwise)
	}
	return time.Duration(d), nil
}

// cacheBytes is how much may be kept in memory.
func (s settings) cacheBytes() (int64, error) {
	switch {
	case s.CacheBytes == nil:
		return defaultCacheBytes, nil
	case *s.CacheBytes < 0 || *s.CacheBytes > maxCacheBytes:
		return 0, fmt.Errorf("the setting cacheBytes is %d; a number of bytes from 0, which keeps nothing, to %d is needed", *s.CacheBytes, int64(maxCacheBytes))
	default:
		return *s.CacheBytes, nil
	}
}

// cacheScope names where the store is and by whom it is asked, so that what is kept is not told to others: the data source,
// and a hash of its connection. What only changes what is asked is not part of it, but cacheOverlap is, by which what is
// kept was found to be settled.
func cacheScope(key dataSourceKey, instance backend.DataSourceInstanceSettings) string {
	connection := map[string]any{}
	if err := json.Unmarshal(instance.JSONData, &connection); err != nil {
		connection["unreadable"] = string(instance.JSONData)
	}
	for _, own := range []string{"definition", "catalog", "queryTimeout", "timeInterval", "prometheusType", "concurrency", "cacheBytes", "maxSeries"} {
		delete(connection, own)
	}
	text, err := json.Marshal(map[string]any{
		"org": key.org, "namespace": key.namespace, "uid": key.uid, "url": instance.URL, "user": instance.User, "database": instance.Database,
		"basicAuth": instance.BasicAuthEnabled, "basicAuthUser": instance.BasicAuthUser, "json": connection, "secrets": instance.DecryptedSecureJSONData,
	})
	if err != nil {
		panic("what was read as JSON can be written: " + err.Error())
	}
	hash := sha256.Sum256(text)
	return hex.EncodeToString(hash[:])
}

// storeConfig says how the store is asked, by the settings and by Grafana's own configuration.
func (s settings) storeConfig(ctx context.Context, instance backend.DataSourceInstanceSettings) (fetch.Config, error) {
	if strings.TrimSpace(instance.URL) == "" {
		return fetch.Config{}, errors.New("the setting url is empty; write the address of a Prometheus-compatible store")
	}
	timeout, err := duration("queryTimeout", s.QueryTimeout, fetch.DefaultTimeout)
	if err != nil {
		return fetch.Config{}, err
	}
	parameters, err := url.ParseQuery(s.CustomQueryParameters)
	if err != nil {
		return fetch.Config{}, fmt.Errorf("the setting customQueryParameters can't be read: %w; write name=value&name=value", err)
	}
	overlap, err := duration("cacheOverlap", s.CacheOverlap, fetch.DefaultOverlap)
	if err != nil {
		return fetch.Config{}, err
	}
	if s.MaxSeries < 0 {
		return fetch.Config{}, fmt.Errorf("the setting maxSeries is %d; a number above 0 is needed, or none for %d", s.MaxSeries, fetch.DefaultMaxSeries)
	}
	client, err := newClient(ctx, instance)
	if err != nil {
		return fetch.Config{}, err
	}
	return fetch.Config{
		Overlap:               overlap,
		MaxSeries:             s.MaxSeries,
		Urgent:                isUrgent,
		URL:                   instance.URL,
		Client:                client,
		Method:                strings.ToUpper(s.HTTPMethod),
		CustomQueryParameters: parameters,
		Concurrency:           s.concurrency(ctx),
		Timeout:               timeout,
		TooLarge:              httpclient.ErrResponseBodyTooLarge,
		Identity:              identityOf,
		ObserveRequest:        countFetch,
	}, nil
}

// concurrency is the setting's, else Grafana's own, else fetch's default.
func (s settings) concurrency(ctx context.Context) int {
	if s.Concurrency > 0 {
		return s.Concurrency
	}
	if n, err := config.GrafanaConfigFromContext(ctx).ConcurrentQueryCount(); err == nil && n > 0 {
		return n
	}
	return fetch.DefaultConcurrency
}

// middlewares are those of the SDK, with a limit on answers.
func middlewares() []httpclient.Middleware {
	all := httpclient.DefaultMiddlewares()
	for i, m := range all {
		if named, ok := m.(httpclient.MiddlewareName); ok && named.MiddlewareName() == httpclient.ResponseLimitMiddlewareName {
			all[i] = httpclient.ResponseLimitMiddleware(maxAnswer)
		}
	}
	return all
}

// isNear reports whether a store is asked for its answers as they are: without TLS it is next to Grafana as a rule, where
// to compress them takes longer than to send them.
func isNear(address string) bool { return strings.HasPrefix(strings.ToLower(address), "http://") }

// newClient returns the SDK's HTTP client, with the data source's authentication, TLS, headers and proxy. It sets no
// timeout of its own: the batch has one.
func newClient(ctx context.Context, instance backend.DataSourceInstanceSettings) (*http.Client, error) {
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
	client.Transport = closable{client.Transport, inner}
	return client, nil
}

// closable is a transport behind the SDK's middlewares, which hide how its connections are closed.
type closable struct {
	http.RoundTripper
	inner *http.Transport
}

// CloseIdleConnections closes those that are not in use, as http.Client knows it.
func (c closable) CloseIdleConnections() { c.inner.CloseIdleConnections() }
