package definition

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

func TestDimensions(t *testing.T) {
	catalog := valid(t, "cohorts.yaml")
	want := []cer.Dimension{
		{Name: "region", Label: "region", Values: []string{"eu", "us", "1", "true", "2026-01-01", "0x10"}},
		{Name: "tier", Label: "customer_tier", Values: []string{"standard"}, Weights: map[string]float64{"premium": 4, "standard": 1, "7": 0}},
		{Name: "release", Label: "track"},
	}
	if !reflect.DeepEqual(catalog.Dimensions, want) {
		t.Errorf("got\n%#v\nwant\n%#v", catalog.Dimensions, want)
	}
	labels := map[string][]string{
		"success": {"region", "customer_tier", "track"},
		"psp":     {"cloud_region", "", "track"},
		"swapped": {"customer_tier", "region", "track"},
	}
	for _, s := range catalog.Flows[0].SLIs {
		var got []string
		for _, d := range catalog.Dimensions {
			got = append(got, s.LabelOf(d))
		}
		if !slices.Equal(got, labels[s.Name]) {
			t.Errorf("%s has the labels %q, want %q", s.Name, got, labels[s.Name])
		}
	}
}

func TestDynamicWeights(t *testing.T) {
	orders := "sum(rate(orders_total[__window]))"
	want := map[string]cer.Flow{
		"fixed":               {Weight: 5},
		"traffic":             {Weight: 1, Dynamic: &cer.DynamicWeight{Traffic: true}},
		"scaled-traffic":      {Weight: 5, Dynamic: &cer.DynamicWeight{Traffic: true}},
		"promql":              {Weight: 2, Dynamic: &cer.DynamicWeight{PromQL: orders}},
		"trusted-promql":      {Dynamic: &cer.DynamicWeight{PromQL: orders, Trust: []string{`job="orders"`}}},
		"traffic-of-recorded": {Weight: 1, Dynamic: &cer.DynamicWeight{Traffic: true}},
	}
	for _, got := range valid(t, "weights.yaml").Flows {
		expected, known := want[got.Name]
		if !known || got.Weight != expected.Weight || !reflect.DeepEqual(got.Dynamic, expected.Dynamic) || got.Traffic != "success" {
			t.Errorf("%s: got %v, %+v, traffic %q; want %v, %+v", got.Name, got.Weight, got.Dynamic, got.Traffic, expected.Weight, expected.Dynamic)
		}
	}
}

// TestWeightsThatAreNotKnownAreNoneToWarnOf has a flow whose weight is 0 until its expression has data.
func TestWeightsThatAreNotKnownAreNoneToWarnOf(t *testing.T) {
	load(t, `apiVersion: cer/v1
kind: Catalog
metadata: { name: shop }
spec: { flows: [{ name: checkout, weight: { promql: orders, value: 0 }, slis: [{ name: up, probe: { selector: up } }] }] }`)
}

func TestMissing(t *testing.T) {
	catalog := valid(t, "missing.yaml")
	if catalog.Delay != 2*time.Minute {
		t.Errorf("the delay is %v", catalog.Delay)
	}
	ratio := cer.Ratio{Good: "good_total", Total: "all_total"}
	sli := func(change func(*cer.SLI)) cer.SLI {
		s := cer.SLI{Indicator: ratio, Missing: cer.Ignore, Curve: cer.Identity{}}
		change(&s)
		return s
	}
	policy := func(p cer.Policy) cer.SLI { return sli(func(s *cer.SLI) { s.Missing = p }) }
	fallback := func(f cer.Fallback) cer.SLI { return sli(func(s *cer.SLI) { s.Fallback = &f }) }
	indicator := func(r cer.Ratio) cer.SLI { return sli(func(s *cer.SLI) { s.Indicator = r }) }
	objective := fallback(cer.Fallback{
		Indicator: cer.LatencyShare{Histogram: "request_duration_seconds", Unit: cer.Seconds, Under: time.Second},
		Curve:     cer.Budget{Objective: 0.999, Factor: 10},
	})
	objective.Objective = 0.999
	trusted := fallback(cer.Fallback{Indicator: ratio, Curve: cer.Identity{}, Trust: []string{`job="edge"`}})
	trusted.Trust = []string{`job="shop"`}
	want := map[string]cer.SLI{
		"ignore": policy(cer.Ignore), "bad": policy(cer.Bad), "good": policy(cer.Good), "error": policy(cer.Fail),
		"hold":  sli(func(s *cer.SLI) { s.Missing, s.MaxDelay = cer.Hold, 10*time.Minute }),
		"probe": fallback(cer.Fallback{Indicator: cer.Probe{Selector: `probe_success{target="psp"}`}, Curve: cer.Identity{}}),
		"quantile": fallback(cer.Fallback{
			Indicator: cer.Quantile{Histogram: "request_duration", Unit: cer.Milliseconds, Q: 0.99},
			Curve:     cer.LogNormal{P10: 0.3, Median: 0.8}, Trust: []string{},
		}),
		"objective": objective,
		"trusted":   trusted,
		"recorded": fallback(cer.Fallback{
			Indicator: cer.Recorded{ErrorRatio: `slo:sli_error:ratio_rate5m{sloth_slo="requests"}`},
			Curve:     cer.Identity{}, Trust: []string{`sloth_service="shop"`},
		}),
		"absent":    indicator(cer.Ratio{Bad: "errors_total", Total: "all_total", AbsentZero: true}),
		"sampled":   indicator(cer.Ratio{Good: `spans_total{status!="error"}`, Total: "spans_total", PartRate: 0.1, TotalRate: 0.1}),
		"unsampled": indicator(ratio),
	}
	for _, got := range catalog.Flows[0].SLIs {
		expected := want[got.Name]
		expected.Name, expected.Component, expected.Weight, expected.Idle = got.Name, cer.Availability, 1, cer.Ignore
		if !reflect.DeepEqual(got, expected) {
			t.Errorf("got\n%#v, fallback %+v\nwant\n%#v, fallback %+v", got, got.Fallback, expected, expected.Fallback)
		}
	}
}

func TestRecorded(t *testing.T) {
	want := map[string]cer.Recorded{
		"sloth":   {ErrorRatio: `slo:sli_error:ratio_rate5m{sloth_service="shop",sloth_slo="requests"}`},
		"pyrra":   {ErrorRatio: `http_requests:burnrate5m{slo="checkout"}`, Total: `http_requests_total{handler="/checkout"}`},
		"grafana": {Ratio: `grafana_slo_sli_5m{grafana_slo_uuid="a1b2c3"}`, Total: `sum(grafana_slo_total_rate_5m{grafana_slo_uuid="a1b2c3"})`},
		"own":     {Ratio: "checkoutgood"},
		// Its name speaks of good and of bad events, so that it says nothing.
		"both-words": {ErrorRatio: "availability:errors:ratio5m"},
	}
	for _, s := range valid(t, "recorded.yaml").Flows[0].SLIs {
		if s.Indicator != want[s.Name] || s.Indicator.CountsEvents() != (want[s.Name].Total != "") {
			t.Errorf("%s: got %#v, want %#v", s.Name, s.Indicator, want[s.Name])
		}
	}
}
