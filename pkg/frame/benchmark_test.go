package frame_test

import (
	"math"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/frame"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

func BenchmarkFrom(b *testing.B) {
	q, err := query.Parse([]byte(`{"level":"sli"}`))
	if err != nil {
		b.Fatal(err)
	}
	catalog := fixture.Flows(20)
	times := plan.Times{From: end.Add(-6 * time.Hour), To: end, Interval: 30 * time.Second, Now: end, Scrape: 30 * time.Second}
	p, err := plan.Build(q, fixture.Compile(catalog), times, fixture.FactsOfFlows(20))
	if err != nil {
		b.Fatal(err)
	}
	result := &eval.Result{Plan: p}
	numbers := 0
	for f := range catalog.Flows {
		for s := range catalog.Flows[f].SLIs {
			scores := make([]float64, p.Range.Len())
			for i := range scores {
				scores[i] = math.Mod(float64(i)*0.618, 1)
			}
			numbers += len(scores)
			result.Members = append(result.Members, eval.Member{Flow: &catalog.Flows[f], SLI: &catalog.Flows[f].SLIs[s],
				Columns: map[query.Measure][]float64{query.Score: scores}})
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		frame.From(&engine.Result{Result: result})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*numbers), "ns/number")
}
