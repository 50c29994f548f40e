package eval_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
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
func outage(metric string, from, to time.Duration) func(plan.Leaf) plan.Answer {
	return func(leaf plan.Leaf) plan.Answer {
		values := make([]float64, leaf.Range.Len())
		for i := range values {
			values[i] = 1
			if before := noon.Sub(leaf.Range.At(i)); strings.Contains(leaf.PromQL, "("+metric+")") && before >= to && before < from {
				values[i] = 0
			}
		}
		return plan.Answer{Series: []plan.Series{{Values: values}}}
	}
}

func TestBudgets(t *testing.T) {
	// checkout is the mean of a and b: an hour of a at 0 is an hour of checkout at .5, 6 of its 288 slices.
	tests := map[string]struct {
		query string
		want  map[string]float64
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
			result, err := askCohorts(t, test.query, budgetCatalog(), outage("a", 90*time.Minute, 30*time.Minute))
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
		column := result.Members[0].Columns[plan.Burn]
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
	want := "there is telemetry for 12 of the window's 288 slices of 5m; the others leave the sums"
	if len(result.Notices) != 1 || result.Notices[0].Text != want {
		t.Errorf("the notices are %v, want %q", result.Notices, want)
	}
	if got := result.Members[0].Columns[plan.Budget][0]; math.Abs(got-(1-.5/.1)) > 1e-9 {
		t.Errorf("the budget is %v, want that of the slices that are known", got)
	}
}
