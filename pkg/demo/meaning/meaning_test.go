package meaning

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/storage"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// at is the instant of every evaluation: 20 minutes into the series, which have a sample each minute.
var at = time.Unix(20*60, 0).UTC()

// none stands for no value.
var none = math.NaN()

// value loads series, in promtool's notation and with a sample a minute, and returns the value of an indicator over
// five minutes.
func value(t *testing.T, series string, indicator cer.Indicator, known expand.Histogram) float64 {
	t.Helper()
	return measured(t, query.Value, series, indicator, known)
}

// measured does that for any measure of an SLI.
func measured(t *testing.T, measure query.Measure, series string, indicator cer.Indicator, known expand.Histogram) float64 {
	t.Helper()
	return evaluated(t, measure, series, indicator, known).Members[0].Columns[measure][0]
}

// evaluated returns all that is said of an SLI.
func evaluated(t *testing.T, measure query.Measure, series string, indicator cer.Indicator, known expand.Histogram) *eval.Result {
	t.Helper()
	store := promqltest.LoadedStorage(t, "load 1m\n"+strings.TrimSpace(series))
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	sli := cer.SLI{Name: "sli", Component: cer.Latency, Weight: 1, Indicator: indicator, Curve: cer.Identity{}, Missing: cer.Ignore, Idle: cer.Ignore}
	catalog := &cer.Catalog{Name: "shop", Window: 5 * time.Minute, Aggregate: cer.Mean, Flows: []cer.Flow{{Name: "flow", Weight: 1, SLIs: []cer.SLI{sli}}}}
	facts := expand.Facts{}
	compiled := fixture.Compile(catalog)
	own, _ := compiled.IndicatorsOf(&catalog.Flows[0].SLIs[0])
	if selector, ok := own.Histogram(); ok {
		facts = fixture.FactsOf(selector, known)
	}
	q := query.Query{Measure: measure, Level: query.LevelSLI, Format: query.Latest, Window: query.WindowAuto}
	p, err := plan.Build(q, compiled, plan.Times{From: at, To: at, Now: at, Scrape: time.Minute}, facts)
	if err != nil {
		t.Fatal(err)
	}
	result, err := eval.Evaluate(p, ask(t, store, p.Leaves), nil)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// ask evaluates leaves on the real engine.
func ask(t *testing.T, store storage.Queryable, leaves []expand.Leaf) []series.Answer {
	t.Helper()
	engine := promqltest.NewTestEngine(t, false, 5*time.Minute, promqltest.DefaultMaxSamplesPerQuery)
	answers := make([]series.Answer, len(leaves))
	for i, leaf := range leaves {
		run, err := engine.NewInstantQuery(context.Background(), store, nil, leaf.Expr.String(), series.Time(leaf.Range.End))
		if err != nil {
			t.Fatal(leaf.Expr.String(), err)
		}
		result := run.Exec(context.Background())
		if result.Err != nil {
			t.Fatal(leaf.Expr.String(), result.Err)
		}
		answers[i] = answer(t, result.Value)
		run.Close()
	}
	return answers
}

// answer returns what fetching the result would give.
func answer(t *testing.T, value any) series.Answer {
	t.Helper()
	switch v := value.(type) {
	case promql.Scalar:
		return series.Answer{Series: []series.Series{{Values: []float64{series.Sample(v.V)}}}}
	case promql.Vector:
		var a series.Answer
		for _, sample := range v {
			if sample.H != nil {
				t.Fatal("a histogram came back where a number is needed")
			}
			a.Series = append(a.Series, series.Series{Labels: sample.Metric, Values: []float64{series.Sample(sample.F)}})
		}
		return a
	default:
		t.Fatalf("%T came back", value)
		return series.Answer{}
	}
}

func TestRatios(t *testing.T) {
	ratio := func(good, bad, total string) cer.Ratio { return cer.Ratio{Good: good, Bad: bad, Total: total} }
	tests := map[string]struct {
		series    string
		indicator cer.Indicator
		want      float64
	}{
		"a ratio of sums, not an average of ratios": {`
			ok_total{pod="a"} 0+90x20
			ok_total{pod="b"} 0+0x20
			all_total{pod="a"} 0+90x20
			all_total{pod="b"} 0+10x20`, ratio("ok_total", "", "all_total"), .9},
		"bad events are taken from 1": {`
			requests_total{code="200"} 0+95x20
			requests_total{code="500"} 0+5x20`, ratio("", `requests_total{code=~"5.."}`, "requests_total"), .95},
		"a counter reset loses nothing but the reset's step": {`
			ok_total 0+60x10 0+60x9
			all_total 0+60x10 0+60x9`, ratio("ok_total", "", "all_total"), 1},
		"errors of the same metric that never happened are 0": {`
			requests_total{code="200"} 0+95x20`, ratio("", `requests_total{code=~"5.."}`, "requests_total"), 1},
		"successes of the same metric that never happened are 0": {`
			requests_total{code="500"} 0+95x20`, ratio(`requests_total{code="200"}`, "", "requests_total"), 0},
		"errors of another metric that do not exist are missing": {`
			requests_total 0+95x20`, ratio("", `failures_total`, "requests_total"), none},
		"errors of another metric that do not exist are 0 where the definition says so": {`
			requests_total 0+95x20`, cer.Ratio{Bad: "failures_total", Total: "requests_total", AbsentZero: true}, 1},
		"counters sampled differently are scaled to all events": {`
			ok_total 0+45x20
			all_total 0+10x20`, cer.Ratio{Good: "ok_total", PartRate: .5, Total: "all_total", TotalRate: .1}, .9},
		"a share of errors as Sloth records it": {`
			slo:sli_error:ratio_rate5m{sloth_service="shop",sloth_slo="checkout"} 0.02x20`, cer.Recorded{ErrorRatio: `slo:sli_error:ratio_rate5m{sloth_slo="checkout"}`}, .98},
		"a share of errors as Pyrra records it": {`
			http_requests:burnrate5m{slo="checkout"} 0.03x20
			http_requests_total 0+95x20`, cer.Recorded{ErrorRatio: `http_requests:burnrate5m{slo="checkout"}`, Total: "http_requests_total"}, .97},
		"a share of successes as Grafana SLO records it": {`
			grafana_slo_sli_5m{grafana_slo_uuid="x"} 0.99x20`, cer.Recorded{Ratio: `grafana_slo_sli_5m{grafana_slo_uuid="x"}`}, .99},
		"recorded shares of which several match are no value": {`
			slo:sli_error:ratio_rate5m{sloth_slo="a"} 0.02x20
			slo:sli_error:ratio_rate5m{sloth_slo="b"} 0.04x20`, cer.Recorded{ErrorRatio: `slo:sli_error:ratio_rate5m`}, none},
		"no traffic is no value": {`
			requests_total{code="200"} 7+0x20`, ratio("", `requests_total{code=~"5.."}`, "requests_total"), none},
		"a total that does not exist is no value": {`
			ok_total 0+1x20`, ratio("ok_total", "", "all_total"), none},
		"whole expressions are summed": {`
			ok_total{pod="a"} 0+30x20
			ok_total{pod="b"} 0+50x20
			all_total{pod="a"} 0+50x20
			all_total{pod="b"} 0+50x20`, ratio("rate(ok_total[__window])", "", "rate(all_total[__window])"), .8},
		"checks that succeeded, over series and time": {`
			probe_success{from="a"} 1x20
			probe_success{from="b"} 1x16 0 0 1 1`, cer.Probe{Selector: "probe_success"}, .8},
		"a value is what the expression yields": {`
			lag_seconds{partition="0"} 3x20
			lag_seconds{partition="1"} 5x20`, cer.Value{PromQL: "max(max_over_time(lag_seconds[__window]))"}, 5},
		"a constant is a value": {``, cer.Value{PromQL: "1 - 0.25"}, .75},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			near(t, value(t, test.series, test.indicator, expand.Histogram{}), test.want)
		})
	}
}

// buckets prints a classic histogram whose requests per minute in each bucket are given, by the spelling of its edge.
func buckets(name, labels string, perMinute map[string]int) string {
	series, total := "", 0
	for le, count := range perMinute {
		series += fmt.Sprintf("%s_bucket{%sle=%q} 0+%dx20\n", name, labels, le, count)
		total = max(total, count)
	}
	return series + fmt.Sprintf("%s_count{%s} 0+%dx20\n", name, labels, total)
}

func classic(bounds ...float64) expand.Histogram {
	h := expand.Histogram{Classic: true}
	for _, b := range bounds {
		h.Edges = append(h.Edges, expand.Edge{Bound: b, Spellings: []string{fmt.Sprint(b)}})
	}
	return h
}

func TestReferenceApdex(t *testing.T) {
	// Of 288 requests 40 are at or under T, 200 more at or under 4T, and 48 are frustrated.
	series := buckets("d", "", map[string]int{"0.5": 40, "2": 240, "+Inf": 288})
	apdex := cer.Apdex{Histogram: "d", Unit: cer.Seconds, Satisfied: 500 * time.Millisecond, Tolerated: 2 * time.Second}
	near(t, value(t, series, apdex, classic(.5, 2)), 140.0/288)
}

func TestReferenceHistogramInterpolation(t *testing.T) {
	quantile := cer.Quantile{Histogram: "d", Unit: cer.Seconds, Q: .95}
	tests := map[string]struct {
		buckets map[string]int
		want    float64
	}{
		"a spike at 220 ms reads 295 ms with buckets .2 and .3":    {map[string]int{"0.1": 0, "0.2": 0, "0.3": 100, "0.45": 100, "+Inf": 100}, .295},
		"a spike at 320 ms reads 442.5 ms with buckets .3 and .45": {map[string]int{"0.1": 0, "0.2": 0, "0.3": 0, "0.45": 100, "+Inf": 100}, .4425},
		"above the highest finite edge it is that edge":            {map[string]int{"0.1": 0, "0.2": 0, "0.3": 0, "0.45": 0, "+Inf": 100}, .45},
		"no observations are no value":                             {map[string]int{"0.1": 0, "0.2": 0, "0.3": 0, "0.45": 0, "+Inf": 0}, none},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			near(t, value(t, buckets("d", "", test.buckets), quantile, classic(.1, .2, .3, .45)), test.want)
		})
	}
}

func TestLatency(t *testing.T) {
	under := func(d time.Duration) cer.LatencyShare {
		return cer.LatencyShare{Histogram: "d", Unit: cer.Seconds, Under: d}
	}
	counts := map[string]int{"0.5": 40, "1": 80, "2": 90, "+Inf": 100}
	tests := map[string]struct {
		series    string
		indicator cer.Indicator
		known     expand.Histogram
		want      float64
	}{
		"at an edge":                        {buckets("d", "", counts), under(time.Second), classic(.5, 1, 2), .8},
		"between edges":                     {buckets("d", "", counts), under(800 * time.Millisecond), classic(.5, 1, 2), .64},
		"under the first edge":              {buckets("d", "", counts), under(100 * time.Millisecond), classic(.5, 1, 2), .08},
		"above the last finite edge":        {buckets("d", "", counts), under(10 * time.Second), classic(.5, 1, 2), .9},
		"at an edge that nobody told about": {buckets("d", "", counts), under(time.Second), expand.Histogram{}, .8},
		"at an edge of which instances differ in spelling": {
			buckets("d", `pod="a",`, map[string]int{"1": 80, "+Inf": 100}) + buckets("d", `pod="b",`, map[string]int{"1.0": 100, "+Inf": 100}), under(time.Second),
			expand.Histogram{Classic: true, Edges: []expand.Edge{{Bound: 1, Spellings: []string{"1", "1.0"}}}}, .9},
		"in milliseconds": {buckets("d", "", map[string]int{"500": 40, "1000": 80, "+Inf": 100}),
			cer.LatencyShare{Histogram: "d", Unit: cer.Milliseconds, Under: 500 * time.Millisecond}, classic(500, 1000), .4},
		// Schema 0 has edges at the powers of 2: of 10 requests a minute 4 are in (1,2], 6 in (2,4].
		"of a native histogram at an edge": {`d {{schema:0}}+{{schema:0 sum:22 count:10 offset:1 buckets:[4 6]}}x20`, under(2 * time.Second), expand.Histogram{Native: true}, .4},
		"of a native histogram above all":  {`d {{schema:0}}+{{schema:0 sum:22 count:10 offset:1 buckets:[4 6]}}x20`, under(4 * time.Second), expand.Histogram{Native: true}, 1},
		"of a native histogram where both are known": {`d {{schema:0}}+{{schema:0 sum:22 count:10 offset:1 buckets:[4 6]}}x20
			` + buckets("d", "", map[string]int{"2": 1, "+Inf": 10}), under(2 * time.Second), expand.Histogram{Native: true, Classic: true, Edges: classic(2).Edges}, .4},
		"of a classic histogram where a native one is known but gone": {
			buckets("d", "", map[string]int{"2": 1, "+Inf": 10}), under(2 * time.Second), expand.Histogram{Native: true, Classic: true, Edges: classic(2).Edges}, .1},
		// Of 10 requests a minute of each native one 4 are at or under 2 s, and of the classic one's 30 there are 27.
		"of instances that are native, classic and both, each counted once": {`d{pod="n"} {{schema:0}}+{{schema:0 sum:22 count:10 offset:1 buckets:[4 6]}}x20
			d{pod="b"} {{schema:0}}+{{schema:0 sum:22 count:10 offset:1 buckets:[4 6]}}x20
			` + buckets("d", `pod="b",`, map[string]int{"2": 4, "+Inf": 10}) + buckets("d", `pod="c",`, map[string]int{"2": 27, "+Inf": 30}),
			under(2 * time.Second), expand.Histogram{Native: true, Classic: true, Edges: classic(2).Edges}, .7},
		"without requests": {buckets("d", "", map[string]int{"1": 0, "+Inf": 0}), under(time.Second), classic(1), none},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { near(t, value(t, test.series, test.indicator, test.known), test.want) })
	}
}

func TestLag(t *testing.T) {
	ratio := cer.Ratio{Good: "ok_total", Total: "all_total"}
	latency := cer.LatencyShare{Histogram: "d", Unit: cer.Seconds, Under: time.Second}
	both := expand.Histogram{Native: true, Classic: true}
	const nativeUpTo = "d {{schema:0}}+{{schema:0 sum:4 count:10 offset:-1 buckets:[4 6]}}x%d\n"
	tests := map[string]struct {
		indicator cer.Indicator
		known     expand.Histogram
		series    string
		want      float64
	}{
		"of fresh telemetry":                       {ratio, expand.Histogram{}, "ok_total 0+1x20\nall_total 0+1x20", 0},
		"of telemetry that the store still has":    {ratio, expand.Histogram{}, "ok_total 0+1x20\nall_total 0+1x17", 180},
		"of telemetry that went away":              {ratio, expand.Histogram{}, "ok_total 0+1x20\nall_total 0+1x8", 720},
		"of the total, where nothing was good yet": {ratio, expand.Histogram{}, "all_total 0+1x20", 0},
		"of what is good, and comes late":          {ratio, expand.Histogram{}, "ok_total 0+1x17\nall_total 0+1x20", 180},
		"of what is good, without any total":       {ratio, expand.Histogram{}, "ok_total 0+1x20", 0},
		"of the total, however old errors are":     {cer.Ratio{Bad: "bad_total", Total: "all_total"}, expand.Histogram{}, "bad_total 0+1x3\nall_total 0+1x20", 0},
		"of what never was":                        {ratio, expand.Histogram{}, "other_total 0+1x20", none},
		"of a classic histogram":                   {latency, classic(1), "d_count 0+1x17", 180},
		"of a native histogram":                    {latency, expand.Histogram{Native: true}, fmt.Sprintf(nativeUpTo, 17), 180},
		"of one that moved to native":              {latency, both, "d_count 0+1x3\n" + fmt.Sprintf(nativeUpTo, 19), 60},
		"of one that is native beside classic":     {latency, both, "d_count 0+1x19\n" + fmt.Sprintf(nativeUpTo, 19), 60},
		"of both, long ago":                        {latency, both, "d_count 0+1x3\n" + fmt.Sprintf(nativeUpTo, 8), 720},
		"of one that moved back to classic":        {latency, both, "d_count 0+1x18\n" + fmt.Sprintf(nativeUpTo, 3), 120},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			near(t, measured(t, query.Lag, test.series, test.indicator, test.known), test.want)
		})
	}
}

func near(t *testing.T, got, want float64) {
	t.Helper()
	if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > 1e-9 {
		t.Errorf("the value is %v, want %v", got, want)
	}
}
