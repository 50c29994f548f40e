package expand_test

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/internal/golden"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// age returns the age of the newest sample of a selector, by some labels.
func age(selector, by string) string {
	return fmt.Sprintf("time() - (max %[2]s (timestamp(%[1]s)) or max %[2]s (max_over_time(timestamp(%[1]s)[1h:5m])))", selector, by)
}

// merges are expressions that are asked for together; each case is a file in testdata/merge that shows what they are merged
// into, and how the answer to each is computed from that.
var merges = map[string][]string{
	"errors are part of requests": {
		`sum(rate(r{h="/a"}[5m]))`, `sum(rate(r{code=~"5..",h="/a"}[5m]))`},
	"negative matchers select a part too": {
		`sum(rate(r{h="/a"}[5m]))`, `sum(rate(r{code!~"5..",h="/a"}[5m]))`, `sum(rate(r{code!="404",h="/a"}[5m]))`},
	"a part of a part": {
		`sum(rate(r{code="500",h="/a"}[5m]))`, `sum(rate(r{h="/a"}[5m]))`, `sum(rate(r{code="500",h="/a",pod="x"}[5m]))`},
	"a part goes with the one that has the fewest matchers": {
		`sum(rate(r{a="1"}[5m]))`, `sum(rate(r{b="1",c="1"}[5m]))`, `sum(rate(r{a="1",b="1",c="1"}[5m]))`},
	"without matchers one has the series of all": {
		`sum(rate(r{h="/a",job="x"}[5m]))`, `sum(rate(r{h="/b",job="y"}[5m]))`, `sum(rate(r[5m]))`},
	"flows differ in their handler": {
		`sum(rate(r{h="/a",job="x"}[5m]))`, `sum(rate(r{h="/b.c",job="x"}[5m]))`, `sum(rate(r{h="/d",job="x"}[5m]))`},
	"values are quoted as a regular expression": {
		`sum(rate(r{h="/a|b"}[5m]))`, `sum(rate(r{h="/c\\d(\"e\")"}[5m]))`},
	"flows with errors": {
		`sum(rate(r{h="/a"}[5m]))`, `sum(rate(r{code=~"5..",h="/a"}[5m]))`, `sum(rate(r{h="/b"}[5m]))`, `sum(rate(r{code!~"5..",h="/b"}[5m]))`},
	"two labels, one after the other": {
		`sum(rate(r{h="/a",job="x"}[5m]))`, `sum(rate(r{h="/b",job="x"}[5m]))`, `sum(rate(r{h="/a",job="y"}[5m]))`, `sum(rate(r{h="/b",job="y"}[5m]))`},
	"the label by which more can be joined comes first": {
		`sum(rate(r{h="/a",job="x"}[5m]))`, `sum(rate(r{h="/a",job="y"}[5m]))`, `sum(rate(r{h="/a",job="z"}[5m]))`, `sum(rate(r{h="/b",job="x"}[5m]))`},
	"what differs in two labels at once stays apart": {
		`sum(rate(r{h="/a",job="x"}[5m]))`, `sum(rate(r{h="/b",job="y"}[5m]))`},
	"ages of the newest samples of flows": {
		age(`r{h="/a"}`, ""), age(`r{h="/b"}`, ""), age(`r{code="500",h="/b"}`, "by (region)")},
	"ages of different metrics stay apart": {
		age(`r{h="/a"}`, ""), age(`q{h="/b"}`, ""), `time() - max(timestamp(r{h="/c"}))`},
	"what differs in a regular expression stays apart": {
		`sum(rate(r{h=~"/a.*"}[5m]))`, `sum(rate(r{h=~"/b.*"}[5m]))`},
	"what differs in a negative matcher stays apart": {
		`sum(rate(r{h!="/a"}[5m]))`, `sum(rate(r{h!="/b"}[5m]))`},
	"series without a label are not joined with those that have it": {
		`sum(rate(r{h=""}[5m]))`, `sum(rate(r{h="/b"}[5m]))`},
	"a label with a regular expression as well": {
		`sum(rate(r{h="/a",h=~"/.*"}[5m]))`, `sum(rate(r{h="/b",h=~"/.*"}[5m]))`},
	"a quantile has the buckets of shares": {
		`sum(rate(d_bucket{h="/a",le="+Inf"}[5m]))`, `sum(rate(d_bucket{h="/a",le="0.5"}[5m]))`,
		`histogram_quantile(0.99, sum by (le) (rate(d_bucket{h="/a"}[5m])))`, `histogram_quantile(0.5, sum by (le) (rate(d_bucket{h="/a"}[5m])))`},
	"a quantile of some buckets": {
		`histogram_quantile(0.9, sum by (le) (rate(d_bucket{le=~"0\\.5|1|\\+Inf"}[5m])))`, `sum(rate(d_bucket{le="+Inf"}[5m]))`, `sum(rate(d_bucket{le="2"}[5m]))`},
	"quantiles of flows, split": {
		`histogram_quantile(0.9, sum by (le, region) (rate(d_bucket{h="/a"}[5m])))`, `histogram_quantile(0.5, sum by (le) (rate(d_bucket{h="/b"}[5m])))`},
	"shares without a quantile read their buckets only": {
		`sum(rate(d_bucket{le="+Inf"}[5m]))`, `sum(rate(d_bucket{le="0.5"}[5m]))`},
	"an edge that is spelled in two ways": {
		`sum(rate(d_bucket{h="/a",le="+Inf"}[5m]))`, `sum(rate(d_bucket{h="/a",le=~"1|1\\.0"}[5m]))`, `sum(rate(d_bucket{h="/b",le="+Inf"}[5m]))`, `sum(rate(d_bucket{h="/b",le=~"1|1\\.0"}[5m]))`},
	"numbers of series": {
		`count by (le) (d_bucket{h="/a"})`, `count by (le) (d_bucket{h="/b"})`, `count by (le) (d_bucket{h="/c"} offset 1h)`, `count(rate(d_bucket[5m]))`},
	"checks are no rates": {
		`sum(sum_over_time(up{job="a"}[5m]))`, `sum(sum_over_time(up{job="b"}[5m]))`, `sum(count_over_time(up{job="a"}[5m]))`, `sum(count_over_time(up{job="b"}[5m]))`, `count(up)`},
	"splits stay splits": {
		`sum by (region) (rate(r{h="/a"}[5m]))`, `sum by (region) (rate(r{code="500",h="/a"}[5m]))`},
	"splits by different labels": {
		`sum by (region) (rate(r[5m]))`, `sum by (track) (rate(r{code="500"}[5m]))`, `sum(rate(r[5m]))`},
	"filters that all have": {
		`sum(rate(r{h="/a",region=~"eu|",job!="x"}[5m]))`, `sum(rate(r{code="500",h="/a",job!="x",region=~"eu|"}[5m]))`, `sum(rate(r{h="/b",job!="x",region=~"eu|"}[5m]))`},
	"other metrics, windows and functions stay apart": {
		`sum(rate(r{h="/a"}[5m]))`, `sum(rate(q{h="/b"}[5m]))`, `sum(rate(r{h="/c"}[1m]))`, `sum(increase(r{h="/d"}[5m]))`},
	"other forms stay as they are": {
		`avg(up)`, `sum(rate(r[5m] offset 1h))`, `sum(rate(r[5m] @ 3))`, `sum without (pod) (rate(r[5m]))`, `histogram_quantile(0.9, rate(d_bucket[5m]))`,
		`histogram_quantile(0.9, sum(rate(d[5m])))`, `histogram_quantile(scalar(q), sum by (le) (rate(d_bucket[5m])))`, `histogram_quantile(0.9, count by (le) (d_bucket))`,
		`sum(rate(r[5m])) / 2`, `sum(rate({__name__=~"a|b"}[5m]))`, `count({job="x"})`, `sum(rate(r[5m:1m]))`, `(sum(rate(r[5m])))`, `42`},
	"an expression alone": {
		`sum(rate(r{h="/a"}[5m]))`},
	"the same twice": {
		`sum(rate(r{h="/a"}[5m]))`, `sum(rate(r{h="/a"}[5m]))`, `avg(up)`, `avg(up)`},
	"a matcher twice": {
		`sum(rate(r{h="/a",h="/a"}[5m]))`, `sum(rate(r{h="/b"}[5m]))`},
	"two values of a label at once": {
		`sum(rate(r{h="/a",h="/b"}[5m]))`, `sum(rate(r{h="/c",h="/b"}[5m]))`},
	"names that need quotes": {
		`sum by ("http.method") (rate({"http.server.duration","http.route"="/a"}[5m]))`, `sum(rate({"http.server.duration","http.route"="/b"}[5m]))`,
		`sum(rate({__name__="http.server.duration","http.route"="/a","status.code"=~"5.."}[5m]))`, `count({"http.server.duration"})`},
	"more matchers than are looked through": {
		`sum(rate(r{h="/a"}[5m]))`, `sum(rate(r{a="1",b="1",c="1",d="1",e="1",f="1",g="1",h="/a",i="1",j="1",k="1"}[5m]))`,
		`sum(rate(r{a="1",b="1",c="1",d="1",e="1",f="1",g="1",h="/a",i="1",j="1",k="1"}[5m]))`},
	"as many matchers as are looked through": {
		`sum(rate(r{h="/a"}[5m]))`, `sum(rate(r{a="1",b="1",c="1",d="1",e="1",f="1",g="1",h="/a",i="1",j="1"}[5m]))`},
}

func TestMerge(t *testing.T) {
	for name, asked := range merges {
		t.Run(name, func(t *testing.T) {
			exprs := parsed(t, asked)
			merged := expand.Merge(exprs)
			golden.CompareFile(t, filepath.Join("testdata", "merge", strings.ReplaceAll(name, " ", "-")+".txt"), mergesText(exprs, merged))
			var members []int
			for _, m := range merged {
				members = append(members, m.Members...)
				parsesToItself(t, m.Expr)
			}
			slices.Sort(members)
			for at := range exprs {
				if at >= len(members) || members[at] != at {
					t.Fatalf("of %d expressions the members are %v", len(exprs), members)
				}
			}
		})
	}
}

// mergesText prints asked expressions, what they are merged into, and how the answer to each is computed from that.
func mergesText(asked []*expand.Expr, merged []expand.Merged) string {
	var out strings.Builder
	for at, expr := range asked {
		fmt.Fprintf(&out, "%d: %s\n", at, expr)
	}
	for _, m := range merged {
		fmt.Fprintf(&out, "\nmerged = %s\n", m.Expr)
		for i, recipe := range m.Recipes() {
			fmt.Fprintf(&out, "%d: %s\n", m.Members[i], recipe)
		}
	}
	return out.String()
}

// parsed parses expressions.
func parsed(t testing.TB, texts []string) []*expand.Expr {
	t.Helper()
	exprs := make([]*expand.Expr, len(texts))
	for i, text := range texts {
		var err error
		if exprs[i], err = expand.Parse(text); err != nil {
			t.Fatal(err)
		}
	}
	return exprs
}

// column returns a series with labels as pairs of a name and a value.
func column(values []float64, pairs ...string) series.Series {
	return series.Series{Labels: labels.FromStrings(pairs...), Values: values}
}

func TestUnmerge(t *testing.T) {
	nan := math.NaN()
	asked := []string{`sum(rate(r{h="/a"}[5m]))`, `sum(rate(r{code=~"5..",h="/a"}[5m]))`, `sum by (region) (rate(r{h="/b"}[5m]))`}
	merged := expand.Merge(parsed(t, asked))
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
	for i, got := range merged[0].Unmerge(answer) {
		at := merged[0].Members[i]
		if diff := cmp.Diff(want[at], got, cmpopts.EquateNaNs(), cmp.Comparer(labels.Equal)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", asked[at], diff)
		}
	}
}

func TestUnmergeAQuantile(t *testing.T) {
	nan := math.NaN()
	merged := expand.Merge(parsed(t, []string{`sum(rate(d_bucket{le="1"}[5m]))`, `histogram_quantile(0.5, sum by (le, region) (rate(d_bucket[5m])))`}))
	answer := []series.Series{
		column([]float64{2, nan}, "le", "1", "region", "eu"), column([]float64{4, nan}, "le", "2.0", "region", "eu"), column([]float64{4, 0}, "le", "+Inf", "region", "eu"),
		column([]float64{0, 1}, "le", "1", "region", "us"), column([]float64{0, 1}, "le", "+Inf", "region", "us"), column([]float64{9, 9}, "le", "none", "region", "us"),
	}
	want := [][]series.Series{
		{column([]float64{2, 1})},
		{column([]float64{1, nan}, "region", "eu"), column([]float64{nan, .5}, "region", "us")},
	}
	for i, got := range merged[0].Unmerge(answer) {
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
		if n := len(expand.Merge(parsed(t, asked))); n != 1 {
			t.Fatalf("%d filters: %d requests", filters, n)
		}
		return testing.AllocsPerRun(3, func() { expand.Merge(parsed(t, asked)) })
	}
	if without, with := allocs(0), allocs(20); with > 20*without {
		t.Errorf("it takes %v allocations with filters, and %v without", with, without)
	}
}
