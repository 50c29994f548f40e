package fetch

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/prometheus/common/model"
	"golang.org/x/sync/errgroup"
)

// maxMetadata is the number of bytes of a metric's metadata that are read.
const maxMetadata = 64 << 10

// Gauges reports for each metric whether the store's metadata says that it is a gauge, and nothing else. It is false where the store
// does not know, or does not answer.
func (s *Store) Gauges(ctx context.Context, metrics []string) []bool {
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	gauges := make([]bool, len(metrics))
	var group errgroup.Group
	group.SetLimit(cap(s.slots) + cap(s.reserved))
	for i, metric := range metrics {
		group.Go(func() error {
			types, err := s.typesOf(ctx, metric)
			gauges[i] = err == nil && len(types) > 0 && !slices.ContainsFunc(types, func(t model.MetricType) bool { return t != model.MetricTypeGauge })
			return nil
		})
	}
	_ = group.Wait()
	return gauges
}

// typesOf returns the types that the targets of the store give a metric.
func (s *Store) typesOf(ctx context.Context, metric string) (types []model.MetricType, err error) {
	err = s.send(ctx, metric, func(ctx context.Context) error {
		address := s.client.URL("/api/v1/metadata", nil)
		address.RawQuery = url.Values{"metric": {metric}}.Encode()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
		if err != nil {
			return err
		}
		return s.client.stream(ctx, req, func(body io.Reader) error {
			var answer struct {
				Data map[string][]struct {
					Type model.MetricType `json:"type"`
				} `json:"data"`
			}
			if err := json.NewDecoder(io.LimitReader(body, maxMetadata)).Decode(&answer); err != nil {
				return err
			}
			for _, one := range answer.Data[metric] {
				types = append(types, one.Type)
			}
			return nil
		})
	})
	return types, err
}
