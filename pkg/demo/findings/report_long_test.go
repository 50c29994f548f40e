package findings

import (
	"testing"
	"time"
)

// An incident may have begun long before a report first looks: its onset is looked for, as long as that may be, and it has a report in
// any case.
func TestReportsOfIncidentsThatBeganLongAgo(t *testing.T) {
	from := noon.Add(-45 * 24 * time.Hour)
	for name, test := range map[string]struct {
		days        int
		beganBefore bool
	}{"three days": {3, false}, "two weeks": {14, false}, "longer than is looked": {40, true}} {
		t.Run(name, func(t *testing.T) {
			broken := noon.Add(-time.Duration(test.days) * 24 * time.Hour)
			tr := try(t, catalog(`
policies: [{ name: low, severity: page, when: score < 0.7 }]
flows:
  - name: shop
    objective: 0.95
    slis: [{ name: ok, component: availability, value: { promql: max(share_ok) } }]`), nil,
				series{"share_ok", from, noon, time.Minute, func(at time.Time) float64 {
					if at.Before(broken) {
						return 1
					}
					return .4
				}})
			for _, start := range []string{"last", noon.Add(-time.Hour).Format(time.RFC3339), noon.Add(-50 * time.Hour).Format(time.RFC3339)} {
				r := tr.reportOf(noon, "shop/"+start)
				if r.BeganBefore != test.beganBefore || !r.Ongoing || !test.beganBefore && (r.Onset.Before(broken) || r.Onset.Sub(broken) > 10*time.Minute) {
					t.Errorf("%s began at %s (before: %t, ongoing: %t), want %s", start, r.Onset, r.BeganBefore, r.Ongoing, broken)
				}
			}
		})
	}
}
