package expand_test

import (
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// exemplar is one of a series, which is written as pairs of labels.
func exemplar(value float64, pairs ...string) series.Exemplar {
	return series.Exemplar{Series: labels.FromStrings(pairs...), Value: value}
}

// TestExemplarsOfIndicators says for each kind of indicator what is asked for, and what became of observations.
func TestExemplarsOfIndicators(t *testing.T) {
	type judged struct {
		e    series.Exemplar
		want expand.Outcome
	}
	trust := []string{`job="shop"`}
	for name, test := range map[string]struct {
		indicator cer.Indicator
		filters   []expand.Filter
		slow      float64
		promQL    string
		judged    []judged
	}{
		"a latency asks for buckets and native series, and knows its bound": {
			indicator: cer.LatencyShare{Histogram: `d_ms{h="/a"}`, Unit: cer.Milliseconds, Under: 300 * time.Millisecond, Good: `code!~"5.."`},
			promQL:    `d_ms{h="/a",job="shop"} or d_ms_bucket{h="/a",job="shop"}`,
			judged: []judged{
				{exemplar(300, "__name__", "d_ms_bucket", "h", "/a", "job", "shop", "le", "300", "code", "200"), expand.Fine},
				{exemplar(300.5, "__name__", "d_ms_bucket", "h", "/a", "job", "shop", "le", "500", "code", "200"), expand.Slow},
				{exemplar(1, "__name__", "d_ms", "h", "/a", "job", "shop", "code", "503"), expand.Failed},
				{exemplar(1, "__name__", "d_ms_bucket", "h", "/b", "job", "shop"), ""},
				{exemplar(1, "__name__", "d_ms_bucket", "h", "/a", "job", "other"), ""},
				{exemplar(1, "__name__", "d_ms_bucket", "h", "/a"), ""},
				{exemplar(1, "__name__", "d_ms_count", "h", "/a", "job", "shop"), ""},
			}},
		"an Apdex is slow where it is not satisfied": {
			indicator: cer.Apdex{Histogram: "d", Unit: cer.Seconds, Satisfied: 200 * time.Millisecond, Tolerated: 800 * time.Millisecond},
			promQL:    `d{job="shop"} or d_bucket{job="shop"}`,
			judged: []judged{
				{exemplar(.2, "__name__", "d", "job", "shop"), expand.Fine}, {exemplar(.3, "__name__", "d", "job", "shop"), expand.Slow},
			}},
		"a quantile has the bound that is given": {
			indicator: cer.Quantile{Histogram: "d", Unit: cer.Seconds, Q: .99}, slow: 2, promQL: `d{job="shop"} or d_bucket{job="shop"}`,
			judged: []judged{
				{exemplar(2, "__name__", "d", "job", "shop"), expand.Fine}, {exemplar(2.1, "__name__", "d", "job", "shop"), expand.Slow},
			}},
		"a quantile without a bound decides nothing": {
			indicator: cer.Quantile{Histogram: "d", Unit: cer.Seconds, Q: .99}, promQL: `d{job="shop"} or d_bucket{job="shop"}`,
			judged: []judged{{exemplar(2, "__name__", "d", "job", "shop"), expand.Undecided}}},
		"of good and all events of a metric the others failed": {
			indicator: cer.Ratio{Good: `r_total{code!~"5.."}`, Total: `r_total`},
			filters:   []expand.Filter{{Label: "region", Values: []string{"eu"}}},
			promQL:    `r_total{code!~"5..",job="shop",region=~"eu|"} or r_total{job="shop",region=~"eu|"}`,
			judged: []judged{
				{exemplar(1, "__name__", "r_total", "job", "shop", "code", "200", "region", "eu"), expand.Fine},
				{exemplar(1, "__name__", "r_total", "job", "shop", "code", "500"), expand.Failed},
				{exemplar(1, "__name__", "r_total", "job", "shop", "code", "500", "region", "us"), ""},
			}},
		"bad events failed, and of another total nothing is known": {
			indicator: cer.Ratio{Bad: `bad_total`, Total: `r_total`}, promQL: `bad_total{job="shop"} or r_total{job="shop"}`,
			judged: []judged{
				{exemplar(1, "__name__", "bad_total", "job", "shop"), expand.Failed}, {exemplar(1, "__name__", "r_total", "job", "shop"), expand.Undecided},
			}},
		"good and bad events are what they are": {
			indicator: cer.Ratio{Good: `good_total`, Bad: `bad_total`}, promQL: `good_total{job="shop"} or bad_total{job="shop"}`,
			judged: []judged{
				{exemplar(1, "__name__", "bad_total", "job", "shop"), expand.Failed}, {exemplar(1, "__name__", "good_total", "job", "shop"), expand.Fine},
			}},
		"sums of rates are as their selectors": {
			indicator: cer.Ratio{Good: `sum(rate(r_total{code="200"}[__window])) + sum(rate(r_total{code="404"}[__window]))`, Total: `sum(rate(r_total[__window]))`},
			promQL:    `r_total{code="200",job="shop"} or r_total{code="404",job="shop"} or r_total{job="shop"}`,
			judged: []judged{
				{exemplar(1, "__name__", "r_total", "job", "shop", "code", "404"), expand.Fine}, {exemplar(1, "__name__", "r_total", "job", "shop", "code", "500"), expand.Failed},
			}},
		"of a difference nothing is known": {
			indicator: cer.Ratio{Bad: `sum(rate(r_total[__window])) - sum(rate(ok_total[__window]))`, Total: `sum(rate(r_total[__window]))`},
			promQL:    `r_total{job="shop"} or ok_total{job="shop"}`,
			judged:    []judged{{exemplar(1, "__name__", "r_total", "job", "shop"), expand.Undecided}}},
		"of a difference within a function nothing is known": {
			indicator: cer.Ratio{Bad: `clamp_min(sum(rate(r_total[__window])) - sum(rate(ok_total[__window])), 0)`, Total: `sum(rate(r_total[__window]))`},
			promQL:    `r_total{job="shop"} or ok_total{job="shop"}`,
			judged:    []judged{{exemplar(1, "__name__", "ok_total", "job", "shop"), expand.Undecided}}},
		"nor of a negation within one": {
			indicator: cer.Ratio{Bad: `clamp_min(-sum(rate(ok_total[__window])), 0)`, Total: `sum(rate(r_total[__window]))`},
			promQL:    `ok_total{job="shop"} or r_total{job="shop"}`,
			judged:    []judged{{exemplar(1, "__name__", "ok_total", "job", "shop"), expand.Undecided}}},
		"good buckets have those of all buckets up to their bound": {
			indicator: cer.Ratio{Good: `d_bucket{le="1"}`, Total: `d_count`}, promQL: `d_bucket{job="shop"} or d_count{job="shop"}`,
			judged: []judged{
				{exemplar(.2, "__name__", "d_bucket", "job", "shop", "le", "0.5"), expand.Fine},
				{exemplar(.9, "__name__", "d_bucket", "job", "shop", "le", "1.0"), expand.Fine},
				{exemplar(3, "__name__", "d_bucket", "job", "shop", "le", "5"), expand.Slow},
				{exemplar(9, "__name__", "d_bucket", "job", "shop", "le", "+Inf"), expand.Slow},
			}},
		"so have those up to a bound that some write with an exponent": {
			indicator: cer.Ratio{Good: `d_us_bucket{le="1000000"}`, Total: `d_us_count`}, promQL: `d_us_bucket{job="shop"} or d_us_count{job="shop"}`,
			judged: []judged{
				{exemplar(4e5, "__name__", "d_us_bucket", "job", "shop", "le", "500000"), expand.Fine},
				{exemplar(9e5, "__name__", "d_us_bucket", "job", "shop", "le", "1e+06"), expand.Fine},
				{exemplar(3e6, "__name__", "d_us_bucket", "job", "shop", "le", "5e+06"), expand.Slow},
			}},
		"of two matchers on bounds the lower one holds": {
			indicator: cer.Ratio{Good: `d_bucket{le=~"1|5",le="1"}`, Total: `d_count`}, promQL: `d_bucket{job="shop"} or d_count{job="shop"}`,
			judged: []judged{
				{exemplar(.9, "__name__", "d_bucket", "job", "shop", "le", "1"), expand.Fine}, {exemplar(3, "__name__", "d_bucket", "job", "shop", "le", "5"), expand.Slow},
			}},
		"buckets that are matched by no bounds decide nothing": {
			indicator: cer.Ratio{Good: `d_bucket{le!="+Inf"}`, Total: `d_count`}, promQL: `d_bucket{job="shop"} or d_count{job="shop"}`,
			judged: []judged{{exemplar(.2, "__name__", "d_bucket", "job", "shop", "le", "0.5"), expand.Undecided}}},
		"nor do those matched by a pattern": {
			indicator: cer.Ratio{Good: `d_bucket{le=~"0.*"}`, Total: `d_count`}, promQL: `d_bucket{job="shop"} or d_count{job="shop"}`,
			judged: []judged{{exemplar(.2, "__name__", "d_bucket", "job", "shop", "le", "0.5"), expand.Undecided}}},
		"nor do metrics without a name": {
			indicator: cer.Ratio{Good: `{__name__=~"r_.*",code="200"}`, Total: `{__name__=~"r_.*"}`}, promQL: `{__name__=~"r_.*",code="200",job="shop"} or {__name__=~"r_.*",job="shop"}`,
			judged: []judged{{exemplar(1, "__name__", "r_total", "job", "shop", "code", "200"), expand.Undecided}}},
		"nor does a product": {
			indicator: cer.Ratio{Good: `sum(rate(r_total{code="200"}[__window])) * sum(rate(k_total[__window]))`, Total: `sum(rate(r_total[__window]))`},
			promQL:    `r_total{code="200",job="shop"} or k_total{job="shop"} or r_total{job="shop"}`,
			judged:    []judged{{exemplar(1, "__name__", "r_total", "job", "shop", "code", "200"), expand.Undecided}}},
		"an expression of its own decides nothing": {
			indicator: cer.Value{PromQL: `histogram_quantile(0.75, sum by (le) (rate(d_bucket{p="x"}[__window])))`}, promQL: `d_bucket{job="shop",p="x"}`,
			judged: []judged{{exemplar(3, "__name__", "d_bucket", "job", "shop", "p", "x", "le", "5"), expand.Undecided}}},
		"a probe has none":          {indicator: cer.Probe{Selector: "probe_success"}},
		"a recorded share has none": {indicator: cer.Recorded{ErrorRatio: "slo:ratio", Total: "r_total"}},
		"a constant has none":       {indicator: cer.Value{PromQL: "vector(1)"}},
	} {
		t.Run(name, func(t *testing.T) {
			i, err := expand.Compile(test.indicator, trust)
			if err != nil {
				t.Fatal(err)
			}
			q, err := i.Exemplars(test.filters, test.slow)
			if err != nil || q == nil != (test.promQL == "") {
				t.Fatalf("the question is %v (%v)", q, err)
			}
			if q == nil {
				return
			}
			if got := q.Expr.String(); got != test.promQL {
				t.Errorf("asked for is %s, want %s", got, test.promQL)
			}
			for _, j := range test.judged {
				if got, ok := q.Judge(j.e); got != j.want || ok != (j.want != "") {
					t.Errorf("%s of %v is %q (%t), want %q", j.e.Series, j.e.Value, got, ok, j.want)
				}
			}
			if again, _ := i.Exemplars(nil, test.slow); len(test.filters) > 0 && again.Expr.String() == test.promQL {
				t.Error("the filters of a question stay in the indicator")
			}
		})
	}
}
