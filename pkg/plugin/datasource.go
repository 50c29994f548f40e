package plugin

import (
	"context"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/instancemgmt"
	"github.com/grafana/grafana-plugin-sdk-go/backend/resource/httpadapter"

	"golang.org/x/time/rate"

	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

// ID is the plugin's id, as plugin.json has it.
const ID = "cer-reliability-datasource"

// DataSource is one configured data source. Grafana makes a new one when its settings change.
type DataSource struct {
	backend.CallResourceHandler
	loaded
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

// NewFactory returns the function that makes data sources for Grafana. Those of one factory share the shelf of last
// good catalogs.
func NewFactory() datasource.InstanceFactoryFunc {
	var kept shelf
	return func(ctx context.Context, instance backend.DataSourceInstanceSettings) (instancemgmt.Instance, error) {
		return newDataSource(ctx, instance, &kept), nil
	}
}

// newDataSource makes a data source. One whose settings or definition are wrong is made too, since it is the one to
// say what is wrong.
func newDataSource(ctx context.Context, instance backend.DataSourceInstanceSettings, kept *shelf) *DataSource {
	d := &DataSource{now: time.Now, scrape: defaultScrapeInterval, whatIfs: newWhatIfLimiter()}
	d.CallResourceHandler = httpadapter.New(d.routes())
	instance = withJSON(instance)
	s, err := readSettings(instance.JSONData)
	if err != nil {
		d.broken = err
		return d
	}
	d.storeType = s.PrometheusType
	d.loaded = kept.keep(shelfKeyOf(ctx, instance), load(s.Definition))
	d.store, d.scrape, d.broken = open(ctx, s, instance)
	d.logLoaded(ctx, instance.UID)
	return d
}

// open prepares the store that the settings speak of.
func open(ctx context.Context, s settings, instance backend.DataSourceInstanceSettings) (*fetch.Store, time.Duration, error) {
	scrape, err := s.scrapeInterval()
	if err != nil {
		return nil, defaultScrapeInterval, err
	}
	cfg, err := s.storeConfig(ctx, instance)
	if err != nil {
		return nil, scrape, err
	}
	store, err := fetch.New(cfg)
	return store, scrape, err
}

// logLoaded leaves one line on what became of the definition.
func (d *DataSource) logLoaded(ctx context.Context, uid string) {
	logger := backend.Logger.FromContext(ctx)
	switch {
	case d.stale:
		logger.Warn("Definition refused, the last good one is used", "datasourceUid", uid, "revision", d.revision, "issues", d.issues.Error())
	case d.catalog == nil:
		logger.Warn("Definition refused", "datasourceUid", uid, "issues", d.issues.Error())
	default:
		logger.Info("Definition loaded", "datasourceUid", uid, "revision", d.revision, "flows", len(d.catalog.Flows))
	}
}

// ready says why queries can't be answered; nil where they can.
func (d *DataSource) ready() error {
	if d.broken != nil {
		return userError(d.broken.Error())
	}
	if d.catalog == nil {
		return userError(d.problem())
	}
	return nil
}

// Dispose is called when Grafana drops the data source; what it holds goes with it.
func (d *DataSource) Dispose() {}
