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
			"The score of shop is 67.5%, down 18.0 points since the start of the range; its objective of 95% is missed.",
			"Checkout went from 84.0% to 60.0%, most of all by success (60.0%, was 100.0%)."}},
		"of a steady state": {healthy(), []string{"The score of shop is 81.7%, as it was at the start of the range; its objective of 95% is missed."}},
		"of a start without a score": {with(`requests_total{handler=`, math.NaN(), 100), []string{
			"The score of shop is 81.7%, and what it was at the start of the range is not known; its objective of 95% is missed."}},
		"of lost telemetry": {without(`psp_total`), []string{"The score of shop is 87.2%, as it was at the start of the range; its objective of 95% is missed.",
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
	want := [][]string{{"The score of shop for region us is 90.0%, as it was at the start of the range."}}
	if diff := cmp.Diff(want, r.Summaries); diff != "" {
		t.Error(diff)
	}
}
