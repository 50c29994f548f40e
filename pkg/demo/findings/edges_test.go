package findings

import (
	"math"
	"testing"
	"time"
)

// durations are the series of a classic histogram with edges, of ten requests a second of which shares are at or under edges.
func durations(instance string, from, to time.Time, shares map[string]float64) []series {
	var all []series
	for le, share := range shares {
		all = append(all, series{`d_seconds_bucket{instance="` + instance + `",le="` + le + `"}`, from, to, 15 * time.Second, counter(from, 10*share)})
	}
	return all
}

// Edges before and after a bucket was added: 99.5 % of requests are at or under 0.3.
var (
	coarseEdges = map[string]float64{"0.1": .4, "0.5": .998, "1": 1, "+Inf": 1}
	fineEdges   = map[string]float64{"0.1": .4, "0.3": .995, "0.5": .998, "1": 1, "+Inf": 1}
)

// TestF2EdgesHoldForATime has a bucket that was added or removed: numbers of after it use the edges of after it, and those of
// before stay as they were.
func TestF2EdgesHoldForATime(t *testing.T) {
	definition := catalog(`
objective: 0.99
budgetWindow: 4d
flows:
  - name: shop
    objective: 0.99
    slis:
      - { name: fast, objective: 0.99, component: latency, latency: { histogram: d_seconds, under: 300ms } }
      - { name: median, component: latency, weight: 0, quantile: { histogram: d_seconds, q: 0.9 }, curve: { linear: { one: 0, zero: 1 } } }`)
	const fast, interpolated = `component="latency",flow="shop",sli="fast"`, (.4 + .998) / 2
	for name, ago := range map[string]time.Duration{"three days ago": 72 * time.Hour, "yesterday, between hours": 23*time.Hour + 17*time.Minute, "two hours ago": 2 * time.Hour} {
		t.Run("a bucket was added "+name, func(t *testing.T) {
			from, change := noon.Add(-5*24*time.Hour), noon.Add(-ago)
			tr := try(t, definition, nil, append(durations("a", from, change.Add(-15*time.Second), coarseEdges), durations("b", change, noon, fineEdges)...)...)
			tr.latest(`"level": "sli", "slis": ["fast"], "measure": "value"`, noon).isNear(fast, .995, 1e-6)
			tr.latest(`"level": "sli", "slis": ["fast"], "measure": "burn", "window": "1h"`, noon).isNear(fast, .5, 1e-4)
			tr.latest(`"level": "sli", "slis": ["median"], "measure": "value"`, noon).isNear(`component="latency",flow="shop",sli="median"`, .1+.2*(.9-.4)/(.995-.4), 1e-6)
			values := func(back time.Duration) map[time.Time]float64 {
				found := map[time.Time]float64{}
				times, numbers := tr.ask(`"level": "sli", "slis": ["fast"], "measure": "value", "window": "5m"`, noon.Add(-back), noon, 30*time.Minute).column(fast)
				for i, at := range times {
					found[at] = numbers[i]
				}
				return found
			}
			long, short := values(4*24*time.Hour), values(2*24*time.Hour)
			for at, v := range long {
				want := .995
				if at.Before(change) {
					want = interpolated
				}
				isNearChange := at.Sub(change).Abs() <= 11*time.Minute
				if !isNearChange && math.Abs(v-want) > 1e-6 {
					t.Errorf("at %s the value is %v, want %v", at, v, want)
				}
				if other, ok := short[at]; ok && other != v {
					t.Errorf("at %s the value is %v over four days, and %v over two", at, v, other)
				}
			}
		})
	}
	t.Run("a bucket was removed", func(t *testing.T) {
		from, change := noon.Add(-5*24*time.Hour), noon.Add(-26*time.Hour)
		tr := try(t, definition, nil, append(durations("a", from, change.Add(-15*time.Second), fineEdges), durations("b", change, noon, coarseEdges)...)...)
		tr.latest(`"level": "sli", "slis": ["fast"], "measure": "value"`, noon).isNear(fast, interpolated, 1e-6)
		tr.latest(`"level": "sli", "slis": ["fast"], "measure": "value"`, noon.Add(-30*time.Hour)).isNear(fast, .995, 1e-6)
	})
}
