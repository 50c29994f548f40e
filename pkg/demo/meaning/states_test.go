package meaning

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// What there can be of an SLI: what it scores where that is known, its coverage, and the start of what is said of it.
type state struct {
	score, coverage float64
	said            string
}

var (
	perfect = state{1, 1, ""}
	idle    = state{none, 1, "flow/sli: idle at this instant"}
	missing = state{none, 0, "flow/sli: no telemetry at this instant"}
)

// No errors, no traffic and no series look alike to many a query, and must not.
func TestNoErrorsNoTrafficAndNoSeriesAreToldApart(t *testing.T) {
	sameMetric := cer.Ratio{Bad: `requests_total{code="500"}`, Total: "requests_total"}
	otherMetric := cer.Ratio{Bad: "failures_total", Total: "requests_total"}
	whole := cer.Ratio{Bad: `sum(rate(requests_total{code="500"}[__window]))`, Total: `sum(rate(requests_total[__window]))`}
	latency := cer.LatencyShare{Histogram: "d", Unit: cer.Seconds, Under: time.Second}
	apdex := cer.Apdex{Histogram: "d", Unit: cer.Seconds, Satisfied: time.Second, Tolerated: 4 * time.Second}
	quantile := cer.Quantile{Histogram: "d", Unit: cer.Seconds, Q: .5}
	native := expand.Histogram{Native: true}
	quotient := cer.Value{PromQL: "sum(rate(ok_total[__window])) / sum(rate(all_total[__window]))"}
	undefined := strings.Repeat(" NaN", 21)
	const okAndAll = "ok_total %[1]s\nall_total %[1]s"
	tests := map[string]struct {
		indicator cer.Indicator
		series    string
		known     expand.Histogram
		want      state
	}{
		"ratio, no errors":                     {sameMetric, `requests_total{code="200"} 0+9x20`, expand.Histogram{}, perfect},
		"ratio, no traffic":                    {sameMetric, `requests_total{code="200"} 9+0x20`, expand.Histogram{}, idle},
		"ratio, no traffic, errors before":     {sameMetric, "requests_total{code=\"200\"} 9+0x20\nrequests_total{code=\"500\"} 3+0x20", expand.Histogram{}, idle},
		"ratio, no series":                     {sameMetric, ``, expand.Histogram{}, missing},
		"ratio, series that ended":             {sameMetric, `requests_total{code="200"} 0+9x10`, expand.Histogram{}, missing},
		"ratio of two metrics, no errors":      {otherMetric, "requests_total 0+9x20\nfailures_total 0+0x20", expand.Histogram{}, perfect},
		"ratio of two metrics, no error yet":   {otherMetric, "requests_total 0+9x20", expand.Histogram{}, missing},
		"ratio of two metrics, no traffic":     {otherMetric, "requests_total 9+0x20\nfailures_total 0+0x20", expand.Histogram{}, idle},
		"ratio of two metrics, no total":       {otherMetric, "failures_total 0+1x20", expand.Histogram{}, missing},
		"ratio of expressions, no errors":      {whole, `requests_total{code="200"} 0+9x20`, expand.Histogram{}, perfect},
		"ratio of expressions, no traffic":     {whole, `requests_total{code="200"} 9+0x20`, expand.Histogram{}, idle},
		"ratio of expressions, no series":      {whole, ``, expand.Histogram{}, missing},
		"latency, all fast":                    {latency, buckets("d", "", map[string]int{"1": 9, "+Inf": 9}), classic(1), perfect},
		"latency, no traffic":                  {latency, buckets("d", "", map[string]int{"1": 0, "+Inf": 0}), classic(1), idle},
		"latency, no series":                   {latency, ``, expand.Histogram{}, missing},
		"native latency, all fast":             {latency, `d {{schema:0}}+{{schema:0 sum:4 count:10 offset:-1 buckets:[4 6]}}x20`, native, perfect},
		"native latency, no traffic":           {latency, `d {{schema:0 sum:4 count:10 offset:-1 buckets:[4 6]}}x20`, native, idle},
		"native latency, no series":            {latency, ``, native, missing},
		"apdex, all satisfied":                 {apdex, buckets("d", "", map[string]int{"1": 9, "4": 9, "+Inf": 9}), classic(1, 4), perfect},
		"apdex, no traffic":                    {apdex, buckets("d", "", map[string]int{"1": 0, "4": 0, "+Inf": 0}), classic(1, 4), idle},
		"apdex, no series":                     {apdex, ``, expand.Histogram{}, missing},
		"quantile, all fast":                   {quantile, buckets("d", "", map[string]int{"2": 9, "4": 9, "+Inf": 9}), classic(2, 4), perfect},
		"quantile, no traffic":                 {quantile, buckets("d", "", map[string]int{"2": 0, "4": 0, "+Inf": 0}), classic(2, 4), idle},
		"quantile, no series":                  {quantile, ``, expand.Histogram{}, missing},
		"probe, all well":                      {cer.Probe{Selector: "probe_success"}, `probe_success 1x20`, expand.Histogram{}, perfect},
		"probe, no checks":                     {cer.Probe{Selector: "probe_success"}, ``, expand.Histogram{}, missing},
		"value, no errors":                     {quotient, fmt.Sprintf(okAndAll, "0+9x20"), expand.Histogram{}, perfect},
		"value, no traffic":                    {quotient, fmt.Sprintf(okAndAll, "9+0x20"), expand.Histogram{}, idle},
		"value, no series":                     {quotient, ``, expand.Histogram{}, missing},
		"value, no series for scalar()":        {cer.Value{PromQL: "vector(1) - scalar(sum(errors))"}, ``, expand.Histogram{}, missing},
		"recorded, no errors":                  {cer.Recorded{ErrorRatio: "slo:sli_error:ratio_rate5m"}, `slo:sli_error:ratio_rate5m 0x20`, expand.Histogram{}, perfect},
		"recorded, no traffic":                 {cer.Recorded{ErrorRatio: "slo:sli_error:ratio_rate5m"}, "slo:sli_error:ratio_rate5m" + undefined, expand.Histogram{}, idle},
		"recorded, no series":                  {cer.Recorded{ErrorRatio: "slo:sli_error:ratio_rate5m"}, ``, expand.Histogram{}, missing},
		"recorded with its events, no errors":  {cer.Recorded{ErrorRatio: "x:burnrate5m", Total: "requests_total"}, "x:burnrate5m 0x20\nrequests_total 0+9x20", expand.Histogram{}, perfect},
		"recorded with its events, no traffic": {cer.Recorded{ErrorRatio: "x:burnrate5m", Total: "requests_total"}, "x:burnrate5m" + undefined + "\nrequests_total 9+0x20", expand.Histogram{}, idle},
		"recorded with its events, no series":  {cer.Recorded{ErrorRatio: "x:burnrate5m", Total: "requests_total"}, "x:burnrate5m 0x20", expand.Histogram{}, missing},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			scored := evaluated(t, query.Score, test.series, test.indicator, test.known)
			near(t, scored.Members[0].Columns[query.Score][0], test.want.score)
			near(t, measured(t, query.Coverage, test.series, test.indicator, test.known), test.want.coverage)
			said := ""
			if len(scored.Notices) > 0 {
				said = scored.Notices[0].String()
			}
			if !strings.HasPrefix(said, test.want.said) || test.want.said == "" && said != "" {
				t.Errorf("it is said that %q, want %q", said, test.want.said)
			}
		})
	}
}

// What a kind does not allow is limited or dropped, and either is said.
func TestNumbersThatAKindDoesNotAllow(t *testing.T) {
	const (
		nothing = ""
		limited = "outside of 0..1 at this instant, and limited to it"
		dropped = "infinite or negative at this instant; counted as missing there"
	)
	requests := func(good, total string) cer.Ratio { return cer.Ratio{Good: good, Total: total} }
	share := func(series string) cer.Recorded { return cer.Recorded{Ratio: series} }
	tests := map[string]struct {
		indicator cer.Indicator
		series    string
		score     float64
		said      string
	}{
		"more good than all":                        {requests("good_total", "all_total"), "good_total 0+9x20\nall_total 0+6x20", 1, limited},
		"more bad than all":                         {cer.Ratio{Bad: "bad_total", Total: "all_total"}, "bad_total 0+9x20\nall_total 0+6x20", 0, limited},
		"good below 0":                              {requests("-sum(rate(all_total[__window]))", "all_total"), "all_total 0+6x20", 0, limited},
		"all below 0":                               {requests("all_total", "-sum(rate(all_total[__window]))"), "all_total 0+6x20", none, dropped},
		"infinitely many":                           {requests("all_total", "sum(rate(all_total[__window])) / 0"), "all_total 0+6x20", none, dropped},
		"infinitely many good":                      {requests("sum(rate(all_total[__window])) / 0", "all_total"), "all_total 0+6x20", none, dropped},
		"checks that are neither 0 nor 1":           {cer.Probe{Selector: "probe_success"}, "probe_success 2x20", 1, limited},
		"checks below 0":                            {cer.Probe{Selector: "probe_success"}, "probe_success -1x20", 0, limited},
		"a recorded share above 1":                  {share("grafana_slo_sli_5m"), "grafana_slo_sli_5m 1.2x20", 1, limited},
		"a recorded share below 0":                  {share("grafana_slo_sli_5m"), "grafana_slo_sli_5m -0.2x20", 0, limited},
		"a recorded share that is infinite":         {share("grafana_slo_sli_5m"), "grafana_slo_sli_5m" + strings.Repeat(" Inf", 21), none, dropped},
		"a value above 1 that is taken as it is":    {cer.Value{PromQL: "max(queue)"}, "queue 3x20", 1, limited},
		"a value below 0 that is taken as it is":    {cer.Value{PromQL: "max(queue)"}, "queue -3x20", 0, limited},
		"a value that is 1 but for rounding":        {cer.Value{PromQL: "(0.1 + 0.2) / 0.3"}, "", 1, nothing},
		"a value that is infinite":                  {cer.Value{PromQL: "max(queue) / 0"}, "queue 3x20", none, dropped},
		"a share that is 1 but for rounding":        {requests("3 * sum(rate(all_total[__window]))", "sum(rate(all_total[__window])) / 0.1 * 0.3"), "all_total 0+7x20", 1, nothing},
		"durations below 0, as of a clock set back": {cer.Quantile{Histogram: "d", Unit: cer.Seconds, Q: .5}, buckets("d", "", map[string]int{"-1": 9, "+Inf": 9}), none, dropped},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			result := evaluated(t, query.Score, test.series, test.indicator, classic(-1))
			near(t, result.Members[0].Columns[query.Score][0], test.score)
			if said := fmt.Sprint(result.Notices); !strings.Contains(said, test.said) || test.said == nothing && len(result.Notices) > 0 {
				t.Errorf("it is said that %s, want %q", said, test.said)
			}
		})
	}
}
