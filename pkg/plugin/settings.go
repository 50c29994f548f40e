package plugin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
	"github.com/grafana/grafana-plugin-sdk-go/config"
	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

// settings is the jsonData of a data source. Settings that Grafana's Prometheus data source has too have the same names.
type settings struct {
	// Definition is a catalog as cer/v1 YAML.
	Definition string `json:"definition"`
	// Catalog is the name of a catalog in the folder on the server, which is used instead of a definition.
	Catalog               string `json:"catalog"`
	HTTPMethod            string `json:"httpMethod"`
	QueryTimeout          string `json:"queryTimeout"`
	TimeInterval          string `json:"timeInterval"`
	CustomQueryParameters string `json:"customQueryParameters"`
	// PrometheusType is the kind of store; Save & test warns if the store says that it is another one.
	PrometheusType string `json:"prometheusType"`
	// Concurrency is the limit of concurrent requests to the store.
	Concurrency int `json:"concurrency"`
	// CacheBytes is the limit of the cache of points; 0 disables it, and nil stands for defaultCacheBytes.
	CacheBytes *int64 `json:"cacheBytes"`
	// CacheOverlap is how late samples may arrive. Points of that time are not answered from the cache.
	CacheOverlap string `json:"cacheOverlap"`
	// MaxSeries is the limit of series in one answer of the store; 0 stands for fetch.DefaultMaxSeries.
	MaxSeries int `json:"maxSeries"`
	// QueryBytes is the limit of the memory that the answers to one query take; 0 stands for fetch.DefaultQueryBytes.
	QueryBytes int64 `json:"queryBytes"`
	// ExemplarTraceIDDestinations are where the traces of exemplars are shown.
	ExemplarTraceIDDestinations []traceDestination `json:"exemplarTraceIdDestinations"`
}

// definitionsPath is the environment variable with the path of the folder on the server. Grafana sets it from
// definitions_path in the section [plugin.cer-reliability-datasource] of its configuration.
const definitionsPath = "GF_PLUGIN_DEFINITIONS_PATH"

// memoryLimit is the environment variable with the number of bytes that the answers to all queries may take, over all data
// sources. Grafana sets it from memory_limit in the same section.
const memoryLimit = "GF_PLUGIN_MEMORY_LIMIT"

// cacheLimit is the environment variable with the number of bytes that the caches of all data sources may take together, whatever
// each of them may. Grafana sets it from cache_limit in the same section.
const cacheLimit = "GF_PLUGIN_CACHE_LIMIT"

// bytesOf returns the number of bytes above 0 that the text of an environment variable says, or else the default.
func bytesOf(name, text string, byDefault int64) int64 {
	text = strings.TrimSpace(text)
	bytes, err := strconv.ParseInt(text, 10, 64)
	switch {
	case text == "":
		return byDefault
	case err != nil || bytes <= 0:
		backend.Logger.Error("Limit is not a number of bytes above 0; the default is used", "setting", name, "value", text, "default", byDefault)
		return byDefault
	default:
		return bytes
	}
}

const (
	// maxDefinition is the limit of a definition in bytes, since some of Grafana's databases truncate jsonData.
	maxDefinition = 48 << 10
	// defaultCacheBytes and maxCacheBytes are the default and the maximum of cacheBytes.
	defaultCacheBytes = 256 << 20
	maxCacheBytes     = 16 << 30
)

// readSettings decodes jsonData.
func readSettings(raw json.RawMessage) (settings, error) {
	s := settings{}
	if err := json.Unmarshal(raw, &s); err != nil {
		return s, fmt.Errorf("the settings (jsonData) can't be read: %w", err)
	}
	return s, nil
}

// withJSON returns the instance with valid jsonData. A data source that was never saved has none.
func withJSON(instance backend.DataSourceInstanceSettings) backend.DataSourceInstanceSettings {
	if len(instance.JSONData) == 0 {
		instance.JSONData = json.RawMessage("{}")
	}
	return instance
}

// scrapeInterval returns the scrape interval of the store.
func (s settings) scrapeInterval() (time.Duration, error) {
	return duration("timeInterval", s.TimeInterval, engine.DefaultScrapeInterval)
}

// duration parses the text of a setting: a duration greater than 0, or "" for the default.
func duration(name, text string, byDefault time.Duration) (time.Duration, error) {
	if strings.TrimSpace(text) == "" {
		return byDefault, nil
	}
	d, err := model.ParseDuration(strings.TrimSpace(text))
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("the setting %s is %q; a duration such as %s is needed", name, text, byDefault)
	}
	return time.Duration(d), nil
}

// cacheBytes returns the limit of the cache in bytes; 0 disables it.
func (s settings) cacheBytes() (int64, error) {
	switch {
	case s.CacheBytes == nil:
		return defaultCacheBytes, nil
	case *s.CacheBytes < 0 || *s.CacheBytes > maxCacheBytes:
		return 0, fmt.Errorf("the setting cacheBytes is %d; a number of bytes from 0, which turns the cache off, to %d is needed", *s.CacheBytes, int64(maxCacheBytes))
	default:
		return *s.CacheBytes, nil
	}
}

// cacheScope returns the scope of a data source's entries in its cache: a hash of all that decides what the store
// answers, such as its address and credentials. Settings that only change the queries are not part of it. cacheOverlap is,
// since cached points were found to be final by its former value.
func cacheScope(key dataSourceKey, instance backend.DataSourceInstanceSettings) string {
	connection := map[string]any{}
	if err := json.Unmarshal(instance.JSONData, &connection); err != nil {
		connection["unreadable"] = string(instance.JSONData)
	}
	for _, name := range []string{"definition", "catalog", "queryTimeout", "timeInterval", "concurrency", "cacheBytes", "maxSeries", "queryBytes", "exemplarTraceIdDestinations"} {
		delete(connection, name)
	}
	text, err := json.Marshal(map[string]any{
		"org": key.org, "namespace": key.namespace, "uid": key.uid, "url": instance.URL, "user": instance.User, "database": instance.Database,
		"basicAuth": instance.BasicAuthEnabled, "basicAuthUser": instance.BasicAuthUser, "json": connection, "secrets": instance.DecryptedSecureJSONData,
	})
	if err != nil {
		panic("values that were read from JSON can be written: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// storeConfig returns the configuration of the store, by the settings and by Grafana's own configuration. It has no client yet.
func (s settings) storeConfig(ctx context.Context, instance backend.DataSourceInstanceSettings) (fetch.Config, error) {
	if strings.TrimSpace(instance.URL) == "" {
		return fetch.Config{}, errors.New("the setting url is empty; enter the address of a Prometheus-compatible store")
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
	if s.QueryBytes < 0 {
		return fetch.Config{}, fmt.Errorf("the setting queryBytes is %d; a number of bytes above 0 is needed, or none for %d", s.QueryBytes, fetch.DefaultQueryBytes)
	}
	return fetch.Config{
		Overlap:               overlap,
		MaxSeries:             s.MaxSeries,
		QueryBytes:            s.QueryBytes,
		Urgent:                isUrgent,
		URL:                   instance.URL,
		Method:                strings.ToUpper(s.HTTPMethod),
		CustomQueryParameters: parameters,
		Concurrency:           s.concurrency(ctx),
		Timeout:               timeout,
		TooLarge:              httpclient.ErrResponseBodyTooLarge,
		Identity:              identityOf,
		VictoriaMetrics:       s.PrometheusType == "VictoriaMetrics",
		Secrets:               secretsOf(instance),
		CallerSecrets:         callerSecrets,
		ObserveRequest:        countFetch,
	}, nil
}

// concurrency returns the limit of concurrent requests: the setting, or else that of Grafana's configuration, or else the
// default.
func (s settings) concurrency(ctx context.Context) int {
	if s.Concurrency > 0 {
		return s.Concurrency
	}
	if n, err := config.GrafanaConfigFromContext(ctx).ConcurrentQueryCount(); err == nil && n > 0 {
		return n
	}
	return fetch.DefaultConcurrency
}
