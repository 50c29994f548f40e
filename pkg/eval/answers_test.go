package eval_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// planUpTo plans a query of the fixture's shop for the hour up to an instant, asked at noon.
func planUpTo(t *testing.T, to time.Time) *plan.Plan {
	t.Helper()
	q, err := query.Parse([]byte(`{"level":"flow"}`))
	if err != nil {
		t.Fatal(err)
	}
	times := plan.Times{From: to.Add(-time.Hour), To: to, Interval: time.Minute, Now: noon, Scrape: 15 * time.Second}
	p, err := plan.Build(q, fixture.Compile(fixture.Shop()), times, fixture.Facts())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// An answer that got lost on the way is no range without instants, which has nothing to show.
func TestAnswersThatAreLackingAreABug(t *testing.T) {
	p := planUpTo(t, noon)
	for _, n := range []int{0, 1, len(p.Leaves) - 1} {
		result, err := eval.Evaluate(p, answersTo(p)[:n], nil)
		var invalid *query.Invalid
		if err == nil || !strings.Contains(err.Error(), "bug") || errors.As(err, &invalid) {
			t.Errorf("with %d answers for %d expressions the result is %v and the error %v, want one that says it is a bug", n, len(p.Leaves), result, err)
		}
	}
	if _, err := eval.Evaluate(p, answersTo(p), nil); err != nil {
		t.Errorf("with all answers: %v", err)
	}
}

func TestAPlanWithoutInstantsNeedsNoAnswers(t *testing.T) {
	p := planUpTo(t, noon.Add(48*time.Hour))
	if p.Range.Len() != 0 || len(p.Leaves) == 0 {
		t.Fatalf("the plan has %d instants and %d expressions", p.Range.Len(), len(p.Leaves))
	}
	result, err := eval.Evaluate(p, nil, nil)
	if err != nil || len(result.Members) > 0 {
		t.Errorf("the result is %+v and the error %v, want no members", result, err)
	}
}
