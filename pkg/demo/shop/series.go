package shop

import (
	"fmt"
	"math"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
)

// series is one exposed time series.
type series struct {
	labels labels.Labels
	// ref is what the store calls it.
	ref storage.SeriesRef
	// exposed reports whether the last scrape had a sample of it.
	exposed bool
}

// newSeries returns the series of a metric with some labels.
func newSeries(metric string, set labels.Labels) series {
	return series{labels: with(set, model.MetricNameLabel, metric)}
}

// with returns the labels and one more.
func with(set labels.Labels, name, value string) labels.Labels {
	return labels.NewBuilder(set).Set(name, value).Labels()
}

// number appends a sample, and an exemplar unless it is nil.
func (e *exposition) number(s *series, v float64, trace *exemplar.Exemplar) {
	var options storage.AppendV2Options
	if trace != nil {
		options.Exemplars = []exemplar.Exemplar{*trace}
	}
	e.add(s, v, nil, options)
	s.exposed = true
}

// native appends a native histogram.
func (e *exposition) native(s *series, h *histogram.Histogram) {
	e.add(s, 0, h, storage.AppendV2Options{})
	s.exposed = true
}

// withdraw ends a series that was exposed until now by a staleness marker, as Prometheus does.
func (e *exposition) withdraw(s *series) {
	if s.exposed {
		e.add(s, math.Float64frombits(value.StaleNaN), nil, storage.AppendV2Options{})
		s.exposed = false
	}
}

// add appends a sample to the store.
func (e *exposition) add(s *series, v float64, h *histogram.Histogram, options storage.AppendV2Options) {
	if e.err != nil {
		return
	}
	ref, err := e.appender.Append(s.ref, s.labels, 0, e.time, v, h, nil, options)
	if err != nil {
		e.err = fmt.Errorf("the sample of %s can't be appended: %w", s.labels, err)
		return
	}
	s.ref = ref
}
