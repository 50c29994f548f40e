package eval_test

import (
	"slices"
	"testing"
)

func TestTheWorstMembers(t *testing.T) {
	// checkout: success .9, fast .8, psp .5; search: fast .8, up 1. The weights of the flows are 3 and 1.
	tests := map[string]struct {
		query string
		want  []string
	}{
		"the lowest scores of each flow":      {`{"level":"sli","format":"latest","worst":1}`, []string{"checkout psp", "search fast"}},
		"two of each, in their order":         {`{"level":"sli","format":"latest","worst":2}`, []string{"checkout fast", "checkout psp", "search fast", "search up"}},
		"the highest impact":                  {`{"level":"sli","measure":"impact","format":"latest","worst":1}`, []string{"checkout psp", "search fast"}},
		"a table by impact":                   {`{"level":"sli","format":"table","worst":1}`, []string{"checkout psp", "search fast"}},
		"of all flows":                        {`{"level":"flow","format":"latest","worst":1}`, []string{"checkout"}},
		"of all flows over time, by the last": {`{"level":"flow","worst":1}`, []string{"checkout"}},
		"more than there are":                 {`{"level":"flow","format":"latest","worst":9}`, []string{"checkout", "search"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			names, _ := numbersOf(evaluate(t, test.query, healthy()))
			if !slices.Equal(names, test.want) {
				t.Errorf("the members are %q, want %q", names, test.want)
			}
		})
	}
}
