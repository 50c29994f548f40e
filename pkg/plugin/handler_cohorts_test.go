package plugin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/engine"
	"github.com/cer-reliability/cer-datasource/pkg/fetch"
)

// labelStore is a store that answers with the values of labels, in descending order.
type labelStore map[string][]string

func (s labelStore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	label, _ := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/api/v1/label/"), "/values")
	values := append([]string{}, s[label]...)
	slices.Sort(values)
	slices.Reverse(values)
	_ = json.NewEncoder(w).Encode(map[string]any{"status": "success", "data": values})
}

// numbered returns values such as eu0000, eu0001.
func numbered(prefix string, n int) []string {
	values := make([]string, n)
	for i := range values {
		values[i] = fmt.Sprintf("%s%04d", prefix, i)
	}
	return values
}

func TestCohortsAreTheSameEachTime(t *testing.T) {
	state := loadDefinition(`apiVersion: cer/v1
kind: Catalog
metadata: { name: shop }
spec:
  dimensions: [ { name: region, label: region, values: [us, eu0001] } ]
  flows:
    - name: checkout
      slis:
        - { name: a, ratio: { good: good_total, total: all_total } }
        - { name: b, ratio: { good: more_good_total, total: more_total }, labels: { region: zone } }
        - { name: c, ratio: { good: other_good_total, total: other_total }, labels: { region: area } }
`)
	if state.catalog == nil {
		t.Fatal(state.problem(admin))
	}
	tests := map[string]struct {
		store labelStore
		want  []string
	}{
		"none":                       {labelStore{}, []string{"us", "eu0001"}},
		"listed ones come first":     {labelStore{"region": {"us", "eu", "ap"}}, []string{"us", "eu0001", "ap", "eu"}},
		"those of all labels":        {labelStore{"region": {"eu", "us"}, "zone": {"de", "us", ""}, "area": {"at", "fr"}}, []string{"us", "eu0001", "at", "de", "eu", "fr"}},
		"too many of one label":      {labelStore{"region": numbered("r", 2000)}, append([]string{"us", "eu0001"}, numbered("r", 998)...)},
		"too many of several labels": {labelStore{"region": numbered("z", 1000), "zone": append(numbered("eu", 600), ""), "area": numbered("h", 1000)}, slices.Concat([]string{"us", "eu0001", "eu0000"}, numbered("eu", 600)[2:], numbered("h", 399))},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(test.store)
			defer server.Close()
			d := shopWithoutStore(t)
			d.source = staticSource(state)
			store, err := fetch.New(fetch.Config{URL: server.URL})
			if err != nil {
				t.Fatal(err)
			}
			d.engine = engine.New(engine.Config{Store: store})
			for range 10 { // The order in which labels are asked for must not matter.
				answer, err := d.snapshot(t.Context(), nil).getCohorts(httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/cohorts?dimension=region", nil))
				if err != nil {
					t.Fatal(err)
				}
				if got := answer.(cohortsAnswer).Values; !slices.Equal(got, test.want) {
					t.Fatalf("the values are %v\nwant %v", got, test.want)
				}
			}
		})
	}
}
