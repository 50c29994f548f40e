package process

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	simulator "github.com/cer-reliability/cer-datasource/pkg/demo/shop"
	gates "github.com/cer-reliability/cer-datasource/pkg/eval/gate"
)

// paymentDefinition compares the canary of the payment flow with what is stable.
const paymentDefinition = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: payment }
spec:
  objective: 0.95
  scrapeInterval: 15s
  window: 5m
  lookback: 2h
  trust: ['job=~"shop-.*"']
  dimensions:
    - { name: release, label: track }
  policies:
    - { name: bad-canary, severity: page, flows: { names: [payment] }, when: 'delta("release", "canary", "stable") < -0.1', for: 2m, keepFor: 5m }
    - { name: all-users, severity: page, when: score < 0.95, for: 2m }
  gates:
    - name: payment-canary
      flows: { names: [payment] }
      compare: { dimension: release, candidate: canary, baseline: stable }
      maxDrop: { success: 0.02, p99: 0.05 }
      minDuration: 10m
      require: score > 0.8
  flows:
    - name: payment
      weight: 2
      slis:
        - name: success
          weight: 4
          key: true
          ratio: { bad: 'http_requests_total{handler="/checkout",code=~"5.."}', total: 'http_requests_total{handler="/checkout"}' }
        - name: p99
          quantile: { histogram: 'http_request_duration_seconds{handler="/checkout"}', q: 0.99 }
          curve: { linear: { zero: 5s, one: 1s } }
    - name: search
      slis:
        - name: success
          ratio: { bad: 'http_requests_total{handler="/search",code=~"5.."}', total: 'http_requests_total{handler="/search"}' }
`

// paymentOf are the scores of payment for a release in the slices that end at some minutes, by what the store's engine
// says of success and p99.
func (s story) paymentOf(t *testing.T, release string, from, to float64) []float64 {
	t.Helper()
	of := func(format string) []float64 {
		return s.each(t, from, to, strings.ReplaceAll(format, "RELEASE", fmt.Sprintf(`handler="/checkout",track=~%q`, release)))
	}
	all := of(`sum(rate(http_requests_total{RELEASE}[5m15s]))`)
	bad := of(`sum(rate(http_requests_total{RELEASE,code=~"5.."}[5m15s])) or vector(0)`)
	p99 := of(`histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{RELEASE}[5m15s])))`)
	scores := make([]float64, len(all))
	for i := range scores {
		success := 1 - bad[i]/all[i]
		latency := share((5 - p99[i]) / (5 - 1))
		scores[i] = min(success, (4*success+latency)/5)
	}
	return scores
}

// TestABadCanary sends a tenth of the payments, in the minutes 60 to 80, to a canary that fails 3 of 10. Then it is
// rolled back.
func TestABadCanary(t *testing.T) {
	s := play(t, 110, []string{"checkout", "search"},
		within(60, 80, simulator.Incident{Name: "bad payment connector", Service: "checkout", Track: "canary", Errors: .3}))
	asked := newSource(s.store.URL(), paymentDefinition)

	t.Run("the canary is far off, and all users together hardly", func(t *testing.T) {
		const byRelease, measure = `{"level":"sli","flows":["payment"],"slis":["success"],"by":["release"]}`, "component=availability, flow=payment, release=%s, sli=success"
		const said = `1 - sum(rate(http_requests_total{handler="/checkout",code=~"5..",track=%q}[5m])) / sum(rate(http_requests_total{handler="/checkout",track=%[1]q}[5m]))`
		for release, want := range map[string][2]float64{"canary": {.6, .8}, "stable": {.985, 1}} {
			got := asked.told(t, 75, byRelease, fmt.Sprintf(measure, release))
			equal(t, release, got, s.at(t, 75, fmt.Sprintf(said, release)))
			near(t, release, got, want[0], want[1])
		}
		// A tenth of 30 % of the payments are 3 %, of two parts in three.
		before, during := asked.told(t, 55, `{"measure":"score"}`, ""), asked.told(t, 75, `{"measure":"score"}`, "")
		near(t, "the fall of the whole", before-during, .01, .03)
	})

	t.Run("the difference pages, and clears after the canary is rolled back", func(t *testing.T) {
		canary, stable := s.paymentOf(t, "canary", 20, 109), s.paymentOf(t, "stable", 20, 109)
		worse := make([]bool, len(canary))
		for i := range worse {
			worse[i] = canary[i]-stable[i] < -.1
		}
		states := asked.column(t, `{"level":"flow","flows":["payment"],"measure":"state"}`, "flow=payment", 20, 109)
		if want := letters(decided(page, 2, 5, worse)); letters(states) != want {
			t.Errorf("the states are %s, want %s", letters(states), want)
		}
		// 10 % of the canary's requests in five minutes fail after 100 s, and no more than that until 100 s are left of the
		// errors: that is true from about minute 62 until minute 83, and so a page from 64 until 88.
		first, last := span(states, page, 20)
		near(t, "the first minute of the page", first, 62, 66)
		near(t, "the last minute of the page", last, 86, 90)
	})

	t.Run("nobody is called for all users", func(t *testing.T) {
		for query, labels := range map[string]string{`{"measure":"state"}`: "", `{"level":"flow","flows":["search"],"measure":"state"}`: "flow=search"} {
			if got := letters(asked.column(t, query, labels, 20, 109)); got != "90o" {
				t.Errorf("the states of %q are %s", labels, got)
			}
		}
	})

	t.Run("the incident names the canary", func(t *testing.T) {
		all := asked.incidents(t, `{"level":"flow","flows":["payment"],"format":"incidents"}`, 20, 109)
		if len(all) != 1 {
			t.Fatalf("there are %d incidents", len(all))
		}
		// 300 of 1,000 of a tenth of the payments fail, and 2 of 1,000 of all others.
		if got := all[0].field("cohorts").(string); !strings.HasPrefix(got, "release=canary ") {
			t.Errorf("the cohorts that were hit are %s", got)
		}
		if got := all[0].field("policies"); got != "bad-canary" {
			t.Errorf("the policies are %v", got)
		}
	})

	t.Run("its gate fails within 8 minutes, and passes before", func(t *testing.T) {
		bad := asked.verdict(t, 60, 80)
		failed, err := time.Parse(time.RFC3339, bad.FailedAt)
		if bad.Verdict != "fail" || err != nil || failed.After(clock(68)) {
			t.Errorf("the gate answers %+v", bad)
		}
		if before := asked.verdict(t, 20, 58); before.Verdict != "pass" {
			t.Errorf("before the release is bad the gate answers %+v", before)
		}
		other := newSource(s.store.URL(), paymentDefinition)
		other.host = startPlugin(t)
		if again := other.verdict(t, 60, 80); !reflect.DeepEqual(again, bad) {
			t.Errorf("another plugin answers %+v, and this one %+v", again, bad)
		}
	})
}

// verdict is the answer of the gate of payments since a minute at another one.
func (s *source) verdict(t *testing.T, from, to float64) gates.Answer {
	t.Helper()
	path := fmt.Sprintf("gates/payment-canary?from=%s&to=%s", clock(from).Format(time.RFC3339), clock(to).Format(time.RFC3339))
	answer := s.resource(t, "Viewer", "POST", path, "")
	var v gates.Answer
	if err := json.Unmarshal(answer.Body, &v); err != nil || answer.Status != http.StatusOK {
		t.Fatalf("%d %s (%v)", answer.Status, answer.Body, err)
	}
	return v
}
