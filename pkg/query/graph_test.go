package query_test

import (
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/query"
)

func TestGraphs(t *testing.T) {
	for text, says := range map[string]string{
		`{"format":"graph"}`: "", `{"format":"graph","measure":"score","level":"overall"}`: "",
		`{"format":"graph","flows":["shop"],"where":{"region":["eu"]},"window":"1h"}`: "",
		`{"format":"graph","measure":"burn"}`:                                         "leave measure and level out",
		`{"format":"graph","level":"flow"}`:                                           "leave measure and level out",
		`{"format":"graph","slis":["ok"],"level":"sli"}`:                              "leave measure and level out",
		`{"format":"graph","slis":["ok"]}`:                                            "leave slis and components out",
		`{"format":"graph","components":["latency"]}`:                                 "leave slis and components out",
		`{"format":"graph","by":["region"]}`:                                          "keep one cohort by where",
		`{"format":"graph","worst":3}`:                                                "leave it out",
		`{"format":"graph","gate":"canary"}`:                                          "leave them out",
		`{"format":"graph","measure":"verdict","gate":"x"}`:                           "can't be asked for as graph",
	} {
		_, err := query.Parse([]byte(text))
		if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
}

// Impacts are on the score of all flows, so that the node of the whole is of them too.
func TestTheTablesOfAGraph(t *testing.T) {
	q, err := query.Parse([]byte(`{"format":"graph","flows":["shop"],"where":{"region":["eu"]}}`))
	if err != nil {
		t.Fatal(err)
	}
	for level, flows := range map[query.Level]int{query.LevelOverall: 0, query.LevelFlow: 1, query.LevelComponent: 1, query.LevelSLI: 1} {
		table := q.TableOf(level)
		if err := table.Validate(); err != nil || table.Format != query.Table || table.Level != level || len(table.Flows) != flows || len(table.Where) != 1 {
			t.Errorf("at the level %s it is %+v (%v)", level, table, err)
		}
	}
}
