package findings

import (
	"fmt"
	"strconv"
	"testing"
)

// buckets are those of a histogram of ten requests a second: shares[i] of them are at or under edges[i].
func buckets(name string, edges []float64, shares []float64) []series {
	var all []series
	for i, edge := range edges {
		le := strconv.FormatFloat(edge, 'f', -1, 64)
		all = append(all, twoHours(fmt.Sprintf(`%s_bucket{le=%q}`, name, le), 10*shares[i]))
	}
	return append(all, twoHours(name+`_bucket{le="+Inf"}`, 10), twoHours(name+"_count", 10))
}

// The unit of a histogram is that of its name, or the one that is stated; bounds may be under a millisecond.
func TestF7UnitsOfHistograms(t *testing.T) {
	envoy := []float64{.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 5000, 3600000}
	quick := []float64{0, 0, 0, .01, .1, .3, .5, .9, .98, .99, 1, 1}
	micros := []float64{10, 100, 1000, 10000}
	fast := []float64{.00001, .5, .995, 1}
	worlds(t, map[string]world{
		"Envoy's milliseconds":        {`latency: { histogram: envoy_cluster_upstream_rq_time, under: 500ms }`, buckets("envoy_cluster_upstream_rq_time", envoy, quick), .98, ""},
		"Redis' microseconds":         {`latency: { histogram: redis_commands_latencies_usec, under: 1ms }`, buckets("redis_commands_latencies_usec", micros, fast), .995, ""},
		"microseconds, by 100us":      {`latency: { histogram: call_latency_microseconds, under: 100us }`, buckets("call_latency_microseconds", micros, fast), .5, ""},
		"nanoseconds that are said":   {`unit: ns, latency: { histogram: waits, under: 500us }`, buckets("waits", []float64{500000, 1e9}, []float64{.25, 1}), .25, ""},
		"half a millisecond":          {`latency: { histogram: d_seconds, under: 0.5ms }`, buckets("d_seconds", []float64{.0005, 1}, []float64{.75, 1}), .75, ""},
		"an apdex of microseconds":    {`apdex: { histogram: d_us, satisfied: 100us, tolerated: 1ms }`, buckets("d_us", micros, fast), .7475, ""},
		"a quantile in seconds":       {`curve: { linear: { zero: 0.5ms, one: 0 } }, quantile: { histogram: d_us, q: 0.5 }`, buckets("d_us", micros, []float64{0, .5, 1, 1}), .0001, ""},
		"a name that says nothing":    {`latency: { histogram: request_time, under: 500ms }`, buckets("request_time", envoy, quick), 0, "has no unit"},
		"seconds that were stated":    {`unit: s, latency: { histogram: batch_time, under: 2h }`, buckets("batch_time", []float64{3600, 7200, 10800}, []float64{.2, .6, 1}), .6, ""},
		"milliseconds by a dot's end": {`latency: { histogram: '{"http.server.duration.ms"}', under: 500ms }`, nil, nothing, ""},
	})
}
