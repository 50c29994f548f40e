package expand_test

import (
	"fmt"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// BenchmarkMerge merges the requests, errors and durations of flows that differ in their handler, and takes the
// answers apart.
func BenchmarkMerge(b *testing.B) {
	for _, flows := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("flows=%d", flows), func(b *testing.B) {
			var asked []string
			var answer []expand.Series
			for f := range flows {
				asked = append(asked, fmt.Sprintf(`sum(rate(r{h="/%d"}[5m]))`, f), fmt.Sprintf(`sum(rate(r{code=~"5..",h="/%d"}[5m]))`, f),
					fmt.Sprintf(`sum(rate(d_bucket{h="/%d",le="+Inf"}[5m]))`, f), fmt.Sprintf(`sum(rate(d_bucket{h="/%d",le="0.3"}[5m]))`, f))
				for _, code := range []string{"200", "404", "500"} {
					answer = append(answer, series([]float64{1}, "h", fmt.Sprintf("/%d", f), "code", code))
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				merged := expand.Merge(asked)
				if len(merged) != 2 {
					b.Fatalf("%d are asked, want 2", len(merged))
				}
				merged[0].Derive(answer)
			}
		})
	}
}
