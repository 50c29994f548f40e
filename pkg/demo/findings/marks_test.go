package findings

import (
	"fmt"
	"testing"
	"time"
)

// released returns a gauge that changes at some times.
func released(at ...time.Time) func(time.Time) float64 {
	return func(t time.Time) float64 {
		version := 1.0
		for _, release := range at {
			if !t.Before(release) {
				version++
			}
		}
		return version
	}
}

// An event is where it was, to the minute, however long the range and however far apart the points of a panel are.
func TestU3EventsAreReadEachMinute(t *testing.T) {
	at := func(before time.Duration) time.Time {
		return noon.Add(-before).Truncate(time.Minute).Add(20 * time.Second)
	}
	releases := []time.Time{at(100 * time.Hour), at(20*time.Hour + 40*time.Minute), at(4*time.Hour + 18*time.Minute), at(4*time.Hour + 8*time.Minute), at(3 * time.Hour)}
	for _, spacing := range []time.Duration{15 * time.Second, 30 * time.Second, time.Minute} {
		t.Run("samples each "+spacing.String(), func(t *testing.T) {
			tr := try(t, catalog(`
events: [{ name: deploys, kind: deployment, promql: 'changes(version[__window]) > 0' }]
maintenance: [{ name: works, promql: 'works' }]
flows:
  - name: shop
    slis: [{ name: ok, component: availability, value: { promql: 'max(up)' } }]`), nil,
				series{"version", noon.Add(-8 * 24 * time.Hour).Add(7 * time.Second), noon, spacing, released(releases...)},
				series{"works", noon.Add(-5 * time.Hour), noon.Add(-4*time.Hour - 53*time.Minute), spacing, constant(1)})
			for _, test := range []struct {
				back, step time.Duration
				want       []time.Time
			}{
				{6 * time.Hour, 15 * time.Second, releases[2:]},
				{6 * time.Hour, time.Minute, releases[2:]},
				{24 * time.Hour, 5 * time.Minute, releases[1:]},
				{7 * 24 * time.Hour, 30 * time.Minute, releases},
				{7 * 24 * time.Hour, 2 * time.Hour, releases},
				{30 * 24 * time.Hour, time.Hour, releases[1:]},
			} {
				a := tr.ask(`"format": "events"`, noon.Add(-test.back), noon, test.step)
				titles, from, to := field[string](a, "title"), field[time.Time](a, "time"), field[time.Time](a, "timeEnd")
				var found []string
				deploys := 0
				for i, title := range titles {
					found = append(found, fmt.Sprintf("%s from %s to %s", title, from[i], to[i]))
					if title == "works" {
						if d := from[i].Sub(noon.Add(-5 * time.Hour)); d < 0 || d > time.Minute {
							t.Errorf("over %s each %s the maintenance begins at %s", test.back, test.step, from[i])
						}
						continue
					}
					if deploys < len(test.want) {
						if d := from[i].Sub(test.want[deploys]); d < 0 || d > spacing+time.Minute || to[i].Sub(from[i]) > 3*time.Minute {
							t.Errorf("over %s each %s the release of %s is from %s to %s", test.back, test.step, test.want[deploys], from[i], to[i])
						}
					}
					deploys++
				}
				if deploys != len(test.want) || len(titles) != deploys+1 {
					t.Errorf("over %s each %s there are %d releases, want %d: %q", test.back, test.step, deploys, len(test.want), found)
				}
				if test.back > 7*24*time.Hour {
					a.says("newest 1d")
				}
			}
		})
	}
}
