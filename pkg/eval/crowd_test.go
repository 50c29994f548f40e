package eval_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// crowded is a catalog of SLIs whose series each have a dimension of their own, and many cohorts of it.
func crowded(dimensions, values int) (*cer.Catalog, stored) {
	c := &cer.Catalog{Name: "crowd", Window: 5 * time.Minute, Aggregate: cer.Mean, Flows: []cer.Flow{{Name: "flow", Weight: 1}}}
	store := stored{}
	for d := range dimensions {
		name := fmt.Sprintf("d%d", d)
		c.Dimensions = append(c.Dimensions, cer.Dimension{Name: name, Label: name})
		c.Flows[0].SLIs = append(c.Flows[0].SLIs, share("m"+name))
		store["m"+name] = map[string]float64{}
		for v := range values {
			store["m"+name][fmt.Sprintf("%s=v%d", name, v)] = .5
		}
	}
	return c, store
}

// evaluateCrowd asks about a range that ends at noon.
func evaluateCrowd(q query.Query, c *cer.Catalog, store stored, from time.Time) (*eval.Result, error) {
	p, err := plan.Build(q, fixture.Compile(c), plan.Times{From: from, To: noon, Interval: time.Minute, Now: noon, Scrape: 15 * time.Second}, expand.Facts{})
	if err != nil {
		return nil, err
	}
	var answers []series.Answer
	for _, leaf := range p.Leaves {
		answers = append(answers, store.answer(leaf))
	}
	return eval.Evaluate(p, answers, nil)
}

func TestMoreCohortsThanAQueryMayAskForAreRefusedAtOnce(t *testing.T) {
	tests := map[string]struct {
		dimensions, values int
		q                  string
	}{
		"of dimensions that are combined": {4, 300, `{"by":["d0","d1","d2","d3"],"level":"flow","format":"latest"}`},
		"of one dimension":                {1, 30_000, `{"by":["d0"],"level":"flow","format":"latest"}`},
		"at many instants":                {2, 100, `{"by":["d0","d1"],"level":"flow"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c, store := crowded(test.dimensions, test.values)
			q, err := query.Parse([]byte(test.q))
			if err != nil {
				t.Fatal(err)
			}
			_, err = evaluateCrowd(q, c, store, noon.Add(-5*time.Hour))
			var refused *query.Invalid
			if !errors.As(err, &refused) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

// evaluationOfCohorts returns the evaluation of a query that is split into so many cohorts.
func evaluationOfCohorts(tb testing.TB, values int) func() {
	tb.Helper()
	c, store := crowded(1, values)
	q, err := query.Parse([]byte(`{"by":["d0"],"level":"flow","format":"latest"}`))
	if err != nil {
		tb.Fatal(err)
	}
	return func() {
		if result, err := evaluateCrowd(q, c, store, noon); err != nil || len(result.Members) != values {
			tb.Fatalf("%d members, %v", len(result.Members), err)
		}
	}
}

// How long they take is measured by BenchmarkCohorts.
func TestManyCohortsTakeLinearSpace(t *testing.T) {
	const few, many = 500, 10_000
	fewAllocs, manyAllocs := testing.AllocsPerRun(1, evaluationOfCohorts(t, few)), testing.AllocsPerRun(1, evaluationOfCohorts(t, many))
	if manyAllocs > fewAllocs*many/few*1.5 {
		t.Errorf("%d cohorts allocate %g times, and %d %g times", few, fewAllocs, many, manyAllocs)
	}
}

// The time of a cohort is the same among few and among many.
func BenchmarkCohorts(b *testing.B) {
	for _, values := range []int{500, 10_000} {
		b.Run(fmt.Sprint(values), func(b *testing.B) {
			evaluate := evaluationOfCohorts(b, values)
			b.ReportAllocs()
			for b.Loop() {
				evaluate()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*values), "ns/cohort")
		})
	}
}
