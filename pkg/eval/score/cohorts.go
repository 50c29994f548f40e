package score

import (
	"cmp"
	"iter"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Cohorts returns the cohorts of the flows of a group in a segment, each once. Where the series of one flow have fewer
// dimensions than those of another, they hold for the other's cohorts. It returns none, and Err an error, where there are
// more cohorts than a query may ask for.
func (d *Dataset) Cohorts(g Group, segment *plan.Segment) []Cohort {
	all := cohortSet{}
	for _, f := range g.in(segment) {
		all.add(d.cohortsOf(f, segment.Range).list...)
	}
	return d.distinct(&all)
}

// CohortsOf returns the cohorts of a flow of a group in a segment, or of all its flows where f is nil, as Cohorts does.
func (d *Dataset) CohortsOf(g Group, f *cer.Flow, segment *plan.Segment) []Cohort {
	for _, planned := range g.in(segment) {
		if planned.Flow == f {
			return d.distinct(d.cohortsOf(planned, segment.Range))
		}
	}
	return d.Cohorts(g, segment)
}

// distinct returns the cohorts of a set that include no other one, sorted; none, and Err an error, where the set is too large.
func (d *Dataset) distinct(all *cohortSet) []Cohort {
	if err := d.Plan.CheckCohorts(len(all.list)); err != nil {
		d.shared.err = err
		return nil
	}
	var distinct []Cohort
	for _, c := range all.list {
		if all.countIncluded(c) == 1 { // c itself
			distinct = append(distinct, c)
		}
	}
	d.sortCohorts(distinct)
	return distinct
}

// Err returns the error of more cohorts than a query may ask for, a *query.Invalid one, if they were found so far.
func (d *Dataset) Err() error { return d.shared.err }

// cohortsOf returns the cohorts that a flow has by the plan's dimensions: those of which there are series, and those that
// are expected whether there are or not. It is one cohort without values where numbers are not split, or where the series
// have none of the dimensions.
func (d *Dataset) cohortsOf(f *plan.Flow, over series.Range) *cohortSet {
	known, ok := d.cohorts[f.Flow]
	if !ok {
		known = d.complete(d.seenCohorts(f, over))
		d.cohorts[f.Flow] = known
	}
	return known
}

// complete returns the cohorts that a flow has, given those of its series.
func (d *Dataset) complete(seen []Cohort) *cohortSet {
	values := d.valuesOf(seen)
	complete := cohortSet{}
	complete.add(d.expectedCohorts()...)
	for _, c := range seen {
		if c.isComplete() {
			complete.add(c)
		}
	}
	all := &cohortSet{}
	all.add(complete.list...)
	for _, c := range slices.Concat(seen, d.expectedValues()) {
		if complete.countIncluded(c) == 0 && len(all.list) <= plan.MaxCohorts {
			all.add(completions(c, values)...)
		}
	}
	if len(all.list) == 0 {
		all.add(make(Cohort, len(d.Plan.By)))
	}
	d.sortCohorts(all.list)
	return all
}

// seenCohorts returns the cohorts of the series of a flow's SLIs, as far as those have labels for it.
func (d *Dataset) seenCohorts(f *plan.Flow, over series.Range) []Cohort {
	found := cohortSet{}
	for _, c := range d.flowSeries(f, over) {
		found.add(c)
	}
	return found.list
}

// flowSeries returns the series of a flow's SLIs that have labels for any of the plan's dimensions, each with its cohort.
func (d *Dataset) flowSeries(f *plan.Flow, over series.Range) iter.Seq2[series.Series, Cohort] {
	dimensions := len(d.Plan.By)
	return func(yield func(series.Series, Cohort) bool) {
		if dimensions == 0 {
			return
		}
		for i := range f.SLIs {
			for _, source := range f.SLIs[i].Sources() {
				for s := range d.Series(source, over) {
					c := cohortOf(s.Labels.Get, source.Labels[:dimensions])
					if !c.isEmpty() && !yield(s, c) {
						return
					}
				}
			}
		}
	}
}

// valuesOf returns the values of each dimension that are expected, and then those of some cohorts.
func (d *Dataset) valuesOf(seen []Cohort) [][]string {
	values := make([][]string, len(d.Plan.By))
	for k, dimension := range d.Plan.By {
		found := cohortSet{}
		for _, value := range d.Plan.Expected(dimension) {
			found.add(Cohort{value})
		}
		for _, c := range seen {
			if c[k] != "" {
				found.add(Cohort{c[k]})
			}
		}
		for _, c := range found.list {
			values[k] = append(values[k], c[0])
		}
	}
	return values
}

// expectedCohorts returns the combinations of expected values; none where a dimension has no expected value.
func (d *Dataset) expectedCohorts() []Cohort {
	values := make([][]string, len(d.Plan.By))
	for k, dimension := range d.Plan.By {
		if values[k] = d.Plan.Expected(dimension); len(values[k]) == 0 {
			return nil
		}
	}
	if len(values) == 0 {
		return nil
	}
	return completions(make(Cohort, len(values)), values)
}

// expectedValues returns a cohort for each expected value of a dimension, without values of the other dimensions.
func (d *Dataset) expectedValues() []Cohort {
	var all []Cohort
	for k, dimension := range d.Plan.By {
		for _, value := range d.Plan.Expected(dimension) {
			c := make(Cohort, len(d.Plan.By))
			c[k] = value
			all = append(all, c)
		}
	}
	return all
}

// sortCohorts sorts cohorts as the catalog lists their values, and those that it does not list by name.
func (d *Dataset) sortCohorts(cohorts []Cohort) {
	place := func(dimension cer.Dimension, value string) int {
		if at := slices.Index(dimension.Listed(), value); at >= 0 {
			return at
		}
		return len(dimension.Listed())
	}
	slices.SortFunc(cohorts, func(a, b Cohort) int {
		for k, dimension := range d.Plan.By {
			if order := cmp.Or(cmp.Compare(place(dimension, a[k]), place(dimension, b[k])), cmp.Compare(a[k], b[k])); order != 0 {
				return order
			}
		}
		return 0
	})
}

// completions returns the cohorts that c becomes with each combination of values where it has none, but no more than are
// too many already. A dimension without values stays without.
func completions(c Cohort, values [][]string) []Cohort {
	all := []Cohort{slices.Clone(c)}
	for k := range c {
		if c[k] != "" || len(values[k]) == 0 {
			continue
		}
		var next []Cohort
		for _, one := range all[:min(len(all), plan.MaxCohorts/len(values[k])+1)] {
			for _, value := range values[k] {
				completed := slices.Clone(one)
				completed[k] = value
				next = append(next, completed)
			}
		}
		all = next
	}
	return all
}
