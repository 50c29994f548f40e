package eval_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/audit"
	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

func TestEvents(t *testing.T) {
	none := math.NaN()
	catalog := cohortCatalog(func(c *cer.Catalog) {
		c.Events = []cer.Event{{Name: "deploys", Kind: "deployment", PromQL: "max(deploys)"}, {Name: "freeze", PromQL: "max(freeze)"}}
	})
	q, err := query.Parse([]byte(`{"format":"events"}`))
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Build(q, fixture.Compile(catalog), plan.Times{From: noon.Add(-5 * time.Minute), To: noon, Interval: time.Minute, Now: noon, Scrape: 15 * time.Second}, expand.Facts{})
	if err != nil {
		t.Fatal(err)
	}
	result, err := eval.Evaluate(p, []series.Answer{
		{Series: []series.Series{
			{Labels: labels.FromMap(map[string]string{"service": "b", "__name__": "x"}), Values: []float64{none, 1, 2, 0, 1, none}},
			{Labels: labels.FromMap(map[string]string{"service": "a"}), Values: []float64{none, 1, none, 0, 0, 0}}}},
		{Series: []series.Series{{Values: []float64{1, 1, 1, 1, 1, 1}}}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	minute := func(i int) time.Time { return noon.Add(time.Duration(i-5) * time.Minute) }
	type event struct {
		Name, Kind, Text string
		From, To         time.Time
	}
	want := []event{
		{"freeze", "", "", minute(0), minute(5)},
		{"deploys", "deployment", "service=a", minute(1), minute(1)},
		{"deploys", "deployment", "service=b", minute(1), minute(2)},
		{"deploys", "deployment", "service=b", minute(4), minute(4)},
	}
	var got []event
	for _, e := range result.Events {
		got = append(got, event{e.Name, e.Kind, e.Text(), e.From, e.To})
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(labels.Equal)); diff != "" {
		t.Error(diff)
	}
	if _, err := askCohorts(t, `{}`, catalog, stored{}.answer); err != nil {
		t.Error(err)
	}
}

// A maintenance of one region is an event whichever the query splits by.
func TestAMaintenanceOfACohortIsAnEvent(t *testing.T) {
	catalog := cohortCatalog(func(c *cer.Catalog) {
		c.Maintenance = []cer.Maintenance{{Name: "works", Effect: cer.EffectSuppress, PromQL: "max by (region) (works)"}}
	})
	q, err := query.Parse([]byte(`{"format":"events","by":["region"]}`))
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Build(q, fixture.Compile(catalog), plan.Times{From: noon.Add(-2 * time.Minute), To: noon, Interval: time.Minute, Now: noon, Scrape: 15 * time.Second}, expand.Facts{})
	if err != nil {
		t.Fatal(err)
	}
	eu := series.Series{Labels: labels.FromStrings("region", "eu"), Values: []float64{0, 1, 1}}
	result, err := eval.Evaluate(p, []series.Answer{{Series: []series.Series{eu}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Events) != 1 || result.Events[0].Name != "works" || !result.Events[0].From.Equal(noon.Add(-time.Minute)) || !result.Events[0].To.Equal(noon) {
		t.Errorf("the events are %+v, want the maintenance from a minute before noon on", result.Events)
	}
}

// changedCatalog returns a catalog without events that changed twice, three and two minutes before noon.
func changedCatalog() *catalog.Catalog {
	weight := func(flow, before, after string) audit.Change {
		return audit.Change{Kind: "flow", Name: flow, Field: "weight", Before: before, After: after}
	}
	objective := audit.Change{Kind: "catalog", Name: "shop", Field: "objective", Before: "99%", After: "99.5%"}
	return fixture.Compile(cohortCatalog(func(*cer.Catalog) {})).WithHistory(audit.History{}.
		With(audit.NewRevision(noon.Add(-time.Hour), "r0", "r1", []audit.Change{objective})).
		With(audit.NewRevision(noon.Add(-3*time.Minute+time.Second), "r1", "r2", []audit.Change{weight("checkout", "1", "2"), objective})).
		With(audit.NewRevision(noon.Add(-2*time.Minute), "r2", "r3", []audit.Change{weight("checkout", "2", "3")})))
}

func TestChangesOfTheCatalogAreEvents(t *testing.T) {
	const weights, objective = "flow checkout: weight 1 → 2", "catalog shop: objective 99% → 99.5%"
	c := changedCatalog()
	other := ""
	for _, f := range c.Flows {
		if f.Name != "checkout" {
			other = f.Name
		}
	}
	tests := map[string]struct {
		query string
		want  []string
	}{
		"all flows":    {`{"format":"events"}`, []string{weights + "; " + objective, "flow checkout: weight 2 → 3"}},
		"one flow":     {`{"format":"events","flows":["checkout"]}`, []string{weights + "; " + objective, "flow checkout: weight 2 → 3"}},
		"another flow": {fmt.Sprintf(`{"format":"events","flows":[%q]}`, other), []string{objective}},
	}
	for name, test := range tests {
		result := answered(t, c, test.query)
		var got []string
		for _, e := range result.Events {
			got = append(got, e.Text())
			if e.Name != eval.CatalogChanged || e.Kind != "catalog" || !e.From.Equal(e.To) {
				t.Errorf("%s: there is the event %+v", name, e)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: the events are %q, want %q", name, got, test.want)
		}
	}
	if at := answered(t, c, `{"format":"events"}`).Events[0].From; !at.Equal(noon.Add(-3*time.Minute + time.Second)) {
		t.Errorf("the first change was at %s", at)
	}
}

// answered returns the result of a query of five minutes, to which the store has nothing to say.
func answered(t *testing.T, c *catalog.Catalog, asked string) *eval.Result {
	t.Helper()
	q, err := query.Parse([]byte(asked))
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Build(q, c, plan.Times{From: noon.Add(-5 * time.Minute), To: noon, Interval: time.Minute, Now: noon, Scrape: 15 * time.Second}, expand.Facts{})
	if err != nil {
		t.Fatal(err)
	}
	result, err := eval.Evaluate(p, make([]series.Answer, len(p.Leaves)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestASummarySaysThatTheCatalogChanged(t *testing.T) {
	const want = "the catalog changed 2 times within the range, the last time at 4 Mar 11:58 UTC: flow checkout: weight 2 → 3. All numbers, those before " +
		"the change too, are computed by the catalog as it is now, so they may differ from what was shown before"
	isAbout := func(n cer.Notice) bool { return strings.Contains(n.Text, "the catalog changed") }
	found := func(c *catalog.Catalog, asked string) cer.Annotations {
		return slices.DeleteFunc(answered(t, c, asked).Notices, func(n cer.Notice) bool { return !isAbout(n) })
	}
	if got := found(changedCatalog(), `{"format":"summary"}`); len(got) != 1 || got[0].Text != want || got[0].Severity != cer.Info {
		t.Errorf("the notices are %v, want %s", got, want)
	}
	unchanged := changedCatalog().WithHistory(changedCatalog().History[:1])
	if got := found(unchanged, `{"format":"summary"}`); len(got) > 0 {
		t.Errorf("of a change before the range there is the notice %v", got)
	}
	if got := found(changedCatalog(), `{"format":"timeseries"}`); len(got) > 0 {
		t.Errorf("on numbers over time there is the notice %v", got)
	}
}
