package eval

import (
	"cmp"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// cohortsOf returns the cohorts that a flow has by the plan's dimensions: those of which there are series, and those
// that are expected whether there are or not. It is one cohort without values where numbers are not split, or where
// series tell none of the dimensions.
func (l *ledger) cohortsOf(f *plan.Flow, over series.Range) *set {
	known, ok := l.cohorts[f.Flow]
	if !ok {
		known = l.findCohorts(f, over)
		l.cohorts[f.Flow] = known
	}
	return known
}

func (l *ledger) findCohorts(f *plan.Flow, over series.Range) *set {
	seen := l.seen(f, over)
	values := make([][]string, len(l.plan.By))
	for k, d := range l.plan.By {
		found := set{}
		for _, value := range l.plan.Expected(d) {
			found.add(cohort{value})
		}
		for _, c := range seen {
			if c[k] != "" {
				found.add(cohort{c[k]})
			}
		}
		for _, c := range found.list {
			values[k] = append(values[k], c[0])
		}
	}
	told := set{}
	told.add(l.expected()...)
	for _, c := range seen {
		if complete(c) {
			told.add(c)
		}
	}
	all := &set{}
	all.add(told.list...)
	for _, c := range append(seen, l.expectedAlone()...) {
		if told.spokenFor(c) == 0 && len(all.list) <= plan.MaxCohorts {
			all.add(filled(c, values)...)
		}
	}
	if len(all.list) == 0 {
		all.add(make(cohort, len(l.plan.By)))
	}
	l.sort(all.list)
	return all
}

// seen returns the cohorts that series of a flow's SLIs are of, as far as they tell.
func (l *ledger) seen(f *plan.Flow, over series.Range) []cohort {
	found := set{}
	dimensions := len(l.plan.By)
	for i := range f.SLIs {
		for _, source := range f.SLIs[i].Sources() {
			labels := source.Labels[:dimensions]
			for _, expr := range source.Exprs() {
				for _, s := range l.answer(expr, over).Series {
					if c := cohortOf(s.Labels.Get, labels); slices.ContainsFunc(c, func(v string) bool { return v != "" }) {
						found.add(c)
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

// sort orders cohorts as the catalog lists their values, and what it does not list by name.
func (l *ledger) sort(cohorts []cohort) {
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
}

// complete reports whether a cohort has a value for every dimension.
func complete(c cohort) bool { return !slices.Contains(c, "") }

// filled returns the cohorts that c becomes with each combination of values where it has none, but no more than are too
// many already. A dimension without values stays without.
func filled(c cohort, values [][]string) []cohort {
	all := []cohort{slices.Clone(c)}
	for k := range c {
		if c[k] != "" || len(values[k]) == 0 {
			continue
		}
		var next []cohort
		for _, one := range all[:min(len(all), plan.MaxCohorts/len(values[k])+1)] {
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
	// told counts the cohorts by which of their values are looked at, and what those are.
	told map[string]map[string]int
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
			s.told = nil
		}
	}
}

// spokenFor returns how many cohorts of the set c speaks for.
func (s *set) spokenFor(c cohort) int {
	mask := c.mask()
	counts, known := s.told[mask]
	if !known {
		counts = map[string]int{}
		for _, other := range s.list {
			counts[other.masked(mask).key()]++
		}
		if s.told == nil {
			s.told = map[string]map[string]int{}
		}
		s.told[mask] = counts
	}
	return counts[c.key()]
}

// mask says of which dimensions a cohort tells, a byte each.
func (c cohort) mask() string {
	mask := make([]byte, len(c))
	for k, value := range c {
		if value != "" {
			mask[k] = 1
		}
	}
	return string(mask)
}

// masked returns what a cohort tells of the dimensions in a mask.
func (c cohort) masked(mask string) cohort {
	part := make(cohort, len(c))
	for k := range c {
		if mask[k] == 1 {
			part[k] = c[k]
		}
	}
	return part
}

// anySpeaksFor reports whether a cohort of the set speaks for c.
func (s *set) anySpeaksFor(c cohort) bool {
	return slices.ContainsFunc(keysFor(c, c), func(key string) bool { return s.has[key] })
}

// together returns the cohorts that some flows have, each once. Where series of one flow tell fewer dimensions than
// those of another, what they say is true of the other's cohorts. It returns none, and notes that, where there are more
// than a query may ask for.
func (l *ledger) together(flows []*plan.Flow, over series.Range) []cohort {
	all := set{}
	for _, f := range flows {
		all.add(l.cohortsOf(f, over).list...)
	}
	if err := l.plan.CheckCohorts(len(all.list)); err != nil {
		l.crowded = err
		return nil
	}
	var told []cohort
	for _, c := range all.list {
		if all.spokenFor(c) == 1 { // c itself
			told = append(told, c)
		}
	}
	l.sort(told)
	return told
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
