package plugin

import (
	"context"
	"os"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/instancemgmt"
	"github.com/grafana/grafana-plugin-sdk-go/backend/resource/httpadapter"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"

	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

// ID is the plugin's id, as plugin.json has it.
const ID = "cer-reliability-datasource"

// DataSource is one configured data source. Grafana makes a new one when its settings change.
type DataSource struct {
	backend.CallResourceHandler
	// loaded is the catalog by which a request is answered, and asker who asks. Only what serving returns has them.
	loaded
	asker role
	// supply is where the catalog comes from.
	supply supply
	key    shelfKey
	common *common
	// storeType is which store the settings say it is; "" where they leave that to be found out.
	storeType string
	store     *fetch.Store
	// broken says what is wrong with the settings, so that the store can't be asked; nil where nothing is.
	broken error
	scrape time.Duration
	now    func() time.Time
	// whatIfs limits how often one may ask what would be.
	whatIfs *rate.Limiter
}

var (
	_ backend.QueryDataHandler    = (*DataSource)(nil)
	_ backend.CheckHealthHandler  = (*DataSource)(nil)
	_ backend.CallResourceHandler = (*DataSource)(nil)
)

// NewFactory returns the function that makes data sources for Grafana. Those of one factory share what they have in
// common.
func NewFactory() datasource.InstanceFactoryFunc { return NewFactoryAt(time.Now) }

// NewFactoryAt is NewFactory for data sources that take the time from a clock, such as that of a simulation.
func NewFactoryAt(now func() time.Time) datasource.InstanceFactoryFunc {
	shared := newCommon(os.Getenv(definitionsPath))
	shared.now = now
	prometheus.MustRegister(&shared.live, cacheCollector{&shared.caches})
	return shared.newInstance
}

// newInstance makes a data source for Grafana.
func (c *common) newInstance(ctx context.Context, instance backend.DataSourceInstanceSettings) (instancemgmt.Instance, error) {
	return newDataSource(ctx, instance, c), nil
}

// newDataSource makes a data source. One whose settings or definition are wrong is made too, since it is the one to
// say what is wrong.
func newDataSource(ctx context.Context, instance backend.DataSourceInstanceSettings, shared *common) *DataSource {
	d := &DataSource{common: shared, key: shelfKeyOf(ctx, instance), supply: fixed{}, now: shared.now, scrape: defaultScrapeInterval,
		whatIfs: newWhatIfLimiter()}
	d.CallResourceHandler = httpadapter.New(d.routes())
	instance = withJSON(instance)
	s, err := readSettings(instance.JSONData)
	if err != nil {
		d.broken = err
		return d
	}
	d.storeType = s.PrometheusType
	d.supply = shared.supplyOf(s, d.key)
	d.store, d.scrape, d.broken = shared.open(ctx, s, instance, d.key)
	shared.live.add(d)
	shared.ledger.note(ctx, d)
	return d
}

// serving returns the data source as it is while it serves one request of a user: with the catalog of this moment,
// which stays the same however the operator's folder changes meanwhile.
func (d *DataSource) serving(ctx context.Context, user *backend.User) *DataSource {
	now := *d
	now.loaded, now.asker = d.supply.current(ctx), roleOf(user)
	return &now
}

// open prepares the store that the settings speak of.
func (c *common) open(ctx context.Context, s settings, instance backend.DataSourceInstanceSettings, key shelfKey) (*fetch.Store, time.Duration, error) {
	scrape, err := s.scrapeInterval()
	if err != nil {
		return nil, defaultScrapeInterval, err
	}
	cfg, err := s.storeConfig(ctx, instance)
	if err != nil {
		return nil, scrape, err
	}
	bytes, err := s.cacheBytes()
	if err != nil {
		return nil, scrape, err
	}
	cfg.Limiter, cfg.Cache, cfg.Scope, cfg.Fresh, cfg.Now = c.limiter, c.caches.of(key, bytes), scopeOf(key, instance), scrape, c.now
	store, err := fetch.New(cfg)
	return store, scrape, err
}

// ready says why queries can't be answered; nil where they can.
func (d *DataSource) ready() error {
	if d.broken != nil {
		return userError(d.broken.Error())
	}
	if d.catalog == nil {
		return userError(d.problem(d.asker))
	}
	return nil
}

// keptAfter is how long the points of a data source are kept after Grafana has dropped it. As a rule it makes another one
// at once, with other settings.
const keptAfter = time.Hour

// Dispose is called when Grafana drops the data source; what it holds goes with it.
func (d *DataSource) Dispose() {
	d.common.live.remove(d)
	if d.store != nil {
		d.store.Close()
	}
	common, key := d.common, d.key // What waits below holds nothing else of the data source.
	time.AfterFunc(keptAfter, func() {
		if !common.live.has(key) {
			common.caches.drop(key)
		}
	})
}
