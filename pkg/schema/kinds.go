package schema

import "github.com/cer-reliability/cer-datasource/pkg/cer"

// kinds are the kinds of SLIs and fallbacks, of which each has one.
var kinds = []Field{
	{string(cer.KindRatio), Ratio, "", "The share of good events, from counters."},
	{string(cer.KindLatency), Latency, "", "The share of requests at or under a duration, from a histogram."},
	{string(cer.KindApdex), Apdex, "", "Apdex, from a histogram: requests within satisfied count as 1, those within tolerated as a half."},
	{string(cer.KindQuantile), Quantile, "", "A quantile of a histogram in seconds, such as p99. It needs a curve."},
	{string(cer.KindValue), Value, "", "The result of an expression. It needs a curve unless it is in 0..1."},
	{string(cer.KindProbe), Probe, "", "The share of successful checks, from gauges that are 0 or 1."},
	{string(cer.KindRecorded), Recorded, "", "A share that another tool records, such as Sloth, Pyrra or Grafana SLO."},
}

// kindNames are the names of the kinds, shares those whose value is a share of good events.
var kindNames, shares = namesOfKinds()

func namesOfKinds() (all, shares []string) {
	for _, kind := range kinds {
		all = append(all, kind.Name)
		if cer.Kind(kind.Name).IsShare() {
			shares = append(shares, kind.Name)
		}
	}
	return all, shares
}

// Kinds returns the names of the kinds of SLIs.
func Kinds() []string { return kindNames }

// Ratio is a share of good events.
var Ratio = &Mapping{
	Name: "ratio", What: "a ratio", Doc: "The share of good events, by two of good, bad and total.",
	Fields: []Field{
		{"good", counter, "", "The selector of a counter of good events, to which rate and sum are added, or an expression in events per second over [__window]."},
		{"bad", counter, "", "The selector of a counter of bad events, or an expression in events per second over [__window]."},
		{"total", counter, "", "The selector of a counter of all events, or an expression in events per second over [__window]."},
		{"absent", Words{{"zero", "good or bad counts as 0 if it has no series and total has events."}}, "", "How a counter without series counts. Left out: as 0 if it has the metric of total, else as missing."},
	},
	rules: []object{
		notTogether("good", "bad", "total"),
		atLeastOne("good", "bad"),
		either(has("total"), has("good", "bad")),
	},
}

var counter = AnyOf{promQL, Sampled}

// Sampled is a counter of a part of the events.
var Sampled = &Mapping{
	Name: "sampledCounter", What: "a sampled counter", Doc: "A counter of a known share of the events, such as of sampled traces.",
	Fields: []Field{
		{"selector", promQL, "http_requests_total", "The selector of the counter."},
		{"samplingRate", number(above0, upTo1), "0.1", "The share of events that it counts, above 0 and up to 1."},
	},
}

var (
	histogram = Field{"histogram", promQL, "http_request_duration_seconds", "The selector of the histogram, without _bucket, classic or native."}
	good      = Field{"good", matchers, "", "Matchers of the requests that may count as good, such as ['code!~\"5..\"']. Left out: all of them."}
)

// Latency is a share of requests at or under a duration.
var Latency = &Mapping{
	Name: "latency", What: "a latency", Doc: "The share of requests at or under a duration.",
	Fields: []Field{
		histogram,
		{"under", fineSpan, "800ms", "The duration, such as 800ms. Bucket edges are exact, values in between are interpolated."},
		good,
	},
}

// Apdex is a share of requests of which tolerable ones count half.
var Apdex = &Mapping{
	Name: "apdex", What: "an apdex", Doc: "(satisfied + tolerating/2) / total.",
	Fields: []Field{
		histogram,
		{"satisfied", fineSpan, "300ms", "Up to this duration a request counts as 1."},
		{"tolerated", fineSpan, "", "Up to this duration a request counts as a half. Left out: four times satisfied."},
		good,
	},
}

// Quantile is a quantile of a histogram.
var Quantile = &Mapping{
	Name: "quantile", What: "a quantile", Doc: "A quantile of a histogram, in seconds.",
	Fields: []Field{
		histogram,
		{"q", share, "0.99", "Which quantile, between 0 and 1, such as 0.99 for p99."},
	},
}

// Value is what an expression yields.
var Value = &Mapping{
	Name: "value", What: "a value", Doc: "The result of an expression.",
	Fields: []Field{
		{"promql", promQL, "avg(queue_length)", "An expression with one series; ranges are written [__window]."},
	},
}

// Probe is a share of successful checks.
var Probe = &Mapping{
	Name: "probe", What: "a probe", Doc: "The share of successful synthetic checks.",
	Fields: []Field{
		{"selector", promQL, "probe_success{target=\"shop\"}", "The selector of gauges that are 0 or 1."},
	},
}

// Recorded is a share that another tool records.
var Recorded = &Mapping{
	Name: "recorded", What: "a recorded share", Doc: "A share that another tool records: ratio or errorRatio.",
	Fields: []Field{
		{"ratio", promQL, "", "The selector of a recorded share of good events, such as grafana_slo_sli_5m."},
		{"errorRatio", promQL, "", "The selector of a recorded share of bad events, such as slo:sli_error:ratio_rate5m."},
		{"total", promQL, "", "The events behind the share, in events per second, by which several series are weighted."},
	},
	rules: []object{exactlyOne("ratio", "errorRatio")},
}
