package query

import (
	"maps"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// AdhocFilter is one of Grafana's ad hoc filters.
type AdhocFilter struct {
	// Key is a dimension or a label of flows.
	Key string `json:"key"`
	// Operator is =, !=, =~ or !~.
	Operator string `json:"operator"`
	// Value is a name, or an anchored RE2 expression for the operators that match.
	Value string `json:"value"`
}

// Filter keeps cohorts of a dimension, or flows by a label.
type Filter struct {
	// Key is the dimension or the label.
	Key string
	// Not says that what is described is left out.
	Not bool
	// Values are names. Where there are none, Pattern is an anchored RE2 expression.
	Values  []string
	Pattern string

	compiled *regexp.Regexp
}

// Keeps reports whether a cohort, or a flow whose label has the value, is kept.
func (f Filter) Keeps(value string) bool {
	described := slices.Contains(f.Values, value)
	if f.compiled != nil {
		described = f.compiled.MatchString(value)
	}
	return described != f.Not
}

// named returns the names that are all that a filter can keep; none where it is an expression for several, or leaves some
// out.
func (f Filter) named() []string {
	if f.compiled != nil && !f.Not {
		if literal, isAll := regexp.MustCompile(f.Pattern).LiteralPrefix(); isAll && literal != "" {
			return []string{literal}
		}
	}
	if f.Not {
		return nil
	}
	return f.Values
}

// OnlyKept returns the values of those dimensions, or labels of flows, of which filters keep one by its name.
func OnlyKept(filters []Filter) map[string]string {
	only := map[string]string{}
	for _, f := range filters {
		kept := slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(f.named()))), func(value string) bool {
			return slices.ContainsFunc(filters, func(other Filter) bool { return other.Key == f.Key && !other.Keeps(value) })
		})
		if len(kept) == 1 {
			only[f.Key] = kept[0]
		}
	}
	return only
}

// validateCohorts says what is wrong with the cohorts that a query asks for, whatever the catalog.
func (q Query) validateCohorts() error {
	if len(q.By) > MaxBy {
		return Invalidf("by has %d names, more than %d; split by fewer", len(q.By), MaxBy)
	}
	if err := CheckInterpolated(q.By); err != nil {
		return err
	}
	if len(q.AdhocFilters) > MaxFilters {
		return Invalidf("the query has %d ad hoc filters, more than %d; leave some out", len(q.AdhocFilters), MaxFilters)
	}
	_, err := q.Filters()
	return err
}

// Filters returns the filters of Where, by name, and then the ad hoc ones. It fails with an *Invalid error.
func (q Query) Filters() ([]Filter, error) {
	var filters []Filter
	for _, key := range slices.Sorted(maps.Keys(q.Where)) {
		values := q.Where[key]
		switch {
		case len(values) == 0:
			continue
		case len(values) > MaxNames:
			return nil, Invalidf("where %s has %d names, more than %d; leave it out for all of them", key, len(values), MaxNames)
		case len(strings.Join(values, "")) > MaxNamed:
			return nil, Invalidf("where %.70s names cohorts of %d bytes in all, more than %d; name fewer, or use an ad hoc filter with an expression", key, len(strings.Join(values, "")), MaxNamed)
		case slices.Contains(values, ""):
			return nil, Invalidf("where %s has an empty name; leave it out for all cohorts", key)
		}
		if err := CheckCohorts(values); err != nil {
			return nil, err
		}
		filters = append(filters, Filter{Key: key, Values: values})
	}
	for _, adhoc := range q.AdhocFilters {
		f, err := adhoc.filter()
		if err != nil {
			return nil, err
		}
		filters = append(filters, f)
	}
	return filters, nil
}

// filter understands an ad hoc filter.
func (a AdhocFilter) filter() (Filter, error) {
	f := Filter{Key: a.Key, Not: strings.HasPrefix(a.Operator, "!")}
	switch a.Operator {
	case "=", "!=":
		switch {
		case a.Value == "":
			return f, Invalidf("the filter %s%s has no value; leave it out, or write one", a.Key, a.Operator)
		case len(a.Value) > MaxNamed:
			return f, Invalidf("the filter on %.70s names a cohort of %d bytes, more than %d", a.Key, len(a.Value), MaxNamed)
		}
		f.Values = []string{a.Value}
		return f, CheckCohorts(f.Values)
	case "=~", "!~":
		if len(a.Value) > MaxPattern {
			return f, Invalidf("the expression of the filter on %s has %d bytes, more than %d; write a shorter one", a.Key, len(a.Value), MaxPattern)
		}
		_, err := syntax.Parse(a.Value, syntax.Perl) // By itself, so that it can't end the group that it is put in.
		if err != nil {
			return f, Invalidf("the filter %s%s%q is not a valid RE2 expression: %v", a.Key, a.Operator, a.Value, err)
		}
		if expand.Repetition(a.Value) > expand.MaxRepetition {
			return f, Invalidf("the expression of the filter on %s repeats too much, as by {1000}; write a smaller one", a.Key)
		}
		f.Pattern, f.compiled = a.Value, regexp.MustCompile("^(?s:"+a.Value+")$")
		return f, nil
	default:
		return f, Invalidf("the filter on %s has the operator %q; it can be =, !=, =~ or !~", a.Key, a.Operator)
	}
}
