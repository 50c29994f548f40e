package bench

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/prometheus/storage"

	"github.com/cer-reliability/cer-datasource/pkg/demo/promstore"
)

// store is what the plugin and its users ask.
type store struct {
	// name is what the report calls it.
	name string
	// timed is where it is asked when the time is taken, and counted where what it does is counted. They differ where
	// counting slows it.
	timed, counted string
	tally          *tally
	// isPrometheus3 says that windows do not hold what is at their very beginning. In others subqueries have a slice more
	// than the plugin's windows, so that numbers are not compared.
	isPrometheus3 bool
	// write stores samples, the older ones first.
	write func(context.Context, []sample) error
	// settle waits until the store is done with what was written.
	settle func(context.Context) error
	close  func() error
}

// openEmbedded opens a Prometheus in this process.
func openEmbedded(dir string) (*store, error) {
	t := &tally{}
	prometheus, err := promstore.Open(promstore.Config{Dir: dir, Asked: t.add})
	if err != nil {
		return nil, err
	}
	return &store{
		name:  "Prometheus " + promstore.Version + ", embedded",
		timed: prometheus.URL(), counted: prometheus.URL(), tally: t,
		write: func(ctx context.Context, samples []sample) error {
			return appendAll(prometheus.AppenderV2(ctx), samples)
		},
		settle: prometheus.Compact, close: prometheus.Close,
	}, nil
}

// appendAll appends samples and commits them.
func appendAll(appender storage.AppenderV2, samples []sample) (err error) {
	for _, s := range samples {
		if s.series.ref, err = appender.Append(s.series.ref, s.series.labels, 0, s.at, s.value, nil, nil, storage.AppendV2Options{}); err != nil {
			return fmt.Errorf("the sample of %s can't be appended: %w", s.series.labels, err)
		}
	}
	return appender.Commit()
}

// loadStep is how much of the past is written at once. No store takes samples that are much older than its newest.
const loadStep = time.Hour

// fill writes what data sets have up to a time, in the order of time.
func (s *store) fill(ctx context.Context, until time.Time, sets ...*telemetry) error {
	at := until
	for _, t := range sets {
		if next := t.next(); next.Before(at) {
			at = next
		}
	}
	for ; ; at = at.Add(loadStep) {
		if at.After(until) {
			at = until
		}
		for _, t := range sets {
			if err := s.write(ctx, t.samples(at)); err != nil {
				return err
			}
		}
		if !at.Before(until) {
			return nil
		}
	}
}

// tally collects what a store has been asked. It is safe for concurrent use.
type tally struct {
	mu    sync.Mutex
	asked []promstore.Asked
}

// add notes a request.
func (t *tally) add(asked promstore.Asked) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.asked = append(t.asked, asked)
}

// take returns the requests since the last time.
func (t *tally) take() []promstore.Asked {
	t.mu.Lock()
	defer t.mu.Unlock()
	asked := t.asked
	t.asked = nil
	return asked
}
