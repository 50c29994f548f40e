package findings

import (
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// What is computed by facts of partial answers is warned of, and by those of whole answers it is not.
func TestA2FactsOfPartialAnswersAreWarnedOf(t *testing.T) {
	const says = "the numbers may be wrong until all parts of the store answer"
	from := noon.Add(-3 * time.Hour)
	for name, test := range map[string]struct {
		sli, metric, asks, query string
	}{
		"how far apart samples are": {`ratio: { bad: errors_total, total: requests_total, absent: zero }`, "requests_total", "count_values", `"measure": "burn", "level": "flow"`},
		"budgets":                   {`ratio: { bad: errors_total, total: requests_total, absent: zero }`, "requests_total", "count_values", `"measure": "budget", "level": "flow"`},
		"buckets":                   {`latency: { histogram: d_seconds, under: 300ms }`, "d_seconds_bucket", "count by (le", `"measure": "score", "level": "flow"`},
		"states":                    {`ratio: { bad: errors_total, total: requests_total, absent: zero }`, "requests_total", "count_values", `"measure": "state", "level": "flow"`},
	} {
		t.Run(name, func(t *testing.T) {
			definition := catalog("objective: 0.9\nbudgetWindow: 1h\nflows:\n  - name: shop\n    slis: [{ name: ok, component: availability, " + test.sli + " }]")
			tr := try(t, definition, nil,
				series{`errors_total{job="a"}`, from, noon, 15 * time.Second, counter(from, 2)},
				series{`requests_total{job="a"}`, from, noon, 15 * time.Second, counter(from, 10)},
				series{`d_seconds_bucket{le="0.3"}`, from, noon, 15 * time.Second, counter(from, 8)},
				series{`d_seconds_bucket{le="+Inf"}`, from, noon, 15 * time.Second, counter(from, 10)},
				series{`job:ok:ratio{job="a"}`, from, noon, 15 * time.Second, constant(.8)},
				series{`job:requests:rate5m{job="a"}`, from, noon, 15 * time.Second, constant(10)})
			var hit atomic.Bool
			asks := func(_ string, form url.Values) bool {
				if !strings.HasPrefix(form.Get("query"), test.asks) {
					return false
				}
				hit.Store(true)
				return true
			}
			whole, p := tr.behindProxy(definition, map[string]any{"cacheBytes": 0})
			p.fault.Store(&fault{asks, withData(t, func(map[string]any) {})})
			if all := whole.latest(test.query, noon).notices(); strings.Contains(strings.Join(all, "\n"), says) || !hit.Load() {
				t.Errorf("whole answers are warned of, or none is about facts: %q", all)
			}
			partial, p := tr.behindProxy(definition, map[string]any{"cacheBytes": 0})
			p.fault.Store(&fault{asks, changed(t, func(answer map[string]any) { answer["warnings"] = []string{"store b: timeout"} })})
			partial.latest(test.query, noon).says(says)
			p.end(partial)
			if all := partial.latest(test.query, noon).notices(); strings.Contains(strings.Join(all, "\n"), says) {
				t.Errorf("it is warned of when all of the store answers: %q", all)
			}
		})
	}
}
