package stores

import (
	"strings"
	"testing"
	"time"
)

// brokenShop has SLIs that stores refuse or fail to evaluate, beside one that is right.
const brokenShop = `
apiVersion: cer/v1
kind: Catalog
metadata: { name: broken }
spec:
  flows:
    - name: shop
      slis: [{ name: up, component: dependency, probe: { selector: probe_success } }]
    - name: twice
      slis: [{ name: queue, component: dependency, value: { promql: 'max(queue / on() queue)' }, curve: { linear: { zero: 100, one: 0 } } }]
    - name: pattern
      slis: [{ name: queue, component: dependency, value: { promql: 'max(label_replace(queue, "a", "b", "region", "("))' }, curve: { linear: { zero: 100, one: 0 } } }]
`

// TestExpressionsThatAStoreCantEvaluate withholds the flows of those, in the store's words, and answers for the other one.
func TestExpressionsThatAStoreCantEvaluate(t *testing.T) {
	words := map[string]map[string]string{
		"twice":   {"": "duplicate"},
		"pattern": {"": "regular expression in label_replace", VictoriaMetrics: "regex"},
	}
	each(t, func(t *testing.T, store *Store) {
		store.Write(t, shopSamples(begin, end)...)
		source := store.source(t, brokenShop, nil)
		for flow, said := range words {
			number, notices := source.latest(end, `"measure": "score", "level": "flow", "flows": ["`+flow+`"]`)
			if number != nil {
				t.Errorf("the score of %s is %v", flow, *number)
			}
			word, ok := said[store.Name]
			if !ok {
				word = said[""]
			}
			says(t, notices, flow+"/queue: The store could not evaluate the PromQL max(", word)
		}
		if number, _ := source.latest(end, `"measure": "score", "level": "flow", "flows": ["shop"]`); number == nil {
			t.Error("the flow shop has no score")
		}
	})
}

// TestStoresThatAreGone says that the connection failed.
func TestStoresThatAreGone(t *testing.T) {
	each(t, func(t *testing.T, store *Store) {
		store.Write(t, shopSamples(begin, end)...)
		source := store.source(t, shop, nil)
		store.Stop()
		answer := source.ask(end, `"format": "latest", "measure": "score"`, time.Hour, time.Minute)
		if answer.Error == nil || answer.Status != 502 {
			t.Fatalf("the answer is %d %v", answer.Status, answer.Error)
		}
		says(t, answer.Error.Error(), "The connection to the store failed: ", "connection refused")
		says(t, source.health(end).Message, "The store can't be used: The connection to the store failed: ")
	})
}

// limited are stores with limits, what is asked of them, and what is said.
var limited = map[string]struct {
	store string
	flags []string
	mimir *limits
	query string
	says  []string
}{
	"samples of Prometheus": {store: Prometheus, flags: []string{"--query.max-samples=20"},
		says: []string{"would load too many samples into memory"}},
	"series of VictoriaMetrics": {store: VictoriaMetrics, flags: []string{"-search.maxUniqueTimeseries=1"},
		says: []string{"the number of matching timeseries exceeds 1", "Filter by dimensions"}},
	"samples of VictoriaMetrics": {store: VictoriaMetrics, flags: []string{"-search.maxSamplesPerQuery=20"},
		says: []string{"-search.maxSamplesPerQuery", "Filter by dimensions"}},
	"length of VictoriaMetrics": {store: VictoriaMetrics, flags: []string{"-search.maxQueryLen=20"},
		says: []string{"-search.maxQueryLen", "Ask for fewer flows"}},
	"series of Mimir": {store: Mimir, mimir: &limits{series: 1},
		says: []string{"422", "err-mimir-max-series-per-query", "Filter by dimensions"}},
	"range of Mimir": {store: Mimir, mimir: &limits{totalLength: time.Hour}, query: `"format": "latest", "measure": "budget"`,
		says: []string{"400", "err-mimir-max-total-query-length", "Ask for a shorter range, or for budgets state a shorter budgetWindow"}},
	"what a selector of Mimir reads": {store: Mimir, mimir: &limits{partialLength: time.Minute},
		says: []string{"422", "err-mimir-max-query-length", "Ask for a shorter range"}},
	"length of Mimir": {store: Mimir, mimir: &limits{bytes: 20},
		says: []string{"400", "err-mimir-max-query-expression-size-bytes", "Ask for fewer flows"}},
	"range of Thanos": {store: Thanos, flags: []string{"--query-range.max-query-length=1h"}, query: `"format": "latest", "measure": "budget"`,
		says: []string{"exceeds the limit", "Ask for a shorter range"}},
}

// TestS13LimitsOfStores says which limit is reached, and what to do.
func TestS13LimitsOfStores(t *testing.T) {
	names, _, err := Chosen()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range limited {
		if !strings.Contains(strings.Join(names, ","), test.store) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			store := Open(t, test.store, test.flags...)
			if test.mimir != nil {
				store.mimir.limits.Store(test.mimir)
			}
			store.Write(t, shopSamples(begin, end)...)
			query := test.query
			if query == "" {
				query = `"format": "latest", "measure": "score"`
			}
			answer := store.source(t, shop, nil).ask(end, query, time.Hour, time.Minute)
			text := noticesOf(answer)
			if answer.Error != nil {
				text = answer.Error.Error()
			}
			t.Log(text)
			says(t, text, test.says...)
			if strings.Contains(text, "refused the PromQL") {
				t.Errorf("it is called a bug: %s", text)
			}
		})
	}
}

// TestTenantsOfMimir asks as nobody and as somebody else.
func TestTenantsOfMimir(t *testing.T) {
	eachOf(t, []string{Mimir}, func(t *testing.T, store *Store) {
		store.Write(t, shopSamples(begin, end)...)
		nobody, other := *store, *store
		nobody.Secrets, other.Secrets = map[string]string{}, map[string]string{"httpHeaderValue1": "another"}
		answer := nobody.source(t, shop, nil).ask(end, `"format": "latest", "measure": "score"`, time.Hour, time.Minute)
		if answer.Error == nil {
			t.Fatal("it answers nobody")
		}
		says(t, answer.Error.Error(), "401 Unauthorized: no org id", "Check the authentication")
		says(t, nobody.source(t, shop, nil).health(end).Message, "Grafana Mimir 2.17.1 was reached, but ", "401 Unauthorized: no org id")
		number, notices := other.source(t, shop, nil).latest(end, `"measure": "score"`)
		if number != nil {
			t.Errorf("the score of another tenant is %v", *number)
		}
		says(t, notices, "missing")
	})
}

// TestA5MimirThatMovesRanges asks the same of a Mimir that aligns ranges to their step and one that does not.
func TestA5MimirThatMovesRanges(t *testing.T) {
	eachOf(t, []string{Mimir}, func(t *testing.T, store *Store) {
		store.Write(t, shopSamples(begin, end)...)
		for _, query := range cachedQueries {
			now := end.Add(-113 * time.Second)
			store.mimir.limits.Store(&limits{})
			want := numbersOf(t, store.source(t, shop, nil).ask(now, query, 2*time.Hour, 7*time.Minute))
			store.mimir.limits.Store(&limits{aligns: true})
			if got := numbersOf(t, store.source(t, shop, nil).ask(now, query, 2*time.Hour, 7*time.Minute)); got != want {
				t.Errorf("%s is\n%s\nnot\n%s", query, got, want)
			}
		}
	})
}
