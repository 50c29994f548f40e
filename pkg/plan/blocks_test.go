package plan_test

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
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

// TestBlocksOfOneKeyAreReadAlike asks for windows that begin at two instants of a block, in which samples came to be further apart at one of two
// times: whatever the query, the block is read as a whole, and its key says which expression is read where.
func TestBlocksOfOneKeyAreReadAlike(t *testing.T) {
	c := policed()
	c.Budget.Slice, c.Budget.Window = time.Minute, 23*time.Hour
	compiled := fixture.Compile(c)
	q, err := query.Parse([]byte(`{"level":"flow","measure":"budget","format":"latest"}`))
	if err != nil {
		t.Fatal(err)
	}
	type place struct {
		key    string
		number int64
	}
	read := map[place]string{}
	for _, change := range []time.Time{now.Add(-22 * time.Hour), now.Add(-21 * time.Hour)} {
		for _, to := range []time.Time{now, now.Add(-30 * time.Minute)} {
			times, facts := lastHour(), fixture.Facts()
			times.To, times.Overlap = to, 10*time.Minute
			facts.Spacings = map[string]expand.Timeline[expand.Spacing]{"requests_total": {
				{From: math.MinInt64, Value: expand.Spacing{"shop": 15 * time.Second}}, {From: change.UnixMilli(), Value: expand.Spacing{"shop": time.Minute}}}}
			p, err := plan.Build(q, compiled, times, facts)
			if err != nil {
				t.Fatal(err)
			}
			keys := p.BlockKeys()
			for _, block := range p.Coarse.Blocks {
				var leaves []expand.LeafKey
				for _, leaf := range p.ForBlock(block).Leaves {
					leaves = append(leaves, leaf.Key())
				}
				at, text := place{keys(block), plan.BlockNumber(block)}, fmt.Sprint(leaves)
				if known, ok := read[at]; ok && known != text {
					t.Errorf("the block %s is read by\n%s\nand with the same key by\n%s", block, known, text)
				}
				read[at] = text
			}
		}
	}
	if len(read) != 6 { // There are five, the first of which changes at two times.
		t.Errorf("there are %d blocks, want 6", len(read))
	}
}
