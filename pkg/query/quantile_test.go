package query_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/query"
)

func TestQuantilesOfAQuery(t *testing.T) {
	for name, test := range map[string]struct {
		fields string
		want   query.Quantiles
		err    string
	}{
		"none stands for the usual ones":     {`"measure":"quantile"`, query.Quantiles{.5, .95, .99}, ""},
		"so does an empty list":              {`"measure":"quantile","q":[]`, query.Quantiles{.5, .95, .99}, ""},
		"and null":                           {`"measure":"quantile","q":null`, query.Quantiles{.5, .95, .99}, ""},
		"one by itself":                      {`"measure":"quantile","q":0.9`, query.Quantiles{.9}, ""},
		"several, in any order":              {`"measure":"quantile","q":[0.99,0.5,0.99]`, query.Quantiles{.5, .99}, ""},
		"a percentage":                       {`"measure":"quantile","q":95`, nil, "q has 95, which is no quantile between 0 and 1; write 0.95 for p95"},
		"none at all":                        {`"measure":"quantile","q":[0]`, nil, "q has 0, which is no quantile"},
		"the maximum":                        {`"measure":"quantile","q":1`, nil, "q has 1, which is no quantile"},
		"text":                               {`"measure":"quantile","q":"p95"`, nil, "the query can't be read: q is a number such as 0.95, or a list of numbers"},
		"no JSON":                            {`"measure":"quantile","q":[.1]`, nil, "not valid JSON"},
		"more than a query may name":         {`"measure":"quantile","q":[0.01,0.02,0.03,0.04,0.05,0.06,0.07,0.08,0.09,0.1,0.11]`, nil, "q has 11 quantiles, more than 10"},
		"another measure":                    {`"measure":"score","q":[0.9]`, nil, "q goes with the measure quantile; with score leave it out"},
		"events, whatever else is stated":    {`"format":"events","q":[0.9]`, query.Quantiles{.9}, ""},
		"other measures have none":           {`"measure":"value"`, nil, ""},
		"a field that is called as the type": {`"measure":"quantile","quantile":0.9`, nil, `a query has no field "quantile"; write measure quantile with q`},
		"no table":                           {`"measure":"quantile","format":"table"`, nil, "the measure quantile can't be asked for as table; ask for it as timeseries, latest or definition"},
		"the worst":                          {`"measure":"quantile","worst":2`, nil, "no quantile is worse than another"},
	} {
		t.Run(name, func(t *testing.T) {
			q, err := query.Parse([]byte(`{"level":"sli",` + test.fields + `}`))
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Fatalf("the error is %v, want %q", err, test.err)
				}
				return
			}
			if err != nil || !slices.Equal(q.Q, test.want) {
				t.Errorf("got %v (%v), want %v", q.Q, err, test.want)
			}
		})
	}
}

// A measure comes in its formats and at its levels, and everything else is refused with a sentence on what goes.
func TestMeasuresComeInTheirFormats(t *testing.T) {
	for text, want := range map[string]string{
		`{"measure":"ttd","format":"latest"}`:                    "",
		`{"measure":"ttr","level":"flow","format":"latest"}`:     "",
		`{"measure":"ttr","level":"flow","format":"definition"}`: "",
		`{"measure":"ttd"}`: "the measure ttd can't be asked for as timeseries; ask for it as latest or definition",
		`{"measure":"ttr","level":"flow","format":"table"}`:            "the measure ttr can't be asked for as table; ask for it as latest or definition",
		`{"measure":"ttr","level":"sli","format":"latest"}`:            "the measure ttr does not exist at the level sli; ask for it at overall or flow",
		`{"measure":"ttr","level":"flow","format":"incidents"}`:        "incidents are made of states",
		`{"measure":"quantile","format":"latest"}`:                     "the measure quantile does not exist at the level overall; ask for it at sli",
		`{"measure":"verdict","gate":"g","format":"table"}`:            "the verdict of a gate can't be asked for as table; ask for it as gate, latest, timeseries or summary",
		`{"measure":"evidence","gate":"g","format":"summary"}`:         "the evidence of a gate can't be asked for as summary; ask for it as latest or timeseries",
		`{"measure":"ttd","level":"flow","format":"latest","worst":1}`: "",
	} {
		_, err := query.Parse([]byte(text))
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: the error is %v, want %q", text, err, want)
		}
	}
}
