package plugin

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

const (
	// maxCohorts is the number of values that are listed, unless the catalog itself lists more.
	maxCohorts = 1000
	// maxCohortSelectors is the number of selectors whose series are searched for values.
	maxCohortSelectors = 100
	// cohortSpan is how far back series are searched.
	cohortSpan = 24 * time.Hour
)

// cohortsAnswer is the answer of GET /cohorts.
type cohortsAnswer struct {
	Dimension string   `json:"dimension"`
	Values    []string `json:"values"`
}

// getCohorts lists the values of a dimension, or of a label of flows. The values of a dimension are those that the
// catalog lists, in its order, followed by the others that series had in the last 24 hours, sorted.
func (d *snapshot) getCohorts(r *http.Request) (any, error) {
	if err := d.ready(); err != nil {
		return nil, err
	}
	name := r.URL.Query().Get("dimension")
	if slices.Contains(d.catalog.FlowLabels(), name) {
		return cohortsAnswer{name, flowLabelValues(d.catalog.Catalog, name)}, nil
	}
	dimension, ok := d.catalog.Dimension(name)
	if !ok {
		return nil, userError("there is neither a dimension nor a label of flows " + name + "; name one as ?dimension=region")
	}
	selectors := cohortSelectors(d.catalog, dimension)
	seen, err := seenValues(r.Context(), d.store, selectors, d.now())
	if err != nil {
		return nil, err
	}
	return cohortsAnswer{name, cohortValues(dimension.Listed(), seen)}, nil
}

// seenValues returns the values that labels have in the series of their selectors, by label, in the time up to now.
func seenValues(ctx context.Context, store *fetch.Store, selectors map[string][]string, now time.Time) ([]string, error) {
	// Each label is asked for one value more than are listed, since the empty one is not.
	const limit = maxCohorts + 1
	var all []string
	for _, label := range slices.Sorted(maps.Keys(selectors)) {
		values, err := store.LabelValues(ctx, label, selectors[label], now.Add(-cohortSpan), now, limit)
		if err != nil {
			return nil, err
		}
		all = append(all, values...)
	}
	return all, nil
}

// cohortValues returns the listed values and then those seen, sorted and without the empty one, until there are
// maxCohorts.
func cohortValues(listed, seen []string) []string {
	values := append([]string{}, listed...)
	for _, value := range slices.Compact(slices.Sorted(slices.Values(seen))) {
		if len(values) >= maxCohorts {
			break
		}
		if value != "" && !slices.Contains(listed, value) {
			values = append(values, value)
		}
	}
	return values
}

// flowLabelValues returns the values of a label of flows, sorted.
func flowLabelValues(c *cer.Catalog, name string) []string {
	values := []string{}
	for i := range c.Flows {
		if value := c.Flows[i].Labels[name]; value != "" && !slices.Contains(values, value) {
			values = append(values, value)
		}
	}
	slices.Sort(values)
	return values
}

// cohortSelectors returns the selectors of the SLIs that have a dimension, trusted matchers included, by the label that
// holds the dimension. It returns the first maxCohortSelectors in the order of the catalog.
func cohortSelectors(c *catalog.Catalog, dimension cer.Dimension) map[string][]string {
	byLabel := map[string][]string{}
	n := 0
	for i := range c.Flows {
		for j := range c.Flows[i].SLIs {
			sli := &c.Flows[i].SLIs[j]
			label := sli.LabelOf(dimension)
			if label == "" {
				continue
			}
			indicator, _ := c.IndicatorsOf(sli)
			for _, selector := range indicator.Selectors() {
				if !slices.Contains(byLabel[label], selector.Trusted) && n < maxCohortSelectors {
					byLabel[label] = append(byLabel[label], selector.Trusted)
					n++
				}
			}
		}
	}
	return byLabel
}
