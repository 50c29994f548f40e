package expand_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"pgregory.net/rapid"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// labelValues are the values of the labels of drawn series; "" stands for a series without the label.
var labelValues = map[string][]string{"code": {"200", "404", "500", ""}, "h": {"/a", "/b", "/c"}, "region": {"eu", "us", ""}, "le": {"1", "2", "+Inf"}}

// TestUnmergingReturnsWhatEachExpressionReturns evaluates merged expressions on series of a few labels, and compares what
// is computed from the result with the evaluation of each expression by itself.
func TestUnmergingReturnsWhatEachExpressionReturns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		store := drawSeries(t)
		asked := drawMergeable(t)
		before := make([]string, len(asked))
		for i, expr := range asked {
			before[i] = expr.Tree().String()
		}
		for _, m := range expand.Merge(asked) {
			for i, got := range m.Unmerge(store.evaluate(m.Expr)) {
				one := asked[m.Members[i]]
				if diff := cmp.Diff(inOrder(store.evaluate(one)), inOrder(got), cmpopts.EquateNaNs(), cmp.Comparer(labels.Equal)); diff != "" {
					t.Fatalf("%s of %s (-want +got):\n%s", one, m.Expr, diff)
				}
			}
		}
		for i, expr := range asked {
			if after := expr.Tree().String(); after != before[i] {
				t.Fatalf("merging changes %s to %s", before[i], after)
			}
		}
	})
}

// drawMergeable draws expressions of the forms that are merged.
func drawMergeable(t *rapid.T) []*expand.Expr {
	matchers := rapid.SampledFrom([]string{`h="/a"`, `h="/b"`, `h="/c"`, `h=~"/a|/b"`, `code="500"`, `code=~"5.."`, `code!~"5.."`, `code=""`,
		`region="eu"`, `region=~"eu|"`, `le="1"`, `le="+Inf"`, `le=~"1|2"`, `h!="/a"`})
	selectors := rapid.Custom(func(t *rapid.T) string {
		return "{" + strings.Join(rapid.SliceOfN(matchers, 0, 3).Draw(t, "matchers"), ",") + "}"
	})
	by := rapid.SampledFrom([]string{"", "by (region)", "by (code, h)", "by (le)"})
	asked := rapid.Custom(func(t *rapid.T) string {
		selector := selectors.Draw(t, "selector")
		switch rapid.IntRange(0, 3).Draw(t, "form") {
		case 0:
			return fmt.Sprintf("count %s (r%s)", by.Draw(t, "by"), selector)
		case 1:
			return fmt.Sprintf("histogram_quantile(0.5, sum %s (rate(r%s[5m])))", rapid.SampledFrom([]string{"by (le)", "by (le, h)"}).Draw(t, "by"), selector)
		default:
			return fmt.Sprintf("sum %s (rate(r%s[5m]))", by.Draw(t, "by"), selector)
		}
	})
	texts := rapid.SliceOfN(asked, 1, 12).Draw(t, "asked")
	exprs := make([]*expand.Expr, len(texts))
	for i, text := range texts {
		var err error
		if exprs[i], err = expand.Parse(text); err != nil {
			t.Fatal(err)
		}
	}
	return exprs
}

// absent stands for no sample.
var absent = math.NaN()

// drawn is series as functions return them, of one metric.
type drawn []series.Series

// drawSeries draws series whose values are whole numbers, so that sums do not depend on their order.
func drawSeries(t *rapid.T) drawn {
	values := rapid.Custom(func(t *rapid.T) float64 {
		return series.Sample(rapid.SampledFrom([]float64{0, 1, 2, 5, 100}).Draw(t, "value"))
	})
	one := rapid.Custom(func(t *rapid.T) series.Series {
		set := map[string]string{}
		for _, name := range []string{"code", "h", "region", "le"} {
			if value := rapid.SampledFrom(labelValues[name]).Draw(t, name); value != "" {
				set[name] = value
			}
		}
		s := series.Series{Labels: labels.FromMap(set), Values: rapid.SliceOfN(values, 2, 2).Draw(t, "values")}
		if rapid.IntRange(0, 5).Draw(t, "gap") == 0 {
			s.Values[1] = absent
		}
		return s
	})
	return rapid.SliceOfNDistinct(one, 0, 20, func(s series.Series) string { return s.Labels.String() }).Draw(t, "series")
}

// evaluate evaluates an expression of one of the forms that are merged.
func (d drawn) evaluate(expr *expand.Expr) []series.Series { return d.node(expr.Tree()) }

func (d drawn) node(node parser.Expr) []series.Series {
	switch n := node.(type) {
	case *parser.AggregateExpr:
		return d.aggregate(n)
	default:
		call := n.(*parser.Call)
		return expand.Quantiles(call.Args[0].(*parser.NumberLiteral).Val, d.node(call.Args[1]))
	}
}

// aggregate sums or counts the series that are selected.
func (d drawn) aggregate(n *parser.AggregateExpr) []series.Series {
	inner := n.Expr
	if call, ok := inner.(*parser.Call); ok {
		inner = call.Args[0].(*parser.MatrixSelector).VectorSelector
	}
	sums := map[string]*series.Series{}
	for _, s := range d {
		if !matches(inner.(*parser.VectorSelector), s.Labels) {
			continue
		}
		kept := labels.NewBuilder(s.Labels).Keep(n.Grouping...).Labels()
		sum, ok := sums[kept.String()]
		if !ok {
			sum = &series.Series{Labels: kept, Values: []float64{absent, absent}}
			sums[kept.String()] = sum
		}
		for i, v := range s.Values {
			if n.Op == parser.COUNT && series.IsSample(v) {
				v = 1
			}
			if series.IsSample(v) && series.IsSample(sum.Values[i]) {
				v += sum.Values[i]
			}
			if series.IsSample(v) {
				sum.Values[i] = v
			}
		}
	}
	var all []series.Series
	for _, sum := range sums {
		all = append(all, *sum)
	}
	return all
}

// matches reports whether a selector selects series with some labels.
func matches(selector *parser.VectorSelector, of labels.Labels) bool {
	return !slices.ContainsFunc(selector.LabelMatchers, func(m *labels.Matcher) bool {
		return m.Name != model.MetricNameLabel && !labels.MustNewMatcher(m.Type, m.Name, m.Value).Matches(of.Get(m.Name))
	})
}

// inOrder returns series in the order of their labels.
func inOrder(all []series.Series) []series.Series {
	sorted := slices.Clone(all)
	slices.SortFunc(sorted, func(a, b series.Series) int { return labels.Compare(a.Labels, b.Labels) })
	if len(sorted) == 0 {
		return nil
	}
	return sorted
}
