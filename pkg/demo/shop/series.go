package shop

import (
	"fmt"
	"math"
	"time"

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

// sample is one of a series, on its way into the store.
type sample struct {
	of      *series
	time    int64
	arrives time.Time
	v       float64
	h       *histogram.Histogram
	options storage.AppendV2Options
}

// add appends a sample to the store, or to the backlog until it arrives.
func (e *exposition) add(s *series, v float64, h *histogram.Histogram, options storage.AppendV2Options) {
	e.deliver([]sample{{of: s, time: e.time, arrives: e.arrives, v: v, h: h, options: options}})
}

// deliver appends those samples to the store that have arrived by now, and keeps the others in the backlog.
func (e *exposition) deliver(samples []sample) {
	for _, s := range samples {
		switch {
		case e.err != nil:
			return
		case s.arrives.After(e.at):
			e.backlog = append(e.backlog, s)
			continue
		}
		ref, err := e.appender.Append(s.of.ref, s.of.labels, 0, s.time, s.v, s.h, nil, s.options)
		if err != nil {
			e.err = fmt.Errorf("the sample of %s can't be appended: %w", s.of.labels, err)
			return
		}
		s.of.ref = ref
	}
}
