package findings

import (
	"fmt"
	"testing"
)

// Buckets that are called by their ranges, as VictoriaMetrics' libraries do, are read on any store.
func TestG6BucketsByRange(t *testing.T) {
	ranged := func(labels, vmrange string, perSecond float64) series {
		return twoHours(`d_seconds_bucket{`+labels+`vmrange="`+vmrange+`"}`, perSecond)
	}
	// 10 requests a second: 1 up to a nanosecond, 3 up to 100 ms, 4 to 113.6 ms, 1 to 10 s, 1 above.
	all := []series{
		ranged("", "0...1.000e-09", 1), ranged("", "8.799e-02...1.000e-01", 3), ranged("", "1.000e-01...1.136e-01", 4),
		ranged("", "8.799e+00...1.000e+01", 1), ranged("", "1.000e+18...+Inf", 1), twoHours("d_seconds_count", 10),
	}
	byCode := []series{
		ranged(`code="200",`, "1.000e-01...1.136e-01", 6), ranged(`code="200",`, "1.896e+00...2.154e+00", 2), ranged(`code="500",`, "1.000e-01...1.136e-01", 2),
	}
	slow := []series{ranged("", "8.799e+00...1.000e+01", 5)}
	fast := []series{ranged("", "8.799e-02...1.000e-01", 5)}
	edges := []series{
		twoHours(`d_seconds_bucket{job="old",le="0.1"}`, 5), twoHours(`d_seconds_bucket{job="old",le="1"}`, 10), twoHours(`d_seconds_bucket{job="old",le="+Inf"}`, 10),
	}
	milliseconds := []series{twoHours(`d_ms_bucket{vmrange="8.799e+01...1.000e+02"}`, 3), twoHours(`d_ms_bucket{vmrange="8.799e+02...1.000e+03"}`, 1)}
	other := []series{ranged("", "0...2.000e-01", 6), ranged("", "2.000e-01...4.000e-01", 4)}
	quantileOf := func(q float64) string {
		return fmt.Sprintf("quantile: { histogram: d_seconds, q: %g }, curve: { linear: { zero: 1s, one: 0s } }", q)
	}
	worlds(t, map[string]world{
		"at an end of ranges":                  {`latency: { histogram: d_seconds, under: 100ms }`, all, .4, ""},
		"above all but the last range":         {`latency: { histogram: d_seconds, under: 10s }`, all, .9, ""},
		"below all ranges but the lowest":      {`latency: { histogram: d_seconds, under: 10ms }`, all, .1, ""},
		"within a range":                       {`latency: { histogram: d_seconds, under: 106800us }`, all, .6, "interpolated between 0.1 and 0.1136"},
		"within ranges of another kind":        {`latency: { histogram: d_seconds, under: 300ms }`, other, .8, "interpolated between 0.2 and 0.4"},
		"all requests are slow":                {`latency: { histogram: d_seconds, under: 1s }`, slow, 0, ""},
		"all requests are fast":                {`latency: { histogram: d_seconds, under: 1s }`, fast, 1, ""},
		"in milliseconds":                      {`latency: { histogram: d_ms, under: 100ms }`, milliseconds, .75, ""},
		"good requests":                        {`latency: { histogram: d_seconds, under: 1s, good: ['code!~"5.."'] }`, byCode, .6, ""},
		"an apdex":                             {`apdex: { histogram: d_seconds, satisfied: 1s, tolerated: 4s }`, byCode, .9, ""},
		"beside buckets by edges":              {`latency: { histogram: d_seconds, under: 100ms }`, append(edges, fast...), 10. / 15, ""},
		"a quantile":                           {quantileOf(.5), other, .2 * 5 / 6, ""},
		"a quantile of buckets between others": {quantileOf(.8), []series{ranged("", "1.000e-01...2.000e-01", 5), ranged("", "4.000e-01...5.000e-01", 5)}, .46, ""},
		"no telemetry":                         {`latency: { histogram: d_seconds, under: 100ms }`, nil, nothing, ""},
	})
	spec := "objective: 0.99\nbudgetWindow: 1h\nflows:\n- name: shop\n  objective: 0.99\n  slis:\n  - name: s\n    objective: 0.99\n    latency: { histogram: d_seconds, under: 100ms }"
	tr := try(t, catalog(spec), nil, all...)
	tr.latest(`"measure": "burn", "level": "sli", "window": "1h"`, noon).is(`component="latency",flow="shop",sli="s"`, 60)
	tr.latest(`"measure": "budget", "level": "sli"`, noon).is(`component="latency",flow="shop",sli="s"`, -59)
	tr.healthSays("d_seconds has 5 buckets by vmrange")
}
