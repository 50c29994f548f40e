package oracle

import (
	"context"
	"fmt"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/demo/stores"
)

// engine is in what a store evaluates otherwise than Prometheus 3.
type engine struct {
	// rules say that to those who read the report.
	rules []string
	// closed says that a sample at the very beginning of a range is within it.
	closed bool
	// zeroFirst says that a rate is not extrapolated to before the counter was 0 even where it is not extrapolated to the beginning of
	// its range, but by half of the distance between samples.
	zeroFirst bool
	// ownRates says that the rates of each series are taken from the store rather than recomputed. Those of time slices reach no further
	// back than the slice, and worlds are steady ones.
	ownRates bool
	// unbroken says that no counter restarts in worlds, and that all are numbers.
	unbroken bool
}

// engineOf are those of the stores.
var engineOf = map[string]engine{
	stores.Prometheus: {
		rules: []string{
			"ranges, and the lookback of five minutes, include a sample at their very beginning (https://prometheus.io/docs/prometheus/3.0/migration/#range-selectors-and-lookback-exclude-samples-coinciding-with-the-left-boundary)",
			"a rate that is not extrapolated to the beginning of its range goes back to where the counter was 0, if that is nearer than 1.1 times the distance between samples, and not half of that distance",
		},
		closed: true, zeroFirst: true,
	},
	stores.VictoriaMetrics: {
		rules: []string{
			"rates of single series are the store's own: they count from the sample before their range on, and are not extrapolated (https://docs.victoriametrics.com/victoriametrics/metricsql/#rate); time slices are as wide as they are stated",
			"rates depend on the range that is asked for where samples are further apart than a window, or have ended, since it guesses their distance from all samples that it reads; so jobs are scraped at least each 45 s here, evenly, and no series ends",
		},
		ownRates: true,
	},
	stores.Thanos: {
		rules: []string{
			"resets of counters are made good before rates are computed, from the first sample on that is read, so that rates are extrapolated to before a counter that has restarted was 0; so no counter restarts here, or is NaN",
		},
		unbroken: true,
	},
}

// border is how much longer ranges are than those of Prometheus 3, whose samples are milliseconds apart.
func (e engine) border() time.Duration {
	if e.closed {
		return time.Millisecond
	}
	return 0
}

// seriesRates are the rates of a series by the time in milliseconds.
type seriesRates map[*series]map[int64]float64

// ratesOf returns a function for the rates of all series of a metric over a window, which the real store computes.
func (o *oracle) ratesOf(in instants) func(metric string, window time.Duration) seriesRates {
	return func(metric string, window time.Duration) seriesRates {
		key := fmt.Sprint(metric, window, in.start, in.end, in.step)
		known, ok := o.rates[key]
		if !ok {
			var err error
			if known, err = o.askRates(in, metric, window); err != nil {
				o.failed = err
			}
			o.rates[key] = known
		}
		return known
	}
}

// askRates asks the real store.
func (o *oracle) askRates(in instants, metric string, window time.Duration) (seriesRates, error) {
	sel := selector{metric, []condition{{datasetLabel, "=", o.data.name}}}
	matrix, err := o.real.Range(context.Background(), fmt.Sprintf("rate(%s[%s])", sel, duration(window)), v1.Range{Start: in.start, End: in.end, Step: in.step})
	if err != nil {
		return nil, err
	}
	byLabels := map[string]*series{}
	for _, s := range o.data.series {
		if s.metric == metric {
			set := model.LabelSet{}
			for name, value := range s.labels {
				set[model.LabelName(name)] = model.LabelValue(value)
			}
			byLabels[set.String()] = s
		}
	}
	rates := seriesRates{}
	for _, stream := range matrix {
		s := byLabels[model.LabelSet(stream.Metric).String()]
		if s == nil {
			return nil, fmt.Errorf("nobody has written %s", stream.Metric)
		}
		rates[s] = map[int64]float64{}
		for _, p := range stream.Values {
			rates[s][int64(p.Timestamp)] = float64(p.Value)
		}
	}
	return rates, nil
}
