package plan_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/internal/golden"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// cohortShop is the fixture's shop with dimensions, a weight that follows traffic and one that follows an expression, a
// fallback and a score that is held.
func cohortShop() *cer.Catalog {
	c := fixture.Shop()
	c.Delay = 2 * time.Minute
	c.Dimensions = []cer.Dimension{
		{Name: "region", Label: "region", Values: []string{"eu", "us"}},
		{Name: "tier", Label: "customer_tier", Weights: map[string]float64{"gold": 4, "basic": 1}},
	}
	checkout, search := &c.Flows[0], &c.Flows[1]
	checkout.Labels = map[string]string{"team": "payments"}
	checkout.Dynamic = &cer.DynamicWeight{Traffic: true}
	search.Dynamic = &cer.DynamicWeight{PromQL: "sum(revenue)"}
	psp := &checkout.SLIs[2]
	psp.Labels = map[string]string{"region": "cloud_region", "tier": cer.NoLabel}
	psp.Fallback = &cer.Fallback{Indicator: cer.Probe{Selector: `probe_success{target="psp"}`}, Curve: cer.Identity{}}
	psp.Missing, psp.MaxDelay = cer.Hold, 3*time.Minute
	return c
}

func TestPlansOfCohorts(t *testing.T) {
	tests := map[string]string{
		"score split by region and filtered by tier":             `{"level":"flow","flows":["checkout"],"by":["region"],"where":{"tier":["gold"]},"format":"latest"}`,
		"overall score reads each weighted cohort and weights":   `{"format":"latest"}`,
		"value of an SLI is not split by the weighted dimension": `{"level":"sli","measure":"value","slis":["psp"]}`,
		"ad hoc filters are on every selector":                   `{"level":"sli","slis":["success"],"flows":["checkout"],"format":"latest","adhocFilters":[{"key":"region","operator":"=~","value":"e.*"},{"key":"tier","operator":"!=","value":"basic"},{"key":"team","operator":"=","value":"payments"}]}`,
		"lag asks for ages alone":                                `{"level":"sli","measure":"lag","slis":["psp"],"by":["region"],"format":"latest"}`,
		"table of what is held asks for both ends":               `{"level":"sli","format":"table","flows":["checkout"],"slis":["psp"]}`,
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			q, err := query.Parse([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			p, err := plan.Build(q, fixture.Compile(cohortShop()), lastHour(), fixture.Facts())
			if err != nil {
				t.Fatal(err)
			}
			golden.Compare(t, name, p.String())
		})
	}
}

// names lists names as JSON.
func names(prefix string, n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%q", fmt.Sprint(prefix, i))
	}
	return "[" + strings.Join(all, ",") + "]"
}

func TestRefusalsOfCohorts(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"a split by what there is not":        {`{"by":["zone"]}`, `by names "zone", which is neither a dimension nor a label of flows; there are region, team or tier`},
		"a filter by what there is not":       {`{"where":{"zone":["eu"]}}`, `where names "zone", which is neither a dimension nor a label of flows`},
		"a split by a variable":               {`{"by":["$dim"]}`, `"$dim" is a dashboard variable that was not replaced`},
		"a filter by a variable":              {`{"where":{"region":["$region"]}}`, `"$region" is a dashboard variable that was not replaced`},
		"a split by too many":                 {`{"by":["a","b","c","d","e"]}`, "by has 5 names, more than 4"},
		"a cohort without a name":             {`{"where":{"region":["eu",""]}}`, "where region has an empty name"},
		"an operator that is none":            {`{"adhocFilters":[{"key":"region","operator":"<","value":"eu"}]}`, `the filter on region has the operator "<"; it can be =, !=, =~ or !~`},
		"an expression that is none":          {`{"adhocFilters":[{"key":"region","operator":"=~","value":"("}]}`, `is not a valid RE2 expression`},
		"an expression that ends its group":   {`{"adhocFilters":[{"key":"region","operator":"!~","value":"eu)|(?:us"}]}`, `is not a valid RE2 expression`},
		"an expression that repeats itself":   {`{"adhocFilters":[{"key":"region","operator":"=~","value":"` + strings.Repeat("x{500}", 3) + `"}]}`, "the expression of the filter on region repeats too much"},
		"too many ad hoc filters":             {`{"adhocFilters":[` + strings.Repeat(`{"key":"region","operator":"=","value":"eu"},`, 20) + `{"key":"region","operator":"=","value":"eu"}]}`, "the query has 21 ad hoc filters, more than 20"},
		"names of cohorts that are too long":  {`{"where":{"region":["` + strings.Repeat("a", 5000) + `","` + strings.Repeat("b", 5000) + `"]}}`, "where region names cohorts of 10000 bytes in all, more than 8192"},
		"a name of a cohort that is too long": {`{"adhocFilters":[{"key":"region","operator":"!=","value":"` + strings.Repeat("a", 9000) + `"}]}`, "the filter on region names a cohort of 9000 bytes, more than 8192"},
		"as many points as no number counts":  {`{"by":["region","tier"],"where":{"region":` + names("r", 900) + `,"tier":` + names("t", 900) + `}}`, "the query asks for"},
		"an expression that is too long":      {`{"adhocFilters":[{"key":"region","operator":"=~","value":"` + strings.Repeat("a", 201) + `"}]}`, "has 201 bytes, more than 200"},
		"an ad hoc filter that names nobody":  {`{"adhocFilters":[{"key":"region","operator":"=","value":""}]}`, "the filter region= has no value"},
		"lag of a flow":                       {`{"measure":"lag","level":"flow"}`, "the measure lag does not exist at the level flow; ask for it at sli"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q, err := query.Parse([]byte(test.text))
			if err == nil {
				_, err = plan.Build(q, fixture.Compile(cohortShop()), lastHour(), fixture.Facts())
			}
			var invalid *query.Invalid
			if !errors.As(err, &invalid) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, want an Invalid one that says %q", err, test.want)
			}
		})
	}
}

func TestEmptyFiltersKeepAll(t *testing.T) {
	q, err := query.Parse([]byte(`{"where":{"region":[]},"by":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Build(q, fixture.Compile(cohortShop()), lastHour(), fixture.Facts())
	if err != nil || len(p.Filters) > 0 || p.Weighted == nil {
		t.Error("an empty filter does something:", err, p)
	}
}

func TestALongRangeOfWhatIsHeldIsAskedInSeveralRanges(t *testing.T) {
	q, err := query.Parse([]byte(`{"level":"sli","slis":["psp"]}`))
	if err != nil {
		t.Fatal(err)
	}
	times := lastHour()
	times.From = times.To.Add(-20 * 24 * time.Hour)
	p, err := plan.Build(q, fixture.Compile(cohortShop()), times, fixture.Facts())
	if err != nil {
		t.Fatal(err)
	}
	past := p.Instants.Flows[0].SLIs[0].HeldRanges(p.Range)
	if len(past) != 3 {
		t.Fatalf("there are %d ranges, want 3", len(past))
	}
	for k, over := range past {
		if n := over.Len(); n > plan.MaxPointsPerSeries {
			t.Errorf("a range has %d points, more than a store answers", n)
		}
		if k > 0 && over.Start-past[k-1].End != time.Minute.Milliseconds() {
			t.Errorf("range %d does not follow on the one before", k)
		}
	}
	oldest := p.Range.Start - (3 * time.Minute).Milliseconds()
	if first := past[0].Start; first <= oldest || first-oldest > time.Minute.Milliseconds() {
		t.Errorf("the first range starts at %s, want up to a minute after %s", series.Time(first), series.Time(oldest))
	}
}
