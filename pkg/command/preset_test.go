package command_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/cer-reliability/cer-datasource/pkg/preset"
)

const gatewayPreset = `apiVersion: cer/v1
kind: Preset
metadata: { name: gateway }
spec:
  layer: L3
  label: app
  slis: [{ name: ok, ratio: { bad: 'gateway_total{code=~"5.."}', total: gateway_total } }]
`

func TestPresetList(t *testing.T) {
	r := run(t, "preset list").is(0).says("LAYER    PRESET ", "success, latency 500ms", "destination_service_name", "Requests to a service")
	if lines := strings.Count(r.stdout, "\n"); lines != len(preset.Names())+1 {
		t.Errorf("it prints %d lines", lines)
	}
	for line := range strings.Lines(machine{width: 80}.run(t, "preset list").is(0).stdout) {
		if n := len([]rune(strings.TrimRight(line, "\n"))); n > 80 {
			t.Errorf("a line has %d columns: %s", n, line)
		}
	}
	inFolder(t, map[string]string{"cer/presets/gateway.yaml": gatewayPreset, "cer/shop.yaml": shop, "broken.yaml": strings.Replace(gatewayPreset, "name: ok", "name: 1", 1)})
	run(t, "preset list cer").is(0).says("gateway")
	run(t, "preset list broken.yaml").is(3).says("broken.yaml:7:18: spec.slis[0].name")
	run(t, "preset list nowhere").is(3).says("nowhere can't be read")
	var list struct {
		Presets []struct {
			Name, Layer, Source string
			SLIs                []struct{ Name, Kind, Under string }
		}
	}
	if err := json.Unmarshal([]byte(run(t, "preset list cer --json").is(0).stdout), &list); err != nil || len(list.Presets) != len(preset.Names())+1 {
		t.Fatalf("%d presets (%v)", len(list.Presets), err)
	}
	for _, p := range list.Presets {
		if p.Name == "istio" && (p.Layer != "L4" || p.Source == "" || p.SLIs[1].Under != "500ms" || p.SLIs[0].Kind != "ratio") {
			t.Errorf("istio: %+v", p)
		}
	}
}

func TestPresetShow(t *testing.T) {
	content, _ := preset.Content("istio")
	run(t, "preset show istio").is(0).prints("# Use it as the preset of a flow:\n#   preset: { use: istio, match: 'destination_service_name=\"checkout\"' }\n" + string(content))
	run(t, "preset show isto").is(3).says("there is no preset isto; did you mean istio?")
	run(t, "preset show").is(3).says("`cer preset show` needs the name of a preset")
	run(t, "preset show istio --json").is(0).says(`"name": "istio"`, `"under": "500ms"`, `"yaml": `)
	inFolder(t, map[string]string{"gateway.yaml": gatewayPreset})
	run(t, "preset show gateway gateway.yaml").is(0).says("# Use it as", "name: gateway")
}

func TestCheckReadsPresets(t *testing.T) {
	ofGateway := "apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: shop }\nspec:\n  flows: [{ name: home, preset: { use: gateway, match: 'app=\"shop\"' } }]\n"
	inFolder(t, map[string]string{
		"good/shop.yaml": ofGateway, "good/presets/gateway.yaml": gatewayPreset,
		"bad/shop.yaml": ofGateway, "bad/presets/gateway.yaml": strings.Replace(gatewayPreset, "total: gateway_total", "total: sum(", 1),
		"alone.yaml": gatewayPreset, "taken.yaml": strings.Replace(gatewayPreset, "name: gateway", "name: istio", 1),
	})
	run(t, "check good").is(0).says("1 catalog in 2 files: 0 errors, 0 warnings\n")
	run(t, "check alone.yaml").is(0).says("0 catalogs in 1 file: 0 errors, 0 warnings\n")
	run(t, "check taken.yaml").is(1).says("taken.yaml:3:19: error: metadata.name: cer comes with a preset of this name")
	run(t, "check bad").is(1).says("bad/presets/gateway.yaml:7:", "bad/shop.yaml:5:40: error: spec.flows[0].preset.use: the preset gateway at bad/presets/gateway.yaml:1:1 has errors", ": 2 errors, 0 warnings\n")
	run(t, "expand good --flow home").is(0).says(`sum(rate(gateway_total{app="shop",code=~"5.."}[5m]))`)
}

// What is asked of a store for a preset has the matchers in every selector.
func TestExpandedPresetsHaveTheMatchers(t *testing.T) {
	var flows strings.Builder
	for _, name := range preset.Names() {
		flows.WriteString("    - { name: " + name + ", preset: { use: " + name + ", match: 'team=\"a\",stage=~\"prod|live\"' } }\n")
	}
	inFolder(t, map[string]string{"all.yaml": "apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: all }\nspec:\n  flows:\n" + flows.String()})
	var expanded struct {
		Rows []struct{ SLI, PromQL, Request string }
	}
	if err := json.Unmarshal([]byte(run(t, "expand all.yaml --json").is(0).stdout), &expanded); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range expanded.Rows {
		name, _, _ := strings.Cut(r.SLI, "/")
		seen[name] = true
		for _, text := range []string{r.PromQL, r.Request} {
			expr, err := parser.NewParser(parser.Options{}).ParseExpr(text)
			if err != nil {
				t.Errorf("%s: %s: %v", r.SLI, text, err)
				continue
			}
			parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
				s, ok := n.(*parser.VectorSelector)
				if !ok {
					return nil
				}
				for _, m := range []string{`team="a"`, `stage=~"prod|live"`} {
					if !strings.Contains(s.String(), m) {
						t.Errorf("%s: %s lacks %s, in %s", r.SLI, s, m, text)
					}
				}
				return nil
			})
		}
	}
	if len(seen) != len(preset.Names()) {
		t.Errorf("%d presets are expanded", len(seen))
	}
}
