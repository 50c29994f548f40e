package fetch

import (
	"context"
	"slices"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	"golang.org/x/sync/errgroup"
)

// Matches reports for each selector whether the store has any matching series between start and end. The error is the *Error
// of the first request that failed.
func (s *Store) Matches(ctx context.Context, selectors []string, start, end time.Time) ([]bool, error) {
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	matches := make([]bool, len(selectors))
	group, ctx := errgroup.WithContext(ctx)
	for i, selector := range selectors {
		group.Go(func() error {
			// A selector has few metric names but may match very many series, and old stores ignore the limit.
			names, _, err := s.labelValues(ctx, model.MetricNameLabel, selector, start, end, v1.WithLimit(1))
			matches[i] = len(names) > 0
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return matches, nil
}

// LabelValues returns the first limit values, in order, that a label has in the series of the selectors between start and
// end. The error is an *Error.
func (s *Store) LabelValues(ctx context.Context, label string, selectors []string, start, end time.Time, limit int) ([]string, error) {
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	found := make([]model.LabelValues, len(selectors))
	group, ctx := errgroup.WithContext(ctx)
	for i, selector := range selectors {
		group.Go(func() (err error) {
			found[i], _, err = s.labelValues(ctx, label, selector, start, end)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var values []string
	for _, value := range slices.Concat(found...) {
		values = append(values, string(value))
	}
	slices.Sort(values)
	values = slices.Compact(values)
	return values[:min(len(values), limit)], nil
}

// labelValues returns the values that a label has in the series of a selector, and whether the store warned that there may
// be more.
func (s *Store) labelValues(ctx context.Context, label, selector string, start, end time.Time, opts ...v1.Option) (values model.LabelValues, partial bool, err error) {
	err = s.send(ctx, selector, func(ctx context.Context) error {
		found, warnings, _, err := s.api.LabelValues(ctx, label, []string{selector}, start, end, opts...)
		values, partial = found, len(warnings) > 0
		return err
	})
	return values, partial, err
}
