package eval_test

import (
	"math"
	"slices"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// Of weights 3:1 for the flows, and 1:3 for the SLIs of checkout, a has 3/16 of the weight, b 9/16 and c 4/16.
func TestWhatToFixFirst(t *testing.T) {
	tied := stored{"a": {"": .2}, "b": {"": .2}, "c": {"": .2}}
	by := func(aggregate cer.Aggregate) func(*cer.Catalog) {
		return func(c *cer.Catalog) { c.Aggregate, c.Flows[0].SLIs[1].Weight = aggregate, 3 }
	}
	tiers := func(c *cer.Catalog) { c.Dimensions[1].Weights = map[string]float64{"gold": 3, "basic": 1} }
	tests := map[string]struct {
		query   string
		store   stored
		changes []func(*cer.Catalog)
		want    []string
	}{
		"rows stand in the order of the catalog where impacts differ": {
			`{"level":"sli","format":"table"}`, tied, []func(*cer.Catalog){by(cer.Mean)}, []string{"checkout a", "checkout b", "browse c"}},
		"they stand by what they lose where no impact is above 0": {
			`{"level":"sli","format":"table"}`, tied, []func(*cer.Catalog){by(cer.Min)}, []string{"checkout b", "browse c", "checkout a"}},
		"what is missing loses nothing": {
			`{"level":"sli","format":"table"}`, stored{"b": {"": .2}, "c": {"": .2}}, []func(*cer.Catalog){by(cer.Min)}, []string{"checkout b", "browse c", "checkout a"}},
		"flows stand so too": {
			`{"level":"flow","format":"table"}`, stored{"a": {"": .2}, "b": {"": .2}, "c": {"": .2}},
			[]func(*cer.Catalog){by(cer.Min), func(c *cer.Catalog) { slices.Reverse(c.Flows) }}, []string{"checkout", "browse"}},
		"tiers count by their weights": {
			`{"level":"sli","format":"table","flows":["checkout"]}`,
			stored{"a": {"customer_tier=gold": 0, "customer_tier=basic": .5}, "b": {"customer_tier=gold": 0, "customer_tier=basic": 0}, "c": {"": 0}},
			[]func(*cer.Catalog){by(cer.Min), tiers}, []string{"checkout b", "checkout a"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			result, err := askCohorts(t, test.query, cohortCatalog(test.changes...), test.store.answer)
			if err != nil {
				t.Fatal(err)
			}
			names, _ := numbersOf(result)
			if !slices.Equal(names, test.want) {
				t.Errorf("the order is %v, want %v", names, test.want)
			}
		})
	}
	result, err := askCohorts(t, `{"level":"sli","format":"table"}`, cohortCatalog(by(cer.Min)), tied.answer)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{9. / 16 * .8, 4. / 16 * .8, 3. / 16 * .8} {
		if got := result.Members[i].Lost; math.Abs(got-want) > 1e-12 {
			t.Errorf("%s loses %v, want %v", result.Members[i].SLI.Name, got, want)
		}
	}
}
