package plan

import (
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// cohorts are the dimensions and labels by which a query splits and filters, resolved by a catalog.
type cohorts struct {
	// by are the dimensions, and labels the labels of flows, that numbers are split by.
	by     []cer.Dimension
	labels []string
	// byPolicy says that states are split by policy.
	byPolicy bool
	// filters keep cohorts by dimension, flowFilters keep flows by label.
	filters, flowFilters []query.Filter
	// weighted is the dimension whose cohorts' scores make up those of flows; nil where there is none, or the query
	// splits by it or filters it.
	weighted *cer.Dimension
	// compared is the name of the dimension whose cohorts a gate compares, of which series without the label say nothing; "" where the
	// query is not for evidence.
	compared string
}

// cohortsOf resolves the dimensions and labels that a query names. It fails with a *query.Invalid error where one is neither
// a dimension nor a label of flows.
func cohortsOf(q query.Query, c *cer.Catalog) (cohorts, error) {
	var in cohorts
	if q.Format == query.Evidence {
		in.compared = q.By[0]
	}
	filters, err := q.Filters()
	if err != nil {
		return in, err
	}
	labels := c.FlowLabels()
	for _, name := range q.By {
		dimension, is := c.Dimension(name)
		switch {
		case is:
			in.by = append(in.by, dimension)
		case slices.Contains(labels, name):
			in.labels = append(in.labels, name)
		case name == query.ByPolicy:
			if err := q.CheckByPolicy(); err != nil {
				return in, err
			}
			in.byPolicy = true
		default:
			return in, noCohorts("by", name, c)
		}
	}
	for _, f := range filters {
		_, is := c.Dimension(f.Key)
		switch {
		case is:
			in.filters = append(in.filters, f)
		case slices.Contains(labels, f.Key):
			in.flowFilters = append(in.flowFilters, f)
		default:
			return in, noCohorts("where", f.Key, c)
		}
	}
	if d, ok := c.Weighted(); ok && !in.mentions(d) {
		in.weighted = &d
	}
	return in, nil
}

// noCohorts returns the error of a name that is neither a dimension nor a label of flows.
func noCohorts(field, name string, c *cer.Catalog) error {
	known := c.FlowLabels()
	for _, d := range c.Dimensions {
		known = append(known, d.Name)
	}
	slices.Sort(known)
	if len(known) == 0 {
		return query.Invalidf("%s names %q, but the catalog has neither dimensions nor labels of flows; add a dimension to the catalog", field, name)
	}
	return query.Invalidf("%s names %q, which is neither a dimension nor a label of flows; there are %s", field, name, listed(known))
}

// mentions reports whether the query splits by a dimension or filters it.
func (in cohorts) mentions(d cer.Dimension) bool {
	return slices.ContainsFunc(in.by, func(by cer.Dimension) bool { return by.Name == d.Name }) ||
		slices.ContainsFunc(in.filters, func(f query.Filter) bool { return f.Key == d.Name })
}

// keepsFlow reports whether the filters keep a flow.
func (in cohorts) keepsFlow(f *cer.Flow) bool {
	for _, filter := range in.flowFilters {
		if !filter.Keeps(f.Labels[filter.Key]) {
			return false
		}
	}
	return true
}

// on returns the filters by the labels that an SLI's series have.
func (in cohorts) on(c *cer.Catalog, sli *cer.SLI) []expand.Filter {
	var filters []expand.Filter
	for _, f := range in.filters {
		dimension, _ := c.Dimension(f.Key)
		if label := labelOf(sli, dimension); label != "" {
			filters = append(filters, expand.Filter{Label: label, Not: f.Not, Values: f.Values, Pattern: f.Pattern, Strict: sli != nil && f.Key == in.compared})
		}
	}
	return filters
}

// labelOf returns the label of a dimension on the series of an SLI, or of an auxiliary query where sli is nil.
func labelOf(sli *cer.SLI, d cer.Dimension) string {
	if sli == nil {
		return d.Label
	}
	return sli.LabelOf(d)
}
