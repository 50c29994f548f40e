package expand_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

func TestMerge(t *testing.T) {
	tests := map[string]struct {
		asked []string
		want  []string
	}{
		"errors are part of requests": {
			[]string{`sum(rate(r{h="/a"}[5m]))`, `sum(rate(r{code=~"5..",h="/a"}[5m]))`},
			[]string{`sum by (code) (rate(r{h="/a"}[5m]))`},
		},
		"flows differ in their handler": {
			[]string{`sum(rate(r{h="/a",job="x"}[5m]))`, `sum(rate(r{h="/b.c",job="x"}[5m]))`, `sum(rate(r{h="/d",job="x"}[5m]))`},
			[]string{`sum by (h) (rate(r{h=~"/a|/b\\.c|/d",job="x"}[5m]))`},
		},
		"both at once": {
			[]string{`sum(rate(r{h="/a"}[5m]))`, `sum(rate(r{code=~"5..",h="/a"}[5m]))`, `sum(rate(r{h="/b"}[5m]))`, `sum(rate(r{code!~"5..",h="/b"}[5m]))`},
			[]string{`sum by (code, h) (rate(r{h=~"/a|/b"}[5m]))`},
		},
		"a quantile has the buckets of shares": {
			[]string{`sum(rate(d_bucket{h="/a",le="+Inf"}[5m]))`, `sum(rate(d_bucket{h="/a",le="0.5"}[5m]))`,
				`histogram_quantile(0.99, sum by (le) (rate(d_bucket{h="/a"}[5m])))`, `histogram_quantile(0.5, sum by (le) (rate(d_bucket{h="/a"}[5m])))`},
			[]string{`sum by (le) (rate(d_bucket{h="/a"}[5m]))`},
		},
		"shares without a quantile ask for their buckets only": {
			[]string{`sum(rate(d_bucket{le="+Inf"}[5m]))`, `sum(rate(d_bucket{le="0.5"}[5m]))`},
			[]string{`sum by (le) (rate(d_bucket{le=~"\\+Inf|0\\.5"}[5m]))`},
		},
		"numbers of series": {
			[]string{`count by (le) (d_bucket{h="/a"})`, `count by (le) (d_bucket{h="/b"})`, `count by (le) (d_bucket{h="/c"} offset 1h)`, `count(rate(d_bucket[5m]))`},
			[]string{`count by (h, le) (d_bucket{h=~"/a|/b"})`, `count by (le) (d_bucket{h="/c"} offset 1h)`, `count(rate(d_bucket[5m]))`},
		},
		"splits stay splits": {
			[]string{`sum by (region) (rate(r{h="/a"}[5m]))`, `sum by (region) (rate(r{code="500",h="/a"}[5m]))`},
			[]string{`sum by (code, region) (rate(r{h="/a"}[5m]))`},
		},
		"what differs in two labels is asked apart": {
			[]string{`sum(rate(r{h="/a",job="x"}[5m]))`, `sum(rate(r{h="/b",job="y"}[5m]))`},
			[]string{`sum(rate(r{h="/a",job="x"}[5m]))`, `sum(rate(r{h="/b",job="y"}[5m]))`},
		},
		"so are other metrics, windows and functions": {
			[]string{`sum(rate(r{h="/a"}[5m]))`, `sum(rate(q{h="/b"}[5m]))`, `sum(rate(r{h="/c"}[1m]))`, `sum(increase(r{h="/d"}[5m]))`},
			[]string{`sum(rate(r{h="/a"}[5m]))`, `sum(rate(q{h="/b"}[5m]))`, `sum(rate(r{h="/c"}[1m]))`, `sum(increase(r{h="/d"}[5m]))`},
		},
		"and what is no such sum": {
			[]string{`avg(up)`, `sum(rate(r[5m] offset 1h))`, `sum without (pod) (rate(r[5m]))`, `histogram_quantile(0.9, rate(d_bucket[5m]))`, `sum(rate(r[5m])) / 2`, `1 +`},
			[]string{`avg(up)`, `sum(rate(r[5m] offset 1h))`, `sum without (pod) (rate(r[5m]))`, `histogram_quantile(0.9, rate(d_bucket[5m]))`, `sum(rate(r[5m])) / 2`, `1 +`},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			members := 0
			for _, m := range expand.Merge(test.asked) {
				got = append(got, m.PromQL)
				members += len(m.Members)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("asked are (-want +got):\n%s", diff)
			}
			if members != len(test.asked) {
				t.Errorf("%d of %d are answered", members, len(test.asked))
			}
		})
	}
}

// column returns a series with labels as pairs of a name and a value.
func column(values []float64, pairs ...string) series.Series {
	return series.Series{Labels: labels.FromStrings(pairs...), Values: values}
}

func TestDerive(t *testing.T) {
	nan := math.NaN()
	asked := []string{`sum(rate(r{h="/a"}[5m]))`, `sum(rate(r{code=~"5..",h="/a"}[5m]))`, `sum by (region) (rate(r{h="/b"}[5m]))`}
	merged := expand.Merge(asked)
	if len(merged) != 1 {
		t.Fatalf("asked are %+v", merged)
	}
	answer := []series.Series{
		column([]float64{1, 2, nan}, "h", "/a", "code", "200", "region", "eu"),
		column([]float64{4, nan, nan}, "h", "/a", "code", "500", "region", "us"),
		column([]float64{8, 8, 8}, "h", "/b", "code", "200", "region", "eu"),
		column([]float64{16, 16, nan}, "h", "/b", "code", "500", "region", "eu"),
		column([]float64{32, nan, 32}, "h", "/b", "code", "200"),
	}
	want := [][]series.Series{
		{column([]float64{5, 2, nan})},
		{column([]float64{4, nan, nan})},
		{column([]float64{24, 24, 8}, "region", "eu"), column([]float64{32, nan, 32})},
	}
	for i, got := range merged[0].Derive(answer) {
		at := merged[0].Members[i]
		if diff := cmp.Diff(want[at], got, cmpopts.EquateNaNs(), cmp.Comparer(labels.Equal)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", asked[at], diff)
		}
	}
}

func TestDeriveAQuantile(t *testing.T) {
	nan := math.NaN()
	merged := expand.Merge([]string{`sum(rate(d_bucket{le="1"}[5m]))`, `histogram_quantile(0.5, sum by (le, region) (rate(d_bucket[5m])))`})
	answer := []series.Series{
		column([]float64{2, nan}, "le", "1", "region", "eu"), column([]float64{4, nan}, "le", "2.0", "region", "eu"), column([]float64{4, 0}, "le", "+Inf", "region", "eu"),
		column([]float64{0, 1}, "le", "1", "region", "us"), column([]float64{0, 1}, "le", "+Inf", "region", "us"), column([]float64{9, 9}, "le", "none", "region", "us"),
	}
	want := [][]series.Series{
		{column([]float64{2, 1})},
		{column([]float64{1, nan}, "region", "eu"), column([]float64{nan, .5}, "region", "us")},
	}
	for i, got := range merged[0].Derive(answer) {
		if diff := cmp.Diff(want[merged[0].Members[i]], got, cmpopts.EquateNaNs(), cmp.Comparer(labels.Equal)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestFiltersMakeMergingNoDearer merges expressions of many flows, with and without filters that all of them have: groups
// are not looked for by each subset of these.
func TestFiltersMakeMergingNoDearer(t *testing.T) {
	allocs := func(filters int) float64 {
		filter := ""
		for i := range filters {
			filter += fmt.Sprintf(`,region!="r%d"`, i)
		}
		var asked []string
		for i := range 50 {
			own := fmt.Sprintf(`handler="/flow%d",job="shop"%s`, i, filter)
			asked = append(asked, fmt.Sprintf(`sum(rate(r{%s}[5m]))`, own), fmt.Sprintf(`sum(rate(r{code=~"5..",%s}[5m]))`, own))
		}
		if n := len(expand.Merge(asked)); n != 1 {
			t.Fatalf("%d filters: %d requests", filters, n)
		}
		return testing.AllocsPerRun(3, func() { expand.Merge(asked) })
	}
	if without, with := allocs(0), allocs(20); with > 20*without {
		t.Errorf("it takes %v allocations with filters, and %v without", with, without)
	}
}
