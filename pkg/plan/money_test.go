package plan_test

import (
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// A dashboard that shows the flows that its reader chooses would be in error for each flow without revenue.
func TestMoneyOfOtherFlowsThanThoseThatAreAskedForIsNoted(t *testing.T) {
	shop := fixture.Shop()
	shop.Flows[0].Revenue = &cer.Money{PerHour: 1000, Currency: "EUR"}
	q := query.Query{Measure: query.RevenueAtRisk, Level: query.LevelFlow, Format: query.Timeseries, Window: query.WindowAuto, Flows: []string{"search"}}
	p, err := plan.Build(q, fixture.Compile(shop), lastHour(), fixture.Facts())
	if err != nil {
		t.Fatal(err)
	}
	want := "none of these flows has the field revenue"
	if len(p.Notices) != 1 || !strings.Contains(p.Notices[0].String(), want) {
		t.Errorf("the notices are %v, want one that says %q", p.Notices, want)
	}
}
