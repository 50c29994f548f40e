package findings

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// Scores and values over more than a day are what budgets do not count as lost.
func TestG7ScoresAndValuesOverLongWindows(t *testing.T) {
	from := noon.Add(-12 * 24 * time.Hour)
	at := func(before time.Duration) time.Time { return noon.Add(-before) }
	// All fail for 12 hours of ten days, and so for .05 of them; for a sixth of two days.
	all := append(outages(from, noon, [2]time.Time{at(60 * time.Hour), at(56 * time.Hour)}, [2]time.Time{at(40 * time.Hour), at(32 * time.Hour)}),
		series{"p99_ms", from, noon, time.Minute, everyFive(1, 150, 50)})
	tr := try(t, catalog(`
objective: 0.9
budgetWindow: 10d
flows:
  - name: shop
    objective: 0.9
    slis:
      - { name: ok, component: availability, weight: 3, objective: 0.9, ratio: { bad: 'm_total{code="500"}', total: m_total }, minEvents: 9999 }
      - { name: fast, component: latency, weight: 1, objective: 0.9, value: { promql: 'max(p99_ms)' }, curve: { step: { at: 100, better: lower } } }`), minutely, all...)
	labels := map[string][]string{
		"overall": {""}, "flow": {`flow="shop"`}, "component": {`component="availability",flow="shop"`, `component="latency",flow="shop"`},
		"sli": {`component="availability",flow="shop",sli="ok"`, `component="latency",flow="shop",sli="fast"`},
	}
	for _, test := range []struct {
		window string
		back   time.Duration
		lost   float64 // of the requests
	}{
		{"10d", time.Hour, 12. / 240}, {"2d", time.Hour, 8. / 48}, {"25h", time.Hour, 0}, {"$__range", 240 * time.Hour, 12. / 240},
		{"${__range}", 40 * time.Hour, 8. / 40}, {"$__range", 29 * time.Hour, 0},
	} {
		t.Run(test.window+" of "+test.back.String(), func(*testing.T) {
			latest := func(level, measure string) answer {
				return tr.ask(fmt.Sprintf(`"format": "latest", "level": %q, "measure": %q, "window": %q`, level, measure, test.window), noon.Add(-test.back), noon, time.Minute)
			}
			for level, members := range labels {
				scores := map[string]float64{"": .75*(1-test.lost) + .25*.8, "ok": 1 - test.lost, "fast": .8}
				for i, member := range members {
					want := scores[""]
					if level == "component" || level == "sli" {
						want = []float64{scores["ok"], scores["fast"]}[i]
					}
					a := latest(level, "score")
					a.isNear(member, want, 1e-3)
					a.says("as error budgets count it")
				}
			}
			latest("sli", "value").isNear(labels["sli"][0], 1-test.lost, 1e-3)
		})
	}
	t.Run("as budgets count it, at each point", func(t *testing.T) {
		ask := func(measure string) []float64 {
			_, numbers := tr.ask(`"level": "flow", "window": "2d", "measure": "`+measure+`"`, noon.Add(-24*time.Hour), noon, 10*time.Minute).column(`flow="shop"`)
			return numbers
		}
		scores, burns := ask("score"), ask("burn")
		for i := range scores {
			if want := 1 - .1*burns[i]; math.Abs(scores[i]-want) > 1e-9 {
				t.Errorf("at point %d the score is %v, want %v", i, scores[i], want)
			}
		}
	})
	t.Run("longer than 90 days", func(*testing.T) {
		tr.latest(`"level": "flow", "window": "91d"`, noon).says("up to 90d")
		tr.latest(`"level": "flow", "measure": "coverage", "window": "2d"`, noon).says("up to 1d")
	})
}
