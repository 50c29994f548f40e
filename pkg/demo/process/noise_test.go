package process

import (
	"testing"

	simulator "github.com/cer-reliability/cer-datasource/pkg/demo/shop"
)

// noisyDefinition judges the pages of products in slices of a minute, by the policies that are put in.
func noisyDefinition(policy string) string {
	return `
apiVersion: cer/v1
kind: Catalog
metadata: { name: noisy }
spec:
  scrapeInterval: 15s
  timeSliceWindow: 1m
  lookback: 2h
  trust: ['job="shop-browse"']
  policies:
    - { name: it, severity: page, ` + policy + ` }
  flows:
    - name: product
      objective: 0.99
      slis:
        - name: success
          objective: 0.99
          ratio: { bad: 'http_requests_total{handler="/product",code=~"5.."}', total: 'http_requests_total{handler="/product"}' }
`
}

// TestNoiseDoesNotPage has 4 of 10 requests fail for 15 seconds every 6 minutes from minute 60 to 120, which is 1.7 % of
// them and an annoyance; and half of all in the minutes 130 to 150, which is an outage.
func TestNoiseDoesNotPage(t *testing.T) {
	const blips = 10
	var incidents []simulator.Incident
	for k := range blips {
		at := 60 + 6*float64(k)
		incidents = append(incidents, within(at, at+.25, simulator.Incident{Name: "blip", Service: "browse", Errors: .4}))
	}
	incidents = append(incidents, within(130, 150, simulator.Incident{Name: "outage", Service: "browse", Errors: .5}))
	s := play(t, 170, []string{"browse"}, incidents...)

	// A minute with a blip in it loses 10 %, five of them 2 %, and an hour 1.7 %, beside the .12 % of a sound shop.
	success := s.each(t, 30, 169, `1 - sum(rate(http_requests_total{handler="/product",code=~"5.."}[1m15s])) / sum(rate(http_requests_total{handler="/product"}[1m15s]))`)
	tests := map[string]struct {
		policy      string
		holds, keep int
		// low is the score under which the condition is true; 0 for burn rates.
		low float64
		// noisy is how often it pages for the noise; first and last are the minutes of the page for the outage.
		noisy       int
		first, last [2]float64
	}{
		"a naive threshold flaps":              {"when: score < 0.97", 0, 0, .97, blips, [2]float64{130, 130}, [2]float64{149, 150}},
		"for and keepFor wait":                 {"when: score < 0.97, for: 3m, keepFor: 10m", 3, 10, .97, 0, [2]float64{133, 134}, [2]float64{160, 161}},
		"for alone does not page, but is rash": {"when: score < 0.97, for: 3m", 3, 0, .97, 0, [2]float64{133, 134}, [2]float64{149, 150}},
		// 3 % of an hour are lost once the outage has cost 1.5 % beside the noise, and 14.4 % once it has cost 13 %, which are
		// 16 minutes. The newest five minutes are without it from minute 155 on.
		"burn rates wait":                {`when: 'burn("1h") >= 3 && burn("5m") >= 3'`, 0, 0, 0, 0, [2]float64{131, 134}, [2]float64{153, 155}},
		"those of a share of the budget": {"burn: { budget: 2%, long: 1h }", 0, 0, 0, 0, [2]float64{144, 149}, [2]float64{153, 155}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			states := newSource(s.store.URL(), noisyDefinition(test.policy)).column(t, `{"level":"flow","measure":"state"}`, "flow=product", 30, 169)
			if test.low > 0 {
				low := make([]bool, len(success))
				for i := range low {
					low[i] = success[i] < test.low
				}
				if want := letters(decided(page, test.holds, test.keep, low)); letters(states) != want {
					t.Errorf("the states are %s, want %s", letters(states), want)
				}
			}
			const outage = 125 - 30
			if got := pages(states[:outage]); got != test.noisy {
				t.Errorf("the noise pages %d times, want %d: %s", got, test.noisy, letters(states))
			}
			if got := pages(states[outage:]); got != 1 {
				t.Errorf("the outage pages %d times: %s", got, letters(states))
			}
			first, last := span(states[outage:], page, 125)
			near(t, "the first minute of the page", first, test.first[0], test.first[1])
			near(t, "the last minute of the page", last, test.last[0], test.last[1])
		})
	}
}
