package expand_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
)

func TestLag(t *testing.T) {
	tests := map[string]struct {
		indicator cer.Indicator
		want      []string
	}{
		"of a ratio is that of its total": {cer.Ratio{Bad: `a{code="500"}`, Total: `a`}, []string{
			`time() - (max by (region) (timestamp(a{job="x"})) or max by (region) (max_over_time(timestamp(a{job="x"})[1h:5m])))`}},
		"of a ratio whose good events are another metric is that of both": {cer.Ratio{Good: `b`, Total: `a`}, []string{
			`time() - (max by (region) (timestamp(b{job="x"})) or max by (region) (max_over_time(timestamp(b{job="x"})[1h:5m])))`,
			`time() - (max by (region) (timestamp(a{job="x"})) or max by (region) (max_over_time(timestamp(a{job="x"})[1h:5m])))`}},
		"of a ratio whose good events may be absent is that of its total": {cer.Ratio{Good: `b`, Total: `a`, AbsentZero: true}, []string{
			`time() - (max by (region) (timestamp(a{job="x"})) or max by (region) (max_over_time(timestamp(a{job="x"})[1h:5m])))`}},
		"of a histogram is that of its count": {cer.Quantile{Histogram: `h`, Q: .5}, []string{
			`time() - (max by (region) (timestamp(h_count{job="x"})) or max by (region) (max_over_time(timestamp(h_count{job="x"})[1h:5m])))`}},
		"of a histogram that is native and classic is that of either": {cer.Quantile{Histogram: `moved`, Q: .5}, []string{
			`time() - (max by (region) ((timestamp(moved{job="x"}) or timestamp(moved_count{job="x"}))) or max by (region) (max_over_time((timestamp(moved{job="x"}) or timestamp(moved_count{job="x"}))[1h:5m])))`}},
		"of an expression is asked for each selector": {cer.Value{PromQL: `sum(a offset 5m) / sum(rate(b[__window]))`}, []string{
			`time() - (max by (region) (timestamp(a{job="x"})) or max by (region) (max_over_time(timestamp(a{job="x"})[1h:5m])))`,
			`time() - (max by (region) (timestamp(b{job="x"})) or max by (region) (max_over_time(timestamp(b{job="x"})[1h:5m])))`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			facts := fixture.FactsOf(expand.HistogramSelector{Native: `moved{job="x"}`, Bucket: `moved_bucket{job="x"}`}, expand.Histogram{Native: true, Classic: true})
			ages, _, err := compile(t, test.indicator, `job="x"`).Lag(expand.Config{Window: time.Minute, By: []string{"region"}, Facts: facts})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, age := range ages {
				got = append(got, age.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
