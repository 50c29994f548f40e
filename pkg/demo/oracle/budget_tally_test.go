package oracle

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
)

// leastBudgets is how many numbers have to be compared of each measure at each level, and with each feature.
const leastBudgets = 25

// budgetTally counts numbers. It is safe for concurrent use.
type budgetTally struct {
	mu     sync.Mutex
	counts map[string]*budgetCount
	points int
}

// budgetCount is how many numbers were compared, and how many of them are null.
type budgetCount struct{ compared, null int }

// add counts a number for each of its features.
func (t *budgetTally) add(features []string, null bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.points++
	for _, feature := range features {
		c := t.counts[feature]
		if c == nil {
			c = &budgetCount{}
			t.counts[feature] = c
		}
		c.compared++
		c.null += one(null)
	}
}

// budgetFeatures lists what has to be compared.
func budgetFeatures() []string {
	var list []string
	for _, level := range []string{overall, "flow", "component", levelSLI} {
		for _, measure := range []string{left, burn, exhaustion} {
			list = append(list, measure+" of "+level)
		}
	}
	for _, method := range []string{"events", occurrences, timeslices, ratioTimeslices} {
		list = append(list, "by "+method)
	}
	for _, a := range []aggregate{mean, geometric, harmonic, minimum, product, loss} {
		list = append(list, "aggregate "+string(a))
	}
	return append(list, "over up to 6 h", "over more than 6 h", "over days", "slices off the multiples",
		"some slices idle", "all slices idle", "some slices missing", "with a key SLI", "overspent", "spacing stated", "spacing measured")
}

// report prints the counts, also to the end of the file that CER_TRUTH_REPORT names, and fails where they are too low.
func (t *budgetTally) report(tb testing.TB, catalogs uint64) {
	tb.Helper()
	var out strings.Builder
	fmt.Fprintf(&out, "%d catalogs with budgets, %d numbers equal those of Prometheus' subqueries; none is excluded\n", catalogs, t.points)
	fmt.Fprintf(&out, "%-26s %10s %10s\n", "numbers", "compared", "null")
	wanted := budgetFeatures()
	for _, feature := range slices.Sorted(maps.Keys(t.counts)) {
		if !slices.Contains(wanted, feature) {
			tb.Errorf("nobody counts %s", feature)
		}
	}
	for _, feature := range wanted {
		c := t.counts[feature]
		if c == nil {
			c = &budgetCount{}
		}
		fmt.Fprintf(&out, "%-26s %10d %10d\n", feature, c.compared, c.null)
		if c.compared < leastBudgets {
			tb.Errorf("%s: %d numbers are too few", feature, c.compared)
		}
	}
	tb.Log(out.String())
	appendReport(tb, out.String())
}
