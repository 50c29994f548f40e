package query

import (
	"regexp"
	"slices"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
)

// Validate returns the *Invalid error of what can't be asked.
func (q Query) Validate() error {
	if err := oneOf("measure", q.Measure, Measures()); err != nil {
		return err
	}
	if err := oneOf("level", q.Level, allLevels); err != nil {
		return err
	}
	if err := oneOf("format", q.Format, formats); err != nil {
		return err
	}
	for field, names := range map[string]Names{"flows": q.Flows, "slis": q.SLIs, "components": q.Components} {
		if len(names) > MaxNames {
			return Invalidf("%s has %d names, more than %d; leave it out for all of them", field, len(names), MaxNames)
		}
	}
	if err := q.validateCohorts(); err != nil {
		return err
	}
	if err := q.validateLabels(); err != nil {
		return err
	}
	if len(q.Legend) > MaxLegend {
		return Invalidf("the legend has %d bytes, more than %d", len(q.Legend), MaxLegend)
	}
	if err := CheckInterpolated(q.Flows, q.SLIs, q.Components, []string{q.Gate}); err != nil {
		return err
	}
	if err := q.validateGate(); err != nil {
		return err
	}
	if err := q.validateWorst(); err != nil {
		return err
	}
	if err := q.validateQuantiles(); err != nil {
		return err
	}
	if err := q.validateGraph(); err != nil {
		return err
	}
	return q.validateTogether()
}

// validateTogether says which fields don't go with each other.
func (q Query) validateTogether() error {
	switch {
	case q.Format == Events: // It is about the whole catalog, whatever else is stated.
		return nil
	case q.Format == Summary && !q.isSummed():
		return Invalidf("a summary is about the overall score, or the states of flows; leave level and measure out, or write level flow and measure state")
	case q.Format == Incidents && q.Measure != State:
		return Invalidf("incidents are made of states; write measure state, or leave it out")
	case !q.Measure.ComesAs(q.Format):
		return Invalidf("the measure %s can't be asked for as %s; ask for it as %s", q.Measure, q.Format, list.Or(q.Measure.Row().Formats))
	case (q.Format != Table || q.Measure == State) && !q.Measure.ExistsAt(q.Level):
		return Invalidf("the measure %s does not exist at the level %s; ask for it at %s", q.Measure, q.Level, list.Or(q.Measure.Row().Levels))
	case len(q.SLIs) > 0 && q.Level != LevelSLI:
		return Invalidf("slis go with the level sli; at the level %s filter by flows or components", q.Level)
	}
	if err := q.validateComponents(); err != nil {
		return err
	}
	if q.Format == Table && q.Measure.IsMoney() {
		return Invalidf("tables have no column for money; ask for %s as latest", q.Measure)
	}
	return nil
}

// isSummed reports whether there are summaries of the query's measure at its level.
func (q Query) isSummed() bool {
	if q.Measure == State {
		return q.Level == LevelFlow
	}
	return q.Level == LevelOverall && (q.Measure == Score || q.Measure == Verdict)
}

// validateComponents says where a query can't name components, and why.
func (q Query) validateComponents() error {
	isPart := q.Level == LevelComponent || q.Level == LevelSLI
	fits := slices.Contains(q.Measure.Row().ComponentLevels, q.Level) && (isPart || !q.IsOverview())
	if len(q.Components) == 0 || fits {
		return nil
	}
	switch row := q.Measure.Row(); {
	case !isPart && (q.IsOverview() || len(row.AllFlowsAt) > 0):
		return Invalidf("components go with the levels component and sli where impact or weight is shown; at the level %s leave them out", q.Level)
	case !isPart && row.Basis != OfInstants:
		return Invalidf("%s covers all components; name components at the levels component and sli, with budget, burn or exhaustion", q.Measure)
	case q.Measure.IsMoney():
		return Invalidf("money is not split by components; leave them out with %s", q.Measure)
	case q.IsEventRate():
		return Invalidf("traffic is not split by components; leave them out at the level %s", q.Level)
	default: // A table without the measure.
		return nil
	}
}

// validateWorst says what is wrong with asking for the worst members.
func (q Query) validateWorst() error {
	by, _ := q.WorstBy()
	switch {
	case q.Worst == 0:
		return nil
	case q.Worst < 0 || q.Worst > MaxNames:
		return Invalidf("worst is %d; it can be a number of members from 1 to %d, or left out for all of them", q.Worst, MaxNames)
	case q.Level == LevelOverall || !slices.Contains([]Format{Timeseries, Latest, Table}, q.Format):
		return Invalidf("worst goes with the levels flow, component and sli, and the formats timeseries, latest and table; leave it out")
	case by.Row().Worst == "":
		return Invalidf("no %s is worse than another; leave worst out, or ask for score or impact", by)
	default:
		return nil
	}
}

// WorstBy returns the measure by which members are the worst, and whether its low numbers are.
func (q Query) WorstBy() (by Measure, low bool) {
	by = q.Measure
	if q.IsOverview() {
		by = Impact
	}
	return by, by.Row().Worst == Lowest
}

// oneOf says which values a field can have.
func oneOf[T ~string](field string, value T, allowed []T) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return Invalidf("%s is %q; it can be %s", field, value, list.Or(allowed))
}

// variable matches a dashboard variable. The name of a cohort may have a $ of its own, such as the path /a$b.
var variable = regexp.MustCompile(`^(?:\$\w+|\$\{[^}]*\}|\[\[[^\]]*\]\])$`)

// CheckCohorts returns the *Invalid error of a cohort that is a dashboard variable without its value.
func CheckCohorts(values []string) error {
	for _, value := range values {
		if variable.MatchString(value) {
			return notInterpolated(value)
		}
	}
	return nil
}

// CheckInterpolated returns the *Invalid error of a name that is a dashboard variable without its value.
func CheckInterpolated(lists ...[]string) error {
	for _, names := range lists {
		for _, name := range names {
			if strings.Contains(name, "$") { // No name of a definition has one.
				return notInterpolated(name)
			}
		}
	}
	return nil
}

// notInterpolated returns the error of a dashboard variable without its value.
func notInterpolated(name string) error {
	return Invalidf("%q is a dashboard variable that was not replaced; alert rules and shared dashboards have no variables, so write its value instead", name)
}
