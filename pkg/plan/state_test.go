package plan_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/internal/golden"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// policed is the fixture's shop with policies, and dimensions to judge by.
func policed(policies ...cer.AlertPolicy) *cer.Catalog {
	c := fixture.Shop()
	c.Dimensions = []cer.Dimension{{Name: "region", Label: "region", Values: []string{"eu", "us"}}, {Name: "track", Label: "track"}}
	c.Budget = cer.Budgeting{Window: 30 * 24 * time.Hour, Method: cer.RatioTimeslices, Slice: 5 * time.Minute, Lookback: 24 * time.Hour}
	c.Policies = policies
	return c
}

// ask plans a query of a catalog over the last hour.
func ask(text string, c *cer.Catalog) (*plan.Plan, error) {
	q, err := query.Parse([]byte(text))
	if err != nil {
		return nil, err
	}
	return plan.Build(q, fixture.Compile(c), lastHour(), fixture.Facts())
}

func TestPlansOfStates(t *testing.T) {
	fast := cer.AlertPolicy{Name: "fast-burn", Severity: cer.PageSeverity, Burn: &cer.BurnCondition{Share: .02, Long: time.Hour}}
	each := cer.AlertPolicy{Name: "each-region", Severity: cer.TicketSeverity, By: []string{"region"}, Flows: cer.FlowSelection{Names: []string{"search"}},
		When: `score < 0.9`, Clear: `score > 0.95`, For: 2 * time.Minute, KeepFor: 10 * time.Minute}
	canary := cer.AlertPolicy{Name: "canary", Severity: cer.PageSeverity, When: `delta("track", "canary", "stable") < -0.05`}
	tests := map[string]struct {
		q        string
		policies []cer.AlertPolicy
	}{
		"a state looks back as far as its policies":        {`{"level":"flow","flows":["search"],"measure":"state","format":"latest"}`, []cer.AlertPolicy{fast}},
		"a state by cohorts is planned by them":            {`{"level":"flow","flows":["search"],"measure":"state","format":"latest"}`, []cer.AlertPolicy{each}},
		"a difference is planned by its dimension":         {`{"level":"flow","flows":["search"],"measure":"state","format":"latest"}`, []cer.AlertPolicy{canary}},
		"incidents look for the cohorts that lose":         {`{"level":"flow","flows":["search"],"format":"incidents"}`, []cer.AlertPolicy{each}},
		"a table of states has the windows that it shows":  {`{"level":"flow","flows":["search"],"measure":"state","format":"table"}`, []cer.AlertPolicy{each}},
		"a maintenance is read at both edges of the slice": {`{"level":"flow","flows":["search"],"measure":"burn","format":"latest"}`, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := policed(test.policies...)
			if test.policies == nil {
				c.Maintenance = []cer.Maintenance{{Name: "works", Effect: cer.EffectExclude, PromQL: "max_over_time(works[__window])", Trust: []string{}}}
			}
			p, err := ask(test.q, c)
			if err != nil {
				t.Fatal(err)
			}
			golden.Compare(t, name, p.String())
		})
	}
}

func TestStatesThatCantBeAsked(t *testing.T) {
	page := cer.AlertPolicy{Name: "low", Severity: cer.PageSeverity, When: "score < 0.9", Flows: cer.FlowSelection{Names: []string{"checkout"}}}
	tests := map[string]struct {
		q        string
		policies []cer.AlertPolicy
		want     string
	}{
		"of an SLI":                {`{"measure":"state","level":"sli"}`, []cer.AlertPolicy{page}, "the measure state does not exist at the level sli; ask for it at overall or flow"},
		"as a table of SLIs":       {`{"measure":"state","level":"sli","format":"table"}`, []cer.AlertPolicy{page}, "ask for it at overall or flow"},
		"over a window":            {`{"measure":"state","window":"1h"}`, []cer.AlertPolicy{page}, "the policies define the windows of states; leave window out"},
		"without policies":         {`{"measure":"state"}`, nil, "the catalog has no policies, which decide states"},
		"where no policy is":       {`{"measure":"state","level":"flow","flows":["search"]}`, []cer.AlertPolicy{page}, "no policy of the catalog applies to these flows"},
		"nor about the whole":      {`{"measure":"state"}`, []cer.AlertPolicy{page}, "no policy of the catalog applies to these flows"},
		"of some components":       {`{"measure":"state","level":"flow","components":["latency"]}`, []cer.AlertPolicy{page}, "state covers all components"},
		"incidents of a score":     {`{"measure":"score","format":"incidents"}`, []cer.AlertPolicy{page}, "incidents are made of states; write measure state, or leave it out"},
		"over far too long a time": {`{"measure":"state","level":"flow"}`, []cer.AlertPolicy{page}, "the query asks for"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q, err := query.Parse([]byte(test.q))
			if err == nil {
				times := lastHour()
				if strings.Contains(test.want, "asks for") && strings.HasPrefix(test.want, "the query") {
					times.From = now.Add(-2 * 365 * 24 * time.Hour)
				}
				_, err = plan.Build(q, fixture.Compile(policed(test.policies...)), times, fixture.Facts())
			}
			var invalid *query.Invalid
			if !errors.As(err, &invalid) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v does not say %q", err, test.want)
			}
		})
	}
}

func TestStatesOfTooLongARangeSayWhatHelps(t *testing.T) {
	q, err := query.Parse([]byte(`{"level":"flow","format":"incidents"}`))
	if err != nil {
		t.Fatal(err)
	}
	times := lastHour()
	times.From = times.To.Add(-365 * 24 * time.Hour)
	low := cer.AlertPolicy{Name: "low", Severity: cer.PageSeverity, When: "score < 0.9"}
	_, err = plan.Build(q, fixture.Compile(policed(low)), times, fixture.Facts())
	if want := "; choose a shorter range, or fewer flows or cohorts"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("the error is %v, want one that ends with %q", err, want)
	}
}
