package plan_test

import (
	"errors"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// TestBlocksAreBounded asks about slices over times as long as a browser may send: what is too much to hold is refused
// before it is planned, and nothing is asked about where there is no instant.
func TestBlocksAreBounded(t *testing.T) {
	c := policed()
	c.Flows[0].SLIs[0].Objective = .99
	c.Budget.Slice, c.Budget.Window = time.Minute, 90*24*time.Hour
	const budget = `{"level":"flow","measure":"budget"}`
	year := 365 * 24 * time.Hour
	tests := map[string]struct {
		q       string
		back    time.Duration
		forth   time.Duration
		blocks  bool
		refused bool
	}{
		"an hour":                {q: budget, back: time.Hour, blocks: true},
		"a year":                 {q: budget, back: year, blocks: true},
		"sixty years":            {q: budget, back: 60 * year, refused: true},
		"three hundred years":    {q: budget, back: 250 * year, refused: true},
		"a year of the whole":    {q: `{"measure":"budget"}`, back: year, blocks: true},
		"a year of the SLIs":     {q: `{"level":"sli","measure":"burn","window":"90d"}`, back: year, blocks: true},
		"a time that is to come": {q: budget, back: -time.Hour, forth: 2 * time.Hour},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q, err := query.Parse([]byte(test.q))
			if err != nil {
				t.Fatal(err)
			}
			times := lastHour()
			times.From, times.To, times.Interval, times.Overlap = now.Add(-test.back), now.Add(test.forth), time.Hour, 10*time.Minute
			p, err := plan.Build(q, fixture.Compile(c), times, fixture.Facts())
			var invalid *query.Invalid
			switch {
			case test.refused && !errors.As(err, &invalid):
				t.Fatalf("it is not refused: %v", err)
			case test.refused:
				return
			case err != nil:
				t.Fatal(err)
			}
			if n := len(p.Coarse.Blocks); n > 0 != test.blocks {
				t.Errorf("it has %d blocks", n)
			}
		})
	}
}
