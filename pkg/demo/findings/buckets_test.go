package findings

import "testing"

// Buckets are found by any spelling of their edges, and a failed request is never fast.
func TestG4BucketsBySpellingAndGoodRequests(t *testing.T) {
	bucketsOf := func(code, le string, perSecond float64) series {
		return twoHours(`d_seconds_bucket{code="`+code+`",le="`+le+`"}`, perSecond)
	}
	dotted := []series{
		bucketsOf("200", "0.5", 4), bucketsOf("200", "1.0", 7), bucketsOf("200", "2.0", 8), bucketsOf("200", "+Inf", 8), twoHours(`d_seconds_count{code="200"}`, 8),
		bucketsOf("500", "0.5", 2), bucketsOf("500", "1.0", 2), bucketsOf("500", "2.0", 2), bucketsOf("500", "+Inf", 2), twoHours(`d_seconds_count{code="500"}`, 2),
	}
	plain := []series{
		bucketsOf("200", "0.5", 4), bucketsOf("200", "1", 7), bucketsOf("200", "2", 8), bucketsOf("200", "+Inf", 8), twoHours(`d_seconds_count{code="200"}`, 8),
	}
	failing := []series{bucketsOf("500", "0.5", 2), bucketsOf("500", "1.0", 2), bucketsOf("500", "+Inf", 2)}
	whole := `ratio: { good: 'sum(rate(d_seconds_bucket{le="1",code!~"5.."}[__window]))', total: 'sum(rate(d_seconds_count[__window]))' }`
	worlds(t, map[string]world{
		"1 on a store that spells 1.0":        {`ratio: { good: 'd_seconds_bucket{le="1",code!~"5.."}', total: d_seconds_count }`, dotted, .7, ""},
		"1.0 on a store that spells 1":        {`ratio: { good: 'd_seconds_bucket{le="1.0"}', total: 'd_seconds_bucket{le="+Inf"}' }`, plain, .875, ""},
		"in a whole expression":               {whole, dotted, .7, ""},
		"by a regular expression":             {`ratio: { good: 'd_seconds_bucket{le=~"1",code!~"5.."}', total: d_seconds_count }`, dotted, .7, ""},
		"in a value":                          {`value: { promql: 'sum(rate(d_seconds_bucket{le="1",code!~"5.."}[__window])) / sum(rate(d_seconds_count[__window]))' }`, dotted, .7, ""},
		"a latency with good":                 {`latency: { histogram: d_seconds, under: 1s, good: ['code!~"5.."'] }`, dotted, .7, ""},
		"a latency without":                   {`latency: { histogram: d_seconds, under: 1s }`, dotted, .9, ""},
		"interpolated":                        {`latency: { histogram: d_seconds, under: 750ms, good: ['code!~"5.."'] }`, dotted, .55, ""},
		"an apdex with good":                  {`apdex: { histogram: d_seconds, satisfied: 500ms, tolerated: 2s, good: ['code!~"5.."'] }`, dotted, .6, ""},
		"all requests fail":                   {`latency: { histogram: d_seconds, under: 1s, good: ['code!~"5.."'] }`, failing, 0, ""},
		"no telemetry of a latency with good": {`latency: { histogram: d_seconds, under: 1s, good: ['code!~"5.."'] }`, nil, nothing, ""},
	})
}
