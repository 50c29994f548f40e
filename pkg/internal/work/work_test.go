package work_test

import (
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/internal/work"
)

func TestSpend(t *testing.T) {
	b := work.NewBudget(10)
	for i, step := range []struct {
		steps int
		want  bool
	}{{4, true}, {6, true}, {0, true}, {1, false}, {0, false}} {
		if got := b.Spend(step.steps); got != step.want || b.Exhausted() == got {
			t.Errorf("step %d: Spend(%d) = %t, Exhausted() = %t, want %t", i, step.steps, got, b.Exhausted(), step.want)
		}
	}
	if b.Spent() != 11 {
		t.Errorf("Spent() = %d, want 11", b.Spent())
	}
}
