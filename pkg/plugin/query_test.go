package plugin

import (
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/frame"
	"github.com/cer-reliability/cer-datasource/pkg/internal/fixture"
)

// shopWithoutStore is a data source with the fixture's catalog and a store that nobody can reach, so that it can only
// answer what needs no store.
func shopWithoutStore(t *testing.T) *DataSource {
	t.Helper()
	d := newDataSource(t.Context(), instanceOf("{}"), newSharedState(""))
	if d.broken != nil {
		t.Fatal(d.broken)
	}
	shop := fixture.Shop()
	shop.ScrapeInterval = 15 * time.Second
	d.source = staticSource{catalog: fixture.Compile(shop)}
	return d
}

// asking is a query of the format definition about a range up to an hour from now.
func asking(refID, json string, now time.Time) backend.DataQuery {
	return backend.DataQuery{RefID: refID, JSON: []byte(json), Interval: time.Minute,
		TimeRange: backend.TimeRange{From: now.Add(-time.Hour), To: now.Add(time.Hour)}}
}

func TestAPanicInOneQueryIsThatQuerysError(t *testing.T) {
	d, now := shopWithoutStore(t), time.Now()
	d.source.(staticSource).catalog.Flows[0].SLIs[0].Indicator = nil // No definition makes such a catalog: it stands for a bug.
	answers, err := d.QueryData(t.Context(), &backend.QueryDataRequest{Queries: []backend.DataQuery{
		asking("bad", `{"format":"definition","level":"sli","slis":["success"]}`, now),
		asking("good", `{"format":"definition","level":"sli","slis":["up"]}`, now),
	}})
	if err != nil {
		t.Fatal(err)
	}
	bad := answers.Responses["bad"]
	if bad.Error == nil || bad.Status != backend.StatusInternal || bad.ErrorSource != backend.ErrorSourcePlugin {
		t.Fatalf("the query is answered %d %s %v", bad.Status, bad.ErrorSource, bad.Error)
	}
	for _, words := range []string{"the plugin failed on this query: ", "nil pointer", "please report it"} {
		if !strings.Contains(bad.Error.Error(), words) {
			t.Errorf("it does not say %q: %v", words, bad.Error)
		}
	}
	if good := answers.Responses["good"]; good.Error != nil || len(good.Frames) != 1 {
		t.Errorf("the other query was not answered: %v", good.Error)
	}
}

func TestTheQueriesOfARequestHaveTheSameNow(t *testing.T) {
	d, start := shopWithoutStore(t), time.Now()
	asked := 0
	d.now = func() time.Time {
		asked++
		return start.Add(time.Duration(asked) * time.Minute)
	}
	json := `{"format":"definition","level":"sli","slis":["up"]}`
	answers, err := d.QueryData(t.Context(), &backend.QueryDataRequest{Queries: []backend.DataQuery{asking("A", json, start), asking("B", json, start)}})
	if err != nil {
		t.Fatal(err)
	}
	evaluated := func(refID string) string {
		return answers.Responses[refID].Frames[0].Meta.Custom.(frame.Meta).EvaluatedAt
	}
	if evaluated("A") != evaluated("B") {
		t.Errorf("A is of %s, B of %s", evaluated("A"), evaluated("B"))
	}
}
