package query_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cer-reliability/cer-datasource/pkg/query"
)

// Dashboards outlive versions of the plugin, newer ones too where somebody goes back.
func TestQueriesOfOtherVersionsMeanTheSame(t *testing.T) {
	for name, test := range map[string]struct{ saved, means string }{
		"fields of a newer version are ignored": {`{"measure":"state","level":"flow","smoothing":{"over":["1h"]}}`, `{"measure":"state","level":"flow"}`},
		"and those of other data sources":       {`{"expr":"up","rawSql":"select 1"}`, `{}`},
		"a name on its own is a list":           {`{"level":"sli","flows":"checkout","slis":"fast","by":"region"}`, `{"level":"sli","flows":["checkout"],"slis":["fast"],"by":["region"]}`},
		"what is left out has its default":      {`{}`, `{"measure":"score","level":"overall","format":"timeseries","window":"auto"}`},
	} {
		t.Run(name, func(t *testing.T) {
			saved, err := query.Parse([]byte(test.saved))
			if err != nil {
				t.Fatal(err)
			}
			means, err := query.Parse([]byte(test.means))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(means, saved); diff != "" {
				t.Error(diff)
			}
		})
	}
}
