package eval_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// none stands for no number at an instant.
var none = math.NaN()

// healthy is what the store has of the fixture's shop at two instants, by a part of the PromQL that only that leaf
// has: checkout/success .9, checkout/fast .4 x .5 + .6 x 1 = .8 (which search/fast is too), checkout/psp .5, search/up 1.
func healthy() map[string][]float64 {
	return map[string][]float64{
		`requests_total{handler=`:      {100, 100},
		`requests_total{code=~"5.."`:   {10, 10},
		`le="+Inf"`:                    {10, 10},
		`le="0.5"`:                     {5, 5},
		`le="1"`:                       {10, 10},
		`psp_total`:                    {4, 4},
		`psp_good_total`:               {2, 2},
		`count_over_time`:              {20, 20},
		`sum_over_time(probe_success{`: {20, 20},
	}
}

func with(leaf string, values ...float64) map[string][]float64 {
	store := healthy()
	store[leaf] = values
	return store
}

func without(leaf string) map[string][]float64 {
	store := healthy()
	delete(store, leaf)
	return store
}

// evaluate asks the fixture's shop a query about two instants that are a minute apart.
func evaluate(t *testing.T, text string, store map[string][]float64, changes ...func(*cer.Catalog)) *eval.Result {
	t.Helper()
	q, err := query.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	catalog := fixture.Shop()
	for _, change := range changes {
		change(catalog)
	}
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	p, err := plan.Build(q, fixture.Compile(catalog), plan.Times{From: now.Add(-time.Minute), To: now, Interval: time.Minute, Now: now, Scrape: 15 * time.Second}, fixture.Facts())
	if err != nil {
		t.Fatal(err)
	}
	return evaluated(t, p, answers(t, p, store))
}

// evaluated is the result of a plan that can be evaluated.
func evaluated(t *testing.T, p *plan.Plan, answers []series.Answer) *eval.Result {
	t.Helper()
	result, err := eval.Evaluate(p, answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// answers looks up what the store has of each leaf.
func answers(t *testing.T, p *plan.Plan, store map[string][]float64) []series.Answer {
	t.Helper()
	answers := make([]series.Answer, len(p.Leaves))
	for i, leaf := range p.Leaves {
		for part, values := range store {
			if strings.Contains(leaf.Expr.String(), part) {
				answers[i].Series = append(answers[i].Series, series.Series{Values: values})
			}
		}
	}
	return answers
}

func TestMeasures(t *testing.T) {
	// checkout = .5 x .9 + .3 x .8 + .2 x .5 = .79, search = (.8 + 1)/2 = .9, overall = .75 x .79 + .25 x .9 = .8175.
	tests := map[string]struct {
		text  string
		store map[string][]float64
		want  map[string]float64
	}{
		"score of the whole":                  {`{}`, healthy(), map[string]float64{"": .8175}},
		"score of flows":                      {`{"level":"flow"}`, healthy(), map[string]float64{"checkout": .79, "search": .9}},
		"score of components":                 {`{"level":"component","flows":["checkout"]}`, healthy(), map[string]float64{"checkout/availability": .9, "checkout/latency": .8, "checkout/dependency": .5}},
		"score of SLIs":                       {`{"level":"sli","flows":["search"]}`, healthy(), map[string]float64{"search/latency/fast": .8, "search/availability/up": 1}},
		"score of one component of the whole": {`{"components":["latency"]}`, healthy(), map[string]float64{"": .8}},
		"value of SLIs":                       {`{"level":"sli","measure":"value","slis":["checkout/psp"]}`, healthy(), map[string]float64{"checkout/dependency/psp": .5}},
		"impact of flows": {`{"level":"flow","measure":"impact"}`, healthy(), map[string]float64{
			"checkout": .75 * .21, "search": .25 * .1}},
		"impact of SLIs": {`{"level":"sli","measure":"impact","flows":["checkout"]}`, healthy(), map[string]float64{
			"checkout/availability/success": .75 * .05, "checkout/latency/fast": .75 * .06, "checkout/dependency/psp": .75 * .1}},
		"impact of a component":                    {`{"level":"component","measure":"impact","flows":["search"]}`, healthy(), map[string]float64{"search/latency": .25 * .1, "search/availability": 0}},
		"weight of flows":                          {`{"level":"flow","measure":"weight"}`, healthy(), map[string]float64{"checkout": .75, "search": .25}},
		"weight of SLIs is that within their flow": {`{"level":"sli","measure":"weight","slis":["fast"]}`, healthy(), map[string]float64{"checkout/latency/fast": .3, "search/latency/fast": .5}},
		"weight of the SLIs that remain": {`{"level":"sli","measure":"weight","flows":["checkout"]}`, without(`psp_total`), map[string]float64{
			"checkout/availability/success": .625, "checkout/latency/fast": .375, "checkout/dependency/psp": 0}},
		"weight of components":                      {`{"level":"component","measure":"weight","flows":["checkout"],"components":["latency"]}`, healthy(), map[string]float64{"checkout/latency": .3}},
		"traffic of the whole is that of its flows": {`{"measure":"traffic"}`, healthy(), map[string]float64{"": 110}},
		"traffic of flows":                          {`{"level":"flow","measure":"traffic"}`, healthy(), map[string]float64{"checkout": 100, "search": 10}},
		"traffic of SLIs that count events":         {`{"level":"sli","measure":"traffic","flows":["search"]}`, healthy(), map[string]float64{"search/latency/fast": 10}},
		"coverage of the whole":                     {`{"measure":"coverage"}`, without(`psp_total`), map[string]float64{"": .75*.8 + .25}},
		"coverage of flows":                         {`{"level":"flow","measure":"coverage"}`, without(`psp_total`), map[string]float64{"checkout": .8, "search": 1}},
		"coverage of SLIs": {`{"level":"sli","measure":"coverage","flows":["checkout"]}`, without(`psp_total`), map[string]float64{
			"checkout/availability/success": 1, "checkout/latency/fast": 1, "checkout/dependency/psp": 0}},
		"an error counter that does not exist is 0":                       {`{"level":"sli","measure":"value","slis":["success"]}`, without(`requests_total{code=~"5.."`), map[string]float64{"checkout/availability/success": 1}},
		"a good counter of another metric that does not exist is missing": {`{"level":"sli","measure":"value","slis":["psp"]}`, without(`psp_good_total`), map[string]float64{"checkout/dependency/psp": none}},
		"no traffic is idle and covered":                                  {`{"level":"sli","measure":"coverage","slis":["psp"]}`, with(`psp_total`, 0, 0), map[string]float64{"checkout/dependency/psp": 1}},
		"no traffic is no score":                                          {`{"level":"sli","slis":["psp"]}`, with(`psp_total`, 0, 0), map[string]float64{"checkout/dependency/psp": none}},
		"a flow without its key SLI has no score":                         {`{"level":"flow","flows":["checkout"]}`, without(`requests_total{handler=`), map[string]float64{"checkout": none}},
		"the whole has no score where that leaves too little coverage":    {`{}`, without(`requests_total{handler=`), map[string]float64{"": none}},
		"impact where the flow has no score":                              {`{"level":"sli","measure":"impact","slis":["psp"]}`, without(`requests_total{handler=`), map[string]float64{"checkout/dependency/psp": none}},
		"more good than all is limited":                                   {`{"level":"sli","measure":"value","slis":["psp"]}`, with(`psp_good_total`, 5, 5), map[string]float64{"checkout/dependency/psp": 1}},
		"a negative total is missing":                                     {`{"level":"sli","measure":"value","slis":["psp"]}`, with(`psp_total`, -1, -1), map[string]float64{"checkout/dependency/psp": none}},
		"an infinite total is missing":                                    {`{"level":"sli","measure":"value","slis":["psp"]}`, with(`psp_total`, math.Inf(1), math.Inf(1)), map[string]float64{"checkout/dependency/psp": none}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := newest(evaluate(t, test.text, test.store))
			if len(got) != len(test.want) {
				t.Errorf("the members are %v, want %v", got, test.want)
			}
			for member, want := range test.want {
				if v, ok := got[member]; !ok || math.IsNaN(v) != math.IsNaN(want) || math.Abs(v-want) > 1e-9 {
					t.Errorf("%q has %v (there: %v), want %v", member, v, ok, want)
				}
			}
		})
	}
}

func TestTrafficIsKnownThoughNobodyKnowsWhatOfItIsGood(t *testing.T) {
	for _, text := range []string{
		`{"level":"sli","slis":["psp"],"format":"table"}`,
		`{"level":"sli","slis":["psp"],"measure":"traffic"}`,
	} {
		psp := evaluate(t, text, without(`psp_good_total`)).Members[0]
		if got := psp.Columns[query.Traffic]; got[len(got)-1] != 4 {
			t.Errorf("%s: the traffic is %v, want 4", text, got)
		}
	}
}

func TestTheValueOfAFallbackShowsWhereItsUnitIsTheSame(t *testing.T) {
	for name, test := range map[string]struct {
		fallback cer.Indicator
		want     float64
	}{
		"a share instead of a share":       {cer.Ratio{Good: `spare_good_total`, Total: `spare_total`}, .75},
		"an expression instead of a share": {cer.Value{PromQL: `spare_good_total`}, none},
	} {
		t.Run(name, func(t *testing.T) {
			store := without(`psp_total`)
			store[`spare_total`], store[`spare_good_total`] = []float64{4, 4}, []float64{3, 3}
			got := newest(evaluate(t, `{"level":"sli","measure":"value","slis":["psp"]}`, store, func(c *cer.Catalog) {
				c.Flows[0].SLIs[2].Fallback = &cer.Fallback{Indicator: test.fallback, Curve: cer.Identity{}}
			}))
			if value := got["checkout/dependency/psp"]; value != test.want && !(math.IsNaN(value) && math.IsNaN(test.want)) {
				t.Errorf("the value is %v, want %v", value, test.want)
			}
		})
	}
}

func TestNotices(t *testing.T) {
	tests := map[string]struct {
		text  string
		store map[string][]float64
		want  []string
	}{
		"nothing to say":         {`{}`, healthy(), nil},
		"an SLI that is missing": {`{}`, with(`psp_total`, 4, none), []string{"checkout/psp: no telemetry at 1 of 2 points (4 Mar 12:00 UTC); left out, so that coverage falls"}},
		"a key SLI that is missing": {`{"level":"flow","flows":["checkout"]}`, with(`requests_total{handler=`, none, none), []string{
			"checkout: no score at all 2 points: no telemetry of its key SLI success",
			"checkout/success: no telemetry at all 2 points; left out, so that coverage falls"}},
		"too little coverage": {`{"level":"flow","flows":["search"]}`, with(`le="+Inf"`, none, none), []string{
			"search/fast: no telemetry at all 2 points; left out, so that coverage falls"}},
		"an idle SLI":         {`{}`, with(`psp_total`, 0, 0), []string{"checkout/psp: idle at all 2 points, with no events in its window; left out"}},
		"more good than all":  {`{}`, with(`psp_good_total`, 9, 2), []string{"checkout/psp: outside of 0..1 at 1 of 2 points (4 Mar 11:59 UTC), and limited to it. Check the catalog: there are more good or bad events than events in total"}},
		"a total that is off": {`{"format":"latest"}`, with(`psp_total`, -1), []string{"checkout/psp: no telemetry at this instant; left out, so that coverage falls", "checkout/psp: infinite or negative at this instant; counted as missing there"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, n := range evaluate(t, test.text, test.store).Notices {
				got = append(got, n.String())
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("the notices are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

func TestLowCoverageNamesWhatIsMissing(t *testing.T) {
	strict := func(c *cer.Catalog) { c.MinCoverage = .9 }
	result := evaluate(t, `{"level":"flow","flows":["checkout"]}`, without(`psp_total`), strict)
	want := "checkout: no score at all 2 points: coverage is 0.8, below minCoverage 0.9; missing: psp"
	if got := result.Notices[0].String(); got != want {
		t.Errorf("the notice is %q, want %q", got, want)
	}
}

func TestSeveralSeriesAtOneInstantAreMissing(t *testing.T) {
	q, _ := query.Parse([]byte(`{"level":"sli","measure":"value","slis":["psp"]}`))
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	p, err := plan.Build(q, fixture.Compile(fixture.Shop()), plan.Times{From: now.Add(-time.Minute), To: now, Interval: time.Minute, Now: now, Scrape: 15 * time.Second}, expand.Facts{})
	if err != nil {
		t.Fatal(err)
	}
	all := answers(t, p, healthy())
	for i := range all {
		all[i].Series = []series.Series{{Values: []float64{1, none}}, {Values: []float64{1, 1}}}
	}
	result := evaluated(t, p, all)
	if got := result.Members[0].Columns[query.Value]; !math.IsNaN(got[0]) || got[1] != 1 {
		t.Errorf("the values are %v, want none and 1", got)
	}
	if !strings.Contains(result.Notices[0].String(), "several series came back at 1 of 2 points") {
		t.Errorf("the notice is %q", result.Notices[0])
	}
}

func TestWarningsOfTheStoreAreNotices(t *testing.T) {
	q, _ := query.Parse([]byte(`{"level":"sli","slis":["up"],"format":"latest"}`))
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	p, err := plan.Build(q, fixture.Compile(fixture.Shop()), plan.Times{From: now, To: now, Now: now, Scrape: time.Second}, expand.Facts{})
	if err != nil {
		t.Fatal(err)
	}
	all := answers(t, p, healthy())
	all[0].Warnings = []string{"a block is missing"}
	if got := evaluated(t, p, all).Notices[0]; got.Severity != cer.Warning || !strings.Contains(got.Text, "a block is missing") {
		t.Errorf("the notice is %v", got)
	}
}

func TestAPartialAnswerIsNoZero(t *testing.T) {
	q, _ := query.Parse([]byte(`{"level":"sli","measure":"value","slis":["success"],"format":"latest"}`))
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	p, err := plan.Build(q, fixture.Compile(fixture.Shop()), plan.Times{From: now, To: now, Now: now, Scrape: time.Second}, expand.Facts{})
	if err != nil {
		t.Fatal(err)
	}
	all := answers(t, p, without(`requests_total{code=~"5.."`))
	for i := range all {
		if len(all[i].Series) == 0 {
			all[i].Warnings = []string{"a store did not answer"}
		}
	}
	if got := evaluated(t, p, all).Members[0].Columns[query.Value][0]; !math.IsNaN(got) {
		t.Errorf("errors that the store could not look up count as %v good", got)
	}
}

func TestHistogramsThatMoveToNative(t *testing.T) {
	facts := fixture.Facts()
	for _, over := range facts.Histograms {
		over[0].Value.Native = true
	}
	q, _ := query.Parse([]byte(`{"level":"sli","measure":"value","slis":["search/fast"],"format":"latest"}`))
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	catalog := fixture.Shop()
	search, _ := catalog.Flow("search")
	fast, _ := search.SLI("fast")
	histogram := fast.Indicator.(cer.LatencyShare).Histogram
	fast.Indicator, fast.Curve = cer.Quantile{Histogram: histogram, Unit: cer.Seconds, Q: .5}, cer.Linear{Zero: 2, One: 0}
	p, err := plan.Build(q, fixture.Compile(catalog), plan.Times{From: now, To: now, Now: now, Scrape: time.Second}, facts)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		native, classic float64
		want            float64
		noted           bool
	}{
		"the same events in both are read off the native one": {10, 10, 1, false},
		"while few have moved that is noted":                  {1, 10, 1, true},
		"when most have moved that is noted too":              {9, 2, 1, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			store := map[string][]float64{
				"histogram_quantile(0.5, sum(rate": {1}, "histogram_count": {test.native},
				"histogram_quantile(0.5, sum by (le)": {1.5}, `le="+Inf"`: {test.classic},
			}
			result := evaluated(t, p, answers(t, p, store))
			if got := result.Members[0].Columns[query.Value][0]; math.Abs(got-test.want) > 1e-9 {
				t.Errorf("the value is %v, want %v", got, test.want)
			}
			if noted := len(result.Notices) > 0; noted != test.noted {
				t.Errorf("the notices are %v", result.Notices)
			}
		})
	}
}

func TestNoticesAreCapped(t *testing.T) {
	manyFlows := func(c *cer.Catalog) {
		for i := range 20 {
			f := c.Flows[0]
			f.Name = fmt.Sprintf("checkout%d", i)
			c.Flows = append(c.Flows, f)
		}
	}
	notices := evaluate(t, `{}`, without(`psp_total`), manyFlows).Notices
	if len(notices) != 11 || !strings.Contains(notices[10].Text, "and 11 more") {
		t.Errorf("%d notices, the last %q", len(notices), notices[len(notices)-1])
	}
}

// newest returns the last number of the one measure of each member, by flow/component/sli.
func newest(r *eval.Result) map[string]float64 {
	numbers := map[string]float64{}
	for _, m := range r.Members {
		var names []string
		if m.Flow != nil {
			names = append(names, m.Flow.Name)
		}
		if m.Component != "" {
			names = append(names, string(m.Component))
		}
		if m.SLI != nil {
			names = append(names, m.SLI.Name)
		}
		for _, column := range m.Columns {
			numbers[strings.Join(names, "/")] = column[len(column)-1]
		}
	}
	return numbers
}
