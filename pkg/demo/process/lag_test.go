package process

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	simulator "github.com/cer-reliability/cer-datasource/pkg/demo/shop"
)

// paidDefinition holds what the payment provider's exporter counts against what checkout counts, so that either may be
// late.
const paidDefinition = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: paid }
spec:
  delay: 0s
  scrapeInterval: 15s
  window: 5m
  lookback: 1h
  trust: ['job=~"shop-checkout|psp-exporter"']
  policies:
    - { name: low, severity: page, when: score < 0.9 }
  flows:
    - name: checkout
      slis:
        - name: paid
          ratio: { good: 'psp_calls_total{outcome=~"ok|declined"}', total: 'http_requests_total{handler="/checkout",code=~"200|402|502"}' }
`

// paidSaid is the share of payments that succeed, as the store's engine says it.
const paidSaid = `clamp_max(sum(rate(psp_calls_total{outcome=~"ok|declined"}[WINDOW])) / sum(rate(http_requests_total{handler="/checkout",code=~"200|402|502"}[WINDOW])), 1)`

// TestTelemetryThatIsLate has the telemetry of the payment provider reach the store every 4 minutes, with all of what was
// scraped since. The present, which is that of the plugin's clock too, is so many minutes after the newest batch. With a
// delay the plugin stays behind that batch, however long the test takes: the delay is longer than its time limit.
func TestTelemetryThatIsLate(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Minute)
	const history, batch, delay = 130 * time.Minute, 4, 40 * time.Minute
	play := func(late int, batch time.Duration) story {
		begins := now.Add(-100*time.Minute - time.Duration(late)*time.Minute)
		return playUntil(t, now, history, []string{"checkout"}, simulator.Incident{Name: "batches", Service: "psp-exporter", From: begins, To: now.Add(time.Hour), Batch: batch})
	}
	sound := play(0, time.Nanosecond) // The same telemetry, at once.
	naiveStates, naiveScores := "", []float64{}
	for late := range batch {
		s := play(late, batch*time.Minute)
		naive := newSource(s.store.URL(), paidDefinition)
		delayed := newSource(s.store.URL(), strings.Replace(paidDefinition, "delay: 0s", "delay: 40m", 1))

		t.Run(fmt.Sprintf("%d minutes after a batch", late), func(t *testing.T) {
			t.Run("lag shows it", func(t *testing.T) {
				equal(t, "the lag", naive.newest(t, now, `{"level":"sli","slis":["paid"],"measure":"lag"`), float64(late)*60)
			})
			t.Run("the newest score is what the batches make of it", func(t *testing.T) {
				score := naive.newest(t, now, `{"level":"flow"`)
				equal(t, "the score", score, s.when(t, now, looking(paidSaid, "5m")))
				naiveScores = append(naiveScores, score)
				naiveStates += letters([]float64{naive.newest(t, now, `{"level":"flow","measure":"state"`)})
			})
			t.Run("with a delay scores are those of telemetry in time", func(t *testing.T) {
				frames := delayed.frames(t, query{refID: "A", json: `{"level":"flow"}`, from: now.Add(-30*time.Minute - delay), to: now, interval: time.Minute})
				asked := time.Now()
				points := times(frames)
				if newest := points[len(points)-1]; newest.After(asked.Add(-delay)) || len(points) < 25 {
					t.Fatalf("there are %d scores up to %s, at %s", len(points), newest, asked)
				}
				for i, score := range numbers(t, frames[0].Fields[1]) {
					equal(t, fmt.Sprintf("the score at %s", points[i]), score, sound.when(t, points[i], looking(paidSaid, "5m")))
					near(t, "the score", score, .98, 1)
				}
			})
			t.Run("with a delay states do not flap", func(t *testing.T) {
				if got := delayed.newest(t, now, `{"level":"flow","measure":"state"`); got != 0 {
					t.Errorf("the state is %v", got)
				}
				frames := delayed.frames(t, query{refID: "A", json: `{"level":"flow","measure":"state"}`, from: now.Add(-30*time.Minute - delay), to: now, interval: time.Minute})
				if got := letters(numbers(t, frames[0].Fields[1])); strings.ContainsAny(got, "tp.") {
					t.Errorf("the states are %s", got)
				}
			})
		})
	}
	// What came in within the newest five minutes stands for all of them: a fifth is missing each minute.
	for late, score := range naiveScores {
		near(t, fmt.Sprintf("the score %d minutes after a batch", late), score, 1-.2*float64(late)-.1, math.Min(1, 1-.2*float64(late)+.1))
	}
	if naiveStates != "1o1p1p1p" {
		t.Errorf("without a delay the states are %s as the minutes go by; they should flap for this test to show anything", naiveStates)
	}
}

// newest is the newest number at an instant of a query whose JSON is not closed.
func (s *source) newest(t *testing.T, at time.Time, json string) float64 {
	t.Helper()
	return s.number(t, at, json+`,"format":"latest"}`)
}

// when is the number that the store's engine says at an instant.
func (s story) when(t *testing.T, at time.Time, promQL string) float64 {
	t.Helper()
	return s.at(t, at.Sub(clock(0)).Minutes(), promQL)
}
