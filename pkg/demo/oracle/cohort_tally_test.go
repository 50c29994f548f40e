package oracle

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

// leastFeature is how many points have to be compared with each feature in effect.
const leastFeature = 500

// features name what can be in effect at a point.
var features = []struct {
	how  how
	name string
}{
	{bySplit, "split"}, {byTwo, "split by two dimensions"}, {byTeam, "split by a label of flows"}, {byFilter, "filter"},
	{byExact, "exact series win"}, {byUnlabelled, "unlabelled speak in a gap"}, {byShared, "value that can't be split"},
	{byTiers, "weighted dimension"}, {byTiersLeft, "weighted, one without score"},
	{byFallback, "fallback"}, {byHolding, "score held"}, {byFallback | byHolding, "fallback and held"}, {byForgetting, "too old to be held"},
	{byTraffic, "weight by traffic"}, {byTrafficLeft, "traffic missing"},
	{byExpression, "weight by PromQL"}, {byExpressionLeft, "PromQL weight missing"},
}

// featureTally counts points by how they came about. It is safe for concurrent use.
type featureTally struct {
	mu          sync.Mutex
	points      int
	by, scoring [64]int
	// compared are the points by measure and level, and numbers those that are not null.
	compared, numbers map[string]int
}

// compare counts the numbers that were compared of a query.
func (t *featureTally) compare(q query, numbers column) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.compared == nil {
		t.compared, t.numbers = map[string]int{}, map[string]int{}
	}
	what := q.measure + " of " + q.level
	for _, x := range numbers {
		t.compared[what]++
		t.numbers[what] += one(known(x))
	}
}

// add counts the points of a member, all of which have some ways in common.
func (t *featureTally) add(points []told[verdict], way how) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range points {
		t.points++
		for k, f := range features {
			if (p.how|way)&f.how == f.how {
				t.by[k]++
				t.scoring[k] += one(known(p.of.score))
			}
		}
	}
}

// report prints the counts, also to the end of the file that CER_TRUTH_REPORT names, and fails where they are too low.
func (t *featureTally) report(tb testing.TB, catalogs uint64) {
	tb.Helper()
	var out strings.Builder
	fmt.Fprintf(&out, "%d catalogs with cohorts, %d points recomputed from raw samples; no point is excluded\n", catalogs, t.points)
	fmt.Fprintf(&out, "%-30s %10s %10s\n", "points with it in effect", "compared", "scored")
	for k, f := range features {
		fmt.Fprintf(&out, "%-30s %10d %10d\n", f.name, t.by[k], t.scoring[k])
		if t.by[k] < leastFeature {
			tb.Errorf("%s: %d points are too few", f.name, t.by[k])
		}
	}
	fmt.Fprintf(&out, "%-30s %10s %10s\n", "points by measure and level", "compared", "numbers")
	for _, q := range slices.Concat(cohortQueries, cohortMeasures) {
		if what := q.measure + " of " + q.level; q.format == timeseries {
			fmt.Fprintf(&out, "%-30s %10d %10d\n", what, t.compared[what], t.numbers[what])
			if t.numbers[what] < leastFeature {
				tb.Errorf("%s: %d numbers are too few", what, t.numbers[what])
			}
		}
	}
	tb.Log(out.String())
	appendReport(tb, out.String())
}
