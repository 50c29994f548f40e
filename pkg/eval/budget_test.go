package eval_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// budgetCatalog is the catalog of cohorts with objectives, whose budget is that of a day.
func budgetCatalog(changes ...func(*cer.Catalog)) *cer.Catalog {
	return cohortCatalog(append([]func(*cer.Catalog){func(c *cer.Catalog) {
		c.Objective = .9
		c.Budget = cer.Budgeting{Window: 24 * time.Hour, Method: cer.RatioTimeslices, Slice: 5 * time.Minute, Lookback: 24 * time.Hour}
		c.Flows[0].Objective, c.Flows[1].Objective = .9, .8
	}}, changes...)...)
}

// outage answers with 1, but with 0 for a metric in the minutes before noon that lie from some duration to another.
func outage(metric string, from, to time.Duration) func(expand.Leaf) series.Answer {
	return func(leaf expand.Leaf) series.Answer {
		values := make([]float64, leaf.Range.Len())
		for i := range values {
			values[i] = 1
			if before := noon.Sub(leaf.Range.Time(i)); strings.Contains(leaf.Expr.String(), "("+metric+")") && before >= to && before < from {
				values[i] = 0
			}
		}
		return series.Answer{Series: []series.Series{{Values: values}}}
	}
}

func TestBudgets(t *testing.T) {
	// checkout is the mean of a and b: an hour of a at 0 is an hour of checkout at .5, 6 of its 288 slices.
	tests := map[string]struct {
		text string
		want map[string]float64
	}{
		"the budget that is left":                    {`{"level":"flow","measure":"budget","format":"latest"}`, map[string]float64{"checkout": 1 - .5*12/288/.1, "browse": 1}},
		"the budget of the whole":                    {`{"measure":"budget","format":"latest"}`, map[string]float64{"": 1 - .75*.5*12/288/.1}},
		"the burn rate of an hour":                   {`{"level":"flow","measure":"burn","format":"latest"}`, map[string]float64{"checkout": .5 * 6 / 12 / .1, "browse": 0}},
		"the burn rate of a longer window":           {`{"level":"flow","measure":"burn","window":"2h","format":"latest"}`, map[string]float64{"checkout": .5 * 12 / 24 / .1, "browse": 0}},
		"the burn rate of a window on the wide grid": {`{"level":"flow","measure":"burn","window":"12h","format":"latest"}`, map[string]float64{"checkout": .5 * 12 / 144 / .1, "browse": 0}},
		"how long what is left lasts": {`{"level":"flow","measure":"exhaustion","format":"latest"}`, map[string]float64{
			"checkout": (1 - .5*12/288/.1) * 86400 / 2.5, "browse": math.NaN()}},
		"the budget of a component is held against its flow's objective": {`{"level":"component","measure":"budget","format":"latest"}`, map[string]float64{
			"checkout": 1 - .5*12/288/.1, "browse": 1}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			result, err := askCohorts(t, test.text, budgetCatalog(), outage("a", 90*time.Minute, 30*time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			_, got := numbersOf(result)
			for member, want := range test.want {
				if math.IsNaN(want) != math.IsNaN(got[member]) || math.Abs(got[member]-want) > 1e-9 {
					t.Errorf("%s is %v, want %v", member, got[member], want)
				}
			}
			if len(got) != len(test.want) {
				t.Errorf("the members are %v", got)
			}
		})
	}
}

func TestBudgetsDoNotDependOnThePanel(t *testing.T) {
	at := func(format string) float64 {
		result, err := askCohorts(t, `{"level":"flow","flows":["checkout"],"measure":"burn","format":"`+format+`"}`, budgetCatalog(), outage("a", 90*time.Minute, 31*time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		column := result.Members[0].Columns[query.Burn]
		return column[len(column)-1]
	}
	if latest, series := at("latest"), at("timeseries"); latest != series {
		t.Errorf("the burn rate is %v as latest and %v in a panel", latest, series)
	}
}

func TestWhatIsNotKnownOfABudgetIsNoted(t *testing.T) {
	known := since("a", noon.Add(-23*time.Hour), stored{})
	result, err := askCohorts(t, `{"level":"flow","flows":["checkout"],"measure":"budget","format":"latest"}`, budgetCatalog(), known)
	if err != nil {
		t.Fatal(err)
	}
	want := "there is telemetry for 12 of the window's 288 slices of 5m; the others are excluded"
	if len(result.Notices) != 1 || result.Notices[0].Text != want {
		t.Errorf("the notices are %v, want %q", result.Notices, want)
	}
	if got := result.Members[0].Columns[query.Budget][0]; math.Abs(got-(1-.5/.1)) > 1e-9 {
		t.Errorf("the budget is %v, want that of the slices that are known", got)
	}
}

// counts is an SLI of a ratio that counts events, which metrics of the name and of all state.
func counts(metric string, changes ...func(*cer.SLI)) cer.SLI {
	return share(metric, append([]func(*cer.SLI){func(s *cer.SLI) {
		s.Indicator = cer.Ratio{Good: "max(good_" + metric + ")", Total: "max(all_" + metric + ")"}
		s.Objective = .9
	}}, changes...)...)
}

// eventCatalog is the catalog of budgets with SLIs that count events, weighed by them.
func eventCatalog(changes ...func(*cer.SLI)) *cer.Catalog {
	return budgetCatalog(func(c *cer.Catalog) {
		c.Budget.Method = cer.Occurrences
		c.Flows[0].SLIs, c.Flows[0].Traffic = []cer.SLI{counts("a", changes...)}, "a"
		c.Flows[1].SLIs, c.Flows[1].Traffic = []cer.SLI{counts("c")}, "c"
	})
}

func TestAComponentIsWeighedByItsFlowsTraffic(t *testing.T) {
	// Ten minutes before noon checkout has a tenth of the events, and loses them; browse has many all the time.
	answer := func(leaf expand.Leaf) series.Answer {
		values := make([]float64, leaf.Range.Len())
		for i := range values {
			values[i] = 100
			rests := noon.Sub(leaf.Range.Time(i)) < 10*time.Minute
			switch {
			case rests && strings.Contains(leaf.Expr.String(), "(good_a)"):
				values[i] = 0
			case rests && strings.Contains(leaf.Expr.String(), "(all_a)"):
				values[i] = 10
			}
		}
		return series.Answer{Series: []series.Series{{Values: values}}}
	}
	// Two of twelve slices are lost, with 20 of 1,020 events.
	want := 20. / 1020 / .1
	for _, level := range []string{"sli", "component", "flow"} {
		result, err := askCohorts(t, `{"level":"`+level+`","measure":"burn","format":"latest"}`, eventCatalog(), answer)
		if err != nil {
			t.Fatal(err)
		}
		if got := result.Members[0].Columns[query.Burn][0]; math.Abs(got-want) > 1e-9 {
			t.Errorf("at level %s the burn rate of checkout is %v, want %v", level, got, want)
		}
	}
}

func TestSlicesWithoutEventsAreKnownToLoseNothing(t *testing.T) {
	quiet := stored{"good_a": {"": 0}, "all_a": {"": 0}, "good_c": {"": 0}, "all_c": {"": 0}}
	for _, level := range []string{"sli", "component", "flow", "overall"} {
		for measure, want := range map[string]float64{"burn": 0, "budget": 1} {
			result, err := askCohorts(t, `{"level":"`+level+`","measure":"`+measure+`","format":"latest"}`, eventCatalog(), quiet.answer)
			if err != nil {
				t.Fatal(err)
			}
			if got := result.Members[0].Columns[query.Measure(measure)][0]; got != want {
				t.Errorf("at level %s the %s is %v, want %v", level, measure, got, want)
			}
			if len(result.Notices) > 0 {
				t.Errorf("the notices are %v", result.Notices)
			}
		}
	}
}

func TestBudgetsCountEventsHoweverFewThereAre(t *testing.T) {
	// A slice of 5 m has 300 events at one a second.
	for least, want := range map[float64]float64{299: 5, 301: 5} {
		c := eventCatalog(func(s *cer.SLI) { s.MinEvents = least })
		half := stored{"good_a": {"": .5}, "all_a": {"": 1}}
		result, err := askCohorts(t, `{"level":"sli","slis":["a"],"measure":"burn","format":"latest"}`, c, half.answer)
		if err != nil {
			t.Fatal(err)
		}
		if got := result.Members[0].Columns[query.Burn][0]; math.Abs(got-want) > 1e-9 {
			t.Errorf("with at least %v events the burn rate is %v, want %v", least, got, want)
		}
	}
}
