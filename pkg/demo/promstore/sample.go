package promstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
)

// Sample is one observation of a series.
type Sample struct {
	// Labels name the series, the metric name in __name__ among them.
	Labels labels.Labels
	// Time is when it was observed, to the millisecond.
	Time time.Time
	// Value is the number observed; a sample with a Histogram has none.
	Value float64
	// Histogram is the native histogram observed; nil for a plain number.
	Histogram *histogram.FloatHistogram
	// Exemplars are traces and the like that stand for the observation, in the order of their time.
	Exemplars []exemplar.Exemplar
}

// Append adds samples, all or none of them, and makes them visible to queries. The samples of a series are given in
// the order of their time.
func (s *Store) Append(samples ...Sample) error {
	appender := s.AppenderV2(context.Background())
	for _, sample := range samples {
		if err := appendSample(appender, sample); err != nil {
			return errors.Join(err, appender.Rollback())
		}
	}
	if err := appender.Commit(); err != nil {
		return fmt.Errorf("the samples can't be committed: %w", err)
	}
	return nil
}

// appendSample hands one sample to the appender.
func appendSample(appender storage.AppenderV2, sample Sample) error {
	options := storage.AppendV2Options{Exemplars: sample.Exemplars}
	_, err := appender.Append(0, sample.Labels, 0, sample.Time.UnixMilli(), sample.Value, nil, sample.Histogram, options)
	if err != nil {
		return fmt.Errorf("the sample of %s at %s can't be appended: %w", sample.Labels, sample.Time.UTC().Format(time.RFC3339), err)
	}
	return nil
}
