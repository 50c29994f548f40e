package expand_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// askedOf are the leaves of some flows that share metrics: two ratios, two shares of durations and a quantile each.
func askedOf(flows int) []string {
	var asked []string
	for i := range flows {
		own := fmt.Sprintf(`handler="/flow%04d",job="shop"`, i)
		for _, code := range []string{``, `code!~"5..",`, `code=~"4..",`} {
			asked = append(asked, fmt.Sprintf(`sum(rate(http_requests_total{%s%s}[5m]))`, code, own))
		}
		for _, le := range []string{`+Inf`, `0.3`, `1`} {
			asked = append(asked, fmt.Sprintf(`sum(rate(http_request_duration_seconds_bucket{%s,le="%s"}[5m]))`, own, le))
		}
		asked = append(asked, fmt.Sprintf(`histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{%s}[5m])))`, own))
	}
	return asked
}

// answered is what a store has of the buckets of some flows at some instants.
func answered(flows, instants int) []series.Series {
	var all []series.Series
	for i := range flows {
		for k, le := range []string{"0.025", "0.05", "0.1", "0.2", "0.3", "0.5", "0.8", "1", "2", "5", "10", "+Inf"} {
			s := series.Series{Labels: labels.FromMap(map[string]string{"handler": fmt.Sprintf("/flow%04d", i), "le": le}), Values: make([]float64, instants)}
			for at := range s.Values {
				s.Values[at] = float64(k) + float64(at)/1e3
			}
			all = append(all, s)
		}
	}
	return all
}

func BenchmarkExpand(b *testing.B) {
	cfg := expand.Config{Window: 5 * time.Minute}
	for name, indicator := range map[string]cer.Indicator{
		"ratio":    cer.Ratio{Good: `http_requests_total{handler="/a",code!~"5.."}`, Total: `http_requests_total{handler="/a"}`},
		"latency":  cer.LatencyShare{Histogram: `http_request_duration_seconds{handler="/a"}`, Under: 300 * time.Millisecond},
		"quantile": cer.Quantile{Histogram: `http_request_duration_seconds{handler="/a"}`, Q: 0.99},
	} {
		b.Run(name, func(b *testing.B) {
			compiled, err := expand.Compile(indicator, []string{`job="shop"`})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := compiled.Expand(cfg); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The expressions are those of a new query, whose parts are not known yet.
func BenchmarkMerge(b *testing.B) {
	for _, flows := range []int{20, 1000} {
		b.Run(fmt.Sprintf("%d flows", flows), func(b *testing.B) {
			asked := parsed(b, askedOf(flows))
			fresh := make([]*expand.Expr, len(asked))
			b.ReportAllocs()
			for b.Loop() {
				for i, expr := range asked {
					fresh[i] = expr.Fresh()
				}
				if n := len(expand.Merge(fresh)); n != 2 {
					b.Fatalf("%d requests", n)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(asked)), "ns/leaf")
		})
	}
}

// BenchmarkMergeManyMatchers merges expressions with so many matchers that many subsets of them are looked for.
func BenchmarkMergeManyMatchers(b *testing.B) {
	var asked []string
	for i := range 1000 {
		var matchers []string
		for k := range 10 {
			matchers = append(matchers, fmt.Sprintf(`l%d="%d"`, k, (i+1)*(k+3)%7))
		}
		asked = append(asked, "sum(rate(r{"+strings.Join(matchers, ",")+"}[5m]))")
	}
	exprs := parsed(b, asked)
	b.ReportAllocs()
	for b.Loop() {
		expand.Merge(exprs)
	}
}

// The numbers are those that the store answers with.
func BenchmarkUnmerge(b *testing.B) {
	for _, flows := range []int{20, 1000} {
		b.Run(fmt.Sprintf("%d flows", flows), func(b *testing.B) {
			const instants = 100
			merged, answer := expand.Merge(parsed(b, askedOf(flows)))[1], answered(flows, instants)
			b.ReportAllocs()
			for b.Loop() {
				merged.Unmerge(answer)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(answer)*instants), "ns/number")
		})
	}
}
