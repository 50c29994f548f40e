package plugin

import (
	"context"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// metricPrefix starts the names of the plugin's own metrics, as Grafana wants it.
const metricPrefix = "grafana_plugin_cer_"

var (
	fetches = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: metricPrefix + "fetches_total",
		Help: "Requests to stores, by what came of them: ok, or the kind of error.",
	}, []string{"result"})
	samples = promauto.NewCounter(prometheus.CounterOpts{
		Name: metricPrefix + "samples_total",
		Help: "Samples of stores that queries were answered by.",
	})
	evaluationSeconds = promauto.NewHistogram(prometheus.HistogramOpts{
		Name:    metricPrefix + "evaluation_seconds",
		Help:    "How long it took to compute the answers of queries from the samples.",
		Buckets: prometheus.ExponentialBuckets(0.0001, 4, 9), // from 0.1 ms to 6.6 s
	})
)

// countFetch counts a request to a store, of which came an error or nil.
func countFetch(err *fetch.Error) {
	result := "ok"
	if err != nil {
		result = string(err.Kind)
	}
	fetches.WithLabelValues(result).Inc()
}

// countSamples counts what a query is answered by.
func countSamples(answers []plan.Answer) {
	n := 0
	for _, answer := range answers {
		for _, series := range answer.Series {
			for _, value := range series.Values {
				if !math.IsNaN(value) {
					n++
				}
			}
		}
	}
	samples.Add(float64(n))
}

// timeEvaluation notes how long an evaluation took that began at a time.
func timeEvaluation(began time.Time) { evaluationSeconds.Observe(time.Since(began).Seconds()) }

// live are the data sources that there are, each as it was configured last. It is the collector of the metrics that
// keep the history of catalogs, which are made of what is used at the time of asking. It is safe for concurrent use.
type live struct {
	mu      sync.Mutex
	sources map[shelfKey]*DataSource
}

// add puts a data source in the place of the one of before.
func (l *live) add(d *DataSource) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sources == nil {
		l.sources = map[shelfKey]*DataSource{}
	}
	l.sources[d.key] = d
}

// remove takes a data source away, unless another has taken its place.
func (l *live) remove(d *DataSource) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sources[d.key] == d {
		delete(l.sources, d.key)
	}
}

// has reports whether there is a data source of a key.
func (l *live) has(key shelfKey) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, ok := l.sources[key]
	return ok
}

// all returns the data sources.
func (l *live) all() []*DataSource {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]*DataSource, 0, len(l.sources))
	for _, d := range l.sources {
		all = append(all, d)
	}
	return all
}

// Describe says nothing: the labels of weights depend on whether a uid is of one organisation.
func (l *live) Describe(chan<- *prometheus.Desc) {}

// cacheCollector is the collector of what the caches do.
type cacheCollector struct{ caches *caches }

var (
	cacheBytes  = prometheus.NewDesc(metricPrefix+"cache_bytes", "What the points take that are kept in memory.", nil, nil)
	cachePoints = prometheus.NewDesc(metricPrefix+"cache_points_total",
		"Points that queries needed: those that were kept in memory (hit), and those that a store was asked for (miss).", []string{"result"}, nil)
)

// Describe says nothing, so that a process can have several factories, as those of tests do.
func (cacheCollector) Describe(chan<- *prometheus.Desc) {}

// Collect sends what the caches did so far.
func (c cacheCollector) Collect(metrics chan<- prometheus.Metric) {
	s := c.caches.stats()
	metrics <- prometheus.MustNewConstMetric(cacheBytes, prometheus.GaugeValue, float64(s.Bytes))
	metrics <- prometheus.MustNewConstMetric(cachePoints, prometheus.CounterValue, float64(s.Hits), "hit")
	metrics <- prometheus.MustNewConstMetric(cachePoints, prometheus.CounterValue, float64(s.Misses), "miss")
}

// Collect sends the metrics of the catalogs that are used.
func (l *live) Collect(metrics chan<- prometheus.Metric) {
	all := l.all()
	shared := map[string]int{}
	for _, d := range all {
		shared[d.key.uid]++
	}
	// Nobody waits here for the operator's folder.
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	sent := map[[2]string]bool{} // One series sent twice would leave the process without any metrics.
	for _, d := range all {
		who := [2]string{d.key.uid, d.key.label()}
		if sent[who] {
			continue
		}
		sent[who] = true
		e := exposition{metrics: metrics, labels: prometheus.Labels{"datasource_uid": d.key.uid}, org: d.key.label(), now: d.supply.current(ctx)}
		// A uid is unique within an organisation only.
		if shared[d.key.uid] > 1 {
			e.labels["org"] = e.org
		}
		e.send()
	}
}

// exposition makes the metrics of one catalog.
type exposition struct {
	metrics chan<- prometheus.Metric
	labels  prometheus.Labels
	org     string
	now     loaded
}

// send sends which revision of the catalog is used, and the weights that it states.
func (e exposition) send() {
	if e.now.catalog == nil {
		return
	}
	e.gauge("definition_info", "The revision of the catalog that a data source uses.", 1,
		prometheus.Labels{"org": e.org, "revision": e.now.revision})
	for i := range e.now.catalog.Flows {
		f := &e.now.catalog.Flows[i]
		e.gauge("flow_weight", "The weight that a catalog states for a flow.", f.Weight, prometheus.Labels{"flow": f.Name})
		for j := range f.SLIs {
			e.gauge("sli_weight", "The weight that a catalog states for an SLI.", f.SLIs[j].Weight,
				prometheus.Labels{"flow": f.Name, "sli": f.SLIs[j].Name})
		}
	}
}

// gauge sends one number, with the data source's labels beside its own.
func (e exposition) gauge(name, help string, value float64, labels prometheus.Labels) {
	for label, of := range e.labels {
		labels[label] = of
	}
	desc := prometheus.NewDesc(metricPrefix+name, help, nil, labels)
	e.metrics <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value)
}

// label is what logs and metrics call the organisation: its number, or its namespace where many Grafanas share the
// process or there is no number.
func (k shelfKey) label() string {
	number := k.number()
	if number == 0 || strings.HasPrefix(k.namespace, stackPrefix) {
		return k.namespace
	}
	return strconv.FormatInt(number, 10)
}
