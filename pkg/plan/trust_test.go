package plan_test

import (
	"maps"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// ofTrust is a catalog whose metrics say who is trusted with them: plain ones are the catalog's, those of sli have the
// trust of their SLI, and those that end in own have a list of their own.
func ofTrust() *cer.Catalog {
	own := []string{`job="own"`}
	slis := func(prefix string, trust []string) []cer.SLI {
		value := func(metric string) cer.Indicator { return cer.Value{PromQL: prefix + "_" + metric} }
		sli := func(name string, indicator cer.Indicator, fallback *cer.Fallback) cer.SLI {
			return cer.SLI{Name: name, Weight: 1, Component: cer.Availability, Curve: cer.Identity{}, Missing: cer.Hold,
				Trust: trust, Indicator: indicator, Fallback: fallback}
		}
		return []cer.SLI{
			sli("requests", cer.Ratio{Bad: prefix + "_errors_total", Total: prefix + "_requests_total"}, nil),
			sli("value", value("value"), &cer.Fallback{Indicator: value("fallback"), Curve: cer.Identity{}}),
			sli("another", value("value"), &cer.Fallback{Indicator: value("fallback_own"), Curve: cer.Identity{}, Trust: own}),
		}
	}
	flow := func(name, suffix string, trust []string, slis []cer.SLI) cer.Flow {
		money := func(metric string) *cer.Money {
			return &cer.Money{PromQL: metric + suffix, Currency: "EUR", Trust: trust}
		}
		return cer.Flow{Name: name, Weight: 1, Objective: .95, Traffic: "requests", SLIs: slis, Revenue: money("revenue"),
			Cost: money("cost"), Dynamic: &cer.DynamicWeight{PromQL: "weight" + suffix, Trust: trust}}
	}
	c := policed()
	c.Trust = []string{`job="all"`}
	c.Flows = []cer.Flow{flow("a", "", nil, slis("plain", nil)), flow("b", "_own", own, slis("sli", []string{`job="sli"`}))}
	c.Events = []cer.Event{{Name: "a", PromQL: "event"}, {Name: "b", PromQL: "event_own", Trust: own}}
	c.Maintenance = []cer.Maintenance{
		{Name: "a", Effect: cer.EffectExclude, PromQL: "works"}, {Name: "b", Effect: cer.EffectExclude, PromQL: "works_own", Trust: own}}
	return c
}

// TestWhoIsTrustedWithWhat makes sure that each selector of each query has the matchers of its own list of trust, or of
// the next list up.
func TestWhoIsTrustedWithWhat(t *testing.T) {
	trusted := map[string]string{
		"plain_value": "all", "plain_fallback": "all", "plain_fallback_own": "own", "plain_errors_total": "all", "plain_requests_total": "all",
		"sli_value": "sli", "sli_fallback": "sli", "sli_fallback_own": "own", "sli_errors_total": "sli", "sli_requests_total": "sli",
		"weight": "all", "revenue": "all", "cost": "all", "event": "all", "works": "all",
		"weight_own": "own", "revenue_own": "own", "cost_own": "own", "event_own": "own", "works_own": "own",
	}
	unseen := maps.Clone(trusted)
	for _, query := range []string{
		`{}`, `{"format":"events"}`, `{"measure":"lag","level":"sli"}`, `{"measure":"traffic"}`, `{"format":"table","level":"flow"}`,
		`{"measure":"budget"}`, `{"measure":"revenueAtRisk","level":"flow"}`, `{"measure":"cost","level":"flow"}`, `{"format":"definition"}`,
	} {
		p, err := ask(query, ofTrust())
		if err != nil {
			t.Fatal(query, err)
		}
		for _, leaf := range p.Leaves {
			for _, selector := range selectorsOf(t, leaf.Expr.String()) {
				delete(unseen, selector.Name)
				if want := selector.Name + `{job="` + trusted[selector.Name] + `"}`; !isOf(selector, want) {
					t.Errorf("%s asks for %s, want %s", query, selector, want)
				}
			}
		}
	}
	for metric := range unseen {
		t.Errorf("no query asks for %s", metric)
	}
}

// isOf reports whether a selector is the one wanted, whatever it looks back over.
func isOf(selector *parser.VectorSelector, want string) bool {
	plain := parser.VectorSelector{Name: selector.Name, LabelMatchers: selector.LabelMatchers}
	return plain.String() == want
}

func selectorsOf(t *testing.T, promQL string) []*parser.VectorSelector {
	t.Helper()
	expr, err := parser.NewParser(parser.Options{}).ParseExpr(promQL)
	if err != nil {
		t.Fatal(err)
	}
	var all []*parser.VectorSelector
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		if selector, ok := node.(*parser.VectorSelector); ok {
			all = append(all, selector)
		}
		return nil
	})
	return all
}
