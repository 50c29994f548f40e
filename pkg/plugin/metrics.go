package plugin

import (
	"context"
	"maps"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/cer-reliability/cer-datasource/pkg/audit"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

// metricPrefix is the prefix that Grafana requires of a plugin's own metrics.
const metricPrefix = "grafana_plugin_cer_"

var (
	fetches = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: metricPrefix + "fetches_total",
		Help: "Requests to stores, by result: ok, or the kind of error.",
	}, []string{"result"})
	cachePoints = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: metricPrefix + "cache_points_total",
		Help: "Points that queries needed: cached ones (hit), and ones requested from a store (miss).",
	}, []string{"result"})
	cacheHits, cacheMisses = cachePoints.WithLabelValues("hit"), cachePoints.WithLabelValues("miss")

	samples = promauto.NewCounter(prometheus.CounterOpts{
		Name: metricPrefix + "samples_total",
		Help: "Samples in the answers of stores.",
	})
	evaluationSeconds = promauto.NewHistogram(prometheus.HistogramOpts{
		Name:    metricPrefix + "evaluation_seconds",
		Help:    "Time to compute the answers of queries from samples, in seconds.",
		Buckets: prometheus.ExponentialBuckets(0.0001, 4, 9), // from 0.1 ms to 6.6 s
	})
)

// countFetch counts a request to a store by its error, which is nil if it succeeded.
func countFetch(err *fetch.Error) {
	result := "ok"
	if err != nil {
		result = string(err.Kind)
	}
	fetches.WithLabelValues(result).Inc()
}

// countCachePoints counts the points of a look-up in a cache.
func countCachePoints(hits, misses int64) {
	cacheHits.Add(float64(hits))
	cacheMisses.Add(float64(misses))
}

// countSamples counts samples of a store.
func countSamples(n int) { samples.Add(float64(n)) }

// timeEvaluation observes the time that an evaluation took.
func timeEvaluation(took time.Duration) { evaluationSeconds.Observe(took.Seconds()) }

// cacheCollector collects the size of the caches. What they count is not collected from them but kept in a counter,
// which does not fall when a cache is dropped.
type cacheCollector struct{ caches *caches }

var cacheBytes = prometheus.NewDesc(metricPrefix+"cache_bytes", "Size of the cached points in bytes.", nil, nil)

// Describe sends nothing, which allows several factories in one process, as tests have them.
func (cacheCollector) Describe(chan<- *prometheus.Desc) {}

// Collect sends the size of the caches.
func (c cacheCollector) Collect(metrics chan<- prometheus.Metric) {
	metrics <- prometheus.MustNewConstMetric(cacheBytes, prometheus.GaugeValue, float64(c.caches.limit.Used()))
}

// memoryCollector collects what the answers of stores take that queries are computed from.
type memoryCollector struct{ memory *fetch.Memory }

var (
	answerBytes = prometheus.NewDesc(metricPrefix+"answer_bytes", "Memory of the answers of stores for current queries, in bytes.", nil, nil)
	answerPeak  = prometheus.NewDesc(metricPrefix+"answer_bytes_peak", "Maximum of the memory of these answers since the start of the plugin, in bytes.", nil, nil)
)

// Describe sends nothing, which allows several factories in one process, as tests have them.
func (memoryCollector) Describe(chan<- *prometheus.Desc) {}

// Collect sends what answers take.
func (c memoryCollector) Collect(metrics chan<- prometheus.Metric) {
	now, peak := c.memory.Used()
	metrics <- prometheus.MustNewConstMetric(answerBytes, prometheus.GaugeValue, float64(now))
	metrics <- prometheus.MustNewConstMetric(answerPeak, prometheus.GaugeValue, float64(peak))
}

// catalogCollector collects the metrics of the catalogs in use, which record their changes and the history of their weights.
type catalogCollector struct {
	instances *instances
	changes   *changeLog
}

// Describe sends nothing, since the labels of weights depend on whether a UID exists in several organisations.
func (catalogCollector) Describe(chan<- *prometheus.Desc) {}

// Collect sends the metrics of the catalogs that are in use now.
func (c catalogCollector) Collect(metrics chan<- prometheus.Metric) {
	all := c.instances.all()
	orgs := map[string]int{} // The number of organisations that have a UID.
	for _, d := range all {
		orgs[d.key.uid]++
	}
	// A cancelled context: scraping the metrics does not wait for the operator's folder.
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	sent := map[[2]string]bool{} // A duplicate series would make the whole scrape fail.
	for _, d := range all {
		id := [2]string{d.key.uid, d.key.orgLabel()}
		if sent[id] {
			continue
		}
		sent[id] = true
		e := catalogMetrics{metrics: metrics, labels: prometheus.Labels{"datasource_uid": d.key.uid}, org: d.key.orgLabel(), state: d.source.current(ctx), recorded: c.changes.of(d.key)}
		if orgs[d.key.uid] > 1 {
			e.labels["org"] = e.org
		}
		e.send()
	}
}

// catalogMetrics sends the metrics of one catalog.
type catalogMetrics struct {
	metrics chan<- prometheus.Metric
	// labels identify the data source in every metric.
	labels prometheus.Labels
	org    string
	state  catalogState
	// recorded is what was recorded of the catalog.
	recorded recorded
}

// send sends the revision of the catalog in use, how it changed, and the weights that it states.
func (m catalogMetrics) send() {
	if m.state.catalog == nil {
		return
	}
	m.gauge("definition_info", "The revision of the catalog that a data source uses.", 1,
		prometheus.Labels{"org": m.org, "revision": m.state.revision()})
	m.sendChanges()
	for i := range m.state.catalog.Flows {
		f := &m.state.catalog.Flows[i]
		m.gauge("flow_weight", "The weight of a flow in the catalog.", f.Weight, prometheus.Labels{"flow": f.Name})
		for j := range f.SLIs {
			m.gauge("sli_weight", "The weight of an SLI in the catalog.", f.SLIs[j].Weight,
				prometheus.Labels{"flow": f.Name, "sli": f.SLIs[j].Name})
		}
	}
}

// sendChanges sends how often the catalog changed since the process began, with 0 for what never did, so that the first change is an
// increase; and when it last did. The catalog is no label: another name would begin another series, without an increase.
func (m catalogMetrics) sendChanges() {
	for _, aspect := range audit.Aspects() {
		m.sample(prometheus.CounterValue, "catalog_changes_total", "Changes of the catalog that a data source uses, by what was changed.",
			float64(m.recorded.changes[aspect]), prometheus.Labels{"kind": string(aspect)})
	}
	if n := len(m.recorded.history); n > 0 {
		m.gauge("catalog_last_change_timestamp_seconds", "When the catalog that a data source uses last changed, in seconds since 1970.",
			float64(m.recorded.history[n-1].At.UnixMilli())/1000, prometheus.Labels{})
	}
}

// gauge sends one sample of a gauge, with the labels of the data source added to its own.
func (m catalogMetrics) gauge(name, help string, value float64, labels prometheus.Labels) {
	m.sample(prometheus.GaugeValue, name, help, value, labels)
}

// sample sends one sample, with the labels of the data source added to its own.
func (m catalogMetrics) sample(kind prometheus.ValueType, name, help string, value float64, labels prometheus.Labels) {
	maps.Copy(labels, m.labels)
	desc := prometheus.NewDesc(metricPrefix+name, help, nil, labels)
	m.metrics <- prometheus.MustNewConstMetric(desc, kind, value)
}
