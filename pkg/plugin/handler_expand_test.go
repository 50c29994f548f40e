package plugin

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// expanded is the answer to a body of POST /expand, asked at an instant on the hour, with telemetry of every 15 s.
func expanded(t *testing.T, body string) ([]expandAnswer, error) {
	t.Helper()
	var asked expandRequest
	if err := json.Unmarshal([]byte(body), &asked); err != nil {
		t.Fatal(err)
	}
	query, err := asked.query()
	if err != nil {
		return nil, err
	}
	times := asked.times(time.Unix(7200, 0))
	times.Scrape = 15 * time.Second
	p, err := plan.Build(query, fixture.Compile(shop()), times, fixture.Facts())
	if err != nil {
		return nil, err
	}
	return expansions(&engine.Explanation{Plans: []*plan.Plan{p}, Requests: engine.RequestsOf(p)}), nil
}

// shop is the small catalog, with what is read beside its SLIs.
func shop() *cer.Catalog {
	c := fixture.Shop()
	c.Budget = cer.Budgeting{Window: 30 * 24 * time.Hour, Slice: 5 * time.Minute}
	c.Events = []cer.Event{{Name: "deploys", PromQL: `changes(build_info[__window]) > 0`}}
	c.Flows[1].Dynamic = &cer.DynamicWeight{PromQL: `sum(rate(searches_total[__window]))`}
	c.Flows[1].Revenue = &cer.Money{PromQL: `sum(orders_euro)`, Currency: "EUR"}
	return c
}

func TestExpansionsAreOfWhatIsAsked(t *testing.T) {
	tests := map[string]struct {
		body string
		// want are the SLIs, each with its window and formula.
		want []string
	}{
		"all, newest": {`{}`, []string{
			"checkout/success 5m 1 - #0/#1", "checkout/fast 5m (0.4 #2 + 0.6 #3)/#4", "checkout/psp 5m #5/#6",
			"search/fast 5m (0.4 #2 + 0.6 #3)/#4", "search/up 5m #7/#8",
		}},
		"an SLI, the short way":         {`{"flow":"checkout","sli":"psp"}`, []string{"checkout/psp 5m #0/#1"}},
		"SLIs of several flows":         {`{"slis":["checkout/psp","up"]}`, []string{"checkout/psp 5m #0/#1", "search/up 5m #2/#3"}},
		"components":                    {`{"components":["dependency"]}`, []string{"checkout/psp 5m #0/#1"}},
		"the level of the panel":        {`{"level":"flow","flows":["search"],"components":["availability"]}`, []string{"search/up 5m #0/#1"}},
		"shares, not those beside them": {`{"level":"flow","measure":"impact","flows":["search"]}`, []string{"search/fast 5m (0.4 #0 + 0.6 #1)/#2", "search/up 5m #3/#4", "weight search #5"}},
		"traffic": {`{"level":"flow","measure":"traffic","flows":["checkout"]}`, []string{
			"checkout/success 5m events of #0",
		}},
		"a weight that follows PromQL":          {`{"level":"overall","flows":["search"],"components":["availability"]}`, []string{"search/up 5m #0/#1", "weight search #2"}},
		"events":                                {`{"format":"events","intervalMs":60000}`, []string{"event deploys #0"}},
		"money":                                 {`{"level":"flow","flows":["search"],"measure":"revenueAtRisk","components":[]}`, []string{"search/fast 5m (0.4 #0 + 0.6 #1)/#2", "search/up 5m #3/#4", "money search #5"}},
		"what is counted over two ranges, once": {`{"level":"flow","flows":["search"],"measure":"exhaustion"}`, []string{"search/fast 5m (0.4 #0 + 0.6 #1)/#2", "search/up 5m #3/#4"}},
		"a window":                              {`{"flow":"checkout","sli":"psp","window":"1h"}`, []string{"checkout/psp 1h #0/#1"}},
		"the range of a panel":                  {`{"flow":"checkout","sli":"psp","window":"$__range","from":1000000,"to":2800000}`, []string{"checkout/psp 30m #0/#1"}},
		"the last hour without one":             {`{"flow":"checkout","sli":"psp","window":"$__range"}`, []string{"checkout/psp 1h #0/#1"}},
		"the interval of a panel":               {`{"flow":"checkout","sli":"psp","window":"$__interval","intervalMs":60000}`, []string{"checkout/psp 1m #0/#1"}},
		"a long interval without gaps":          {`{"flow":"checkout","sli":"psp","format":"timeseries","intervalMs":600000}`, []string{"checkout/psp 10m15s #0/#1"}},
		"the newest has no interval":            {`{"flow":"checkout","sli":"psp","format":"latest","intervalMs":600000}`, []string{"checkout/psp 5m #0/#1"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answers, err := expanded(t, test.body)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, a := range answers {
				whose := a.Flow + "/" + a.SLI + " " + a.Window
				if a.Of != "" {
					whose = string(a.Of) + " " + a.Name
				}
				got = append(got, whose+" "+a.Formula)
			}
			if strings.Join(got, "\n") != strings.Join(test.want, "\n") {
				t.Errorf("the expansions are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

// A plan lists totals before their parts, and numbers what other SLIs share by whoever came first.
func TestExpressionsAreNumberedInTheOrderShown(t *testing.T) {
	answers, err := expanded(t, `{"flows":["search"],"slis":["fast"],"measure":"score"}`)
	if err != nil {
		t.Fatal(err)
	}
	for i, q := range answers[0].Queries {
		if want := fmt.Sprintf("#%d", i); q.Name != want || q.PromQL == "" {
			t.Errorf("the expression %d is called %s: %s", i, q.Name, q.PromQL)
		}
	}
	total := answers[0].Queries[len(answers[0].Queries)-1]
	if !strings.HasSuffix(answers[0].Formula, "/"+total.Name) || !strings.Contains(total.PromQL, `le="+Inf"`) {
		t.Errorf("%s ends with %s = %s, which is not the total", answers[0].Formula, total.Name, total.PromQL)
	}
}

func TestExpressionsSayByWhatTheyAreRequested(t *testing.T) {
	answers, err := expanded(t, `{"flow":"checkout","slis":["success","psp"]}`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, answer := range answers {
		for _, q := range answer.Queries {
			got = append(got, q.Request)
		}
	}
	both := `sum by (code) (rate(requests_total{handler="/checkout",job="shop"}[5m]))`
	if want := []string{both, both, "", ""}; !slices.Equal(got, want) {
		t.Errorf("the requests are %q, want %q", got, want)
	}
}

func TestWhatAPanelCanNotAskIsNotExpanded(t *testing.T) {
	for body, want := range map[string]string{
		`{"flow":"login"}`:                        `there is no flow "login"`,
		`{"measure":"value","level":"flow"}`:      "the measure value does not exist at the level flow",
		`{"flows":["$flow"]}`:                     "a dashboard variable that was not replaced",
		`{"measure":"coverage","window":"2d"}`:    "it can be up to 1d",
		`{"level":"overall","slis":["checkout"]}`: "slis go with the level sli",
	} {
		if _, err := expanded(t, body); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is answered by %v, want an error that says %q", body, err, want)
		}
	}
}
