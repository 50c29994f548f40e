package engine

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

const (
	// MaxCohortValues is the number of values of a label that are listed.
	MaxCohortValues = 1000
	// maxCohortSelectors is the number of selectors whose series are searched for values.
	maxCohortSelectors = 100
)

// CohortValues returns the values of a dimension, in no order, that the series of a catalog's SLIs have between two times: the first
// MaxCohortValues of each label and the empty one. The error is a *fetch.Error.
func (e *Engine) CohortValues(ctx context.Context, c *catalog.Catalog, d cer.Dimension, from, to time.Time) ([]string, error) {
	selectors := map[string][]string{}
	n := 0
	for i := range c.Flows {
		for j := range c.Flows[i].SLIs {
			sli := &c.Flows[i].SLIs[j]
			label := sli.LabelOf(d)
			if label == "" {
				continue
			}
			for _, selector := range selectorsOf(c, sli) {
				if !slices.Contains(selectors[label], selector) && n < maxCohortSelectors {
					selectors[label] = append(selectors[label], selector)
					n++
				}
			}
		}
	}
	var all []string
	for _, label := range slices.Sorted(maps.Keys(selectors)) {
		values, err := e.labelValues(ctx, label, selectors[label], from, to)
		if err != nil {
			return nil, err
		}
		all = append(all, values...)
	}
	return all, nil
}

// labelValues returns the first values of a label in the series of selectors.
func (e *Engine) labelValues(ctx context.Context, label string, selectors []string, from, to time.Time) ([]string, error) {
	values, _, err := e.cfg.Store.LabelValues(ctx, label, selectors, from, to, MaxCohortValues+1) // The empty one is not listed.
	return values, err
}

// selectorsOf returns the selectors of an SLI, with the trusted matchers.
func selectorsOf(c *catalog.Catalog, sli *cer.SLI) []string {
	var all []string
	indicator, _ := c.IndicatorsOf(sli)
	for _, selector := range indicator.Selectors() {
		all = append(all, selector.Trusted)
	}
	return all
}
