package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// A summary asks for what happened within its range only as far as a panel can wait for it, and notes what is missing.
func TestSummariesOfManyFlowsAskForNoMonthOfStates(t *testing.T) {
	var definition strings.Builder
	definition.WriteString("apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: many }\nspec:\n  objective: 0.95\n  flows:\n")
	for flow := range 250 {
		fmt.Fprintf(&definition, "    - { name: f%d, slis: [{ name: ok, component: availability, value: { promql: 'max(up)' } }] }\n", flow)
	}
	c := load(t, definition.String())
	for name, test := range map[string]struct {
		span  time.Duration
		notes bool
	}{"a month": {month, true}, "an hour": {time.Hour, false}} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			result, err := b.exec(t, b.engine(t, nil, 0), c, `{"format":"summary"}`, test.span)
			if err != nil || len(result.Summaries) != 1 {
				t.Fatalf("the summaries are %v (%v)", result, err)
			}
			is := func(text string) bool {
				return strings.Contains(text, "the summary leaves out some of what happened within the range")
			}
			if got := slices.ContainsFunc(texts(result), is); got != test.notes {
				t.Errorf("the notices are %q", texts(result))
			}
			if n := len(b.store.takeRequests()); test.notes && n > 10 {
				t.Errorf("%d requests are sent for two instants", n)
			}
		})
	}
}
