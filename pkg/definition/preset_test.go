package definition

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/preset"
)

// ofFlow returns a catalog with one flow.
func ofFlow(fields string) string {
	return "apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: x }\nspec:\n  flows:\n    - name: shop\n" +
		"      " + strings.ReplaceAll(strings.TrimSpace(fields), "\n", "\n      ") + "\n"
}

// loadFlow returns the flow of a catalog that has to be free of issues.
func loadFlow(t *testing.T, fields string, more ...Source) cer.Flow {
	t.Helper()
	catalog, issues := Load(append([]Source{{Name: "shop.yaml", Content: []byte(ofFlow(fields))}}, more...)...)
	if len(issues) > 0 {
		t.Fatalf("issues: %v", issues)
	}
	return catalog.Flows[0]
}

func TestPresetsAreFreeOfIssues(t *testing.T) {
	for _, name := range preset.Names() {
		t.Run(name, func(t *testing.T) {
			all, issues := readPresets(openEmbedded(name), false)
			if len(issues) > 0 || len(all) != 1 {
				t.Fatalf("%d presets; issues: %v", len(all), issues)
			}
			p := all[0]
			if p.Name != name {
				t.Errorf("the file is named after %s, the preset %s", name, p.Name)
			}
			if p.Exporter == "" || p.Source == "" || p.Versions == "" || p.Description == "" || p.Layer == "" || len(p.Signature) == 0 || p.Label == "" {
				t.Errorf("something is not stated: %+v", p)
			}
			flow := loadFlow(t, `preset: { use: `+name+`, match: 'some_label="shop"' }`)
			for i, s := range flow.SLIs {
				want := p.SLIs[i]
				want.Indicator, _ = expand.Restrict(want.Indicator, []string{`some_label="shop"`})
				if !reflect.DeepEqual(s, want) {
					t.Errorf("the flow has %+v, want %+v", s, want)
				}
				one := loadFlow(t, `slis: [{ name: one, preset: { use: `+name+`/`+s.Name+`, match: 'some_label="shop"' } }]`).SLIs[0]
				want.Name, want.Weight, want.Key = "one", 1, false
				if !reflect.DeepEqual(one, want) {
					t.Errorf("the SLI is %+v, want %+v", one, want)
				}
			}
		})
	}
}

func TestEveryLayerHasPresets(t *testing.T) {
	layers := map[string]int{}
	for _, p := range Presets() {
		layers[p.Layer]++
	}
	for _, layer := range Layers() {
		if layers[layer] == 0 {
			t.Errorf("%s has none", layer)
		}
	}
}

// What a flow says beside its preset changes the preset's SLIs, or adds to them.
func TestAFlowChangesItsPreset(t *testing.T) {
	flow := loadFlow(t, `
preset: { use: istio, match: 'destination_service_name="shop"' }
slis:
  - { name: psp, component: dependency, weight: 2, ratio: { bad: 'psp_total{code="500"}', total: psp_total } }
  - { name: latency, under: 300ms, weight: 7, objective: 0.99 }`)
	want := loadFlow(t, `
slis:
  - name: success
    weight: 3
    key: true
    ratio:
      bad: 'istio_requests_total{destination_service_name="shop",reporter=~"destination|waypoint",response_code=~"5.."}'
      total: 'istio_requests_total{destination_service_name="shop",reporter=~"destination|waypoint"}'
  - name: latency
    weight: 7
    objective: 0.99
    latency: { histogram: 'istio_request_duration_milliseconds{destination_service_name="shop",reporter=~"destination|waypoint"}', under: 300ms }
  - { name: psp, component: dependency, weight: 2, ratio: { bad: 'psp_total{code="500"}', total: psp_total } }`)
	if !reflect.DeepEqual(flow, want) {
		t.Errorf("got  %+v\nwant %+v", flow, want)
	}
}

func TestWhatAnSLITakesFromPresets(t *testing.T) {
	latency := func(flow cer.Flow) cer.SLI {
		s, _ := flow.SLI("latency")
		return *s
	}
	bound := func(flow cer.Flow) string { return latency(flow).Indicator.(cer.LatencyShare).Under.String() }
	if got := bound(loadFlow(t, `preset: { use: istio, under: 250ms }`)); got != "250ms" {
		t.Errorf("the bound of the flow's preset is %s", got)
	}
	if got := bound(loadFlow(t, "preset: { use: istio, under: 250ms }\nslis: [{ name: latency, under: 100ms }]")); got != "100ms" {
		t.Errorf("the bound of the flow's preset with that of the SLI is %s", got)
	}
	replaced := latency(loadFlow(t, "preset: { use: istio, match: 'a=\"b\"' }\nslis: [{ name: latency, preset: { use: traefik/latency, match: 'c=\"d\"' } }]"))
	if replaced.Weight != 2 || replaced.Indicator.(cer.LatencyShare).Histogram != `traefik_service_request_duration_seconds{c="d"}` {
		t.Errorf("another preset: %+v", replaced)
	}
	own := latency(loadFlow(t, "preset: { use: envoy, match: 'a=\"b\"' }\nslis: [{ name: latency, latency: { histogram: h_seconds, under: 1s } }]"))
	if i := own.Indicator.(cer.LatencyShare); own.Weight != 2 || i.Unit != cer.UnitOfName("h_seconds") || i.Histogram != "h_seconds" {
		t.Errorf("an own kind: %+v", own)
	}
	with := loadFlow(t, `slis: [{ name: db, component: dependency, probe: { selector: up }, fallback: { preset: { use: envoy/latency, match: 'a="b"', under: 1s } } }]`)
	if i, ok := with.SLIs[0].Fallback.Indicator.(cer.LatencyShare); !ok || i.Histogram != `envoy_cluster` && i.Histogram != `envoy_http_downstream_rq_time{a="b"}` || i.Under.String() != "1s" {
		t.Errorf("a fallback: %+v", with.SLIs[0].Fallback)
	}
}

func TestIssuesOfPresets(t *testing.T) {
	tests := map[string]struct{ fields, want string }{
		"an unknown one":            {`preset: { use: isto }`, `7:22: spec.flows[0].preset.use: there is no preset of this name; did you mean istio`},
		"of an SLI":                 {`slis: [{ name: a, preset: { use: isto/latency } }]`, `7:40: spec.flows[0].slis[0].preset.use: there is no preset of this name; did you mean istio`},
		"an unknown SLI":            {`slis: [{ name: a, preset: { use: istio/latncy } }]`, `7:40: spec.flows[0].slis[0].preset.use: the preset istio has no SLI of this name; did you mean latency`},
		"a preset for an SLI":       {`slis: [{ name: a, preset: { use: istio } }]`, `name one of its SLIs, such as istio/success`},
		"an SLI for a flow":         {`preset: { use: istio/latency }`, `a flow uses a whole preset; write istio, or use istio/latency for an SLI`},
		"a name alone":              {`preset: istio`, `7:15: spec.flows[0].preset: a mapping is needed here, not text; write { use: istio }`},
		"a list":                    {`preset: [istio]`, `a mapping is needed here, not a list`},
		"an edition there is not":   {`preset: { use: istio@9 }`, `there is no preset of this name; did you mean istio`},
		"no matchers":               {`preset: { use: istio, match: '' }`, `text is needed here; write it or leave the field out`},
		"a selector for matchers":   {`preset: { use: istio, match: 'up{job="a"}' }`, `7:39: spec.flows[0].preset.match: PromQL: `},
		"no name":                   {`preset: { match: 'a="b"' }`, `the use of a preset needs the field use; add use: istio`},
		"an unknown field":          {`preset: { use: istio, mach: 'a="b"' }`, `7:29: spec.flows[0].preset.mach: the use of a preset has no field of this name; did you mean match`},
		"bad matchers":              {`preset: { use: istio, match: 'a=b' }`, `7:39: spec.flows[0].preset.match: PromQL: unexpected identifier "b" in label matching`},
		"matchers in a list":        {`preset: { use: istio, match: ['a="b"'] }`, `write all matchers in one, separated by commas`},
		"matchers on buckets":       {`preset: { use: istio, match: 'le="1"' }`, `a matcher on le chooses buckets`},
		"a bound that is none":      {`preset: { use: istio, under: 300 }`, `7:36: spec.flows[0].preset.under: a duration such as 5m, 1h30m or 800ms is needed here`},
		"no bound in the preset":    {`preset: { use: scrape, under: 300ms }`, `no SLI of the preset scrape has a bound; leave under out`},
		"no bound in the SLI":       {`slis: [{ name: a, preset: { use: istio/success, under: 300ms } }]`, `7:62: spec.flows[0].slis[0].preset.under: the SLI success of the preset istio has no bound; leave under out`},
		"nor in the changed one":    {"preset: { use: istio }\nslis: [{ name: success, under: 300ms }]", `8:38: spec.flows[0].slis[0].under: the SLI success of the preset istio has no bound`},
		"a bound without a preset":  {`slis: [{ name: a, probe: { selector: up }, under: 300ms }]`, `under changes the bound of a preset's SLI; for other SLIs it goes into the kind`},
		"a bound beside the preset": {`slis: [{ name: a, preset: { use: istio/latency }, under: 300ms }]`, `write preset: { use: istio/latency, under: 300ms }`},
		"a preset and a kind":       {`slis: [{ name: a, preset: { use: istio/latency }, probe: { selector: up } }]`, `an SLI has either a preset or a kind; leave preset or probe out`},
		"a name that is misspelt":   {"preset: { use: istio }\nslis: [{ name: latncy, weight: 3 }]", `8:22: spec.flows[0].slis[0].name: the preset istio has no SLI of this name to change; did you mean latency`},
		"what the preset can't do":  {"preset: { use: scrape }\nslis: [{ name: up, minEvents: 20 }]", `8:37: spec.flows[0].slis[0].minEvents: an SLI of the kind probe counts no events`},
		"a name that is taken":      {"preset: { use: istio }\nslis: [{ name: latency }, { name: latency, weight: 2 }]", `this name is already used at`},
		"traffic of a typo":         {"preset: { use: isto }\ntraffic: success", `there is no preset of this name`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, issues := Load(Source{Content: []byte(ofFlow(test.fields))})
			if len(issues) != 1 || !strings.Contains(issues[0].String(), test.want) {
				t.Errorf("got %v\nwant one that says %s", issues, test.want)
			}
		})
	}
}

const ownPreset = `apiVersion: cer/v1
kind: Preset
metadata: { name: gateway }
spec:
  slis:
    - { name: ok, weight: 3, ratio: { bad: 'gateway_requests_total{code=~"5.."}', total: gateway_requests_total } }
    - { name: fast, latency: { histogram: gateway_request_seconds, under: 300ms } }
`

func own(name, content string) Source { return Source{Name: name, Content: []byte(content)} }

func TestOwnPresets(t *testing.T) {
	flow := loadFlow(t, `preset: { use: gateway, match: 'app="shop"' }`, own("presets/gateway.yaml", ownPreset))
	want := cer.Ratio{Bad: `gateway_requests_total{app="shop",code=~"5.."}`, Total: `gateway_requests_total{app="shop"}`}
	if flow.SLIs[0].Indicator != want || len(flow.SLIs) != 2 {
		t.Errorf("got %+v", flow.SLIs)
	}
}

func TestIssuesOfOwnPresets(t *testing.T) {
	broken := strings.Replace(ownPreset, "weight: 3", "weight: -3", 1)
	tests := map[string]struct {
		use  string
		more []Source
		want []string
	}{
		"a broken one that is not used": {"istio", []Source{own("presets/gateway.yaml", broken)}, nil},
		"a broken one": {"gateway", []Source{own("presets/gateway.yaml", broken)}, []string{
			"shop.yaml:7:22: spec.flows[0].preset.use: the preset gateway at presets/gateway.yaml:1:1 has errors",
			"presets/gateway.yaml:6:27: spec.slis[0].weight: a weight is a number from 0 to 1e9",
		}},
		"two of a name": {"gateway", []Source{own("presets/a.yaml", ownPreset), own("presets/b.yaml", ownPreset)}, []string{
			"the preset gateway is defined at presets/a.yaml:1:1 and at presets/b.yaml:1:1",
		}},
		"a file that can't be read": {"gateway", []Source{own("presets/gateway.yaml", ownPreset+"  x: [")}, []string{
			"there is no preset of this name",
		}},
		"a misspelt name": {"gatway", []Source{own("presets/gateway.yaml", ownPreset)}, []string{"did you mean gateway"}},
		"one that uses another": {"gateway", []Source{own("presets/gateway.yaml", strings.Replace(ownPreset, "latency: { histogram: gateway_request_seconds, under: 300ms }", "preset: { use: istio/latency }", 1))}, []string{
			"shop.yaml:7:22", "a preset can't use another preset",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			sources := append([]Source{own("shop.yaml", ofFlow("preset: { use: "+test.use+" }"))}, test.more...)
			_, issues := Load(sources...)
			if len(issues) != len(test.want) {
				t.Fatalf("got %v, want %d", issues, len(test.want))
			}
			for i, want := range test.want {
				if !strings.Contains(issues[i].String(), want) {
					t.Errorf("got %v, want one that says %s", issues[i], want)
				}
			}
		})
	}
}

// What only shows where a preset is used is said there, with the field of the preset.
func TestIssuesAtTheUseOfAPreset(t *testing.T) {
	recorded := strings.Replace(ownPreset, "ratio: { bad: 'gateway_requests_total{code=~\"5..\"}', total: gateway_requests_total }", "component: latency, recorded: { ratio: 'gateway:success:ratio' }", 1)
	of := func(use string) string {
		return strings.Replace(ofFlow(use), "spec:\n", "spec:\n  trust: ['job=\"shop\"']\n", 1)
	}
	tests := map[string]struct{ use, want string }{
		"by a flow":  {"preset: { use: gateway }", "shop.yaml:8:22: spec.flows[0].preset[ok].recorded: recorded series don't have the labels of the trusted jobs"},
		"by an SLI":  {"slis: [{ name: a, preset: { use: gateway/ok } }]", "shop.yaml:8:40: spec.flows[0].slis[0].recorded: recorded series don't"},
		"as changed": {"preset: { use: gateway }\nslis: [{ name: ok, weight: 2 }]", "shop.yaml:8:22: spec.flows[0].slis[0].recorded: recorded series don't"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, issues := Load(own("shop.yaml", of(test.use)), own("presets/gateway.yaml", recorded))
			if len(issues) != 1 || !strings.Contains(issues[0].String(), test.want) {
				t.Errorf("got %v, want one that says %s", issues, test.want)
			}
		})
	}
	if flow := loadFlow(t, "preset: { use: gateway, match: 'a=\"b\"' }\nslis: [{ name: ok, trust: [] }]", own("presets/gateway.yaml", recorded)); flow.SLIs[0].Indicator != (cer.Recorded{Ratio: `gateway:success:ratio{a="b"}`}) {
		t.Errorf("got %+v", flow.SLIs[0])
	}
}

// Remarks on the telemetry of SLIs stand at the preset where the definition does not name them.
func TestWarningsOfPresets(t *testing.T) {
	source := own("shop.yaml", ofFlow("preset: { use: istio }\nslis: [{ name: latency, weight: 2 }]"))
	issues := WarningsOf(source, []Remark{{"shop", "success", "it is rare"}, {"shop", "latency", "it is slow"}, {"other", "success", "it is gone"}})
	if got := issues.Error(); got != "shop.yaml:7:22: warning: spec.flows[0].preset.use: the SLI success: it is rare (here: istio)\nshop.yaml:8:22: warning: spec.flows[0].slis[0].name: it is slow (here: latency)" {
		t.Errorf("got %s", got)
	}
}

func TestAPresetOfCersNameIsWrong(t *testing.T) {
	_, issues := ReadPresets(own("presets/istio.yaml", strings.Replace(ownPreset, "name: gateway", "name: istio", 1)))
	if len(issues) != 1 || !strings.Contains(issues[0].String(), "presets/istio.yaml:3:19: metadata.name: cer comes with a preset of this name") {
		t.Errorf("got %v", issues)
	}
}

func TestPresetsAreNoCatalog(t *testing.T) {
	if catalog, issues := Load(own("presets/gateway.yaml", ownPreset)); catalog != nil || !issues.Refused() {
		t.Errorf("got %v, %v", catalog, issues)
	}
	if head := HeadOf(own("presets/gateway.yaml", ownPreset)); !head.Presets || !head.Whole || len(head.Names) > 0 {
		t.Errorf("got %+v", head)
	}
}

// A catalog of many flows that are made of presets is no more work than it may be.
func TestManyFlowsOfPresets(t *testing.T) {
	var flows strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&flows, "    - { name: f%d, preset: { use: istio, match: 'destination_service_name=\"f%d\"' } }\n", i, i)
	}
	catalog, issues := Load(Source{Content: []byte("apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: x }\nspec:\n  trust: ['cluster=\"a\"']\n  flows:\n" + flows.String())})
	if len(issues) > 0 || len(catalog.Flows) != 2000 {
		t.Fatalf("issues: %v", issues)
	}
}

// An alias is written out with each use; the budget bounds that.
func TestAliasesOfUsesAreBounded(t *testing.T) {
	flow := "&f { name: a, preset: { use: istio } }"
	for range 30_000 {
		flow += ", *f"
	}
	_, issues := Load(Source{Content: []byte("apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: x }\nspec: { flows: [" + flow + "] }\n")})
	if !issues.Refused() {
		t.Error("it loads")
	}
}
