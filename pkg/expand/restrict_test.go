package expand

import (
	"slices"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/work"
)

func TestRestrictAddsMatchersToEverySelector(t *testing.T) {
	shop := []string{`service="shop"`, `region=~"eu|us"`}
	const both = `region=~"eu|us",service="shop"`
	tests := map[string]struct{ before, after cer.Indicator }{
		"a counter":          {cer.Ratio{Bad: `x{code=~"5.."}`, Total: `x`}, cer.Ratio{Bad: `x{code=~"5..",` + both + `}`, Total: `x{` + both + `}`}},
		"an expression":      {cer.Value{PromQL: `sum(rate(a[__window])) / sum(b)`}, cer.Value{PromQL: `sum(rate(a{` + both + `}[__window])) / sum(b{` + both + `})`}},
		"a subquery":         {cer.Value{PromQL: `max_over_time(a[__window:1m])`}, cer.Value{PromQL: `max_over_time(a{` + both + `}[__window:1m])`}},
		"a part of a name":   {cer.Recorded{ErrorRatio: `slo:sli_error:ratio_rate__window`}, cer.Recorded{ErrorRatio: `slo:sli_error:ratio_rate__window{` + both + `}`}},
		"text that looks so": {cer.Value{PromQL: `label_replace(a[__window:], "b", "31893d", "c", "0765432h") + rate(a[__window])`}, nil},
		"a dotted name":      {cer.LatencyShare{Histogram: `{"http.server.request.duration"}`, Under: 1}, cer.LatencyShare{Histogram: `{__name__="http.server.request.duration",` + both + `}`, Under: 1}},
		"an apdex":           {cer.Apdex{Histogram: `h`, Good: `code="200"`}, cer.Apdex{Histogram: `h{` + both + `}`, Good: `code="200"`}},
		"a quantile":         {cer.Quantile{Histogram: `h`, Q: .5}, cer.Quantile{Histogram: `h{` + both + `}`, Q: .5}},
		"a probe":            {cer.Probe{Selector: `up{job="a"}`}, cer.Probe{Selector: `up{job="a",` + both + `}`}},
		"what it has":        {cer.Probe{Selector: `up{service="shop"}`}, cer.Probe{Selector: `up{region=~"eu|us",service="shop"}`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Restrict(test.before, shop)
			switch {
			case test.after == nil && err == nil:
				t.Errorf("got %+v, want an error", got)
			case test.after != nil && (err != nil || got != test.after):
				t.Errorf("got %+v (%v), want %+v", got, err, test.after)
			}
		})
	}
}

func TestRestrictWithoutMatchersChangesNothing(t *testing.T) {
	stated := cer.Value{PromQL: `sum( a )`}
	if got, err := Restrict(stated, nil); err != nil || got != stated {
		t.Errorf("got %+v (%v)", got, err)
	}
}

func TestRestrictRefusesMatchersThatDoNotParse(t *testing.T) {
	if _, err := Restrict(cer.Probe{Selector: "up"}, []string{`job=`}); err == nil {
		t.Error("no error")
	}
	if got := CheckRestriction(`job="a",le="0.5"`, work.NewBudget(1e6)); len(got.Problems) != 1 || got.Problems[0].Offset != 8 {
		t.Errorf("got %+v, want one on le", got)
	}
}

// Whatever is restricted stays the same expression but for the matchers.
func TestRestrictedTextParsesAsTheSameTree(t *testing.T) {
	for _, text := range []string{
		`sum(rate(a{b="c"}[__window])) + on() group_left() -x offset __window`,
		`quantile_over_time(0.5, a[__window:__window])`,
		`a > bool 5m`,
		`{"utf8.name",l="31893d"}`,
	} {
		got, err := Restrict(cer.Value{PromQL: text}, []string{`service="shop"`})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		tree, err := parseTemplate(got.(cer.Value).PromQL)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		want, _ := parseTemplate(text)
		parser.Inspect(tree, func(n parser.Node, _ []parser.Node) error {
			if s, ok := n.(*parser.VectorSelector); ok {
				s.LabelMatchers = slices.DeleteFunc(s.LabelMatchers, func(m *labels.Matcher) bool { return m.Name == "service" })
			}
			return nil
		})
		if textOf(tree) != textOf(want) {
			t.Errorf("%s became %s", textOf(want), textOf(tree))
		}
	}
}
