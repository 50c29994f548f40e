package score

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// Cohort has a value for each dimension that numbers are split by; "" where it is unknown, or where series have no label
// for it.
type Cohort []string

// cohortOf returns the cohort of a series, or of a flow, by its labels. A label of "" is none.
func cohortOf(value func(label string) string, labels []string) Cohort {
	c := make(Cohort, len(labels))
	for k, label := range labels {
		if label != "" {
			c[k] = value(label)
		}
	}
	return c
}

// key returns the cohort as the key of a map. The values of labels are UTF-8, which has no such byte.
func (c Cohort) key() string { return strings.Join(c, "\xff") }

// isComplete reports whether the cohort has a value for every dimension.
func (c Cohort) isComplete() bool { return !slices.Contains(c, "") }

// isEmpty reports whether the cohort has no value for any dimension.
func (c Cohort) isEmpty() bool {
	return !slices.ContainsFunc(c, func(value string) bool { return value != "" })
}

// Includes reports whether the cohort includes all of another one: each of its values is also the other's.
func (c Cohort) Includes(other Cohort) bool {
	for k, value := range c {
		if value != "" && value != other[k] {
			return false
		}
	}
	return true
}

// Overlaps reports whether the cohort may share users with another one: no dimension has different values in both.
func (c Cohort) Overlaps(other Cohort) bool {
	for k, value := range c {
		if value != "" && other[k] != "" && value != other[k] {
			return false
		}
	}
	return true
}

// Within returns the cohort with the values of a cohort of fewer dimensions, the first ones, where it has none.
func (c Cohort) Within(other Cohort) Cohort {
	within := slices.Clone(c)
	for k, value := range other {
		within[k] = cmp.Or(within[k], value)
	}
	return within
}

// With returns the cohort with a value of one dimension more.
func (c Cohort) With(value string) Cohort { return append(slices.Clone(c), value) }

// mask returns a byte for each dimension, which is 1 where the cohort has a value.
func (c Cohort) mask() string {
	mask := make([]byte, len(c))
	for k, value := range c {
		if value != "" {
			mask[k] = 1
		}
	}
	return string(mask)
}

// masked returns the cohort with only the values in a mask.
func (c Cohort) masked(mask string) Cohort {
	part := make(Cohort, len(c))
	for k := range c {
		if mask[k] == 1 {
			part[k] = c[k]
		}
	}
	return part
}

// keysFor returns the keys of the series that hold for a cohort, those with most of its dimensions first.
func keysFor(c Cohort, labels []string) []string {
	var split []int
	for k, value := range c {
		if labels[k] != "" && value != "" {
			split = append(split, k)
		}
	}
	masks := make([]uint, 1<<len(split))
	for m := range masks {
		masks[m] = uint(len(masks) - 1 - m)
	}
	slices.SortStableFunc(masks, func(a, b uint) int { return cmp.Compare(bits.OnesCount(b), bits.OnesCount(a)) })
	keys := make([]string, len(masks))
	for m, mask := range masks {
		part := make(Cohort, len(c))
		for bit, k := range split {
			if mask&(1<<(len(split)-1-bit)) != 0 {
				part[k] = c[k]
			}
		}
		keys[m] = part.key()
	}
	return keys
}

// cohortSet is a list of distinct cohorts.
type cohortSet struct {
	list []Cohort
	has  map[string]bool
	// counts has, by mask, how many cohorts have the same values in it.
	counts map[string]map[string]int
}

// add adds those cohorts that are not there yet.
func (s *cohortSet) add(cohorts ...Cohort) {
	if s.has == nil {
		s.has = map[string]bool{}
	}
	for _, c := range cohorts {
		if key := c.key(); !s.has[key] {
			s.has[key] = true
			s.list = append(s.list, c)
			s.counts = nil
		}
	}
}

// countIncluded returns how many cohorts of the set c includes.
func (s *cohortSet) countIncluded(c Cohort) int {
	mask := c.mask()
	counts, known := s.counts[mask]
	if !known {
		counts = map[string]int{}
		for _, other := range s.list {
			counts[other.masked(mask).key()]++
		}
		if s.counts == nil {
			s.counts = map[string]map[string]int{}
		}
		s.counts[mask] = counts
	}
	return counts[c.key()]
}

// hasOneIncluding reports whether a cohort of the set includes c.
func (s *cohortSet) hasOneIncluding(c Cohort) bool {
	return slices.ContainsFunc(keysFor(c, c), func(key string) bool { return s.has[key] })
}
