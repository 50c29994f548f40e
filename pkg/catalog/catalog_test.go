package catalog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
)

func TestCompile(t *testing.T) {
	shop := fixture.Shop()
	checkout := &shop.Flows[0]
	checkout.SLIs[0].Fallback = &cer.Fallback{Indicator: cer.Probe{Selector: "probe_success"}, Trust: []string{`job="probe"`}}
	checkout.SLIs[1].Fallback = &cer.Fallback{Indicator: cer.Value{PromQL: "fast"}}
	checkout.Dynamic = &cer.DynamicWeight{PromQL: "max_over_time(weight[__window])"}
	checkout.Revenue = &cer.Money{PromQL: "sum(revenue)", Trust: []string{`job="shop-revenue"`}}
	shop.Events = []cer.Event{{Name: "deploys", PromQL: "changes(build_info[__window]) > 0"}}
	shop.Maintenance = []cer.Maintenance{{Name: "works", PromQL: "works"}, {Name: "sunday", Intervals: `[{"weekdays":["sunday"]}]`}}
	c, err := catalog.Compile(shop)
	if err != nil {
		t.Fatal(err)
	}
	if c.Revision != shop.Revision() {
		t.Error("the revision is not the catalog's")
	}
	own, fallback := c.IndicatorsOf(&checkout.SLIs[0])
	_, inherited := c.IndicatorsOf(&checkout.SLIs[1])
	for want, i := range map[string]*expand.Indicator{
		`requests_total{code=~"5..",handler="/checkout",job="shop"}`: own,
		`probe_success{job="probe"}`:                                 fallback,
		`fast{job="shop"}`:                                           inherited,
		`weight{job="shop"}`:                                         c.WeightIndicator(checkout),
		`revenue{job="shop-revenue"}`:                                c.MoneyIndicator(checkout.Revenue),
		`build_info{job="shop"}`:                                     c.EventIndicator(&shop.Events[0]),
		`works{job="shop"}`:                                          c.MaintenanceIndicator(&shop.Maintenance[0]),
	} {
		if got := i.Selectors()[0].Trusted; got != want {
			t.Errorf("it selects %s, want %s", got, want)
		}
	}
	sunday := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	intervals := c.IntervalsOf(&shop.Maintenance[1])
	if !intervals.InMaintenance(sunday) || intervals.InMaintenance(sunday.Add(24*time.Hour)) {
		t.Error("the maintenance is not on Sundays alone")
	}
}

func TestErrorsNameWhatIsAtFault(t *testing.T) {
	tests := map[string]struct {
		change func(*cer.Catalog)
		want   string
	}{
		"an SLI":      {func(c *cer.Catalog) { c.Flows[1].SLIs[1].Indicator = cer.Probe{Selector: "up{"} }, "search/up: the PromQL"},
		"a fallback":  {func(c *cer.Catalog) { c.Flows[0].SLIs[0].Fallback = &cer.Fallback{Indicator: cer.Value{PromQL: "("}} }, "the fallback of checkout/success: the PromQL"},
		"a weight":    {func(c *cer.Catalog) { c.Flows[0].Dynamic = &cer.DynamicWeight{PromQL: ")"} }, "the weight of checkout: the PromQL"},
		"an event":    {func(c *cer.Catalog) { c.Events = []cer.Event{{Name: "deploys", PromQL: "["}} }, "the event deploys: the PromQL"},
		"an interval": {func(c *cer.Catalog) { c.Maintenance = []cer.Maintenance{{Name: "works", Intervals: "?"}} }, "the maintenance works: these are not valid time intervals"},
		"a policy": {func(c *cer.Catalog) {
			c.Policies = []cer.AlertPolicy{{Name: "low", Severity: cer.PageSeverity, When: "scor < 1"}}
		}, "the policy low: when: there is no scor"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			shop := fixture.Shop()
			test.change(shop)
			if _, err := catalog.Compile(shop); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, want one that says %q", err, test.want)
			}
		})
	}
}
