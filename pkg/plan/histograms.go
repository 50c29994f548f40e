package plan

import (
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Histograms returns the histograms about which Build needs facts for a query, each once.
func Histograms(q query.Query, c *catalog.Catalog) ([]expand.HistogramSelector, error) {
	s, err := newScope(q, c)
	if err != nil {
		return nil, err
	}
	var selectors []expand.HistogramSelector
	seen := map[expand.HistogramSelector]bool{}
	for i := range c.Flows {
		for _, sli := range s.needed(&c.Flows[i]) {
			indicator, fallback := c.IndicatorsOf(sli)
			for _, one := range []*expand.Indicator{indicator, fallback} {
				if one == nil {
					continue
				}
				if selector, ok := one.Histogram(); ok && !seen[selector] {
					seen[selector] = true
					selectors = append(selectors, selector)
				}
			}
		}
	}
	return selectors, nil
}

// Reach returns how far before its range a query may look back, so that facts about histograms are known for then.
func Reach(q query.Query, c *catalog.Catalog) time.Duration {
	if q.IsOfSlices() {
		return query.MaxWindow + c.Budget.Window + 2*c.Budget.Lookback
	}
	return max(query.MaxWindow, q.WithLong(query.MaxBurnWindow, c.Budget.Slice).Long) // $__range may be as long as any.
}
