package process

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	simulator "github.com/cer-reliability/cer-datasource/pkg/demo/shop"
)

// loginDefinition judges logins in slices of a minute. What is not the provider's fault costs next to nothing: 1.2 of
// 1,000 logins fail in a sound shop.
const loginDefinition = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: login }
spec:
  scrapeInterval: 15s
  timeSliceWindow: 1m
  lookback: 2h
  trust: ['job="shop-login"']
  policies:
    - { name: fast-burn, severity: page, when: 'sli("success").burn("1h") >= 14.4 && sli("success").burn("5m") >= 14.4', keepFor: 5m }
  flows:
    - name: login
      objective: 0.95
      owner: identity-oncall
      runbook: https://runbooks.example/login
      slis:
        - name: success
          component: availability
          weight: 3
          key: true
          objective: 0.999
          ratio: { good: 'http_requests_total{handler="/login",code!~"5.."}', total: 'http_requests_total{handler="/login"}' }
        - name: provider
          component: dependency
          dependsOn: identity-provider
          weight: 1
          ratio: { bad: 'idp_calls_total{outcome="error"}', total: idp_calls_total }
        - name: cached
          component: dependency
          weight: 0
          value: { promql: 'sum(rate(auth_fallback_total[__window])) / sum(rate(idp_calls_total[__window]))' }
`

// TestAThirdPartyOutage takes the identity provider away in the minutes 60 to 100. From minute 80 on a cache answers in
// its place.
func TestAThirdPartyOutage(t *testing.T) {
	s := play(t, 130, []string{"login"},
		within(60, 100, simulator.Incident{Name: "identity provider down", Service: "idp", Errors: 1}),
		within(80, 130, simulator.Incident{Name: "cache stands in", Service: "login", Fallback: true}))
	asked := newSource(s.store.URL(), loginDefinition)
	const flow, success = `{"level":"flow"}`, `{"level":"sli","slis":["success"]}`

	t.Run("the success of logins falls, and the cache brings it back", func(t *testing.T) {
		const said, labels = `1 - sum(rate(http_requests_total{handler="/login",code=~"5.."}[5m])) / sum(rate(http_requests_total{handler="/login"}[5m]))`,
			"component=availability, flow=login, sli=success"
		// 6 % of the attempts are refused before the provider is asked, which is no failure.
		for m, want := range map[float64][2]float64{55: {.99, 1}, 70: {.03, .09}, 79: {.03, .09}, 90: {.99, 1}, 120: {.99, 1}} {
			got := asked.told(t, m, success, labels)
			equal(t, "the success", got, s.at(t, m, said))
			near(t, "the success", got, want[0], want[1])
		}
		const cached, fallback = `{"level":"sli","slis":["cached"],"measure":"value"}`, "component=dependency, flow=login, sli=cached"
		for m, want := range map[float64]float64{70: 0, 90: 1, 110: 0} {
			equal(t, "the share that the cache answers", asked.told(t, m, cached, fallback), want)
		}
	})

	t.Run("it pages within two minutes, and until ten minutes after the cache is switched on", func(t *testing.T) {
		// 51.84 s of an outage are 14.4 in an hour. It has lasted 75 s at minute 61, but the counters of what fails are born
		// with their first failures, of which nobody knows whether they are new: about the first scrape is lost, and 6 % of
		// the rest. The newest five minutes are without it from minute 85 on, and stay so until minute 90.
		if got := letters(asked.column(t, `{"level":"flow","measure":"state"}`, "flow=login", 40, 129)); got != "22o 28p 40o" {
			t.Errorf("the states are %s", got)
		}
	})

	t.Run("the incident says how long it took, and what it came from", func(t *testing.T) {
		all := asked.incidents(t, `{"level":"flow","format":"incidents"}`, 40, 129)
		if len(all) != 1 {
			t.Fatalf("there are %d incidents", len(all))
		}
		found := all[0]
		for field, want := range map[string]float64{"time": 61, "detected": 62, "recovered": 90, "timeEnd": 90} {
			equal(t, field, found.minuteOf(field), want)
		}
		equal(t, "the time to detect", found.field("timeToDetect").(float64), 60)
		equal(t, "the time to recover", found.field("timeToRecover").(float64), 29*60)
		for field, want := range map[string]string{"title": "Login: page", "owner": "identity-oncall", "runbook": "https://runbooks.example/login", "policies": "fast-burn"} {
			if got := found.field(field); got != want && !strings.EqualFold(got.(string), want) {
				t.Errorf("%s is %v, want %s", field, got, want)
			}
		}
		// 94 of 100 logins are lost for 20 minutes, and all calls of the provider for 30, of 3 and 1 parts.
		lost, calls := .94*20*3, 30.0
		shares := strings.Fields(found.field("slis").(string))
		if len(shares) != 4 || shares[0] != "success" || shares[2] != "provider" {
			t.Fatalf("the SLIs are %q", shares)
		}
		share, err := strconv.ParseFloat(strings.TrimSuffix(shares[1], "%,"), 64)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "the share of success in the loss", share, 100*lost/(lost+calls)-1, 100*lost/(lost+calls)+1)
		// (3 x 0.06 + 0)/4 at the worst, and 0.75 with the cache: 20 minutes and 10, of 5 % of the 129 that are known at the end.
		near(t, "the lowest score", found.field("lowestScore").(float64), .02, .07)
		spent := (20*(1-.045) + 10*.25) / (.05 * 129)
		near(t, "the budget spent", found.field("budgetSpent").(float64), spent*.97, spent*1.03)
	})

	t.Run("its report says the same, and which dependency failed", func(t *testing.T) {
		row := asked.incidents(t, `{"level":"flow","format":"incidents"}`, 40, 129)[0]
		path := "incidents/" + row.field("report").(string) + "?to=" + clock(129).UTC().Format(time.RFC3339)
		answer := asked.resource(t, "Viewer", http.MethodGet, path, "")
		var report struct {
			Onset, Detected, End                                  time.Time
			TimeToDetect, TimeToRecover, LowestScore, BudgetSpent *float64
			Questions                                             []string
		}
		if err := json.Unmarshal(answer.Body, &report); err != nil || answer.Status != http.StatusOK {
			t.Fatalf("%s answers with %d: %s", path, answer.Status, answer.Body)
		}
		for field, got := range map[string]time.Time{"time": report.Onset, "detected": report.Detected, "timeEnd": report.End} {
			equal(t, field, got.Sub(clock(0)).Minutes(), row.minuteOf(field))
		}
		for field, got := range map[string]*float64{"timeToDetect": report.TimeToDetect, "timeToRecover": report.TimeToRecover, "lowestScore": report.LowestScore, "budgetSpent": report.BudgetSpent} {
			if got == nil {
				t.Fatalf("%s is null", field)
			}
			equal(t, field, *got, row.field(field).(float64))
		}
		if want := "How did the dependency identity-provider fail, and did a fallback take over?"; !slices.Contains(report.Questions, want) {
			t.Errorf("it does not ask %q: %q", want, report.Questions)
		}
	})

	t.Run("the score tells that the provider is still down", func(t *testing.T) {
		for m, want := range map[float64][2]float64{55: {.99, 1}, 90: {.745, .75}, 110: {.99, 1}} {
			near(t, "the score", asked.told(t, m, flow, "flow=login"), want[0], want[1])
		}
	})
}
