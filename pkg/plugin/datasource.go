package plugin

import (
	"context"
	"os"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/instancemgmt"
	"github.com/grafana/grafana-plugin-sdk-go/backend/resource/httpadapter"
	"github.com/grafana/grafana-plugin-sdk-go/backend/tracing"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"

	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

// ID is the plugin's id in plugin.json.
const ID = "cer-reliability-datasource"

// DataSource is an instance of a configured data source. Grafana makes a new one whenever the settings change.
type DataSource struct {
	backend.CallResourceHandler
	source catalogSource
	key    dataSourceKey
	shared *sharedState
	// saved is when the settings were saved, as Grafana says; zero where it does not.
	saved time.Time
	// storeType is the setting prometheusType; "" if it is not set.
	storeType string
	// store and engine are nil if broken is not.
	store  *fetch.Store
	engine *engine.Engine
	// traceLabels are the names of the labels of exemplars that have the IDs of traces; none for the usual ones.
	traceLabels []string
	// broken is the error of settings that can't be used; nil if they can.
	broken error
	now    func() time.Time
	// whatIfs limits the rate of requests to /whatif.
	whatIfs *rate.Limiter
	// gates limits the rate of requests for verdicts.
	gates *rate.Limiter
	// reports limits the rate of requests for reports of incidents.
	reports *rate.Limiter
	// replays are the turns of requests that ask the store for very much: /calibrate, /backtest, /discover and /validate of the last days.
	replays *semaphore.Weighted
}

var (
	_ backend.QueryDataHandler    = (*DataSource)(nil)
	_ backend.CheckHealthHandler  = (*DataSource)(nil)
	_ backend.CallResourceHandler = (*DataSource)(nil)
)

// NewFactory returns the function that makes the instances of data sources for Grafana. All instances of one factory
// share their state, such as caches.
func NewFactory() datasource.InstanceFactoryFunc { return NewFactoryAt(time.Now) }

// NewFactoryAt is like NewFactory with another clock, such as that of a simulation.
func NewFactoryAt(now func() time.Time) datasource.InstanceFactoryFunc {
	shared := newSharedState(os.Getenv(definitionsPath))
	shared.now = now
	prometheus.MustRegister(catalogCollector{&shared.instances, &shared.changeLog}, cacheCollector{&shared.caches}, memoryCollector{shared.memory})
	return shared.newInstance
}

// newInstance is a datasource.InstanceFactoryFunc. It never returns an error.
func (s *sharedState) newInstance(ctx context.Context, instance backend.DataSourceInstanceSettings) (instancemgmt.Instance, error) {
	return newDataSource(ctx, instance, s), nil
}

// newDataSource returns an instance for settings. For settings that can't be used it returns one that answers every
// request with what is wrong with them.
func newDataSource(ctx context.Context, instance backend.DataSourceInstanceSettings, shared *sharedState) *DataSource {
	d := &DataSource{shared: shared, key: keyOf(ctx, instance), saved: instance.Updated, source: staticSource{}, now: shared.now, whatIfs: newWhatIfLimiter(), gates: newGateLimiter(), reports: newReportLimiter(),
		replays: semaphore.NewWeighted(maxReplays)}
	d.CallResourceHandler = httpadapter.New(d.routes())
	instance = withJSON(instance)
	cfg, err := readSettings(instance.JSONData)
	if err != nil {
		d.broken = err
		return d
	}
	d.storeType = cfg.PrometheusType
	d.source = shared.catalogSource(cfg, d.key)
	if d.traceLabels, err = cfg.traceLabels(); err != nil {
		d.broken = err
	} else {
		d.store, d.engine, d.broken = shared.open(ctx, cfg, instance, d.key)
	}
	shared.instances.add(d)
	shared.changeLog.record(ctx, d)
	return d
}

// open returns the store of the settings, and its engine.
func (s *sharedState) open(ctx context.Context, cfg settings, instance backend.DataSourceInstanceSettings, key dataSourceKey) (*fetch.Store, *engine.Engine, error) {
	scrape, err := cfg.scrapeInterval()
	if err != nil {
		return nil, nil, err
	}
	storeConfig, err := cfg.storeConfig(ctx, instance)
	if err != nil {
		return nil, nil, err
	}
	cacheBytes, err := cfg.cacheBytes()
	if err != nil {
		return nil, nil, err
	}
	storeConfig.Cache, storeConfig.Scope = s.caches.get(key, cacheBytes), cacheScope(key, instance)
	storeConfig.Facts = s.caches.facts()
	storeConfig.Limiter, storeConfig.Memory, storeConfig.Fresh, storeConfig.Now = s.limiter, s.memory, scrape, s.now
	if storeConfig.Client, err = newClient(ctx, instance, &s.connections); err != nil {
		return nil, nil, err
	}
	store, err := fetch.New(storeConfig)
	if err != nil {
		storeConfig.Client.CloseIdleConnections()
		return nil, nil, err
	}
	return store, newEngine(store, scrape, &s.merger), nil
}

// newEngine returns the engine of a store, whose telemetry is scraped at an interval.
func newEngine(store *fetch.Store, scrape time.Duration, merger *engine.Merger) *engine.Engine {
	return engine.New(engine.Config{
		Store: store, ScrapeInterval: scrape, Merger: merger, Tracer: tracing.DefaultTracer(),
		ObserveSamples: countSamples, ObserveEvaluation: timeEvaluation,
	})
}

// keepCache is how long the cache of a data source is kept after its last instance was disposed of. Grafana usually
// makes another instance, with new settings, right away.
const keepCache = time.Hour

// Dispose releases what the instance holds. Grafana calls it when the settings have changed or the data source was
// deleted.
func (d *DataSource) Dispose() {
	d.shared.instances.remove(d)
	if d.store != nil {
		d.store.Close()
	}
	shared, key := d.shared, d.key // The timer must not keep the instance in memory.
	time.AfterFunc(keepCache, func() {
		if !shared.instances.has(key) {
			shared.caches.drop(key)
		}
	})
}
