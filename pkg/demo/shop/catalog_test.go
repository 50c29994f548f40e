package shop_test

import (
	"math"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/demo/shop"
	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// catalog loads the shop's definition.
func catalog(t *testing.T) *cer.Catalog {
	t.Helper()
	c, issues := definition.Load(definition.Source{Name: "catalog.yaml", Content: shop.Catalog})
	if len(issues) > 0 {
		t.Fatal(issues.Error())
	}
	return c
}

func TestEverySelectorOfTheCatalogMatches(t *testing.T) {
	c := catalog(t)
	for i := range c.Flows {
		for j := range c.Flows[i].SLIs {
			sli := &c.Flows[i].SLIs[j]
			indicator, err := expand.Compile(sli.Indicator, c.TrustOf(sli))
			if err != nil {
				t.Fatal(err)
			}
			for _, selector := range indicator.Selectors() {
				if !(number(t, "count(last_over_time("+selector.Trusted+"[6h]))", end) > 0) {
					t.Errorf("%s/%s: nothing matches %s", c.Flows[i].Name, sli.Name, selector.Trusted)
				}
			}
		}
	}
}

func TestCatalogHasEveryKindCurveAndComponent(t *testing.T) {
	c := catalog(t)
	kinds, components := map[cer.Kind]bool{}, map[cer.Component]bool{}
	for _, flow := range c.Flows {
		for _, sli := range flow.SLIs {
			kinds[sli.Indicator.Kind()] = true
			components[sli.Component] = true
		}
	}
	for _, kind := range []cer.Kind{cer.KindRatio, cer.KindLatency, cer.KindApdex, cer.KindQuantile, cer.KindValue, cer.KindProbe} {
		if !kinds[kind] {
			t.Errorf("no SLI is of the kind %s", kind)
		}
	}
	for _, component := range cer.Components() {
		if !components[component] {
			t.Errorf("no SLI speaks for the component %s", component)
		}
	}
}

// ask takes a query of the shop's catalog through its hops, at one instant, and returns the numbers of its members by
// flow; "" is the whole.
func ask(t *testing.T, q query.Query, at time.Time) map[string]float64 {
	t.Helper()
	store, err := fetch.New(fetch.Config{URL: history.URL()})
	if err != nil {
		t.Fatal(err)
	}
	q.Format, q.Window = query.Latest, query.WindowAuto
	e := engine.New(engine.Config{Store: store})
	session := e.Session(t.Context())
	defer session.Close()
	result, err := e.Exec(t.Context(), session, engine.Request{
		Catalog: fixture.Compile(catalog(t)), Query: q, Times: plan.Times{From: at.Add(-time.Hour), To: at, Now: at}})
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]float64{}
	for _, member := range result.Members {
		name := ""
		if member.Flow != nil {
			name = member.Flow.Name
		}
		if member.SLI != nil {
			name += "/" + member.SLI.Name
		}
		numbers[name] = member.Columns[q.Measure][0]
	}
	return numbers
}

func TestScoresTellSoundFromBroken(t *testing.T) {
	overall := query.Query{Measure: query.Score, Level: query.LevelOverall}
	flows := query.Query{Measure: query.Score, Level: query.LevelFlow}
	coverage := query.Query{Measure: query.Coverage, Level: query.LevelOverall}
	tests := map[string]struct {
		query    query.Query
		at       time.Time
		member   string
		from, to float64
	}{
		"the shop is sound an hour in":         {overall, before(5 * time.Hour), "", 0.97, 0.995},
		"the shop is sound at the end":         {overall, end, "", 0.97, 0.995},
		"all is covered at the end":            {coverage, end, "", 1, 1},
		"checkout suffers in its burst":        {flows, before(4*time.Hour + 20*time.Minute), "checkout", 0.6, 0.85},
		"the whole suffers with checkout":      {overall, before(4*time.Hour + 20*time.Minute), "", 0.85, 0.95},
		"search suffers in eu's incident":      {flows, before(2*time.Hour + 46*time.Minute), "search", 0.6, 0.92},
		"checkout suffers with its dependency": {flows, before(1*time.Hour + 46*time.Minute), "checkout", 0.6, 0.92},
		"browse does not":                      {flows, before(1*time.Hour + 46*time.Minute), "browse", 0.97, 1},
		"coverage falls with account":          {coverage, before(46 * time.Minute), "", 0.8, 0.95},
		"account has no score then":            {flows, before(46 * time.Minute), "account", math.NaN(), math.NaN()},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := ask(t, test.query, test.at)[test.member]
			if math.IsNaN(test.from) != math.IsNaN(got) || got < test.from || got > test.to {
				t.Errorf("%v is not in [%v, %v]", got, test.from, test.to)
			}
		})
	}
}
