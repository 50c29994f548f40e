package stores

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
)

// Range returns what a store without tenants makes of an expression at each instant of a range, itself and from no cache.
func (s *Store) Range(ctx context.Context, promQL string, over v1.Range) (model.Matrix, error) {
	client, err := api.NewClient(api.Config{Address: s.URL})
	if err != nil {
		return nil, err
	}
	value, _, _, err := v1.NewAPI(client).QueryRange(ctx, promQL, over, v1.WithTimeout(time.Hour))
	if err != nil {
		return nil, err
	}
	matrix, ok := value.(model.Matrix)
	if !ok {
		return nil, fmt.Errorf("%s yields a %s", promQL, value.Type())
	}
	return matrix, nil
}
