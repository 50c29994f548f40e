package process

import (
	"fmt"
	"testing"

	simulator "github.com/cer-reliability/cer-datasource/pkg/demo/shop"
)

// downsizingDefinition judges checkout for each class of customers in each region, and knows what it costs there.
const downsizingDefinition = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: downsizing }
spec:
  scrapeInterval: 15s
  window: 10m
  lookback: 2h
  trust: ['job="shop-checkout"']
  dimensions:
    - { name: region, values: [eu, us, ap] }
    - { name: tier, label: customer_tier, values: [premium, standard] }
  policies:
    - { name: slow-cohort, severity: page, by: [region, tier], when: 'component("latency").score < 0.6', for: 3m, keepFor: 5m }
  flows:
    - name: checkout
      objective: 0.95
      cost: { promql: 'sum(cloud_cost_per_hour{service="checkout"})', currency: EUR, trust: ['job="cloud-billing"'] }
      slis:
        - name: success
          key: true
          ratio: { bad: 'http_requests_total{handler="/checkout",code=~"5.."}', total: 'http_requests_total{handler="/checkout"}' }
        - name: p99
          quantile: { histogram: 'http_request_duration_seconds{handler="/checkout"}', q: 0.99 }
          curve: { linear: { zero: 5s, one: 1s } }
`

// p99Of is the p99 of checkout for some customers.
func p99Of(region, tier, window string) string {
	return fmt.Sprintf(`histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{handler="/checkout",region=~%q,customer_tier=~%q}[%s])))`,
		region, tier, window)
}

// TestADownsizingThatHurtsOneCohort saves a quarter of what checkout costs in eu in the minutes 60 to 90, and so makes 8 of
// 100 requests of premium customers there wait twenty times as long.
func TestADownsizingThatHurtsOneCohort(t *testing.T) {
	s := play(t, 130, []string{"checkout"},
		within(60, 90, simulator.Incident{Name: "fewer instances in eu", Service: "checkout", Region: "eu", Saving: .25}),
		within(60, 90, simulator.Incident{Name: "slow reports in eu", Service: "checkout", Region: "eu", Tier: "premium", Slowdown: 20, Tail: .08}))
	asked := newSource(s.store.URL(), downsizingDefinition)
	regions, tiers := []string{"eu", "us", "ap"}, []string{"premium", "standard"}

	t.Run("the tail of one cohort is slow, and that of all users is not", func(t *testing.T) {
		const measure = `{"level":"sli","slis":["p99"],"measure":"value"`
		for _, m := range []float64{55, 80, 115} {
			for _, region := range regions {
				for _, tier := range tiers {
					got := asked.told(t, m, measure+`,"by":["region","tier"]}`, "component=latency, flow=checkout, region="+region+", sli=p99, tier="+tier)
					equal(t, region+" "+tier, got, s.at(t, m, p99Of(region, tier, "10m")))
					want := [2]float64{.5, 2}
					if m == 80 && region == "eu" && tier == "premium" {
						want = [2]float64{4, 5}
					}
					near(t, fmt.Sprintf("p99 in %s for %s customers at minute %v", region, tier, m), got, want[0], want[1])
				}
			}
			// 8 % of 20 % of the half in eu are .8 % of all.
			got := asked.told(t, m, measure+`}`, "component=latency, flow=checkout, sli=p99")
			equal(t, "all users", got, s.at(t, m, p99Of(".*", ".*", "10m")))
			near(t, fmt.Sprintf("p99 of all users at minute %v", m), got, .5, 2)
		}
	})

	t.Run("its state is a page until the instances are back", func(t *testing.T) {
		for _, region := range regions {
			for _, tier := range tiers {
				states := asked.column(t, `{"level":"flow","measure":"state","by":["region","tier"]}`, "flow=checkout, region="+region+", tier="+tier, 30, 129)
				slow := make([]bool, len(states))
				for i, p99 := range s.each(t, 30, 129, p99Of(region, tier, "10m15s")) {
					slow[i] = share((5-p99)/4) < .6
				}
				if want := letters(decided(page, 3, 5, slow)); letters(states) != want {
					t.Errorf("the states in %s for %s customers are %s, want %s", region, tier, letters(states), want)
				}
				if region != "eu" || tier != "premium" {
					near(t, "the pages of "+region+" "+tier, float64(pages(states)), 0, 0)
					continue
				}
				// 1 % of the last ten minutes are slow once it is some 80 s of them with 8 %, and until some 80 s of that are
				// left; these are two or three requests.
				first, last := span(states, page, 30)
				near(t, "the first minute of the page", first, 63, 68)
				near(t, "the last minute of the page", last, 99, 106)
			}
		}
		for by, want := range map[string]string{"region": "flow=checkout, region=eu", "tier": "flow=checkout, tier=premium"} {
			if got := asked.told(t, 85, `{"level":"flow","measure":"state","by":["`+by+`"]}`, want); got != page {
				t.Errorf("by %s the state is %v", by, got)
			}
		}
		if got := asked.told(t, 85, `{"level":"flow","measure":"state","by":["region"]}`, "flow=checkout, region=us"); got != 0 {
			t.Errorf("in us the state is %v", got)
		}
	})

	t.Run("the incident names the cohort", func(t *testing.T) {
		all := asked.incidents(t, `{"level":"flow","format":"incidents"}`, 30, 129)
		if len(all) != 1 {
			t.Fatalf("there are %d incidents", len(all))
		}
		says(t, all[0].field("cohorts").(string), "region=eu", "tier=premium")
		says(t, all[0].field("policies").(string), `slow-cohort{region="eu", tier="premium"}`)
	})

	t.Run("what is saved can be told", func(t *testing.T) {
		const good = `sum(rate(http_requests_total{handler="/checkout",code!~"5..",region=%q}[10m]))`
		cost := func(m float64, region string) float64 {
			return asked.told(t, m, `{"level":"flow","measure":"cost","by":["region"]}`, "currency=EUR, flow=checkout, region="+region)
		}
		for m, perHour := range map[float64]map[string]float64{55: {"eu": 12, "us": 12, "ap": 12}, 80: {"eu": 9, "us": 12, "ap": 12}, 115: {"eu": 12, "us": 12, "ap": 12}} {
			for region, amount := range perHour {
				equal(t, "the cost of 1,000 good requests in "+region, cost(m, region), amount/(s.at(t, m, fmt.Sprintf(good, region))*3600)*1000)
			}
		}
		near(t, "what 1,000 good requests cost in eu, of what they did", cost(80, "eu")/cost(55, "eu"), .65, .85)
	})
}
