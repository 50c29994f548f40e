package plugin

import (
	"net/http"
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

const (
	// maxCohorts is how many values of a dimension are listed.
	maxCohorts = 1000
	// maxCohortSelectors is how many selectors are looked through for the values of a dimension.
	maxCohortSelectors = 100
)

// cohortsAnswer lists the values of a dimension, or of a label of flows.
type cohortsAnswer struct {
	Dimension string   `json:"dimension"`
	Values    []string `json:"values"`
}

// getCohorts lists the values of a dimension that the catalog names and that were seen in the last 24 hours, or the
// values of a label that flows have.
func (d *DataSource) getCohorts(r *http.Request) (any, error) {
	if err := d.ready(); err != nil {
		return nil, err
	}
	name := r.URL.Query().Get("dimension")
	if slices.Contains(d.catalog.FlowLabels(), name) {
		return cohortsAnswer{name, flowLabelValues(d.catalog, name)}, nil
	}
	dimension, ok := d.catalog.Dimension(name)
	if !ok {
		return nil, userError("there is neither a dimension nor a label of flows " + name + "; name one as ?dimension=region")
	}
	values := dimension.Listed()
	for label, selectors := range cohortSelectors(d.catalog, dimension) {
		seen, err := d.store.LabelValues(r.Context(), label, selectors, d.now().Add(-24*time.Hour), d.now(), maxCohorts)
		if err != nil {
			return nil, err
		}
		for _, value := range seen {
			if value != "" && !slices.Contains(values, value) && len(values) < maxCohorts {
				values = append(values, value)
			}
		}
	}
	slices.Sort(values[len(dimension.Listed()):])
	return cohortsAnswer{name, append([]string{}, values...)}, nil
}

// flowLabelValues lists the values of a label that flows have, sorted.
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

// cohortSelectors returns what SLIs select, with the trusted matchers, by what a dimension is called on it.
func cohortSelectors(c *cer.Catalog, dimension cer.Dimension) map[string][]string {
	byLabel := map[string][]string{}
	n := 0
	for i := range c.Flows {
		for j := range c.Flows[i].SLIs {
			sli := &c.Flows[i].SLIs[j]
			label := sli.LabelOf(dimension)
			selectors, err := expand.Selectors(sli.Indicator, c.TrustOf(sli))
			if err != nil || label == "" {
				continue
			}
			for _, selector := range selectors {
				if !slices.Contains(byLabel[label], selector.Trusted) && n < maxCohortSelectors {
					byLabel[label] = append(byLabel[label], selector.Trusted)
					n++
				}
			}
		}
	}
	return byLabel
}
