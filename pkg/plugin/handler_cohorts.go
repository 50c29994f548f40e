package plugin

import (
	"net/http"
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/engine"
)

const (
	// maxCohorts is the number of values that are listed, unless the catalog itself lists more.
	maxCohorts = engine.MaxCohortValues
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
		return nil, userError("there is no dimension or label of flows " + name + "; name one as ?dimension=region")
	}
	now := d.now()
	seen, err := d.engine.CohortValues(r.Context(), d.catalog, dimension, now.Add(-cohortSpan), now)
	if err != nil {
		return nil, err
	}
	return cohortsAnswer{name, cohortValues(dimension.Listed(), seen)}, nil
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
