package plugin

import (
	"encoding/json"
	"testing"
)

func TestGatesAreDescribed(t *testing.T) {
	l := loadDefinition(`apiVersion: cer/v1
kind: Catalog
metadata: { name: shop }
spec:
  scrapeInterval: 30s
  dimensions: [{ name: release }, { name: region }]
  flows:
    - name: checkout
      slis:
        - { name: success, ratio: { good: good_total, total: all_total } }
        - { name: p99, quantile: { histogram: duration_seconds, q: 0.99 }, curve: { logNormal: { p10: 300ms, median: 800ms } } }
    - { name: search, slis: [{ name: success, ratio: { good: good_total, total: all_total } }] }
  gates:
    - name: canary
      flows: { names: [checkout] }
      compare: { dimension: release, candidate: canary, baseline: stable }
      strata: [region]
      maxDrop: { success: 0 }
      bounds: { p99: 500ms }
      require: score > 0.9
    - { name: releases, compare: { dimension: release }, maxDrop: 0 }
    - { name: healthy, require: coverage > 0.5 }
`)
	if l.catalog == nil {
		t.Fatal(l.problem(admin))
	}
	got, err := json.MarshalIndent(describe(l.catalog).Gates, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	const want = `[
 {
  "name": "canary",
  "flows": [
   "checkout"
  ],
  "compare": {
   "dimension": "release",
   "candidate": "canary",
   "baseline": "stable"
  },
  "strata": [
   "region"
  ],
  "maxDrop": 0.01,
  "maxDrops": {
   "success": 0
  },
  "bounds": {
   "p99": "500ms"
  },
  "alpha": 0.05,
  "beta": 0.05,
  "slice": "2m",
  "minPassed": 0.5,
  "warmup": "2m",
  "minDuration": "5m",
  "maxDuration": "1h",
  "onTimeout": "fail",
  "require": "score \u003e 0.9"
 },
 {
  "name": "releases",
  "flows": [
   "checkout",
   "search"
  ],
  "compare": {
   "dimension": "release"
  },
  "maxDrop": 0,
  "alpha": 0.05,
  "beta": 0.05,
  "slice": "2m",
  "minPassed": 0.5,
  "warmup": "2m",
  "minDuration": "5m",
  "maxDuration": "1h",
  "onTimeout": "fail"
 },
 {
  "name": "healthy",
  "flows": [
   "checkout",
   "search"
  ],
  "warmup": "2m",
  "minDuration": "5m",
  "maxDuration": "1h",
  "onTimeout": "fail",
  "require": "coverage \u003e 0.5"
 }
]`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestACatalogWithoutGatesListsNone(t *testing.T) {
	l := loadDefinition("apiVersion: cer/v1\nkind: Catalog\nmetadata: { name: shop }\nspec: { flows: [{ name: checkout, slis: [{ name: up, probe: { selector: up } }] }] }\n")
	if answer := describe(l.catalog); answer.Gates == nil || len(answer.Gates) > 0 {
		t.Errorf("the gates are %+v", answer.Gates)
	}
}
