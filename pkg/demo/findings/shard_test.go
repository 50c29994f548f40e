package findings

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// The minutes of 25 days of so many flows are too many for one request, so that flows are asked for in shards.
func TestF13StatesInShardsKeepTheWarningsAndThePromQLOfAllShards(t *testing.T) {
	const flows = 70
	from := noon.Add(-time.Hour)
	var spec strings.Builder
	spec.WriteString("lookback: 1h\npolicies: [{ name: low, severity: page, when: score < 0.5 }]\nflows:")
	var all []series
	conflicting := []int{0, flows/2 - 1, flows / 2, flows - 1} // At the ends of the shards.
	for i := range flows {
		fmt.Fprintf(&spec, "\n  - name: f%d\n    slis: [{ name: depth, component: dependency, value: { promql: depth%[1]d } }]", i)
		queues := []string{"a"}
		if slices.Contains(conflicting, i) { // Of which warnings tell.
			queues = append(queues, "b")
		}
		for _, queue := range queues {
			all = append(all, series{fmt.Sprintf(`depth%d{queue=%q}`, i, queue), from, noon, time.Minute, constant(1)})
		}
	}
	tr := try(t, catalog(spec.String()), nil, all...)
	for _, query := range []string{`"measure": "state"`, `"measure": "state", "by": ["policy"]`, `"format": "incidents"`} {
		a := tr.ask(`"level": "flow", `+query, noon.Add(-25*24*time.Hour), noon, time.Hour)
		if a.Error != nil {
			t.Fatal(a.Error)
		}
		executed := a.Frames[0].Meta.ExecutedQueryString
		for _, i := range conflicting {
			if !strings.Contains(executed, fmt.Sprintf("depth%d", i)) {
				t.Errorf("%s: depth%d is not among the PromQL: %.200s", query, i, executed)
			}
			a.says(fmt.Sprintf("f%d/depth", i))
		}
	}
}
