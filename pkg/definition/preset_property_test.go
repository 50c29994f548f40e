package definition

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
	"pgregory.net/rapid"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/preset"
)

// textsOf returns the PromQL of an indicator, with a window.
func textsOf(indicator cer.Indicator) []string {
	var texts []string
	switch i := indicator.(type) {
	case cer.Ratio:
		texts = []string{i.Good, i.Bad, i.Total}
	case cer.LatencyShare:
		texts = []string{i.Histogram}
	case cer.Value:
		texts = []string{i.PromQL}
	case cer.Probe:
		texts = []string{i.Selector}
	default:
		panic(fmt.Sprintf("no preset had an SLI of the kind %s", i.Kind()))
	}
	for i, text := range texts {
		texts[i] = strings.ReplaceAll(text, "__window", "5m")
	}
	return texts
}

// Whatever matches are stated, every selector of every preset has them.
func TestEverySelectorOfAPresetHasTheMatchers(t *testing.T) {
	names := preset.Names()
	pql := parser.NewParser(parser.Options{})
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(names).Draw(t, "preset")
		var stated []string
		for i := range rapid.IntRange(1, 3).Draw(t, "matchers") {
			op := rapid.SampledFrom([]string{"=", "!=", "=~", "!~"}).Draw(t, "op")
			value := rapid.StringMatching(`[a-z0-9.|_ -]{0,12}`).Draw(t, "value")
			stated = append(stated, fmt.Sprintf("m%d%s%q", i, op, value))
		}
		match := strings.Join(stated, ",")
		catalog, issues := Load(Source{Content: []byte(ofFlow("preset: { use: " + name + ", match: '" + match + "' }"))})
		if len(issues) > 0 {
			t.Fatalf("%s: %v", match, issues)
		}
		for _, s := range catalog.Flows[0].SLIs {
			for _, text := range textsOf(s.Indicator) {
				if text != "" {
					checkMatchers(t, pql, text, stated)
				}
			}
		}
	})
}

// checkMatchers fails the test unless all selectors of an expression have the matchers.
func checkMatchers(t *rapid.T, pql parser.Parser, text string, want []string) {
	expr, err := pql.ParseExpr(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	selectors := 0
	parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
		selector, ok := n.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		selectors++
		has := map[string]bool{}
		for _, m := range selector.LabelMatchers {
			has[m.String()] = true
		}
		for _, m := range want {
			if !has[m] {
				t.Fatalf("%s of %s lacks %s", selector, text, m)
			}
		}
		return nil
	})
	if selectors == 0 {
		t.Fatalf("%s selects nothing", text)
	}
}
