package findings

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/postmortem"
)

// reported is a catalog with all that a report is about.
const reported = `
objective: 0.95
budgetWindow: 1d
timeSliceWindow: 1m
window: 2m
dimensions: [{ name: region, values: [eu, us] }]
events: [{ name: deploys, kind: deployment, promql: 'changes(build_info[__window]) > 0' }]
policies:
  - { name: low, severity: page, when: score < 0.8, keepFor: 5m }
  - { name: watch, severity: ticket, when: score < 0.9 }
flows:
  - name: shop
    title: 'Shop | <b>all</b>'
    objective: 0.95
    owner: shop-oncall
    runbook: https://runbooks.example/shop
    revenue: { perHour: 3600, currency: EUR }
    slis:
      - { name: ok, component: availability, weight: 3, ratio: { bad: 'm_total{code="500"}', total: m_total } }
      - { name: psp, component: dependency, dependsOn: bank, probe: { selector: bank_up } }
  - name: other
    objective: 0.95
    slis:
      - { name: up, component: availability, probe: { selector: up } }`

var (
	// brokenAt is when requests in the EU failed, and brokenFor for how long.
	brokenAt  = noon.Add(-3 * time.Hour)
	brokenFor = 24 * time.Minute
)

// tryReport opens a store with an outage in the EU ten minutes after a deployment.
func tryReport(t *testing.T) *trial {
	from := noon.Add(-6 * time.Hour)
	during := func(at time.Time) bool { return at.After(brokenAt) && !at.After(brokenAt.Add(brokenFor)) }
	failed := func(at time.Time) float64 {
		if !at.After(brokenAt) {
			return 0
		}
		return 4 * min(at.Sub(brokenAt), brokenFor).Seconds()
	}
	gauge := func(metric string, value func(time.Time) float64) series {
		return series{metric, from, noon, 15 * time.Second, value}
	}
	return try(t, catalog(reported), nil,
		gauge(`m_total{code="200",region="eu"}`, func(at time.Time) float64 { return 4*at.Sub(from).Seconds() - failed(at) }),
		gauge(`m_total{code="500",region="eu"}`, failed),
		gauge(`m_total{code="200",region="us"}`, counter(from, 4)),
		gauge("bank_up", func(at time.Time) float64 {
			if during(at) {
				return 0
			}
			return 1
		}),
		gauge("up", constant(1)),
		gauge("build_info", func(at time.Time) float64 {
			if at.Before(brokenAt.Add(-10 * time.Minute)) {
				return 1
			}
			return 2
		}))
}

// reportOf returns a report.
func (tr *trial) reportOf(now time.Time, path string) postmortem.Report {
	tr.t.Helper()
	var r postmortem.Report
	answer := tr.get(now, "Viewer", "incidents/"+path)
	if err := json.Unmarshal(answer.Body, &r); err != nil || answer.Status != 200 {
		tr.t.Fatalf("%s answers with %d: %s (%v)", path, answer.Status, answer.Body, err)
	}
	return r
}

// is fails the test unless a number of a report is that of a query.
func is(t *testing.T, what string, got, want *float64) {
	t.Helper()
	if got == nil && want == nil || got != nil && want != nil && math.Abs(*got-*want) <= 1e-12*max(1, math.Abs(*want)) {
		return
	}
	t.Errorf("%s: the report says %v, the query %v", what, numberOf(got), numberOf(want))
}

// share prints a share as reports do.
func share(v *float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", 100**v), ".0") + "%" }

// numberOf returns a number for messages.
func numberOf(v *float64) any {
	if v == nil {
		return nil
	}
	return *v
}

// Every number of a report is that of the query that a panel would ask.
func TestReportsHaveTheNumbersOfQueries(t *testing.T) {
	tr := tryReport(t)
	for name, filter := range map[string]string{"all users": "", "a region": "region|=|eu"} {
		t.Run(name, func(t *testing.T) {
			where, parameter := "", ""
			if filter != "" {
				where, parameter = `, "where": {"region": ["eu"]}`, "?filter=region%7C%3D%7Ceu"
			}
			r := tr.reportOf(noon, "shop/"+brokenAt.Add(5*time.Minute).Format(time.RFC3339)+parameter)
			incidents := tr.askAt(noon, `"format": "incidents", "level": "flow", "flows": ["shop"]`+where, r.Onset, r.EvaluatedAt, time.Minute)
			if onset := field[time.Time](incidents, "time"); len(onset) != 1 || !onset[0].Equal(r.Onset) || r.Onset.Sub(brokenAt) > 3*time.Minute || r.Onset.Before(brokenAt) {
				t.Fatalf("the onsets are %v, and in the report %s", onset, r.Onset)
			}
			for column, got := range map[string]*float64{"timeToDetect": r.TimeToDetect, "timeToRecover": r.TimeToRecover, "lowestScore": r.LowestScore, "budgetSpent": r.BudgetSpent} {
				is(t, column, got, field[*float64](incidents, column)[0])
			}
			if detected := field[*time.Time](incidents, "detected")[0]; detected == nil || !detected.Equal(r.Detected) {
				t.Errorf("it was detected at %v, and in the report at %s", detected, r.Detected)
			}
			if ends := field[time.Time](incidents, "timeEnd"); !ends[0].Equal(r.End) || !r.EvaluatedAt.Equal(r.End.Add(time.Hour)) || !r.Recovered || r.Ongoing {
				t.Errorf("it ends at %v, and in the report at %s, evaluated at %s", ends, r.End, r.EvaluatedAt)
			}
			left := tr.askAt(noon, `"format": "latest", "measure": "budget", "level": "flow", "flows": ["shop"]`+where, r.EvaluatedAt, r.EvaluatedAt, time.Minute).number(`flow="shop"`)
			is(t, "budget left", r.BudgetLeft, &left)
			_, atRisk := tr.askAt(noon, `"measure": "revenueAtRisk", "level": "flow", "flows": ["shop"]`+where, r.Onset, r.End, time.Minute).column(`currency="EUR",flow="shop"`)
			lost, known := 0.0, 0
			for _, v := range atRisk {
				if !math.IsNaN(v) {
					lost, known = lost+v/60, known+1
				}
			}
			if known > 0 {
				is(t, "revenue lost", r.Revenue.Lost, &lost)
			} else if r.Revenue.Lost != nil || filter == "" { // The revenue is that of all users.
				t.Errorf("the report says that %v was lost, and the query nothing", numberOf(r.Revenue.Lost))
			}
			for _, s := range r.Scores {
				checkSnapshot(t, tr, s, where)
			}
			if len(r.Scores) != 3 {
				t.Errorf("there are %d times with scores", len(r.Scores))
			}
		})
	}
}

// checkSnapshot compares the scores of a time with tables.
func checkSnapshot(t *testing.T, tr *trial, s postmortem.Snapshot, where string) {
	t.Helper()
	table := tr.askAt(noon, `"format": "table", "level": "flow", "flows": ["shop"]`+where, s.At, s.At, time.Minute)
	is(t, "score "+s.When, s.Score, field[*float64](table, "score")[0])
	is(t, "coverage "+s.When, s.Coverage, field[*float64](table, "coverage")[0])
	slis := tr.askAt(noon, `"format": "table", "level": "sli", "flows": ["shop"]`+where, s.At, s.At, time.Minute)
	names := field[string](slis, "sli")
	if len(names) != len(s.SLIs) {
		t.Fatalf("%s has the SLIs %v, the table %q", s.When, s.SLIs, names)
	}
	for _, sli := range s.SLIs {
		at := slices.Index(names, sli.SLI)
		is(t, sli.SLI+" "+s.When, sli.Score, field[*float64](slis, "score")[at])
		is(t, "value of "+sli.SLI+" "+s.When, sli.Value, field[*float64](slis, "value")[at])
	}
}

// The report says what happened when: deployment, onset, policies on and off, recovery. Policies agree with the states of a panel.
func TestReportsTellTheCourse(t *testing.T) {
	tr := tryReport(t)
	r := tr.reportOf(noon, "shop/last")
	if r.State != "page" || len(r.Events) != 1 || r.Events[0].Kind != "deployment" || !r.Events[0].From.Before(r.Onset) {
		t.Errorf("the state is %s, the events %+v", r.State, r.Events)
	}
	if len(r.CausedBy) != 2 || r.CausedBy[0].Name != "ok" || len(r.MostAffected) != 1 || r.MostAffected[0].Name != "region=eu" {
		t.Errorf("it was caused by %+v, and affected most %+v", r.CausedBy, r.MostAffected)
	}
	times, states := tr.askAt(noon, `"measure": "state", "level": "flow", "flows": ["shop"]`, r.Onset.Add(-10*time.Minute), r.End.Add(10*time.Minute), time.Minute).column(`flow="shop"`)
	for i, at := range times {
		want := 0.0
		for _, p := range r.Policies {
			for _, s := range p.Spans {
				if !at.Before(s.From) && at.Before(s.To) {
					want = max(want, map[string]float64{"page": 2, "ticket": 1}[string(p.Severity)])
				}
			}
		}
		if states[i] != want {
			t.Errorf("at %s the state is %v, and by the policies of the report %v", at, states[i], want)
		}
	}
	if !slices.IsSortedFunc(r.Timeline, func(a, b postmortem.Entry) int { return a.At.Compare(b.At) }) {
		t.Errorf("the timeline is not in order: %v", r.Timeline)
	}
	document := tr.get(noon, "Viewer", "incidents/shop/last?format=markdown")
	text := string(document.Body)
	if contentType := document.Headers["Content-Type"]; document.Status != 200 || !slices.Equal(contentType, []string{"text/markdown; charset=utf-8"}) || text != r.Markdown() {
		t.Fatalf("as a document it is %d, %s:\n%s", document.Status, contentType, text)
	}
	for _, words := range []string{
		"# Postmortem: Shop \\| &lt;b&gt;all&lt;/b&gt;, 2026-03-04 09:0", "| Event deploys (deployment), 1", "| Policy low is active (page) |", "| Policy low is no longer active |", "| Recovered: no policy is active |",
		"| Runbook | <https://runbooks.example/shop> |", "How did the dependency bank fail", "- [ ] Did deploys (deployment), 1", "Why were users of region=eu affected more than others?",
		"| Prevent |  |  |  |  |", "| Most affected | region=eu | 80% | 50% |",
	} {
		if !strings.Contains(text, words) {
			t.Errorf("it does not say %q:\n%s", words, text)
		}
	}
	if strings.Contains(text, "<b>") {
		t.Errorf("a title is not escaped:\n%s", text)
	}
}

// A start at which nothing happened is answered with what happened nearby.
func TestReportsOfNothing(t *testing.T) {
	tr := tryReport(t)
	onset := tr.reportOf(noon, "shop/last").Onset.Format(time.RFC3339)
	for path, want := range map[string]struct {
		status int
		says   string
	}{
		"shop/" + brokenAt.Add(-time.Hour).Format(time.RFC3339):     {404, "the nearest began at " + onset},
		"shop/" + brokenAt.Add(-3*time.Minute).Format(time.RFC3339): {200, onset},
		"other/last":     {404, "there was no incident of other in the last 28 days"},
		"gone/last":      {400, `there is no flow called \"gone\"`},
		"shop/yesterday": {400, "is not a time"},
		"shop/" + noon.Add(time.Hour).Format(time.RFC3339): {400, "the end of the evaluated time"},
		"shop/last?format=pdf":                             {400, "it can be json or markdown"},
		"shop/last?from=now":                               {400, `there is no parameter \"from\"`},
		"shop/last?to=2026-03-04T08:00:00Z":                {404, "no incident of shop"},
		"shop/last?to=now":                                 {400, "which is not a time"},
		"shop/last?filter=planet%7C%3D%7Cmars":             {400, "planet"},
		"shop/last?filter=region%7C%3D%7C":                 {200, onset},
	} {
		answer := tr.get(noon, "Viewer", "incidents/"+path)
		if answer.Status != want.status || !strings.Contains(string(answer.Body), want.says) {
			t.Errorf("%s answers with %d, want %d that says %q: %s", path, answer.Status, want.status, want.says, answer.Body)
		}
	}
}

// An incident that is not over has no time of recovery, and no scores after it.
func TestReportsOfOngoingIncidents(t *testing.T) {
	tr := tryReport(t)
	now := brokenAt.Add(15 * time.Minute)
	r := tr.reportOf(now, "shop/last")
	if !r.Ongoing || r.TimeToRecover != nil || len(r.Scores) != 2 || !r.EvaluatedAt.Equal(now) || !strings.Contains(r.Markdown(), "| Ended | ongoing at ") {
		t.Errorf("it is %+v", r)
	}
}

// The link in a table leads to the report of its row.
func TestIncidentsLinkToTheirReports(t *testing.T) {
	tr := tryReport(t)
	a := tr.askAt(noon, `"format": "incidents", "level": "flow", "by": ["region"]`, noon.Add(-5*time.Hour), noon, time.Minute)
	paths := field[string](a, "report")
	f, _ := a.Frames[0].FieldByName("report")
	if len(paths) != 2 || f.Config == nil || len(f.Config.Links) != 1 || !strings.HasPrefix(f.Config.Links[0].URL, "/api/datasources/uid/") {
		t.Fatalf("the reports are %q, with %+v", paths, f.Config)
	}
	for i, region := range field[string](a, "region") { // In the US the payments failed alone.
		address := strings.NewReplacer("${__value.raw}", paths[i], `${__data.fields["region"]:percentencode}`, region).Replace(f.Config.Links[0].URL)
		_, path, _ := strings.Cut(address, "/resources/")
		answer := tr.get(noon, "Viewer", path)
		text := string(answer.Body)
		if lowest := share(field[*float64](a, "lowestScore")[i]); answer.Status != 200 || !strings.Contains(text, "| Cohorts | region="+region+" |") ||
			!strings.Contains(text, "| Lowest score | "+lowest+" (") ||
			!strings.Contains(text, "| Error budget spent | "+share(field[*float64](a, "budgetSpent")[i])+" of") {
			t.Errorf("%s answers with %d, want the lowest score %s: %s", path, answer.Status, lowest, text)
		}
	}
	if _, at := tr.ask(`"format": "incidents"`, noon.Add(-5*time.Hour), noon, time.Minute).Frames[0].FieldByName("report"); at >= 0 {
		t.Error("incidents of the whole have reports")
	}
}

// TestTheCommandIncidentSaysWhatTheDataSourceSays asks through both doors for the same report.
func TestTheCommandIncidentSaysWhatTheDataSourceSays(t *testing.T) {
	tr := tryReport(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, path, _ := strings.Cut(r.URL.String(), "/resources/")
		answer := tr.get(noon, "Viewer", path)
		w.WriteHeader(answer.Status)
		_, _ = w.Write(answer.Body)
	}))
	defer server.Close()
	for name, args := range map[string][]string{"the newest": {"shop", "--last"}, "one by its start": {"shop", brokenAt.Add(4 * time.Minute).Format(time.RFC3339)}, "of a cohort": {"shop", "--last", "--where", "region=eu"}} {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"incident"}, args...)
			want := tr.reportOf(noon, strings.Join(pathOf(args), "/")+map[bool]string{true: "?filter=region%7C%3D%7Ceu"}[len(args) > 3])
			var one postmortem.Report
			if err := json.Unmarshal([]byte(tr.cer(catalog(reported), noon, append(args, "--json")...)), &one); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(one, want) {
				t.Errorf("the command says %+v, the data source %+v", one, want)
			}
			if got := tr.cer(catalog(reported), noon, args...); got != want.Markdown() {
				t.Errorf("the command prints\n%s, want\n%s", got, want.Markdown())
			}
			if got := runCommand(t, noon, append(args, "--grafana", server.URL, "--datasource", "cer")...); got != want.Markdown() {
				t.Errorf("through a Grafana it prints\n%s, want\n%s", got, want.Markdown())
			}
		})
	}
}

// pathOf returns the flow and the start of the arguments of the command.
func pathOf(args []string) []string {
	if args[2] == "--last" {
		return []string{args[1], "last"}
	}
	return args[1:3]
}
