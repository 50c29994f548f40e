package eval_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// answersTo makes up what a store has of the leaves of a plan: parts of events are below the total.
func answersTo(p *plan.Plan) []series.Answer {
	rng := rand.New(rand.NewPCG(1, 2))
	answers := make([]series.Answer, len(p.Leaves))
	for i, leaf := range p.Leaves {
		base := 100.0
		switch {
		case strings.Contains(leaf.Expr.String(), "quantile"):
			base = 0.5
		case strings.Contains(leaf.Expr.String(), "code"), strings.Contains(leaf.Expr.String(), "le=") && !strings.Contains(leaf.Expr.String(), "Inf"):
			base = 50
		}
		values := make([]float64, leaf.Range.Len())
		for k := range values {
			values[k] = base * (1 + 0.1*rng.Float64())
		}
		answers[i] = series.Answer{Series: []series.Series{{Labels: labels.FromMap(map[string]string{}), Values: values}}}
	}
	return answers
}

func BenchmarkEvaluate(b *testing.B) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		json string
		span time.Duration
		step time.Duration
	}{
		"score over 6 h":            {`{}`, 6 * time.Hour, 30 * time.Second},
		"scores of SLIs over 6 h":   {`{"level":"sli"}`, 6 * time.Hour, 30 * time.Second},
		"budget of 30 d over 7 d":   {`{"measure":"budget"}`, 7 * 24 * time.Hour, time.Hour},
		"burn of 3 d over 7 d":      {`{"measure":"burn","window":"3d"}`, 7 * 24 * time.Hour, time.Hour},
		"states of flows over 24 h": {`{"measure":"state","level":"flow"}`, 24 * time.Hour, time.Minute},
		"table of flows":            {`{"format":"table","level":"flow"}`, time.Hour, time.Minute},
	} {
		b.Run(name, func(b *testing.B) {
			q, err := query.Parse([]byte(tc.json))
			if err != nil {
				b.Fatal(err)
			}
			times := plan.Times{From: now.Add(-tc.span), To: now, Interval: tc.step, Now: now, Scrape: 30 * time.Second}
			p, err := plan.Build(q, fixture.Compile(fixture.Flows(20)), times, fixture.FactsOfFlows(20))
			if err != nil {
				b.Fatal(err)
			}
			answers, numbers := answersTo(p), 0
			for _, leaf := range p.Leaves {
				numbers += leaf.Range.Len()
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := eval.Evaluate(p, answers, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*numbers), "ns/number")
		})
	}
}
