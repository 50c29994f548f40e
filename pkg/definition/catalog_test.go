package definition

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// valid returns the catalog of a file of testdata/valid.
func valid(t *testing.T, name string) *cer.Catalog {
	t.Helper()
	return load(t, string(readFile(t, "testdata/valid/"+name)))
}

// usualBudget is how a catalog counts budgets that says nothing of them and has a window of 5 minutes.
var usualBudget = cer.Budgeting{Window: 30 * 24 * time.Hour, Method: cer.RatioTimeslices, Slice: 5 * time.Minute, Lookback: 24 * time.Hour}

func TestExampleOfTheModel(t *testing.T) {
	psp := cer.SLI{
		Name: "psp", Component: cer.Dependency, DependsOn: "payment-provider", Weight: 2, Trust: []string{`job="psp-exporter"`},
		Indicator: cer.Ratio{Bad: `psp_calls_total{outcome="error"}`, Total: "psp_calls_total"},
		Labels:    map[string]string{"region": "cloud_region", "tier": cer.NoLabel},
		Curve:     cer.Identity{}, Missing: cer.Hold, MaxDelay: 10 * time.Minute, Idle: cer.Ignore,
		Fallback: &cer.Fallback{Indicator: cer.Probe{Selector: `probe_success{target="psp"}`}, Curve: cer.Identity{}},
	}
	histogram := `http_request_duration_seconds{handler="/checkout"}`
	want := &cer.Catalog{
		Name: "shop", Window: 5 * time.Minute, ScrapeInterval: 15 * time.Second, Aggregate: cer.Mean, Objective: 0.95,
		MinCoverage: 0.5, Trust: []string{`job=~"shop-.*"`}, Budget: usualBudget,
		Dimensions: []cer.Dimension{
			{Name: "region", Label: "region", Values: []string{"eu", "us"}},
			{Name: "tier", Label: "customer_tier", Weights: map[string]float64{"premium": 4, "standard": 1}},
			{Name: "release", Label: "track"},
		},
		Flows: []cer.Flow{{
			Name: "checkout", Title: "Checkout", Owner: "payments-oncall", Runbook: "https://runbooks.example/checkout",
			Labels: map[string]string{"product": "shop", "team": "payments"}, Weight: 5, Objective: 0.99, Traffic: "success",
			SLIs: []cer.SLI{
				{
					Name: "success", Component: cer.Availability, Weight: 5, Key: true, Objective: 0.999, MinEvents: 20,
					Indicator: cer.Ratio{Good: `http_requests_total{handler="/checkout",code!~"5.."}`, Total: `http_requests_total{handler="/checkout"}`},
					Curve:     cer.Identity{}, Missing: cer.Ignore, Idle: cer.Ignore,
				},
				{
					Name: "fast", Component: cer.Latency, Weight: 3,
					Indicator: cer.LatencyShare{Histogram: histogram, Unit: cer.Seconds, Under: 800 * time.Millisecond},
					Curve:     cer.Identity{}, Missing: cer.Ignore, Idle: cer.Ignore,
				},
				{
					Name: "p99", Component: cer.Latency, Weight: 1,
					Indicator: cer.Quantile{Histogram: histogram, Unit: cer.Seconds, Q: 0.99},
					Curve:     cer.LogNormal{P10: 0.3, Median: 0.8}, Missing: cer.Ignore, Idle: cer.Ignore,
				},
				psp,
			},
		}},
	}
	want.Policies = want.DefaultPolicies()
	if got := valid(t, "shop.yaml"); !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

func TestDefaults(t *testing.T) {
	got := valid(t, "smallest.yaml")
	want := &cer.Catalog{
		Name: "shop", Window: 5 * time.Minute, Aggregate: cer.Mean, MinCoverage: 0.5, Budget: usualBudget,
		Flows: []cer.Flow{{Name: "checkout", Weight: 1, Traffic: "success", SLIs: []cer.SLI{{
			Name: "success", Component: cer.Availability, Weight: 1, Curve: cer.Identity{}, Missing: cer.Ignore, Idle: cer.Ignore,
			Indicator: cer.Ratio{Good: `requests_total{code!~"5.."}`, Total: "requests_total"},
		}}}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

func TestKinds(t *testing.T) {
	flow := valid(t, "kinds.yaml").Flows[0]
	want := map[string]cer.SLI{
		"ratio": {Component: cer.Availability, Indicator: cer.Ratio{Bad: `requests_total{code=~"5.."}`, Total: "requests_total"}},
		"ratio-of-expressions": {Component: cer.Availability, Indicator: cer.Ratio{
			Good:  "sum(rate(requests_total{code!~\"5..\"}[__window]))\n  + sum(rate(redirects_total[__window]))",
			Total: "sum(rate(requests_total[__window])) + sum(rate(redirects_total[__window]))",
		}},
		"latency":       {Component: cer.Latency, Indicator: cer.LatencyShare{Histogram: "request_duration_seconds", Unit: cer.Seconds, Under: 800 * time.Millisecond}},
		"apdex":         {Component: cer.Latency, Indicator: cer.Apdex{Histogram: "request_duration_milliseconds", Unit: cer.Milliseconds, Satisfied: 300 * time.Millisecond, Tolerated: 1200 * time.Millisecond}},
		"quantile":      {Component: cer.Latency, Indicator: cer.Quantile{Histogram: "request_duration", Unit: cer.Milliseconds, Q: 0.99}, Curve: cer.LogNormal{P10: 0.3, Median: 0.8}, MinEvents: 20},
		"value":         {Component: cer.Experience, Indicator: cer.Value{PromQL: "avg(conversion)"}},
		"latency-in-ms": {Component: cer.Latency, Indicator: cer.LatencyShare{Histogram: "request_duration", Unit: cer.Milliseconds, Under: 800 * time.Millisecond}},
		"apdex-in-s":    {Component: cer.Latency, Indicator: cer.Apdex{Histogram: "request_duration", Unit: cer.Seconds, Satisfied: 300 * time.Millisecond, Tolerated: time.Second}},
		"probe":         {Component: cer.Availability, Indicator: cer.Probe{Selector: `probe_success{target="shop"}`}, Trust: []string{}},
	}
	for _, got := range flow.SLIs {
		expected := want[got.Name]
		expected.Name, expected.Weight, expected.Missing, expected.Idle = got.Name, 1, cer.Ignore, cer.Ignore
		if expected.Curve == nil {
			expected.Curve = cer.Identity{}
		}
		if !reflect.DeepEqual(got, expected) {
			t.Errorf("got\n%#v\nwant\n%#v", got, expected)
		}
	}
}

func TestCurves(t *testing.T) {
	flow := valid(t, "curves.yaml").Flows[0]
	want := map[string]cer.Curve{
		"none":       cer.Identity{},
		"word":       cer.Identity{},
		"empty":      cer.Identity{},
		"linear":     cer.Linear{Zero: 0.9, One: 1},
		"step":       cer.Step{At: 0.99},
		"objective":  cer.Budget{Objective: 0.999, Factor: 10},
		"factor":     cer.Budget{Objective: 0.999, Factor: 14.4},
		"lower":      cer.Step{At: 5400, LowerBetter: true},
		"number":     cer.Linear{Zero: 5400, One: 0},
		"log-normal": cer.LogNormal{P10: 0.3, Median: 0.8},
	}
	for _, s := range flow.SLIs {
		if s.Curve != want[s.Name] {
			t.Errorf("%s: got %#v, want %#v", s.Name, s.Curve, want[s.Name])
		}
	}
}

func TestDefaultTraffic(t *testing.T) {
	ratio, value := cer.Ratio{}, cer.Value{}
	tests := map[string]struct {
		slis []cer.SLI
		want string
	}{
		"the first key SLI that counts events": {[]cer.SLI{{Name: "a", Indicator: ratio}, {Name: "b", Indicator: value, Key: true}, {Name: "c", Indicator: ratio, Key: true}}, "c"},
		"else the first that counts events":    {[]cer.SLI{{Name: "a", Indicator: value, Key: true}, {Name: "b", Indicator: ratio}, {Name: "c", Indicator: ratio}}, "b"},
		"else none":                            {[]cer.SLI{{Name: "a", Indicator: value}}, ""},
	}
	for name, test := range tests {
		if got := defaultTraffic(test.slis); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func TestDocumentsMakeOneCatalog(t *testing.T) {
	one := valid(t, "documents.yaml")
	if len(one.Flows) != 2 || one.Flows[1].Name != "search" || one.Aggregate != cer.Geometric || one.Flows[0].Objective != 0.95 {
		t.Fatalf("got %+v", one)
	}
	first, rest, _ := bytes.Cut(readFile(t, "testdata/valid/documents.yaml"), []byte("---\n"))
	two, issues := Load(Source{Name: "a.yaml", Content: first}, Source{Name: "b.yaml", Content: rest})
	if len(issues) > 0 || one.Revision() != two.Revision() {
		t.Errorf("two files make another catalog than two documents: %v", issues)
	}
}

func TestFilesThatDisagree(t *testing.T) {
	head := "apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: shop }\n"
	_, issues := Load(
		Source{Name: "a.yaml", Content: []byte(head + "spec: { window: 5m }\n")},
		Source{Name: "b.yaml", Content: []byte(head + "spec:\n  window: 1m\n  flows: [{ name: checkout, slis: [{ name: up, probe: { selector: up } }] }]\n")},
		Source{Name: "c.yaml", Content: []byte("a: [\n")},
		Source{Name: "a.yaml", Content: []byte(strings.ReplaceAll(head, "shop", "store") + "spec: { flows: [{ name: checkout, slis: [] }] }\n")},
	)
	want := `b.yaml:5:3: spec.window: this setting is also in another document, at a.yaml:4:9; leave one of them out (here: window)
c.yaml:2:1: this is not valid YAML, here or below: did not find expected node content
a.yaml:3:19: metadata.name: all documents belong to one catalog, which is named shop at a.yaml:3:19; write the same name (here: store)
a.yaml:4:25: spec.flows[0].name: this name is already used at b.yaml:6:19; choose another (here: checkout)
a.yaml:4:41: spec.flows[0].slis: a flow needs at least one SLI; add { name: success, ratio: { good: ..., total: ... } }`
	if got := issues.Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestContentThatIsRefusedAsAWhole(t *testing.T) {
	smallest := string(readFile(t, "testdata/valid/smallest.yaml"))
	tests := map[string]struct {
		sources []Source
		want    string
	}{
		"no source":           {nil, "the catalog is empty; write one that starts with apiVersion: cer/v1"},
		"no byte":             {[]Source{{Name: "a.yaml"}}, "a.yaml:1:1: the content is empty; a catalog starts with apiVersion: cer/v1"},
		"empty documents":     {[]Source{{Name: "a.yaml", Content: []byte("---\n---\n")}}, "a.yaml:1:1: the content is empty; a catalog starts with apiVersion: cer/v1"},
		"more than 1 MiB":     {[]Source{{Name: "a.yaml", Content: []byte(smallest + strings.Repeat("#\n", 1<<19))}}, "a.yaml:1:1: the content is larger than 1 MiB; split the catalog into several files"},
		"a line separator":    {[]Source{{Content: []byte("a: b\r\nc: \u2028")}}, "2:4: the character U+2028 is not allowed in a catalog; leave it out"},
		"half of a character": {[]Source{{Content: []byte("a: \ufffd \xe2\x82")}}, "1:6: the content is not UTF-8; save the file as UTF-8"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			catalog, issues := Load(test.sources...)
			if got := issues.Error(); got != test.want || catalog != nil {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestLayoutDoesNotChangeTheRevision writes one catalog in several ways.
func TestLayoutDoesNotChangeTheRevision(t *testing.T) {
	want := valid(t, "shop.yaml").Revision()
	text := string(readFile(t, "testdata/valid/shop.yaml"))
	for name, change := range map[string]func(string) string{
		"comments":           func(s string) string { return strings.ReplaceAll(s, "\n", " # a remark\n") },
		"empty lines":        func(s string) string { return strings.ReplaceAll(s, "\n", "\n\n") },
		"Windows' lines":     func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
		"a byte order mark":  func(s string) string { return "\ufeff" + s },
		"deeper indentation": func(s string) string { return strings.ReplaceAll(s, "\n", "\n  ") },
		"quotes":             func(s string) string { return strings.ReplaceAll(s, "title: Checkout", `"title": "Check\x6fut"`) },
		"order of keys": func(s string) string {
			return strings.ReplaceAll(s, "{ product: shop, team: payments }", "{ team: payments, product: shop }")
		},
		"a block":         func(s string) string { return strings.ReplaceAll(s, "psp_calls_total }", "psp_calls_total,\n }") },
		"what is default": func(s string) string { return strings.ReplaceAll(s, "  aggregate: mean\n", "") },
		"numbers":         func(s string) string { return strings.ReplaceAll(s, "weight: 5", "weight: 5.0") },
	} {
		t.Run(name, func(t *testing.T) {
			changed := change(text)
			if changed == text {
				t.Fatal("nothing changed")
			}
			if got := load(t, changed).Revision(); got != want {
				t.Errorf("the revision is another")
			}
		})
	}
	if load(t, strings.ReplaceAll(text, "weight: 5", "weight: 6")).Revision() == want {
		t.Errorf("another weight does not change the revision")
	}
}
