package fetch

import (
	"context"
	"time"
)

// Names returns the first limit values of a label, in order, that the series of a selector have between start and end, or the
// names of their labels where label is "". It reports whether the store has more. The error is an *Error.
func (s *Store) Names(ctx context.Context, label, selector string, start, end time.Time, limit int) (names []string, more bool, err error) {
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	err = s.send(ctx, selector, func(ctx context.Context) (err error) {
		names, _, err = s.firstValues(ctx, valuesRequest{label, selector, start, end, limit + 1}, limit+1)
		return err
	})
	if err != nil {
		return nil, false, err
	}
	names = first(names, limit+1)
	return names[:min(len(names), limit)], len(names) > limit, nil
}
