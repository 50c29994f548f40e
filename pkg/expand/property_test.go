package expand_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
	"pgregory.net/rapid"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// expressions draws PromQL with selectors wherever PromQL allows one.
func expressions() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string { return expression(t, 3) })
}

// expression draws an instant vector of limited depth.
func expression(t *rapid.T, depth int) string {
	if depth == 0 {
		return selector(t)
	}
	inner := func() string { return expression(t, depth-1) }
	switch rapid.IntRange(0, 8).Draw(t, "form") {
	case 0:
		return fmt.Sprintf("sum by (region) (%s)", inner())
	case 1:
		return fmt.Sprintf("topk(scalar(%s), %s)", inner(), inner())
	case 2:
		return fmt.Sprintf("rate(%s[__window])", strings.TrimSuffix(selector(t), " offset 5m"))
	case 3:
		return fmt.Sprintf("max_over_time((%s)[__window:1m] offset 5m)", inner())
	case 4:
		return fmt.Sprintf("(%s) / on (region) group_left () (%s)", inner(), inner())
	case 5:
		return fmt.Sprintf("clamp(%s, 0, scalar(%s))", inner(), inner())
	case 6:
		return fmt.Sprintf("label_replace(%s, \"a\", \"$1\", \"b\", \"(.*)\")", inner())
	case 7:
		return fmt.Sprintf("-(%s) unless (%s)", inner(), inner())
	default:
		return fmt.Sprintf("quantile(scalar(%s), absent(%s))", inner(), inner())
	}
}

// selector draws a selector, with or without a name and matchers.
func selector(t *rapid.T) string {
	return rapid.SampledFrom([]string{
		"up", `up{region="eu"}`, `{__name__=~"a|b"}`, `{"a.b",region!="us"}`, `up{job="other"}`, `up{job=~"shop-.*"}`, `up offset 5m`, `x{y="__window"}`,
	}).Draw(t, "selector")
}

func TestEverySelectorCarriesEveryTrustedMatcher(t *testing.T) {
	trust := []string{`job=~"shop-.*"`, `cluster!="dev"`}
	rapid.Check(t, func(t *rapid.T) {
		source := expressions().Draw(t, "expression")
		expr := reparsed(t, expanded(t, source, trust))
		parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
			if s, ok := node.(*parser.VectorSelector); ok {
				text := s.String()
				if !strings.Contains(text, `job=~"shop-.*"`) || !strings.Contains(text, `cluster!="dev"`) {
					t.Fatalf("%s lacks a trusted matcher, in the expansion of %s", text, source)
				}
			}
			return nil
		})
	})
}

func TestExpansionsParseToThemselves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := expanded(t, expressions().Draw(t, "expression"), []string{`job="x"`})
		if again := reparsed(t, text).String(); again != text {
			t.Fatalf("%s prints as %s", text, again)
		}
	})
}

func TestWithoutTrustAnExpressionKeepsItsMeaning(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		source := expressions().Draw(t, "expression")
		want := reparsed(t, strings.ReplaceAll(source, "[__window", "[5m")).String()
		if got := expanded(t, source, nil); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	})
}

// expanded expands a whole expression over five minutes.
func expanded(t *rapid.T, source string, trust []string) string {
	expansion, err := compile(t, cer.Value{PromQL: source}, trust...).Expand(expand.Config{Window: 5 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	return expansion.Forms[0].Parts[0].Expr.String()
}

func reparsed(t *rapid.T, text string) parser.Expr {
	expr, err := parser.NewParser(parser.Options{}).ParseExpr(text)
	if err != nil {
		t.Fatal(err)
	}
	return expr
}
