package eval_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// events answers for an SLI that counts events: as many as the metric t says, of which the share that a says are good.
func (h *history) events(leaf expand.Leaf) series.Answer {
	values := make([]float64, leaf.Range.Len())
	for i := range values {
		minute := int(noon.Sub(leaf.Range.Time(i)) / time.Minute)
		values[i] = h.traffic(minute)
		if strings.Contains(leaf.Expr.String(), "(good_a)") {
			values[i] *= h.at("a", minute)
		}
	}
	return series.Answer{Series: []series.Series{{Values: values}}}
}

// traffic is how many events a second there are; none in half of the stretches.
func (h *history) traffic(minute int) float64 { return math.Floor(h.at("t", minute)*10) * 10 }

// of is what the slices of a window that ends some minutes before noon are counted as, by a method: slices that are
// known, or their events.
func (h *history) of(method cer.BudgetingMethod, before, slices int) float64 {
	sum := 0.0
	for k := range slices {
		switch at := before + k*slice; {
		case math.IsNaN(h.at("a", at)) && h.traffic(at) != 0, math.IsNaN(h.traffic(at)):
		case method == cer.Occurrences:
			sum += h.traffic(at)
		default:
			sum++
		}
	}
	return sum
}

// TestWhatIsSpentAddsUp asks for the burn rate over two adjacent windows and over both together: what is lost in the
// long one is what is lost in its parts, whatever the method, with slices that are idle and slices that are lost.
func TestWhatIsSpentAddsUp(t *testing.T) {
	const worlds = 300
	spent := 0
	for seed := range uint64(worlds) {
		random := rand.New(rand.NewPCG(seed, 4))
		h := &history{seed: seed, gaps: true, columns: map[string][]float64{}}
		method := cer.BudgetingMethods()[seed%3]
		level := []string{"sli", "flow"}[random.IntN(2)]
		c := eventCatalog()
		c.Budget.Method = method
		if level == "sli" { // Its events are counted, whatever the method.
			method = cer.Occurrences
		}
		recent, before := 1+random.IntN(36), 1+random.IntN(36)
		to := random.IntN(600)
		if recent+before > 72 || random.IntN(2) == 0 {
			recent, before, to = recent+72, before+72, to/slice*slice // Over six hours each, so that all slices are the same.
		}
		lost := func(from, slices int) float64 {
			text := fmt.Sprintf(`{"level":%q,"flows":["checkout"],"measure":"burn","window":"%dm","format":"latest"}`, level, slices*slice)
			until := time.Duration(from) * time.Minute
			burn := askOver(t, text, c, h.events, until+time.Hour, until, time.Minute).Members[0].Columns[query.Burn][0]
			if of := h.of(method, from, slices); of > 0 {
				return burn * .1 * of
			}
			return 0
		}
		parts := lost(to, recent) + lost(to+recent*slice, before)
		whole := lost(to, recent+before)
		if math.Abs(parts-whole) > 1e-9*max(1, whole) {
			t.Errorf("world %d, by %s at level %s: %v is lost in %d and %d slices, and %v in both together", seed, method, level, parts, recent, before, whole)
		}
		if whole > 0 {
			spent++
		}
	}
	if spent < worlds*9/10 {
		t.Errorf("something is lost in %d worlds only", spent)
	}
}
