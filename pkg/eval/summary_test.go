package eval_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

func TestSummaries(t *testing.T) {
	objective := func(c *cer.Catalog) { c.Objective = .95 }
	tests := map[string]struct {
		store map[string][]float64
		want  []string
	}{
		"of a fall": {with(`requests_total{code=~"5.."`, 0, 40), []string{
			"cer shop 67.5%, under its 95% objective; down 18.0 pp since 11:59 UTC.",
			"Checkout went from 84.0% to 60.0%, mainly by success (60.0%, was 100.0%)."}},
		"of a steady state": {healthy(), []string{"cer shop 81.7%, under its 95% objective; unchanged since 11:59 UTC."}},
		"of a start without a score": {with(`requests_total{handler=`, math.NaN(), 100), []string{
			"cer shop 81.7%, under its 95% objective; unknown at 11:59 UTC."}},
		"of lost telemetry": {without(`psp_total`), []string{"cer shop 87.2%, under its 95% objective; unchanged since 11:59 UTC.",
			"Telemetry covers 85.0%; there is none of checkout/psp."}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := evaluate(t, `{"format":"summary"}`, test.store, objective).Summaries
			if diff := cmp.Diff([][]string{test.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSummariesNameTheirCohorts(t *testing.T) {
	store := stored{"a": {"region=us": 1}, "b": {"": 1}, "c": {"": .6}}
	r, err := askCohorts(t, `{"format":"summary","by":["region"]}`, cohortCatalog(), store.answer)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"cer shop for region us 90.0%; unchanged since 11:59 UTC."}}
	if diff := cmp.Diff(want, r.Summaries); diff != "" {
		t.Error(diff)
	}
}
