package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"golang.org/x/sync/errgroup"
)

// Match says whether a selector matches any series, and what the store warns of, such as a part of it that did not answer.
type Match struct {
	Found    bool
	Warnings []string
}

// Matches returns for each selector whether the store has any matching series between start and end. The error is the *Error
// of the first request that failed.
func (s *Store) Matches(ctx context.Context, selectors []string, start, end time.Time) ([]Match, error) {
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	matches := make([]Match, len(selectors))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(cap(s.slots) + cap(s.reserved))
	for i, selector := range selectors {
		group.Go(func() error {
			// A selector has few metric names but may match very many series, and old stores ignore the limit.
			return s.send(ctx, selector, func(ctx context.Context) (err error) {
				held := &hold{account: s.bounds(ctx).account}
				defer held.release()
				matches[i].Warnings, err = s.streamValues(ctx, valuesRequest{model.MetricNameLabel, selector, start, end, 1}, held, func(*hold, string) error {
					matches[i].Found = true
					return errEnough
				})
				return err
			})
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return matches, nil
}

// errEnough is returned by functions that need no more values of a label.
var errEnough = errors.New("no more values are needed")

// LabelValues returns the first limit values, in order, that a label has in the series of the selectors between start and
// end, and what the store warns of, such as a part of it that did not answer. The error is an *Error.
func (s *Store) LabelValues(ctx context.Context, label string, selectors []string, start, end time.Time, limit int) (values, warnings []string, err error) {
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	found, warned := make([][]string, len(selectors)), make([][]string, len(selectors))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(cap(s.slots) + cap(s.reserved))
	for i, selector := range selectors {
		group.Go(func() error {
			return s.send(ctx, selector, func(ctx context.Context) (err error) {
				found[i], warned[i], err = s.firstValues(ctx, valuesRequest{label, selector, start, end, 0}, limit)
				return err
			})
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	return first(slices.Concat(found...), limit), slices.Concat(warned...), nil
}

// first returns the first limit of some values, in order and each once.
func first(values []string, limit int) []string {
	slices.Sort(values)
	values = slices.Compact(values)
	return values[:min(len(values), limit)]
}

// firstValues returns the first limit values of a label, in order, and what the store warns of. It holds twice as many.
func (s *Store) firstValues(ctx context.Context, r valuesRequest, limit int) (values, warnings []string, err error) {
	held := &hold{account: s.bounds(ctx).account}
	defer held.release()
	warnings, err = s.streamValues(ctx, r, held, func(held *hold, value string) error {
		if values = append(values, value); len(values) > 2*limit {
			all := textsBytes(values...) - textsBytes(value)
			values = slices.Clone(first(values, limit))
			held.give(all - textsBytes(values...))
			return nil
		}
		return held.take(textsBytes(value))
	})
	return values, warnings, err
}

// labelValues returns the values that a label has in the series of a selector, which it adds to what is held, and whether the store
// warned that there may be more.
func (s *Store) labelValues(ctx context.Context, held *hold, label, selector string, start, end time.Time) (values model.LabelValues, partial bool, err error) {
	err = s.send(ctx, selector, func(ctx context.Context) (err error) {
		warnings, err := s.streamValues(ctx, valuesRequest{label, selector, start, end, 0}, held, func(held *hold, value string) error {
			if values = append(values, model.LabelValue(value)); len(values) > s.maxSeries {
				return &tooManyError{limit: s.maxSeries}
			}
			return held.take(textsBytes(value))
		})
		partial = len(warnings) > 0
		return err
	})
	return values, partial, err
}

// valuesRequest asks for the values of a label in the series of a selector, or for the names of their labels where label is "", so
// many at most unless the limit is 0 or the store knows none.
type valuesRequest struct {
	label, selector string
	start, end      time.Time
	limit           int
}

// streamValues calls value with each value of a label, until it returns an error, and with the hold for what it keeps of them. It
// returns what the store warned of, because of which there may be more.
func (s *Store) streamValues(ctx context.Context, r valuesRequest, held *hold, value func(*hold, string) error) (warnings []string, err error) {
	address := s.client.URL("/api/v1/labels", nil)
	if r.label != "" {
		address = s.client.URL("/api/v1/label/:name/values", map[string]string{"name": r.label})
	}
	query := url.Values{"match[]": {r.selector}, "start": {inSeconds(r.start.UnixMilli())}, "end": {inSeconds(r.end.UnixMilli())}}
	if r.limit > 0 {
		query.Set("limit", strconv.Itoa(r.limit))
	}
	address.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, err
	}
	err = s.client.stream(ctx, req, func(body io.Reader) error {
		warnings, err = decodeValues(body, held, func(text string) error { return value(held, text) })
		s.cleanAll(ctx, warnings)
		if errors.Is(err, errEnough) {
			return nil
		}
		return err
	})
	return warnings, err
}
