package oracle

import (
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

// write appends all samples to the store.
func (d *dataset) write(store *promstore.Store) error {
	for _, s := range d.series {
		set := labels.FromMap(s.labels)
		set = labels.NewBuilder(set).Set("__name__", s.metric).Labels()
		samples := make([]promstore.Sample, len(s.times))
		for i, at := range s.times {
			samples[i] = promstore.Sample{Labels: set, Time: time.UnixMilli(at)}
			if s.natives != nil {
				samples[i].Histogram = s.natives[i]
			} else {
				samples[i].Value = s.values[i]
			}
		}
		if err := store.Append(samples...); err != nil {
			return err
		}
	}
	return nil
}
