package findings

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// TestA12OddTimesAreRefused has ranges that no telemetry can be of: each measure refuses them in a sentence, and other queries of
// the data source go on.
func TestA12OddTimesAreRefused(t *testing.T) {
	from := noon.Add(-2 * time.Hour)
	tr := try(t, catalog(`
objective: 0.9
budgetWindow: 1h
events:
  - { name: deploys, kind: deployment, promql: 'changes(up[__window]) > 0' }
flows:
  - name: shop
    objective: 0.9
    slis:
      - { name: ok, objective: 0.9, component: availability, ratio: { bad: 'm_total{code="500"}', total: m_total } }`), nil,
		series{`m_total{code="200"}`, from, noon, 15 * time.Second, counter(from, 8)},
		series{`m_total{code="500"}`, from, noon, 15 * time.Second, counter(from, 2)})
	queries := []string{
		`"level": "flow"`, `"level": "flow", "format": "latest"`, `"level": "flow", "measure": "state"`, `"level": "flow", "measure": "burn", "window": "30m"`,
		`"level": "flow", "measure": "budget"`, `"format": "incidents"`, `"format": "events"`, `"format": "summary"`, `"format": "definition"`,
		`"level": "flow", "format": "table"`,
	}
	for name, times := range map[string][2]time.Time{
		"before 1970":              {time.Date(1969, 12, 31, 23, 0, 0, 0, time.UTC), time.Date(1969, 12, 31, 23, 30, 0, 0, time.UTC)},
		"from before 1970 to now":  {time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), noon},
		"in the year 10000":        {time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(10000, 1, 1, 1, 0, 0, 0, time.UTC)},
		"the largest milliseconds": {time.UnixMilli(math.MaxInt64 - 3_600_000), time.UnixMilli(math.MaxInt64)},
		"the least milliseconds":   {time.UnixMilli(math.MinInt64), time.UnixMilli(math.MinInt64 + 3_600_000)},
		"all of the milliseconds":  {time.UnixMilli(math.MinInt64), time.UnixMilli(math.MaxInt64)},
		"the zero time":            {time.Time{}, time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, query := range queries {
				for _, now := range []time.Time{noon, times[1]} {
					answer := tr.askAt(now, query, times[0], times[1], time.Minute)
					if answer.Error == nil || answer.Status != backend.StatusBadRequest || !strings.Contains(answer.Error.Error(), "choose a range between") {
						t.Errorf("%s: status %d, error %v", query, answer.Status, answer.Error)
					}
				}
			}
		})
	}
	tr.latest(`"level": "flow"`, noon).is(`flow="shop"`, .8)
}
