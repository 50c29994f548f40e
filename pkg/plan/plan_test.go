package plan_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/internal/golden"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// now lies 7 seconds after a minute, so that flooring shows.
var now = time.Date(2026, 3, 4, 12, 0, 7, 0, time.UTC)

func lastHour() plan.Times {
	return plan.Times{From: now.Add(-time.Hour), To: now, Interval: time.Minute, Now: now, Scrape: 15 * time.Second}
}

func TestPlans(t *testing.T) {
	tests := map[string]string{
		"overall score needs every SLI and shares leaves":   `{}`,
		"score of one flow leaves the other out":            `{"level":"flow","flows":["search"]}`,
		"score of a component needs its SLIs only":          `{"level":"component","components":["latency"]}`,
		"value of an SLI named by flow":                     `{"measure":"value","level":"sli","slis":["search/fast"],"format":"latest"}`,
		"impact of a flow needs everything":                 `{"measure":"impact","level":"flow","flows":["search"],"format":"latest"}`,
		"traffic asks for totals only":                      `{"measure":"traffic","level":"flow"}`,
		"table asks for the first and the last instant":     `{"format":"table","level":"flow"}`,
		"window of a query replaces that of the definition": `{"level":"sli","measure":"value","slis":["up"],"window":"1h"}`,
		"quantiles of histograms share their buckets":       `{"measure":"quantile","level":"sli","q":[0.5,0.99]}`,
		"components that no flow has leave nothing to ask":  `{"components":["security"]}`,
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			q, err := query.Parse([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			p, err := plan.Build(q, fixture.Compile(fixture.Shop()), lastHour(), fixture.Facts())
			if err != nil {
				t.Fatal(err)
			}
			golden.Compare(t, name, p.String())
		})
	}
}

func TestLeavesAreDistinct(t *testing.T) {
	q, err := query.Parse([]byte(`{"format":"table","level":"sli"}`))
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Build(q, fixture.Compile(fixture.Shop()), lastHour(), fixture.Facts())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, leaf := range p.Leaves {
		if seen[leaf.Expr.String()] {
			t.Errorf("%s is asked for twice", leaf.Expr.String())
		}
		seen[leaf.Expr.String()] = true
	}
}

func TestHistogramsOfAQuery(t *testing.T) {
	tests := map[string]struct {
		text string
		want int
	}{
		"each histogram once":                      {`{}`, 1},
		"none where no SLI that is needed has one": {`{"level":"sli","slis":["psp"]}`, 0},
		"that of a quantile":                       {`{"measure":"quantile","level":"sli"}`, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q, err := query.Parse([]byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			questions, err := plan.QuestionsOf(q, fixture.Compile(fixture.Shop()))
			if err != nil || len(questions.Histograms) != test.want {
				t.Errorf("%d histograms (%v), want %d", len(questions.Histograms), err, test.want)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"no JSON":                         {`{`, "not valid JSON"},
		"names that are numbers":          {`{"flows":[7]}`, "names are a list of strings"},
		"a measure that is a number":      {`{"measure":7}`, "the field measure of the query is of the JSON type number; text is needed there"},
		"a filter that is a list":         {`{"where":[]}`, `the field where of the query is of the JSON type array; an object such as {"region": ["eu"]} is needed there`},
		"filters that are an object":      {`{"adhocFilters":{}}`, `the field adhocFilters of the query is of the JSON type object; a list is needed there`},
		"a field that is misspelt":        {`{"flow":["checkout"]}`, `a query has no field "flow"; write flows`},
		"a split":                         {`{"by":["region"]}`, `by names "region", but the catalog has neither dimensions nor labels of flows; add a dimension to the catalog`},
		"a filter":                        {`{"where":{"region":["eu"]}}`, `where names "region", but the catalog has neither dimensions nor labels of flows`},
		"an unknown measure":              {`{"measure":"scores"}`, `measure is "scores"; it can be score, value, impact, coverage, weight, traffic, lag, quantile, budget, burn, exhaustion, state, ttd, ttr, incident, revenueAtRisk, cost, verdict, evidence or notWorse`},
		"an unknown level":                {`{"level":"team"}`, `level is "team"; it can be overall, flow, component or sli`},
		"an unknown format":               {`{"format":"pie"}`, `format is "pie"`},
		"a value that is no SLI's":        {`{"measure":"value","level":"flow"}`, "the measure value does not exist at the level flow; ask for it at sli"},
		"the impact of the whole":         {`{"measure":"impact"}`, "ask for it at flow, component or sli"},
		"SLIs at another level":           {`{"slis":["fast"],"level":"flow"}`, "slis go with the level sli"},
		"components with flows' impact":   {`{"measure":"impact","level":"flow","components":["latency"]}`, "components go with the levels component and sli"},
		"components with flows' traffic":  {`{"measure":"traffic","level":"flow","components":["latency"]}`, "traffic is not split by components"},
		"an unknown flow":                 {`{"flows":["chekout"]}`, `there is no flow "chekout" in the catalog; it has checkout or search`},
		"an unknown component":            {`{"components":["speed"]}`, `there is no component "speed"`},
		"an unknown SLI":                  {`{"level":"sli","slis":["slow"]}`, `there is no SLI "slow" in the flows asked for; they have fast, psp, success or up`},
		"an SLI of a flow not asked for":  {`{"level":"sli","flows":["search"],"slis":["psp"]}`, `there is no SLI "psp"`},
		"a variable that nobody replaced": {`{"flows":["$flow"]}`, `"$flow" is a dashboard variable that was not replaced`},
		"a variable within a name":        {`{"flows":["checkout-${env}"]}`, `"checkout-${env}" is a dashboard variable that was not replaced`},
		"the worst of the whole":          {`{"worst":1}`, "worst goes with the levels flow, component and sli"},
		"fewer than none":                 {`{"level":"sli","worst":-1}`, "worst is -1; it can be a number of members from 1 to 1000"},
		"the worst traffic":               {`{"level":"sli","measure":"traffic","worst":1}`, "no traffic is worse than another"},
		"the worst incidents":             {`{"level":"flow","format":"incidents","worst":1}`, "worst goes with the levels flow, component and sli, and the formats timeseries, latest and table"},
		"a window that is no duration":    {`{"window":"soon"}`, `the window "soon" is not a duration`},
		"a window longer than a day":      {`{"measure":"coverage","window":"2d"}`, "the window is 2d; it can be up to 1d"},
		"quantiles without a histogram":   {`{"level":"sli","measure":"quantile","slis":["psp"]}`, "none of these SLIs has a histogram, which quantiles need"},
		"a window of nothing":             {`{"window":"0s"}`, "it can be up to 1d"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q, err := query.Parse([]byte(test.text))
			if err == nil {
				_, err = plan.Build(q, fixture.Compile(fixture.Shop()), lastHour(), fixture.Facts())
			}
			var invalid *query.Invalid
			if !errors.As(err, &invalid) {
				t.Fatalf("the error is %v, want an Invalid one", err)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("%q does not say %q", err, test.want)
			}
		})
	}
}

func TestWhatWouldTakeTooLongIsRefused(t *testing.T) {
	catalog := fixture.Shop()
	for range 1000 {
		catalog.Flows = append(catalog.Flows, catalog.Flows[0])
	}
	names, err := json.Marshal(map[string][]string{"flows": strings.Split(strings.Repeat("f ", 5000), " ")})
	if err != nil {
		t.Fatal(err)
	}
	var many []string
	for i := range 2000 {
		many = append(many, fmt.Sprint("f", i))
	}
	distinct, err := json.Marshal(map[string][]string{"flows": many})
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ text, want string }{
		"the impact of very many": {`{"measure":"impact","level":"sli"}`, "too much to compute; ask for it with the format latest"},
		"very many names":         {string(distinct), "flows has 2000 names, more than 1000"},
		"a name very many times":  {string(names), `there is no flow`},
		"a very long legend":      {`{"legend":"` + strings.Repeat("{{flow}}", 200) + `"}`, "the legend has 1600 bytes, more than 1024"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q, err := query.Parse([]byte(test.text))
			if err == nil {
				_, err = plan.Build(q, fixture.Compile(catalog), lastHour(), fixture.Facts())
			}
			var invalid *query.Invalid
			if !errors.As(err, &invalid) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, want one that says %q", err, test.want)
			}
		})
	}
}

func TestOneNameMayStandByItself(t *testing.T) {
	q, err := query.Parse([]byte(`{"level":"flow","flows":"search","by":[],"refId":"A"}`))
	if err != nil || len(q.Flows) != 1 || q.Flows[0] != "search" {
		t.Errorf("the flows are %v (%v), want search", q.Flows, err)
	}
}

func TestAWindowTooShortForRatesIsNoted(t *testing.T) {
	q := query.Query{Measure: query.Score, Level: query.LevelOverall, Format: query.Latest, Window: "20s"}
	p, err := plan.Build(q, fixture.Compile(fixture.Shop()), lastHour(), fixture.Facts())
	if err != nil {
		t.Fatal(err)
	}
	want := "checkout/success: samples are 15 s apart; choose window: 45s, because 20s has too few of them"
	if len(p.Notices) != 1 || p.Notices[0].String() != want {
		t.Errorf("the notices are %v, want one that says %q", p.Notices, want)
	}
}

func TestTooManyPointsAreRefusedWithTheKnob(t *testing.T) {
	catalog := fixture.Shop()
	for range 100 {
		catalog.Flows = append(catalog.Flows, catalog.Flows[0])
	}
	q, _ := query.Parse([]byte(`{}`))
	times := lastHour()
	times.From, times.Interval = now.Add(-48*time.Hour), time.Second
	_, err := plan.Build(q, fixture.Compile(catalog), times, expand.Facts{})
	if err == nil || !strings.Contains(err.Error(), "max data points") {
		t.Errorf("the error is %v", err)
	}
}

func TestWindows(t *testing.T) {
	tests := map[string]struct {
		window   string
		interval time.Duration
		format   query.Format
		want     time.Duration
	}{
		"auto is the definition's where points are close": {"auto", time.Minute, query.Timeseries, 5 * time.Minute},
		"auto tiles a long range without holes":           {"auto", time.Hour, query.Timeseries, time.Hour + 15*time.Second},
		"auto of a latest value is the definition's":      {"auto", time.Hour, query.Latest, 5 * time.Minute},
		"the interval": {"$__interval", 10 * time.Minute, query.Timeseries, 10 * time.Minute},
		"the rate interval of a short step is four scrapes":   {"$__rate_interval", time.Second, query.Timeseries, time.Minute},
		"the rate interval of a long step is one scrape more": {"$__rate_interval", time.Minute, query.Timeseries, 75 * time.Second},
		"the range":                          {"${__range}", time.Minute, query.Timeseries, time.Hour},
		"a duration as Prometheus writes it": {"1h30m", time.Minute, query.Timeseries, 90 * time.Minute},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			times := lastHour()
			times.Interval = test.interval
			q := query.Query{Measure: query.Score, Level: query.LevelOverall, Format: test.format, Window: test.window}
			p, err := plan.Build(q, fixture.Compile(fixture.Shop()), times, expand.Facts{})
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Instants.Flows[0].SLIs[0].Window; got != test.want {
				t.Errorf("the window is %s, want %s", got, test.want)
			}
		})
	}
}

func TestInstants(t *testing.T) {
	at := func(h, m, s int) time.Time { return time.Date(2026, 3, 4, h, m, s, 0, time.UTC) }
	tests := map[string]struct {
		format query.Format
		change func(*plan.Times)
		want   series.Range
	}{
		"a range lies on multiples of its step": {query.Timeseries, func(*plan.Times) {}, series.New(at(11, 0, 0), at(12, 0, 0), time.Minute)},
		"a step is no finer than the scrapes": {query.Timeseries, func(times *plan.Times) { times.Interval = time.Second },
			series.New(at(11, 0, 0), at(12, 0, 0), 15*time.Second)},
		"nothing after now is asked for": {query.Timeseries, func(times *plan.Times) { times.To = now.Add(time.Hour) },
			series.New(at(11, 0, 0), at(12, 0, 0), time.Minute)},
		"latest is floored to the scrapes": {query.Latest, func(times *plan.Times) { times.To = now.Add(12 * time.Second); times.Now = times.To },
			series.InstantOf(at(12, 0, 15))},
		"a table has the first and the last instant": {query.Table, func(*plan.Times) {},
			series.New(at(11, 0, 0), at(12, 0, 0), time.Hour)},
		"a table of a moment has one instant": {query.Table, func(times *plan.Times) { times.From = times.To }, series.InstantOf(at(12, 0, 0))},
		"a step has whole seconds": {query.Timeseries, func(times *plan.Times) { times.Interval = 29500 * time.Millisecond },
			series.New(at(11, 0, 0), at(12, 0, 0), 30*time.Second)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			times := lastHour()
			test.change(&times)
			p, err := plan.Build(query.Query{Measure: query.Score, Level: query.LevelOverall, Format: test.format, Window: query.WindowAuto}, fixture.Compile(fixture.Shop()), times, expand.Facts{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, p.Range); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSeriesStayUnderTheLimitOfPrometheus(t *testing.T) {
	times := lastHour()
	times.From, times.Interval = now.Add(-90*24*time.Hour), time.Second
	p, err := plan.Build(query.Query{Measure: query.Score, Level: query.LevelOverall, Format: query.Timeseries, Window: query.WindowAuto}, fixture.Compile(fixture.Shop()), times, expand.Facts{})
	if err != nil {
		t.Fatal(err)
	}
	if n := p.Range.Len(); n > plan.MaxPointsPerSeries {
		t.Errorf("%d points, more than %d", n, plan.MaxPointsPerSeries)
	}
}

func TestARangeInTheFutureHasNoInstants(t *testing.T) {
	times := lastHour()
	times.From, times.To = now.Add(time.Hour), now.Add(2*time.Hour)
	p, err := plan.Build(query.Query{Measure: query.Score, Level: query.LevelOverall, Format: query.Timeseries, Window: query.WindowAuto}, fixture.Compile(fixture.Shop()), times, expand.Facts{})
	if err != nil || p.Range.Len() != 0 {
		t.Errorf("%d instants (%v), want none", p.Range.Len(), err)
	}
}
