package eval_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/model/labels"

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
