package command_test

import (
	"io"
	"net/http"
	"testing"
)

// What can't be asked about an incident is refused before a store is asked.
func TestIncidentsThatCanNotBeReported(t *testing.T) {
	inFolder(t, map[string]string{"shop.yaml": shop})
	store := " -c shop.yaml --store " + serve(t, emptyStore)
	for args, says := range map[string]string{
		"incident" + store:                                              "needs the name of a flow, and the start of an incident or --last",
		"incident checkout" + store:                                     "there is no start of an incident",
		"incident checkout 1h --last" + store:                           "--last is the newest incident; leave the start out",
		"incident checkout yesterday" + store:                           `the start is "yesterday"; write a time`,
		"incident checkout --last --to soon" + store:                    `--to is "soon"; write how long ago`,
		"incident checkout --last --where region" + store:               `--where is "region"; write a dimension and one of its cohorts`,
		"incident checkout --last --where region=" + store:              `--where is "region="`,
		"incident chekout --last" + store:                               "did you mean checkout?",
		"incident checkout --last" + store:                              "there was no incident of checkout in the last 28 days",
		"incident checkout 2h" + store:                                  "there was no incident of checkout at ",
		"incident checkout 1h --to 2h" + store:                          "the end of the evaluated time",
		"incident checkout --last -c shop.yaml":                         "there is no store to ask",
		"incident checkout --last --where planet=mars" + store:          "planet",
		"incident checkout --last --catalog none.yaml --store http://a": "none.yaml can't be read",
	} {
		run(t, args).is(3).says(says)
	}
}

// A Grafana is asked for the report by its resource, and what it refuses is said as it says it.
func TestAGrafanaReportsIncidents(t *testing.T) {
	const wanted = "GET /api/datasources/uid/cer/resources/incidents/a%2Fb/last?filter=region%7C%3D%7Ceu"
	grafana := func(status int, answer string) string {
		return " --last --where region=eu --datasource cer --grafana " + serve(t, func(w http.ResponseWriter, r *http.Request) {
			if got := r.Method + " " + r.URL.RequestURI(); got != wanted {
				t.Errorf("it asks %s, want %s", got, wanted)
			}
			w.WriteHeader(status)
			io.WriteString(w, answer)
		})
	}
	run(t, "incident a/b"+grafana(200, `{"title":"Shop","state":"page"}`)).is(0).says("# Postmortem: Shop, ", "| Worst state | page |")
	for _, test := range []struct {
		status       int
		answer, says string
	}{
		{200, "{}", "the answer is not that of a Grafana (200)"},
		{200, "<html>", "the answer is not that of a Grafana (200)"},
		{400, `{"message":"there is no flow called \"a/b\""}`, `cer: there is no flow called "a/b"`},
		{403, `{"message":"no"}`, "the request was refused by Grafana (403): no"},
		{404, `{"message":"there was no incident","nearest":[]}`, "cer: there was no incident"},
		{404, `{"message":"Data source not found"}`, "there is no data source with the uid cer in Grafana (404)"},
		{429, `{"message":"too often"}`, "the answer of Grafana is an error (429): too often"},
		{502, "", "(502)"},
	} {
		run(t, "incident a/b"+grafana(test.status, test.answer)).is(3).says(test.says)
	}
}
