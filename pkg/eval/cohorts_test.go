package eval_test

import (
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// noon is the newest instant of the queries of these tests.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// share is an SLI whose value is the number of a metric, which may be split.
func share(metric string, changes ...func(*cer.SLI)) cer.SLI {
	s := cer.SLI{Name: metric, Component: cer.Availability, Weight: 1, Indicator: cer.Value{PromQL: "last_over_time(max(" + metric + ")[__window:])"},
		Curve: cer.Identity{}, Missing: cer.Ignore, Idle: cer.Ignore}
	for _, change := range changes {
		change(&s)
	}
	return s
}

// cohortCatalog has two flows, of which browse has no series with a tier.
func cohortCatalog(changes ...func(*cer.Catalog)) *cer.Catalog {
	c := &cer.Catalog{
		Name: "shop", Window: 5 * time.Minute, Aggregate: cer.Mean, MinCoverage: 0.5,
		Dimensions: []cer.Dimension{{Name: "region", Label: "region", Values: []string{"us"}}, {Name: "tier", Label: "customer_tier"}},
		Flows: []cer.Flow{
			{Name: "checkout", Weight: 3, Labels: map[string]string{"team": "pay"}, SLIs: []cer.SLI{share("a"), share("b")}},
			{Name: "browse", Weight: 1, Labels: map[string]string{"team": "web"}, SLIs: []cer.SLI{
				share("c", func(s *cer.SLI) { s.Labels = map[string]string{"tier": cer.NoLabel, "region": "zone"} })}},
		},
	}
	for _, change := range changes {
		change(c)
	}
	return c
}

// stored is what the store has: numbers of one instant by metric and by the labels of a series, such as region=eu.
type stored map[string]map[string]float64

// answer is what the store says of a leaf: the same at every instant of its range.
func (s stored) answer(leaf expand.Leaf) series.Answer {
	var answer series.Answer
	for metric, known := range s {
		if !strings.Contains(leaf.Expr.String(), "("+metric+")") {
			continue
		}
		for text, v := range known {
			of := map[string]string{}
			for pair := range strings.SplitSeq(text, ",") {
				if name, value, ok := strings.Cut(pair, "="); ok {
					of[name] = value
				}
			}
			answer.Series = append(answer.Series, series.Series{Labels: labels.FromMap(of), Values: slices.Repeat([]float64{v}, leaf.Range.Len())})
		}
	}
	return answer
}

// askCohorts asks a query about a minute that ends at noon.
func askCohorts(t *testing.T, text string, c *cer.Catalog, answer func(expand.Leaf) series.Answer) (*eval.Result, error) {
	t.Helper()
	q, err := query.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Build(q, fixture.Compile(c), plan.Times{From: noon.Add(-time.Minute), To: noon, Interval: time.Minute, Now: noon, Scrape: 15 * time.Second}, expand.Facts{})
	if err != nil {
		t.Fatal(err)
	}
	var answers []series.Answer
	for _, leaf := range p.Leaves {
		answers = append(answers, answer(leaf))
	}
	return eval.Evaluate(p, answers, nil)
}

// numbersOf returns the newest number of each member, by its names and cohort, in the order of the members.
func numbersOf(r *eval.Result) (names []string, numbers map[string]float64) {
	numbers = map[string]float64{}
	for _, m := range r.Members {
		var parts []string
		if m.Flow != nil {
			parts = append(parts, m.Flow.Name)
		}
		if m.SLI != nil {
			parts = append(parts, m.SLI.Name)
		}
		for _, key := range slices.Sorted(maps.Keys(m.Cohort)) {
			parts = append(parts, key+"="+m.Cohort[key])
		}
		name := strings.Join(parts, " ")
		names = append(names, name)
		for _, column := range m.Columns {
			numbers[name] = column[len(column)-1]
		}
	}
	return names, numbers
}

func TestCohorts(t *testing.T) {
	weighted := func(c *cer.Catalog) { c.Dimensions[1].Weights = map[string]float64{"gold": 3, "basic": 1} }
	tests := map[string]struct {
		q       string
		store   stored
		changes []func(*cer.Catalog)
		want    map[string]float64
	}{
		"series of just the cohort win over those without labels for it, which hold for every cohort": {
			q:     `{"level":"sli","measure":"value","by":["region"],"format":"latest"}`,
			store: stored{"a": {"region=eu": .1, "region=us": .2, "": .9}, "b": {"": .5}, "c": {"zone=eu": .7}},
			want: map[string]float64{
				"checkout a region=us": .2, "checkout a region=eu": .1, "checkout b region=us": .5, "checkout b region=eu": .5,
				"browse c region=us": math.NaN(), "browse c region=eu": .7},
		},
		"a cohort that an SLI lacks is covered by the others": {
			q:     `{"level":"flow","measure":"coverage","by":["region"],"format":"latest"}`,
			store: stored{"a": {"region=eu": .1, "region=us": .2}, "b": {"region=eu": .5}, "c": {"zone=us": .7}},
			want:  map[string]float64{"checkout region=us": .5, "checkout region=eu": 1, "browse region=us": 1},
		},
		"the overall score is computed for each cohort of any flow": {
			q:     `{"by":["region"],"format":"latest"}`,
			store: stored{"a": {"region=eu": .1, "region=us": .2}, "b": {"region=eu": .5, "region=us": .6}, "c": {"": .8}},
			want:  map[string]float64{"region=us": (3*.4 + .8) / 4, "region=eu": (3*.3 + .8) / 4},
		},
		"a cohort that is listed has numbers or nulls though nothing is seen": {
			q:     `{"level":"flow","by":["region"],"flows":["checkout"],"format":"latest"}`,
			store: stored{},
			want:  map[string]float64{"checkout region=us": math.NaN()},
		},
		"series without labels for a cohort are one without values": {
			q:     `{"level":"flow","by":["tier"],"format":"latest"}`,
			store: stored{"a": {"": .5}, "b": {"": .5}, "c": {"": 1}},
			want:  map[string]float64{"checkout": .5, "browse": 1},
		},
		"two dimensions have the combinations that are seen, and the listed value": {
			q:     `{"level":"sli","measure":"value","by":["region","tier"],"flows":["checkout"],"slis":["a"],"format":"latest"}`,
			store: stored{"a": {"region=eu,customer_tier=gold": .1, "region=eu": .2, "customer_tier=basic": .3}},
			want: map[string]float64{"checkout a region=us tier=basic": .3, "checkout a region=us tier=gold": math.NaN(),
				"checkout a region=eu tier=basic": .2, "checkout a region=eu tier=gold": .1},
		},
		"a label of flows makes a whole for each of its values": {
			q:     `{"by":["team"],"format":"latest"}`,
			store: stored{"a": {"": .2}, "b": {"": .4}, "c": {"": .8}},
			want:  map[string]float64{"team=pay": .3, "team=web": .8},
		},
		"a label of flows filters them": {
			q:     `{"level":"flow","where":{"team":["pay"]},"format":"latest"}`,
			store: stored{"a": {"": .2}, "b": {"": .4}, "c": {"": .8}},
			want:  map[string]float64{"checkout": .3},
		},
		"a flow's score is the weighted mean of its cohorts'": {
			q:       `{"level":"flow","format":"latest"}`,
			store:   stored{"a": {"customer_tier=gold": .8, "customer_tier=basic": .4, "customer_tier=spy": 0}, "b": {"": .6}, "c": {"": 1}},
			changes: []func(*cer.Catalog){weighted},
			want:    map[string]float64{"checkout": (3*.7 + .5) / 4, "browse": 1},
		},
		"a weighted cohort without telemetry lowers coverage": {
			q:       `{"level":"flow","measure":"coverage","flows":["checkout"],"format":"latest"}`,
			store:   stored{"a": {"customer_tier=gold": .8}, "b": {"customer_tier=gold": .8}},
			changes: []func(*cer.Catalog){weighted},
			want:    map[string]float64{"checkout": .75},
		},
		"a query that splits by the weighted dimension shows its cohorts": {
			q:       `{"level":"flow","by":["tier"],"flows":["checkout"],"format":"latest"}`,
			store:   stored{"a": {"customer_tier=gold": .8, "customer_tier=basic": .4}, "b": {"": .6}},
			changes: []func(*cer.Catalog){weighted},
			want:    map[string]float64{"checkout tier=gold": .7, "checkout tier=basic": .5},
		},
		"the impact of an SLI goes through the cohorts": {
			q:       `{"level":"sli","measure":"impact","slis":["a"],"format":"latest"}`,
			store:   stored{"a": {"customer_tier=gold": .8, "customer_tier=basic": .4}, "b": {"": .6}, "c": {"": 1}},
			changes: []func(*cer.Catalog){weighted},
			want:    map[string]float64{"checkout a": .75 * (3*.1 + .3) / 4},
		},
		"a key SLI that is missing in the weightiest cohort is no score": {
			q:       `{"level":"flow","flows":["checkout"],"format":"latest"}`,
			store:   stored{"a": {"customer_tier=basic": .4}, "b": {"": .6}},
			changes: []func(*cer.Catalog){weighted, func(c *cer.Catalog) { c.Flows[0].SLIs[0].Key = true }},
			want:    map[string]float64{"checkout": math.NaN()},
		},
		"traffic scales a weight, and a flow whose traffic is missing keeps its own": {
			q:     `{"level":"flow","measure":"weight","format":"latest"}`,
			store: stored{"a": {"": .5}, "b": {"": .5}, "c": {"": 1}, "rate(t[5m])": {"": 30}, "rate(u[5m])": {"": 10}, "d": {"": .5}},
			changes: []func(*cer.Catalog){func(c *cer.Catalog) {
				byTraffic := func(f *cer.Flow, metric string) {
					f.Dynamic, f.Traffic = &cer.DynamicWeight{Traffic: true}, metric
					f.SLIs = append(f.SLIs, cer.SLI{Name: metric, Indicator: cer.Ratio{Good: metric, Total: metric}, Curve: cer.Identity{}})
				}
				c.Flows = append(c.Flows, cer.Flow{Name: "gone", Weight: 4, SLIs: []cer.SLI{share("d")}})
				byTraffic(&c.Flows[0], "t")
				byTraffic(&c.Flows[1], "u")
				byTraffic(&c.Flows[2], "v")
			}},
			want: map[string]float64{"checkout": 4.5 / 9, "browse": .5 / 9, "gone": 4. / 9},
		},
		"an expression weighs, or else the value": {
			q:     `{"level":"flow","measure":"weight","format":"latest"}`,
			store: stored{"a": {"": .5}, "b": {"": .5}, "c": {"": 1}, "w": {"": 7}},
			changes: []func(*cer.Catalog){func(c *cer.Catalog) {
				c.Flows[0].Dynamic = &cer.DynamicWeight{PromQL: "sum(w)"}
				c.Flows[1].Dynamic = &cer.DynamicWeight{PromQL: "sum(none)"}
			}},
			want: map[string]float64{"checkout": 7. / 8, "browse": 1. / 8},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			result, err := askCohorts(t, test.q, cohortCatalog(test.changes...), test.store.answer)
			if err != nil {
				t.Fatal(err)
			}
			names, got := numbersOf(result)
			if len(names) != len(got) {
				t.Errorf("a member is there twice: %v", names)
			}
			if diff := cmp.Diff(test.want, got, cmpopts.EquateApprox(1e-12, 0), cmpopts.EquateNaNs()); diff != "" {
				t.Error(diff, names)
			}
		})
	}
}

func TestUsersWithoutWeightAreNoted(t *testing.T) {
	weighted := func(c *cer.Catalog) { c.Dimensions[1].Weights = map[string]float64{"gold": 3} }
	store := stored{"a": {"customer_tier=gold": .8, "customer_tier=spy": 0}, "b": {"": 1}, "c": {"": 1}}
	result, err := askCohorts(t, `{"level":"flow","by":["region"],"format":"latest"}`, cohortCatalog(weighted), store.answer)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, notice := range result.Notices {
		if strings.Contains(notice.Text, "spy has no weight in the dimension tier") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("it is noted %d times: %v", n, result.Notices)
	}
}

// since answers with 0.5 up to an instant and with nothing afterwards, at the instants of each leaf's own range.
func since(metric string, end time.Time, otherwise stored) func(expand.Leaf) series.Answer {
	return func(leaf expand.Leaf) series.Answer {
		if !strings.Contains(leaf.Expr.String(), "("+metric+")") {
			return otherwise.answer(leaf)
		}
		values := make([]float64, leaf.Range.Len())
		for i := range values {
			values[i] = math.NaN()
			if !leaf.Range.Time(i).After(end) {
				values[i] = .5
			}
		}
		return series.Answer{Series: []series.Series{{Values: values}}}
	}
}

func TestMissingTelemetry(t *testing.T) {
	hold := func(c *cer.Catalog) {
		c.Flows[0].SLIs[0].Missing, c.Flows[0].SLIs[0].MaxDelay = cer.Hold, 10*time.Minute
	}
	fall := func(c *cer.Catalog) {
		c.Flows[0].SLIs[0].Fallback = &cer.Fallback{Indicator: cer.Value{PromQL: "max(probe)"}, Curve: cer.Linear{Zero: 0, One: 2}}
	}
	tests := map[string]struct {
		end     time.Duration
		probe   float64
		changes []func(*cer.Catalog)
		want    float64
	}{
		"a score is held for less than the delay":          {-9 * time.Minute, math.NaN(), []func(*cer.Catalog){hold}, .5},
		"and not for as long as it":                        {-9*time.Minute - time.Second, math.NaN(), []func(*cer.Catalog){hold}, math.NaN()},
		"the fallback comes first, by its own curve":       {-2 * time.Minute, .8, []func(*cer.Catalog){hold, fall}, .4},
		"without telemetry the fallback holds nothing new": {-time.Hour, math.NaN(), []func(*cer.Catalog){hold, fall}, math.NaN()},
		"without a policy it is left out":                  {-2 * time.Minute, math.NaN(), nil, math.NaN()},
	}
	for name, test := range tests {
		for format, q := range map[string]string{"latest": `"latest"`, "timeseries": `"timeseries"`, "table": `"table"`} {
			t.Run(name+" as "+format, func(t *testing.T) {
				store := stored{"b": {"": 1}, "c": {"": 1}}
				if !math.IsNaN(test.probe) {
					store["probe"] = map[string]float64{"": test.probe}
				}
				result, err := askCohorts(t, `{"level":"sli","slis":["a"],"format":`+q+`}`, cohortCatalog(test.changes...), since("a", noon.Add(test.end), store))
				if err != nil {
					t.Fatal(err)
				}
				column := result.Members[0].Columns[query.Score]
				got := column[len(column)-1]
				if got != test.want && !(math.IsNaN(got) && math.IsNaN(test.want)) {
					t.Errorf("the score is %v, want %v", got, test.want)
				}
				if math.IsNaN(test.want) != strings.Contains(result.Notices[0].Text, "left out") {
					t.Errorf("the notices are %v", result.Notices)
				}
			})
		}
	}
}

func TestAQueryFailsWithoutAnSLIThatItsPolicyRequires(t *testing.T) {
	required := cohortCatalog(func(c *cer.Catalog) { c.Flows[0].SLIs[0].Missing = cer.Fail })
	store := stored{"b": {"": 1}, "c": {"": 1}}
	_, err := askCohorts(t, `{"level":"flow"}`, required, store.answer)
	var missing *eval.Missing
	if !errors.As(err, &missing) || !strings.HasPrefix(missing.Error(), "checkout/a has no telemetry") {
		t.Error("the error is", err)
	}
	if _, err := askCohorts(t, `{"level":"flow","flows":["browse"]}`, required, store.answer); err != nil {
		t.Error("a query about another flow fails: ", err)
	}
	past := since("a", noon.Add(-time.Hour), store)
	recovered := func(leaf expand.Leaf) series.Answer {
		answer := past(leaf)
		if len(answer.Series) == 1 && strings.Contains(leaf.Expr.String(), "(a)") {
			answer.Series[0].Values[leaf.Range.Len()-1] = .5
		}
		return answer
	}
	result, err := askCohorts(t, `{"level":"flow","flows":["checkout"]}`, required, recovered)
	if err != nil {
		t.Fatal(err)
	}
	if got := result.Members[0].Columns[query.Score]; !math.IsNaN(got[0]) || got[1] != .75 {
		t.Errorf("the scores are %v, want none and then .75", got)
	}
}
