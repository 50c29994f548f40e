package meaning

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/storage"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// writer draws expressions over the metrics a, b and c, whose series have the labels region, zone and pod.
type writer struct{ *rand.Rand }

func (w writer) pick(from ...string) string { return from[w.IntN(len(from))] }

// vector draws an expression of some depth at most.
func (w writer) vector(depth int) string {
	if depth == 0 {
		return w.pick("a", "b", "c", `a{pod="p"}`, `b{zone!="1"}`, "rate(a[__window])", "max_over_time(b[__window])", "a offset 2m")
	}
	inner := func() string { return "(" + w.vector(w.IntN(depth)) + ")" }
	switch w.IntN(9) {
	case 0, 1:
		return w.pick("sum", "max", "count", "avg", "stddev", "group") +
			w.pick(" ", " by (zone) ", " by (pod, zone) ", " without (pod) ", " by (region) ", " without (region) ", " by () ") + inner()
	case 2:
		return "quantile" + w.pick("", " by (zone) ") + "(0.5, " + inner() + ")"
	case 3:
		return inner() + w.pick(" + ", " / ", " > ", " == bool ", " - on (zone) ", " * on () ", " * on (zone) group_left () ",
			" / on (region, pod) ", " / ignoring (pod) group_right () ", " - ignoring (region) ", " * on (pod) group_left (region) ") + inner()
	case 4:
		return inner() + w.pick(" and ", " or ", " unless ", " and on (zone) ", " unless on () ", " or ignoring (pod) ", " unless ignoring (region) ") + inner()
	case 5:
		return inner() + w.pick(" * 2", " > 1", " ^ 0.5", " * time()")
	case 6:
		return w.pick("abs", "ln", "-", "sort", "timestamp") + inner()
	case 7:
		return "max_over_time(" + inner() + "[4m:1m])"
	default:
		return fmt.Sprintf(w.pick(`label_replace(%s, "zone", "$1", "pod", "(.*)")`, `label_replace(%s, "region", "x", "pod", "(.*)")`,
			`label_join(%s, "region", "-", "zone", "pod")`, "clamp(%s, 0, 3)", "topk(1, %s)", "topk(1, %s)", "bottomk by (region) (1, %s)", `count_values("v", %s)`, `count_values("v", %s)`,
			"scalar(%s) * a", "absent(%s)", "absent_over_time(%s[4m:1m])", "vector(scalar(%s))", "%s or vector(0)", "%s + hour()"), inner())
	}
}

// asked is what the engine says of an expression, by the labels of the series but for one; it fails where those are not
// distinct. Series of the value that is kept alone count, unless that is "".
func asked(store storage.Queryable, engine *promql.Engine, expr, keep string) (map[string]float64, error) {
	query, err := engine.NewInstantQuery(context.Background(), store, nil, expr, at)
	if err != nil {
		return nil, err
	}
	defer query.Close()
	vector, err := query.Exec(context.Background()).Vector()
	if err != nil {
		return nil, err
	}
	found := map[string]float64{}
	for _, sample := range vector {
		labels := sample.Metric.Map()
		if keep != "" && labels["region"] != keep {
			continue
		}
		delete(labels, "region")
		found[fmt.Sprint(labels)] = sample.F
	}
	return found, nil
}

// expressions is how many are drawn.
const expressions = 4000

// cohortSeries are the series of two regions, whose label is yet to be put in.
var cohortSeries = map[string]string{
	"eu": `
		a{%szone="1",pod="p"} 1+1x20
		a{%szone="2",pod="q"} 2+3x20
		b{%szone="1",pod="p"} 3 1 4 1 5 9 2 6 5 3 5 8 9 7 9 3 2 3 8 4 6
		b{%szone="2",pod="p"} 2 7 1 8 2 8 1 8 2 8 4 5 9 0 4 5 2 3 5 3 6
		c{%szone="1",pod="p"} 4x20`,
	"us": `
		a{%szone="1",pod="p"} 5+2x20
		a{%szone="1",pod="q"} 7+1x20
		a{%szone="2",pod="q"} 0+4x20
		b{%szone="1",pod="q"} 1 4 1 4 2 1 3 5 6 2 3 7 3 0 9 5 0 4 8 8 0
		c{%szone="1",pod="p"} 2x20
		c{%szone="2",pod="q"} 3x20`,
}

// loaded returns a store with series, which have the label region or not.
func loaded(t *testing.T, label bool, regions ...string) storage.Queryable {
	t.Helper()
	load := "load 1m"
	for _, region := range regions {
		own := ""
		if label {
			own = fmt.Sprintf("region=%q,", region)
		}
		load += strings.ReplaceAll(cohortSeries[region], "%s", own)
	}
	store := promqltest.LoadedStorage(t, load)
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// What an expression says of a cohort, once it is split, is what it says where there are the series of that cohort
// alone, and nothing tells of which cohort they are.
func TestASplitExpressionSaysOfACohortWhatItSaysOfThatAlone(t *testing.T) {
	engine := promqltest.NewTestEngine(t, false, 5*time.Minute, promqltest.DefaultMaxSamplesPerQuery)
	all := loaded(t, true, "eu", "us")
	alone := map[string]storage.Queryable{"eu": loaded(t, false, "eu"), "us": loaded(t, false, "us")}
	compared, shared := 0, map[string]int{}
	for seed := range uint64(expressions) {
		source := writer{rand.New(rand.NewPCG(seed, 4))}.vector(4)
		indicator, err := expand.Compile(cer.Value{PromQL: source}, nil)
		if err != nil {
			continue // It is no PromQL: types do not match.
		}
		whole, err := indicator.Expand(expand.Config{Window: 5 * time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		split, err := indicator.Expand(expand.Config{Window: 5 * time.Minute, By: []string{"region"}})
		if err != nil {
			t.Fatal(err)
		}
		if len(split.By) == 0 {
			shared[split.Shared]++
			continue
		}
		_, failed := asked(all, engine, whole.Forms[0].Parts[0].Expr.String(), "")
		want, unmatched := map[string]map[string]float64{}, failed != nil
		for region, store := range alone {
			want[region], err = asked(store, engine, whole.Forms[0].Parts[0].Expr.String(), "")
			unmatched = unmatched || err != nil // In itself it does not match series one to one.
		}
		for region := range want {
			if unmatched {
				continue
			}
			got, err := asked(all, engine, split.Forms[0].Parts[0].Expr.String(), region)
			if err != nil || !sameSeries(got, want[region]) {
				t.Fatalf("seed %d: %s\nsplit as %s\nsays of %s %v %v, alone it says %v", seed, source, split.Forms[0].Parts[0].Expr.String(), region, got, err, want[region])
			}
			compared += len(got)
		}
	}
	t.Logf("%d numbers of cohorts compared; expressions are shared for:\n%s", compared, strings.Join(slices.Sorted(maps.Keys(shared)), "\n"))
	if compared < 2000 || len(shared) < 12 {
		t.Errorf("%d numbers and %d reasons are too few", compared, len(shared))
	}
}

func sameSeries(a, b map[string]float64) bool {
	if len(a) != len(b) {
		return false
	}
	for labels, x := range a {
		y, ok := b[labels]
		if !ok || !(math.Abs(x-y) <= 1e-9*max(1, math.Abs(x)) || math.IsNaN(x) && math.IsNaN(y) || x == y) {
			return false
		}
	}
	return true
}
