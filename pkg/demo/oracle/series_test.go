package oracle

import (
	"math"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// series is one raw series: what is written to the store, and what scores are recomputed from.
type series struct {
	metric string
	labels map[string]string
	// times are in milliseconds, ascending.
	times []int64
	// values hold a number a time, natives a histogram; one of them is empty.
	values  []float64
	natives []*histogram.FloatHistogram
}

// add appends a number.
func (s *series) add(at int64, value float64) {
	s.times = append(s.times, at)
	s.values = append(s.values, value)
}

// addNative appends a histogram.
func (s *series) addNative(at int64, h *histogram.FloatHistogram) {
	s.times = append(s.times, at)
	s.natives = append(s.natives, h)
}

// dataset is the telemetry of one catalog.
type dataset struct {
	name   string
	series []*series
}

// datasetLabel tells the data sets in the store apart.
const datasetLabel = "dataset"

// new returns a new series without samples.
func (d *dataset) new(metric string, own map[string]string) *series {
	s := &series{metric: metric, labels: map[string]string{datasetLabel: d.name}}
	for name, value := range own {
		s.labels[name] = value
	}
	d.series = append(d.series, s)
	return s
}

// stretch is how much of a series is written at once: the store takes nothing that is much older than its newest sample.
const stretch = 6 * time.Hour

// write appends all samples to the store.
func (d *dataset) write(store *promstore.Store) error {
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	for _, s := range d.series {
		if len(s.times) > 0 {
			first, last = min(first, s.times[0]), max(last, s.times[len(s.times)-1])
		}
	}
	for from := first; from <= last; from += stretch.Milliseconds() {
		for _, s := range d.series {
			if err := store.Append(s.samples(from, from+stretch.Milliseconds())...); err != nil {
				return err
			}
		}
	}
	return nil
}

// samples returns all of them, those of a series in their order.
func (d *dataset) samples() []promstore.Sample {
	var all []promstore.Sample
	for _, s := range d.series {
		all = append(all, s.samples(math.MinInt64, math.MaxInt64)...)
	}
	return all
}

// samples returns those from one time until before another.
func (s *series) samples(from, until int64) []promstore.Sample {
	set := labels.NewBuilder(labels.FromMap(s.labels)).Set("__name__", s.metric).Labels()
	var samples []promstore.Sample
	for i, at := range s.times {
		if at < from || at >= until {
			continue
		}
		sample := promstore.Sample{Labels: set, Time: time.UnixMilli(at)}
		if s.natives != nil {
			sample.Histogram = s.natives[i]
		} else {
			sample.Value = s.values[i]
		}
		samples = append(samples, sample)
	}
	return samples
}
