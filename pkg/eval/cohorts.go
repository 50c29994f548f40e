package eval

import (
	"cmp"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// cohortsOf returns the cohorts that a flow has by the plan's dimensions: those of which there are series, and those
// that are expected whether there are or not. It is one cohort without values where numbers are not split, or where
// series tell none of the dimensions.
func (l *ledger) cohortsOf(f *plan.Flow) []cohort {
	known, ok := l.cohorts[f.Flow]
	if !ok {
		known = l.findCohorts(f)
		l.cohorts[f.Flow] = known
	}
	return known
}

func (l *ledger) findCohorts(f *plan.Flow) []cohort {
	seen := l.seen(f)
	values := make([][]string, len(l.plan.By))
	for k, d := range l.plan.By {
		values[k] = l.plan.Expected(d)
		for _, c := range seen {
			if c[k] != "" && !slices.Contains(values[k], c[k]) {
				values[k] = append(values[k], c[k])
			}
		}
	}
	told := set{}
	told.add(l.expected()...)
	for _, c := range seen {
		if complete(c) {
			told.add(c)
		}
	}
	all := set{}
	all.add(told.list...)
	for _, c := range append(seen, l.expectedAlone()...) {
		if !told.covers(c) {
			all.add(filled(c, values)...)
		}
	}
	if len(all.list) == 0 {
		return []cohort{make(cohort, len(l.plan.By))}
	}
	return l.sorted(all.list)
}

// seen returns the cohorts that series of a flow's SLIs are of, as far as they tell.
func (l *ledger) seen(f *plan.Flow) []cohort {
	found := set{}
	dimensions := len(l.plan.By)
	for i := range f.SLIs {
		for _, source := range f.SLIs[i].Sources() {
			labels := source.Labels[:dimensions]
			for _, form := range source.Forms {
				for _, leaf := range form.Leaves() {
					for _, series := range l.answers[leaf].Series {
						if c := cohortOf(series, labels); slices.ContainsFunc(c, func(v string) bool { return v != "" }) {
							found.add(c)
						}
					}
				}
			}
		}
	}
	return found.list
}

// expected returns the combinations of expected values; none where a dimension has no expected value.
func (l *ledger) expected() []cohort {
	values := make([][]string, len(l.plan.By))
	for k, d := range l.plan.By {
		if values[k] = l.plan.Expected(d); len(values[k]) == 0 {
			return nil
		}
	}
	if len(values) == 0 {
		return nil
	}
	return filled(make(cohort, len(values)), values)
}

// expectedAlone returns the expected values of each dimension without the other dimensions.
func (l *ledger) expectedAlone() []cohort {
	var alone []cohort
	for k, d := range l.plan.By {
		for _, value := range l.plan.Expected(d) {
			c := make(cohort, len(l.plan.By))
			c[k] = value
			alone = append(alone, c)
		}
	}
	return alone
}

// sorted orders cohorts as the catalog lists their values, and what it does not list by name.
func (l *ledger) sorted(cohorts []cohort) []cohort {
	place := func(d cer.Dimension, value string) int {
		if at := slices.Index(d.Listed(), value); at >= 0 {
			return at
		}
		return len(d.Listed())
	}
	slices.SortFunc(cohorts, func(a, b cohort) int {
		for k, d := range l.plan.By {
			if order := cmp.Or(cmp.Compare(place(d, a[k]), place(d, b[k])), cmp.Compare(a[k], b[k])); order != 0 {
				return order
			}
		}
		return 0
	})
	return cohorts
}

// complete reports whether a cohort has a value for every dimension.
func complete(c cohort) bool { return !slices.Contains(c, "") }

// filled returns the cohorts that c becomes with each combination of values where it has none. A dimension without
// values stays without.
func filled(c cohort, values [][]string) []cohort {
	all := []cohort{slices.Clone(c)}
	for k := range c {
		if c[k] != "" || len(values[k]) == 0 {
			continue
		}
		var next []cohort
		for _, one := range all {
			for _, value := range values[k] {
				with := slices.Clone(one)
				with[k] = value
				next = append(next, with)
			}
		}
		all = next
	}
	return all
}

// set is a list of distinct cohorts.
type set struct {
	list []cohort
	has  map[string]bool
}

// add adds those cohorts that are not there yet.
func (s *set) add(cohorts ...cohort) {
	if s.has == nil {
		s.has = map[string]bool{}
	}
	for _, c := range cohorts {
		if key := c.key(); !s.has[key] {
			s.has[key] = true
			s.list = append(s.list, c)
		}
	}
}

// covers reports whether c speaks for a cohort of the set.
func (s *set) covers(c cohort) bool { return slices.ContainsFunc(s.list, c.speaksFor) }

// together returns the cohorts that some flows have, each once. Where series of one flow tell fewer dimensions than
// those of another, what they say is true of the other's cohorts.
func (l *ledger) together(flows []*plan.Flow) []cohort {
	all := set{}
	for _, f := range flows {
		all.add(l.cohortsOf(f)...)
	}
	var told []cohort
	for _, c := range all.list {
		better := func(other cohort) bool { return !slices.Equal(c, other) && c.speaksFor(other) }
		if !slices.ContainsFunc(all.list, better) {
			told = append(told, c)
		}
	}
	return l.sorted(told)
}

// speaksFor reports whether what is true of c is true of another cohort: they differ in nothing that c tells.
func (c cohort) speaksFor(other cohort) bool {
	for k, value := range c {
		if value != "" && value != other[k] {
			return false
		}
	}
	return true
}
