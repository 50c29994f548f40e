package eval_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

func TestWhyTheWholeHasNoScore(t *testing.T) {
	all := stored{"a": {"": .5}, "b": {"": .5}, "c": {"": .5}}
	dynamic := func(promQL string) func(*cer.Catalog) {
		return func(c *cer.Catalog) {
			for k := range c.Flows {
				c.Flows[k].Weight, c.Flows[k].Dynamic = 0, &cer.DynamicWeight{PromQL: promQL}
			}
		}
	}
	tests := map[string]struct {
		query   string
		store   stored
		changes []func(*cer.Catalog)
		want    []string
	}{
		"it has one": {`{"format":"latest"}`, all, nil, nil},
		"its weights follow what is not there": {`{"format":"latest"}`, all, []func(*cer.Catalog){dynamic("sum(none)")}, []string{
			"no overall score at this instant: the weights of all flows are 0",
			"checkout: its dynamic weight has no data at this instant; the weight is 0 there",
			"browse: its dynamic weight has no data at this instant; the weight is 0 there"}},
		"its weights follow what is 0": {`{"format":"latest"}`, stored{"a": {"": .5}, "b": {"": .5}, "c": {"": .5}, "w": {"": 0}}, []func(*cer.Catalog){dynamic("sum(w)")}, []string{
			"no overall score at this instant: the weights of all flows are 0"}},
		"a flow without telemetry weighs most": {`{"format":"latest"}`, stored{"c": {"": .5}}, nil, []string{
			"no overall score at this instant: coverage is 0.25, below minCoverage 0.5; without a score: checkout",
			"checkout: no score at this instant: coverage is 0, below minCoverage 0.5; missing: a, b"}},
		"there is none of a cohort": {`{"by":["region"],"flows":["browse"],"format":"latest"}`, stored{}, []func(*cer.Catalog){func(c *cer.Catalog) { c.MinCoverage = 0 }}, []string{
			`{region="us"}: no overall score at this instant: no flow has telemetry; without a score: browse`,
			`browse{region="us"}: no score at this instant: none of its SLIs has telemetry; missing: c`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			result, err := askCohorts(t, test.query, cohortCatalog(test.changes...), test.store.answer)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, n := range result.Notices {
				got = append(got, n.String())
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("the notices are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}
