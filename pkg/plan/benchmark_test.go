package plan_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

func BenchmarkBuild(b *testing.B) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for _, flows := range []int{20, 1000} {
		catalog, facts := fixture.Compile(fixture.Flows(flows)), fixture.FactsOfFlows(flows)
		for _, json := range []string{`{}`, `{"measure":"budget"}`} {
			b.Run(fmt.Sprintf("%s of %d flows", json, flows), func(b *testing.B) {
				q, err := query.Parse([]byte(json))
				if err != nil {
					b.Fatal(err)
				}
				times := plan.Times{From: now.Add(-time.Hour), To: now, Interval: time.Minute, Now: now, Scrape: 30 * time.Second}
				b.ReportAllocs()
				for b.Loop() {
					if p, err := plan.Build(q, catalog, times, facts); p == nil {
						b.Fatal(err) // A budget of very many flows is refused once it is planned.
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*5*flows), "ns/SLI")
			})
		}
	}
}
