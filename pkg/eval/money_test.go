package eval_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// moneyCatalog earns 1,000 EUR an hour at checkout, and what is measured at browse and gift.
func moneyCatalog() *cer.Catalog {
	return cohortCatalog(func(c *cer.Catalog) {
		c.Flows = append(c.Flows, cer.Flow{Name: "gift", Weight: 1, SLIs: []cer.SLI{share("d")}})
		c.Flows[0].Revenue = &cer.Money{PerHour: 1000, Currency: "EUR"}
		c.Flows[1].Revenue = &cer.Money{PromQL: "sum(euros)", Currency: "EUR"}
		c.Flows[2].Revenue = &cer.Money{PromQL: "sum(dollars)", Currency: "USD"}
		c.Flows[0].Cost = &cer.Money{PerHour: 36, Currency: "EUR"}
		c.Flows[0].Traffic = "requests"
		c.Flows[0].SLIs = append(c.Flows[0].SLIs, cer.SLI{Name: "requests", Indicator: cer.Ratio{Good: "sum(good)", Total: "sum(all)"}, Curve: cer.Identity{}})
	})
}

func TestMoney(t *testing.T) {
	store := stored{"a": {"": .8}, "b": {"": .6}, "c": {"zone=eu": .5, "zone=us": .9}, "d": {"": .9},
		"euros": {"region=eu": 200, "region=us": 300}, "dollars": {"": 50}, "good": {"": 8}, "all": {"": 10}}
	whole := stored{"a": {"": .8}, "b": {"": .6}, "c": {"": .5}, "d": {"": .9}, "euros": {"": 500}, "dollars": {"": 50}, "good": {"": 8}, "all": {"": 10}}
	tests := map[string]struct {
		query string
		store stored
		want  map[string]float64
	}{
		"of flows":                         {`{"level":"flow","measure":"revenueAtRisk","format":"latest"}`, whole, map[string]float64{"checkout": 300, "browse": 250, "gift": 5}},
		"is summed by currency":            {`{"measure":"revenueAtRisk","format":"latest"}`, whole, map[string]float64{"EUR": 550, "USD": 5}},
		"of cohorts":                       {`{"level":"flow","flows":["browse"],"measure":"revenueAtRisk","by":["region"],"format":"latest"}`, store, map[string]float64{"browse region=us": 30, "browse region=eu": 100}},
		"that is fixed is no one cohort's": {`{"level":"flow","flows":["checkout"],"measure":"revenueAtRisk","by":["region"],"format":"latest"}`, store, map[string]float64{"checkout region=us": math.NaN()}},
		"for 1,000 good requests":          {`{"level":"flow","measure":"cost","format":"latest"}`, whole, map[string]float64{"checkout": 36. / (8 * 3.6)}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			result, err := askCohorts(t, test.query, moneyCatalog(), test.store.answer)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]float64{}
			names, numbers := numbersOf(result)
			for i, m := range result.Members {
				if m.Flow == nil {
					names[i] = m.Currency
				}
				for _, column := range m.Columns {
					got[names[i]] = column[len(column)-1]
				}
			}
			if diff := cmp.Diff(test.want, got, cmpopts.EquateApprox(0, 1e-9), cmpopts.EquateNaNs()); diff != "" {
				t.Error(diff, numbers)
			}
		})
	}
}

func TestMoneyThatIsNotKnownIsNoted(t *testing.T) {
	tests := map[string]struct{ query, want string }{
		"a fixed amount for a cohort":         {`{"level":"flow","flows":["checkout"],"measure":"revenueAtRisk","by":["region"]}`, "its 1000 EUR / h is the amount of all users"},
		"an expression that yields no number": {`{"level":"flow","flows":["gift"],"measure":"revenueAtRisk"}`, "its money is unknown at all 2 points"},
	}
	for name, test := range tests {
		result, err := askCohorts(t, test.query, moneyCatalog(), stored{"a": {"": 1}, "b": {"": 1}, "d": {"": 1}, "good": {"": 8}, "all": {"": 10}}.answer)
		if err != nil {
			t.Fatal(err)
		}
		noted := false
		for _, n := range result.Notices {
			noted = noted || strings.Contains(n.Text, test.want)
		}
		if !noted {
			t.Errorf("%s: the notices are %v, want %q", name, result.Notices, test.want)
		}
	}
}
