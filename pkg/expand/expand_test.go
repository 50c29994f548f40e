package expand_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
	"github.com/cer-reliability/cer-datasource/pkg/internal/golden"
)

// checkout is a classic histogram whose edge 1 is spelled in two ways.
var checkout = expand.HistogramSelector{
	Native: `http_request_duration_seconds{handler="/checkout",job=~"shop-.*"}`,
	Bucket: `http_request_duration_seconds_bucket{handler="/checkout",job=~"shop-.*"}`,
}

func edges(bounds ...float64) []expand.Edge {
	var list []expand.Edge
	for _, b := range bounds {
		spellings := []string{fmt.Sprint(b)}
		if b == 1 {
			spellings = []string{"1", "1.0"}
		}
		list = append(list, expand.Edge{Bound: b, Spellings: spellings})
	}
	return list
}

// partial says of some edges that not all series have them.
func partial(edges []expand.Edge, bounds ...float64) []expand.Edge {
	for i := range edges {
		edges[i].Partial = slices.Contains(bounds, edges[i].Bound)
	}
	return edges
}

// goldens are expansions by what they show; each is a file in testdata.
var goldens = map[string]struct {
	indicator cer.Indicator
	histogram expand.Histogram
	recorded  expand.RecordedLabels
	trust     []string
	window    time.Duration
	filters   []expand.Filter
	by        []string
}{
	"ratio of selectors counts good events": {
		indicator: cer.Ratio{Good: `http_requests_total{handler="/checkout",code!~"5.."}`, Total: `http_requests_total{handler="/checkout"}`}},
	"ratio of bad events is a complement": {
		indicator: cer.Ratio{Bad: `psp_calls_total{outcome="error"}`, Total: `psp_calls_total`}},
	"ratio of two metrics has no absent zeros": {
		indicator: cer.Ratio{Bad: `order_errors_total`, Total: `orders_total`}},
	"ratio of whole expressions is summed": {
		indicator: cer.Ratio{Good: `rate(good_total{x="__window"}[__window]) # __window`, Total: `sum by (x) (increase(all_total[__window])) / __window`}},
	"ratio of sums stays as it is": {
		indicator: cer.Ratio{Good: `sum(rate(good_total[__window]))`, Total: `sum(rate(all_total[__window]))`}},
	"expression forces matchers into every selector": {
		indicator: cer.Value{PromQL: `topk(scalar(sum(limit)), a) / on(x) group_left max_over_time(b{y="z"}[__window:1m] offset 5m) or vector(1)`}},
	"matcher that is there already is not repeated": {
		indicator: cer.Value{PromQL: `sum(a{job=~"shop-.*"})`}},
	"two matchers in one line": {
		indicator: cer.Value{PromQL: `sum(a)`}, trust: []string{`job="x", namespace=~"a|b"`}},
	"probe is a share of checks": {
		indicator: cer.Probe{Selector: `probe_success{target="psp"}`}, trust: []string{}},
	"latency at an edge spelled in two ways": {
		indicator: latency(time.Second), histogram: expand.Histogram{Classic: true, Edges: edges(.5, 1, 2)}},
	"latency between two edges is interpolated": {
		indicator: latency(800 * time.Millisecond), histogram: expand.Histogram{Classic: true, Edges: edges(.5, 1, 2)}},
	"latency under the first edge is interpolated from 0": {
		indicator: latency(100 * time.Millisecond), histogram: expand.Histogram{Classic: true, Edges: edges(.5, 1, 2)}},
	"latency above the last edge is the share there": {
		indicator: latency(5 * time.Second), histogram: expand.Histogram{Classic: true, Edges: edges(.5, 1, 2)}},
	"latency of a native histogram": {
		indicator: latency(800 * time.Millisecond), histogram: expand.Histogram{Native: true}},
	"latency of a histogram of both kinds counts each series once": {
		indicator: latency(time.Second), histogram: expand.Histogram{Native: true, Classic: true, Edges: edges(1, 2)}},
	"latency of buckets by their ranges": {
		indicator: latency(200 * time.Millisecond), histogram: expand.Histogram{Ranges: []string{"1.000e-01...1.136e-01"}}},
	"latency of buckets by their ranges and by their edges": {
		indicator: latency(time.Second), histogram: expand.Histogram{Classic: true, Edges: edges(.5, 1), Ranges: []string{"0...5.000e+00"}}},
	"quantile of buckets by their ranges": {
		indicator: cer.Quantile{Histogram: `http_request_duration_seconds{handler="/checkout"}`, Unit: cer.Milliseconds, Q: .9},
		histogram: expand.Histogram{Ranges: []string{"1.000e-01...1.136e-01"}}, by: []string{"region"}},
	"latency of an unknown histogram asks for the usual spellings": {
		indicator: latency(time.Second)},
	"apdex is half of each share": {
		indicator: cer.Apdex{Histogram: `http_request_duration_seconds{handler="/checkout"}`, Unit: cer.Seconds, Satisfied: 500 * time.Millisecond, Tolerated: 2 * time.Second},
		histogram: expand.Histogram{Classic: true, Edges: edges(.5, 1, 2)}},
	"apdex of a native histogram": {
		indicator: cer.Apdex{Histogram: `http_request_duration_seconds{handler="/checkout"}`, Unit: cer.Seconds, Satisfied: 500 * time.Millisecond, Tolerated: 2 * time.Second},
		histogram: expand.Histogram{Native: true}},
	"quantile has the highest edge as ceiling": {
		indicator: cer.Quantile{Histogram: `http_request_duration_seconds{handler="/checkout"}`, Unit: cer.Seconds, Q: .99},
		histogram: expand.Histogram{Classic: true, Edges: edges(.5, 1, 2)}, window: time.Hour},
	"quantile in milliseconds is scaled to seconds": {
		indicator: cer.Quantile{Histogram: `http_request_duration_seconds{handler="/checkout"}`, Unit: cer.Milliseconds, Q: .5},
		histogram: expand.Histogram{Classic: true, Edges: edges(500, 1000)}},
	"latency at an edge that all instances have": {
		indicator: latency(2 * time.Second), histogram: expand.Histogram{Classic: true, Edges: partial(edges(.5, 1, 2), 1)}},
	"latency at an edge that some instances lack is interpolated": {
		indicator: latency(time.Second), histogram: expand.Histogram{Classic: true, Edges: partial(edges(.5, 1, 2), 1)}},
	"latency of instances without an edge in common": {
		indicator: latency(time.Second), histogram: expand.Histogram{Classic: true, Edges: partial(edges(.5, 1), .5, 1)}},
	"quantile of the edges that all instances have": {
		indicator: cer.Quantile{Histogram: `http_request_duration_seconds{handler="/checkout"}`, Unit: cer.Seconds, Q: .5},
		histogram: expand.Histogram{Classic: true, Edges: partial(edges(.5, 1, 2), .5)}, by: []string{"region"}},
	"ratio sampled differently is scaled to all events": {
		indicator: cer.Ratio{Bad: `errors_total`, PartRate: 1, Total: `requests_total`, TotalRate: 0.1, AbsentZero: true}},
	"recorded shares of clusters are weighted by their events": {
		indicator: cer.Recorded{ErrorRatio: `slo:sli_error:ratio_rate5m`, Total: `sum(rate(http_requests_total[__window]))`}, by: []string{"tier", "region"},
		recorded: expand.RecordedLabels{All: []string{"cluster", "region"}, Differing: []string{"cluster"}}},
	"recorded share with its events": {
		indicator: cer.Recorded{ErrorRatio: `slo:sli_error:ratio_rate5m{sloth_id="checkout"}`, Total: `http_requests_total`},
		trust:     []string{`job="sloth"`}},
	"ratio of sums of several is read by each": {
		indicator: cer.Ratio{
			Bad:   `(sum(rate(d_count{code!~"5.."}[__window])) - sum(rate(d_bucket{code!~"5..",le="1"}[__window]))) + sum(rate(d_count{code=~"5.."}[__window]))`,
			Total: `sum by (job) (rate(d_count[__window])) * 2 + sum(rate(a[__window]) - rate(b[__window])) / 60`}},
	"ratio without filters and defaults": {
		indicator: cer.Ratio{Bad: `sum(rate(x{code="500"}[__window])) or vector(0)`, Total: `(sum(rate(x[__window])) > 0) or on() vector(1)`}},
	"ratio that chooses series is left as it is": {
		indicator: cer.Ratio{Bad: `sum(rate(a[__window]) > 5)`, Total: `sum(rate(a[__window]) * on(job) group_left sum(b) + 1)`}},
	"ratio of buckets spelled in two ways": {
		indicator: cer.Ratio{Good: `d_bucket{le="1",code!~"5.."}`, Total: `sum(rate(d_bucket{le=~"0.5|1",le!="2.0"}[__window])) + sum(rate(d_bucket{le="+Inf"}[__window]))`}},
	"latency of good requests": {
		indicator: cer.LatencyShare{Histogram: `http_request_duration_seconds{handler="/checkout"}`, Unit: cer.Seconds, Under: 800 * time.Millisecond, Good: `code!~"5..",code!="499"`},
		histogram: expand.Histogram{Classic: true, Edges: edges(.5, 1, 2)}},
	"latency of good requests of both kinds": {
		indicator: cer.LatencyShare{Histogram: `http_request_duration_seconds{handler="/checkout"}`, Unit: cer.Seconds, Under: time.Second, Good: `code!~"5.."`},
		histogram: expand.Histogram{Native: true, Classic: true, Edges: edges(.5, 1, 2)}},
	"apdex of good requests of a native histogram": {
		indicator: cer.Apdex{Histogram: `http_request_duration_seconds{handler="/checkout"}`, Unit: cer.Seconds, Satisfied: time.Second, Tolerated: 2 * time.Second, Good: `code!~"5.."`},
		histogram: expand.Histogram{Native: true}},
	"ratio of good and bad": {
		indicator: cer.Ratio{Good: `ok_total`, Bad: `failed_total`}},
	"ratio split and filtered": {
		indicator: cer.Ratio{Good: `http_requests_total{code!~"5.."}`, Total: `http_requests_total`},
		by:        []string{"region", "track"}, filters: []expand.Filter{{Label: "region", Values: []string{"eu"}}}},
	"latency of both kinds split": {
		indicator: latency(time.Second), histogram: expand.Histogram{Native: true, Classic: true, Edges: edges(.5, 2)}, by: []string{"region"}},
	"quantile split": {
		indicator: cer.Quantile{Histogram: `http_request_duration_seconds{handler="/checkout"}`, Unit: cer.Seconds, Q: .5}, by: []string{"region"}},
	"probe split": {
		indicator: cer.Probe{Selector: `probe_success{target="psp"}`}, by: []string{"region"}},
	"expression split in each aggregation and match": {
		indicator: cer.Value{PromQL: `sum by (x) (rate(a[__window])) / on (x) group_left () max without (y) (b) + count(c) / count(d)`}, by: []string{"region"}},
	"ratio of sums split": {
		indicator: cer.Ratio{Good: `sum(rate(good_total[__window]))`, Total: `sum(rate(all_total[__window]))`}, by: []string{"region"}},
	"expression with topk is shared": {
		indicator: cer.Value{PromQL: `sum(topk(3, a))`}, by: []string{"region"}},
	"ratio is shared if either side is": {
		indicator: cer.Ratio{Good: `sum(rate(good_total[__window])) + vector(0)`, Total: `all_total`}, by: []string{"region"}},
	"expression is split by what it can be": {
		indicator: cer.Value{PromQL: `sum without (region) (a)`}, by: []string{"region", "track"}},
	"expression that makes the label up is shared": {
		indicator: cer.Value{PromQL: `sum by (region) (label_replace(a, "region", "$1", "zone", "(..).*"))`}, by: []string{"region"}},
	"names that need quotes": {
		indicator: cer.Ratio{Good: `{"http.server.requests","http.status"!~"5.."}`, Total: `{"http.server.requests"}`},
		trust:     []string{`"service.name"=~"shop-.*"`}, by: []string{"cloud.region"}, filters: []expand.Filter{{Label: "cloud.region", Values: []string{"eu"}}}},
	"latency of a name that needs quotes": {
		indicator: cer.LatencyShare{Histogram: `{"http.server.duration"}`, Unit: cer.Seconds, Under: time.Second}},
	"quantile of a name that needs quotes": {
		indicator: cer.Quantile{Histogram: `{"http.server.duration"}`, Unit: cer.Seconds, Q: .5}, by: []string{"cloud.region"}},
	"expression split by a name that needs quotes": {
		indicator: cer.Value{PromQL: `sum by ("http.method") ({"a.b"}) / on ("http.method") group_left ("x.y") c`}, by: []string{"cloud.region"}},
	"filters of every sort": {
		indicator: cer.Value{PromQL: `sum(a)`}, trust: []string{}, filters: []expand.Filter{
			{Label: "a", Values: []string{"x.y", "z"}}, {Label: "b", Not: true, Values: []string{"x"}}, {Label: "c", Not: true, Values: []string{"x", "y|z"}},
			{Label: "d", Pattern: "eu|us-.*"}, {Label: "e", Not: true, Pattern: "eu|us-.*"}}},
}

func latency(under time.Duration) cer.LatencyShare {
	return cer.LatencyShare{Histogram: `http_request_duration_seconds{handler="/checkout"}`, Unit: cer.Seconds, Under: under}
}

func TestExpansions(t *testing.T) {
	for name, test := range goldens {
		t.Run(name, func(t *testing.T) {
			trust, window := test.trust, test.window
			if trust == nil {
				trust = []string{`job=~"shop-.*"`}
			}
			if window == 0 {
				window = 5 * time.Minute
			}
			facts := fixture.FactsOf(checkout, test.histogram)
			facts.Recorded = map[string]expand.RecordedLabels{`slo:sli_error:ratio_rate5m{job=~"shop-.*"}`: test.recorded}
			expansion, err := compile(t, test.indicator, trust...).Expand(expand.Config{Window: window, Filters: test.filters, By: test.by, Facts: facts})
			if err != nil {
				t.Fatal(err)
			}
			golden.Compare(t, name, text(expansion))
			for _, form := range expansion.Forms {
				for _, part := range slices.Concat(form.Parts, form.Total) {
					parsesToItself(t, part.Expr)
				}
			}
		})
	}
}

// compile compiles an indicator.
func compile(t interface {
	Helper()
	Fatal(args ...any)
}, indicator cer.Indicator, trust ...string) *expand.Indicator {
	t.Helper()
	compiled, err := expand.Compile(indicator, trust)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// TestAnIndicatorIsParsedOnce expands indicators, and merges what they expand to, without a parser.
func TestAnIndicatorIsParsedOnce(t *testing.T) {
	var all []*expand.Indicator
	for _, test := range goldens {
		all = append(all, compile(t, test.indicator, `job=~"shop-.*"`))
	}
	expand.WithoutParser(func() {
		var exprs []*expand.Expr
		for _, i := range all {
			cfg := expand.Config{Window: time.Hour, By: []string{"region"}, Filters: []expand.Filter{{Label: "region", Pattern: "eu|us"}}}
			x, err := i.Expand(cfg)
			if err != nil {
				t.Fatal(err)
			}
			ages, _, err := i.Lag(cfg)
			if err != nil {
				t.Fatal(err)
			}
			exprs = append(exprs, ages...)
			for _, part := range x.Forms[0].Parts {
				exprs = append(exprs, part.Expr)
			}
			i.Selectors()
			i.Histogram()
			i.StatesWhole()
		}
		for _, m := range expand.Merge(exprs) {
			m.Unmerge(nil)
		}
	})
	defer func() {
		if recover() == nil {
			t.Error("an expression is parsed without a parser")
		}
	}()
	expand.WithoutParser(func() { compile(t, cer.Value{PromQL: "a"}) })
}

// parsesToItself asserts that the text of an expression is parsed as an expression with the same text.
func parsesToItself(t *testing.T, expr *expand.Expr) {
	t.Helper()
	if again, err := expand.Parse(expr.String()); err != nil || !again.Equal(expr) {
		t.Errorf("%s is parsed as %s: %v", expr, again, err)
	}
}

func TestExpandingIsPure(t *testing.T) {
	compiled := compile(t, latency(time.Second), `job="x"`)
	cfg := expand.Config{Window: time.Minute}
	first, err := compiled.Expand(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := compiled.Expand(expand.Config{Window: time.Hour, By: []string{"region"}, Filters: []expand.Filter{{Label: "a", Values: []string{"b"}}}}); err != nil {
		t.Fatal(err)
	}
	second, err := compiled.Expand(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Error("the expansion differs after another one:\n", diff)
	}
}

func TestHistogram(t *testing.T) {
	selector, ok := compile(t, latency(time.Second), `job=~"shop-.*"`).Histogram()
	if !ok {
		t.Fatal("the indicator is not about a histogram")
	}
	if diff := cmp.Diff(checkout, selector); diff != "" {
		t.Error(diff)
	}
	if _, ok := compile(t, cer.Probe{Selector: "up"}).Histogram(); ok {
		t.Error("a probe is said to be about a histogram")
	}
}

func TestSelectors(t *testing.T) {
	tests := map[string]struct {
		indicator cer.Indicator
		want      []expand.Selector
	}{
		"of a ratio": {cer.Ratio{Bad: `a{code="500"}`, Total: `a`}, []expand.Selector{
			{Trusted: `a{code="500",job="x"}`, Bare: `a{code="500"}`}, {Trusted: `a{job="x"}`, Bare: `a`}}},
		"of a histogram, native or classic": {cer.Quantile{Histogram: `h{a="b"}`, Q: .5}, []expand.Selector{
			{Trusted: `{__name__=~"h(_bucket)?",a="b",job="x"}`, Bare: `{__name__=~"h(_bucket)?",a="b"}`}}},
		"of an expression, each once": {cer.Value{PromQL: `sum(rate(a[__window])) / sum(rate(a[__window] offset 1h)) + b`}, []expand.Selector{
			{Trusted: `a{job="x"}`, Bare: `a`}, {Trusted: `b{job="x"}`, Bare: `b`}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := compile(t, test.indicator, `job="x"`).Selectors()
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLooserSelectors(t *testing.T) {
	for bare, want := range map[string][]expand.Looser{
		`a{b="c",d!="e"}`:                 {{Selector: "a"}, {Without: `b="c"`, Selector: `a{d!="e"}`}, {Without: `d!="e"`, Selector: `a{b="c"}`}},
		`{__name__=~"h(_bucket)?",a="b"}`: {{Selector: `{__name__=~"h(_bucket)?"}`}, {Without: `a="b"`, Selector: `{__name__=~"h(_bucket)?"}`}},
		`{"a.b",c="d"}`:                   {{Selector: `{__name__="a.b"}`}, {Without: `c="d"`, Selector: `{__name__="a.b"}`}},
		`a`:                               nil,
		`{b="c"}`:                         nil,
	} {
		if diff := cmp.Diff(want, expand.Selector{Bare: bare, Trusted: bare}.Looser()); diff != "" {
			t.Errorf("%s: %s", bare, diff)
		}
	}
	trusted := expand.Selector{Bare: `a{b="c"}`, Trusted: `a{b="c",job="x"}`}
	if diff := cmp.Diff([]expand.Looser{{Selector: `a{job="x"}`}, {Without: `b="c"`, Selector: `a{job="x"}`}}, trusted.Looser()); diff != "" {
		t.Error(diff)
	}
}

// text prints an expansion for its golden file.
func text(x expand.Expansion) string {
	var out strings.Builder
	for _, form := range x.Forms {
		of := "values"
		if form.Of == expand.Counts {
			of = "counts"
		}
		fmt.Fprintf(&out, "%s, complement %v, ceiling %g\n", of, form.Complement, form.Ceiling)
		for _, part := range form.Parts {
			fmt.Fprintf(&out, "  %g x %s (%s, %s if absent)\n", part.Factor, part.Expr, part.Role, part.Absent)
		}
		for _, part := range form.Total {
			of := "of"
			if part.Factor != 1 || part.Absent != expand.Missing {
				of += fmt.Sprintf(" %g x (%s if absent)", part.Factor, part.Absent)
			}
			fmt.Fprintf(&out, "  %s %s\n", of, part.Expr)
		}
	}
	if len(x.By) > 0 {
		fmt.Fprintf(&out, "by %s\n", strings.Join(x.By, ", "))
	}
	if x.Shared != "" {
		fmt.Fprintf(&out, "shared: %s\n", x.Shared)
	}
	for _, warning := range x.Warnings {
		fmt.Fprintf(&out, "warning: %s\n", warning)
	}
	for _, note := range x.Notes {
		fmt.Fprintf(&out, "note: %s\n", note)
	}
	return out.String()
}
