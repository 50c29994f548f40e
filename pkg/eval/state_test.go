package eval_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/eval/budget"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// askOver asks a query about a range up to some time before noon.
func askOver(t testing.TB, text string, c *cer.Catalog, answer func(expand.Leaf) series.Answer, from, to, step time.Duration) *eval.Result {
	t.Helper()
	q, err := query.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return askAt(t, q, c, answer, plan.Times{From: noon.Add(-from), To: noon.Add(-to), Interval: step, Now: noon, Scrape: 15 * time.Second})
}

// askAt asks a query at some times.
func askAt(t testing.TB, q query.Query, c *cer.Catalog, answer func(expand.Leaf) series.Answer, times plan.Times) *eval.Result {
	t.Helper()
	p, err := plan.Build(q, fixture.Compile(c), times, expand.Facts{})
	if err != nil {
		t.Fatal(err)
	}
	answersTo := func(p *plan.Plan) []series.Answer {
		answers := make([]series.Answer, len(p.Leaves))
		for i, leaf := range p.Leaves {
			answers[i] = answer(leaf)
		}
		return answers
	}
	kept := budget.BlockResults{}
	for _, part := range p.Parts() {
		if part.Coarse == nil {
			continue
		}
		for _, block := range part.Coarse.Blocks {
			alone := part.ForBlock(block)
			kept[budget.Block{Part: part, Range: block}] = budget.NewBlockSums(alone, answersTo(alone))
		}
	}
	result, err := eval.Evaluate(p, answersTo(p), kept)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// letters prints states, one letter each: o for ok, t, p, and . for unknown.
func letters(states []float64) string {
	var out strings.Builder
	for _, s := range states {
		switch s {
		case 0, 1, 2:
			out.WriteByte("otp"[int(s)])
		default:
			out.WriteByte('.')
		}
	}
	return out.String()
}

// squeezed prints runs of letters as their length and the letter, such as 12o3p.
func squeezed(letters string) string {
	var out strings.Builder
	for i := 0; i < len(letters); {
		n := 1
		for i+n < len(letters) && letters[i+n] == letters[i] {
			n++
		}
		fmt.Fprintf(&out, "%d%c", n, letters[i])
		i += n
	}
	return out.String()
}

// policed is the catalog of budgets with policies.
func policed(policies ...cer.AlertPolicy) *cer.Catalog {
	return budgetCatalog(func(c *cer.Catalog) { c.Policies, c.Budget.Lookback = policies, 2*time.Hour })
}

// tense is a policy that pages for checkout while its score is under .6 for two minutes, and keeps doing so for ten.
func tense(changes ...func(*cer.AlertPolicy)) cer.AlertPolicy {
	p := cer.AlertPolicy{Name: "tense", Severity: cer.PageSeverity, Flows: cer.FlowSelection{Names: []string{"checkout"}},
		When: "score < 0.6", For: 2 * time.Minute, KeepFor: 10 * time.Minute}
	for _, change := range changes {
		change(&p)
	}
	return p
}

func TestStates(t *testing.T) {
	// The outage is at the minutes 31 to 40 of the hour, in which checkout scores .5.
	const at = `{"level":"flow","flows":["checkout"],"measure":"state"}`
	hour := outage("a", 30*time.Minute, 20*time.Minute)
	tests := map[string]struct {
		policies []cer.AlertPolicy
		answer   func(expand.Leaf) series.Answer
		want     string
	}{
		"on after for, off after keepFor": {[]cer.AlertPolicy{tense()}, hour, "33o18p10o"},
		"on and off at once":              {[]cer.AlertPolicy{tense(func(p *cer.AlertPolicy) { p.For, p.KeepFor = 0, 0 })}, hour, "31o10p20o"},
		"a ticket":                        {[]cer.AlertPolicy{tense(func(p *cer.AlertPolicy) { p.Severity = cer.TicketSeverity })}, hour, "33o18t10o"},
		"the worst of several": {[]cer.AlertPolicy{tense(), tense(func(p *cer.AlertPolicy) {
			p.Name, p.Severity, p.For, p.KeepFor = "early", cer.TicketSeverity, 0, 20*time.Minute
		})}, hour, "31o2t18p10t"},
		"clear keeps it on":                        {[]cer.AlertPolicy{tense(func(p *cer.AlertPolicy) { p.Clear = `burn("30m") < 0.5` })}, hour, "33o28p"},
		"a burn rate":                              {[]cer.AlertPolicy{{Name: "fast", Severity: cer.PageSeverity, Burn: &cer.BurnCondition{Share: .03, Long: time.Hour}}}, hour, "36o5p20o"},
		"the number of an SLI":                     {[]cer.AlertPolicy{tense(func(p *cer.AlertPolicy) { p.When = `sli("a").score < 0.5 && component("availability").coverage == 1` })}, hour, "33o18p10o"},
		"lost telemetry clears no page":            {[]cer.AlertPolicy{tense(func(p *cer.AlertPolicy) { p.Clear = `sli("b").score > 0.9` })}, lostFrom("b", 22*time.Minute, hour), "33o28p"},
		"a condition without telemetry is unknown": {[]cer.AlertPolicy{tense(func(p *cer.AlertPolicy) { p.When = `sli("b").score < 0.5` })}, lostFrom("b", 22*time.Minute, hour), "38o23."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := askOver(t, at, policed(test.policies...), test.answer, time.Hour, 0, time.Minute)
			if len(r.Members) != 1 {
				t.Fatalf("%d members", len(r.Members))
			}
			if got := squeezed(letters(r.Members[0].Columns[query.State])); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// lostFrom answers as before, but has nothing of a metric from some time before noon on.
func lostFrom(metric string, from time.Duration, before func(expand.Leaf) series.Answer) func(expand.Leaf) series.Answer {
	return func(leaf expand.Leaf) series.Answer {
		answer := before(leaf)
		if !strings.Contains(leaf.Expr.String(), "("+metric+")") {
			return answer
		}
		for i := range answer.Series[0].Values {
			if noon.Sub(leaf.Range.Time(i)) <= from {
				answer.Series[0].Values[i] = math.NaN()
			}
		}
		return answer
	}
}

func TestStatesOfTheWholeAndByMoney(t *testing.T) {
	fall := outage("a", 30*time.Minute, 20*time.Minute)
	tests := map[string]struct {
		text, when string
		want       string
	}{
		"the whole":           {`{"measure":"state"}`, "score < 0.7", "33o18p10o"},
		"its revenue at risk": {`{"measure":"state"}`, "revenueAtRisk > 400", "33o18p10o"},
		"that of a flow":      {`{"level":"flow","flows":["checkout"],"measure":"state"}`, "revenueAtRisk > 400", "33o18p10o"},
		"a high threshold":    {`{"level":"flow","flows":["checkout"],"measure":"state"}`, "revenueAtRisk > 600", "61o"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := policed(tense(func(p *cer.AlertPolicy) { p.Flows, p.When = cer.FlowSelection{}, test.when }))
			c.Flows[0].Revenue = &cer.Money{PerHour: 1000, Currency: "EUR"}
			r := askOver(t, test.text, c, fall, time.Hour, 0, time.Minute)
			if got := squeezed(letters(r.Members[0].Columns[query.State])); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestWhyAStateIsWhatItIs(t *testing.T) {
	const now = `{"level":"flow","measure":"state","format":"latest"}`
	tests := map[string]struct {
		policy cer.AlertPolicy
		answer func(expand.Leaf) series.Answer
		want   []string
	}{
		"all is well": {tense(), outage("a", 0, 0), []string{
			"browse: its state is unknown: no policy applies to it; add one, or an objective, which the default policies need"}},
		"a policy is on": {tense(func(p *cer.AlertPolicy) { p.Flows = cer.FlowSelection{MinShare: .1} }), outage("a", 30*time.Minute, -time.Hour),
			[]string{"checkout: page: tense is active"}},
		"telemetry is missing": {tense(func(p *cer.AlertPolicy) { p.Flows = cer.FlowSelection{MinShare: .1} }), lostFrom("c", time.Hour, outage("a", 0, 0)),
			[]string{"browse: its state is unknown: telemetry is missing for tense"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := askOver(t, now, policed(test.policy), test.answer, time.Hour, 0, time.Minute)
			var got []string
			for _, n := range r.Notices {
				got = append(got, n.String())
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("the notices are %q, want %q", got, test.want)
			}
		})
	}
}

func TestATableOfStates(t *testing.T) {
	r := askOver(t, `{"level":"flow","measure":"state","format":"table"}`, policed(tense(func(p *cer.AlertPolicy) { p.Flows = cer.FlowSelection{} })),
		outage("a", 90*time.Minute, 30*time.Minute), time.Hour, 0, time.Minute)
	got := map[query.Measure]float64{}
	for m, column := range r.Members[0].Columns {
		got[m] = column[0]
	}
	want := map[query.Measure]float64{query.Score: 1, query.Coverage: 1, query.State: 0, query.Burn: .5 * 6 / 12 / .1,
		query.Budget: 1 - .5*12/288/.1, query.Exhaustion: (1 - .5*12/288/.1) * 86400 / 2.5}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("the row (-want +got):\n%s", diff)
	}
}

// Policies are not asked for a table of budgets, so that it has no states.
func TestATableOfBudgets(t *testing.T) {
	for _, level := range []string{"overall", "flow", "component"} {
		for _, measure := range []string{"budget", "burn", "exhaustion"} {
			r := askOver(t, `{"level":"`+level+`","measure":"`+measure+`","format":"table"}`, policed(tense()), outage("a", 90*time.Minute, 30*time.Minute), time.Hour, 0, time.Minute)
			got := slices.Sorted(maps.Keys(r.Members[0].Columns))
			if want := []query.Measure{query.Budget, query.Burn, query.Coverage, query.Exhaustion, query.Score}; !slices.Equal(got, want) {
				t.Errorf("the table by %s at the level %s has %v, want %v", measure, level, got, want)
			}
		}
	}
}

func TestABurnRateIsNotKnownWithoutTheNewestSlice(t *testing.T) {
	// a fails for ten minutes, is good for another ten, and has no telemetry for the last 40. In the end its failures have
	// left the window of the burn rate, but whether they are over is unknown. The slices of a day end on whole five minutes.
	const at = `{"level":"flow","flows":["checkout"],"measure":"state"}`
	lost := func(metric string) func(expand.Leaf) series.Answer {
		return lostFrom(metric, 40*time.Minute, outage("a", time.Hour, 50*time.Minute))
	}
	burning := func(when string) cer.AlertPolicy {
		return tense(func(p *cer.AlertPolicy) { p.When, p.For, p.KeepFor = when, 0, 0 })
	}
	tests := map[string]struct {
		when   string
		answer func(expand.Leaf) series.Answer
		want   string
	}{
		"with telemetry the page clears":        {`burn("30m") >= 0.8`, outage("a", time.Hour, 50*time.Minute), "1o35p25o"},
		"without it, it does not":               {`sli("a").burn("30m") >= 0.8`, lost("a"), "1o60p"},
		"nor does one of the budget":            {`budget < 0.999`, lost("a"), "5o56p"},
		"what other SLIs lose is known as ever": {`sli("a").burn("30m") >= 0.8`, lost("b"), "1o35p25o"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := policed(burning(test.when))
			c.Flows[0].SLIs[0].Objective, c.MinCoverage = .9, .6
			r := askOver(t, at, c, test.answer, time.Hour, 0, time.Minute)
			if got := squeezed(letters(r.Members[0].Columns[query.State])); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
