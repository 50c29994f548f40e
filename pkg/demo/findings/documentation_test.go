package findings

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// blocksOf returns the fenced blocks of a language in a file of the repository.
func blocksOf(t *testing.T, language string, elements ...string) (blocks []string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(append([]string{"..", "..", ".."}, elements...)...))
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range fenced.FindAllStringSubmatch(string(page), -1) {
		if block[1] == language {
			blocks = append(blocks, block[2])
		}
	}
	return blocks
}

// exemplary is a catalog with everything that the examples of queries name.
const exemplary = `
objective: 0.95
budgetWindow: 24h
scrapeInterval: 15s
dimensions: [{ name: region }, { name: release, label: track }]
events: [{ name: deploys, kind: deployment, promql: 'sum(increase(deploys_total[__window])) > 0' }]
policies: [{ name: low, severity: page, when: score < 0.95 }]
gates: [{ name: checkout-canary, compare: { dimension: release, candidate: canary, baseline: stable } }]
flows:
  - name: checkout
    owner: payments-oncall
    objective: 0.99
    slis:
      - { name: success, ratio: { bad: 'r_total{code="500"}', total: r_total } }
      - { name: fast, latency: { histogram: d_seconds, under: 1s } }`

// exemplarySeries are what the catalog exemplary is about: of two requests a second for each region and track, one in five fails in the
// region us, and takes over a second, in the half hour after a deployment.
func exemplarySeries() (all []series) {
	from, deployed := noon.Add(-8*time.Hour), noon.Add(-30*time.Minute)
	every := func(metric string, value func(time.Time) float64) {
		all = append(all, series{metric, from, noon, 15 * time.Second, value})
	}
	every("deploys_total", func(at time.Time) float64 {
		if at.Before(deployed) {
			return 0
		}
		return 1
	})
	for _, region := range []string{"eu", "us"} {
		for _, track := range []string{"canary", "stable"} {
			labels := fmt.Sprintf("region=%q,track=%q", region, track)
			failed := counter(noon, 0)
			if region == "us" {
				failed = func(at time.Time) float64 { return max(0, at.Sub(deployed).Seconds()) * 2 / 5 }
			}
			ok := func(at time.Time) float64 { return 2*at.Sub(from).Seconds() - failed(at) }
			every(`r_total{code="200",`+labels+`}`, ok)
			every(`r_total{code="500",`+labels+`}`, failed)
			every(`d_seconds_bucket{le="1",`+labels+`}`, ok)
			every(`d_seconds_bucket{le="+Inf",`+labels+`}`, counter(from, 2))
			every(`d_seconds_count{`+labels+`}`, counter(from, 2))
		}
	}
	return all
}

// Each query that the documentation shows is answered with numbers or rows.
func TestQueriesOfTheDocumentationAreAnswered(t *testing.T) {
	tr := try(t, catalog(exemplary), nil, exemplarySeries()...)
	asked := 0
	for _, page := range []string{"queries.md", "alerting.md", "incidents.md", "traces.md"} {
		for _, text := range blocksOf(t, "json", "docs", page) {
			var q struct{ Kind, Format string }
			if err := json.Unmarshal([]byte(text), &q); err != nil {
				t.Fatalf("%s: %v", page, err)
			}
			if q.Kind != "" { // The query of a dashboard variable, which the frontend answers.
				continue
			}
			asked++
			a := tr.askJSON(noon, text, noon.Add(-time.Hour), noon, time.Minute, nil)
			switch {
			case a.Error != nil:
				t.Errorf("%s: %s fails: %v", page, text, a.Error)
			case q.Format != "exemplars" && !a.hasValues(): // The store has no exemplars.
				t.Errorf("%s: %s has an empty answer", page, text)
			}
		}
	}
	if asked < 10 {
		t.Errorf("the documentation shows %d queries only", asked)
	}
}

// hasValues reports whether an answer has a field with a value other than null, beside times.
func (a answer) hasValues() bool {
	for _, frame := range a.Frames {
		for _, field := range frame.Fields {
			for i := range field.Len() {
				if _, ok := field.ConcreteAt(i); ok && !field.Type().Time() {
					return true
				}
			}
		}
	}
	return false
}

// The store's engine takes the PromQL of each definition that the documentation shows, and what has no telemetry is unknown.
func TestDefinitionsOfTheDocumentationCanBeAsked(t *testing.T) {
	asked := 0
	for _, page := range [][]string{{"README.md"}, {"docs", "definition.md"}, {"docs", "budgets-and-policies.md"}, {"docs", "editor.md"}, {"docs", "gates.md"}} {
		for i, text := range blocksOf(t, "yaml", page...) {
			if !strings.Contains(text, "kind: Catalog") {
				continue
			}
			asked++
			t.Run(fmt.Sprint(page[len(page)-1], " ", i+1), func(t *testing.T) {
				tr := try(t, text, nil, series{"up", noon.Add(-time.Hour), noon, time.Minute, constant(1)})
				for _, query := range []string{`"level": "sli", "format": "table"`, `"format": "events"`, `"measure": "burn", "level": "flow"`, `"measure": "state", "level": "flow", "format": "latest"`} {
					if a := tr.ask(query, noon.Add(-time.Hour), noon, time.Minute); a.Error != nil {
						t.Errorf("{ %s } fails: %v", query, a.Error)
					}
				}
			})
		}
	}
	if asked < 6 {
		t.Errorf("the documentation shows %d definitions only", asked)
	}
}

// firstCells returns the code in the first cells of the rows of a table of a page, which begins with a heading.
func firstCells(t *testing.T, page, heading string) (cells []string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", page))
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(content), "\n"+heading+"\n|---|---|\n")
	if !found {
		t.Fatalf("%s has no table with the heading %s", page, heading)
	}
	table, _, _ = strings.Cut(table, "\n\n")
	for line := range strings.Lines(table) {
		cell, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " |")
		for i, code := range strings.Split(cell, "`") {
			if i%2 == 1 && !strings.Contains(cell, " in `") {
				cells = append(cells, code)
			}
		}
	}
	return cells
}

func TestLabelsOfTheNewestIncidentAreDocumented(t *testing.T) {
	a := try(t, catalog(exemplary), nil, exemplarySeries()...).latest(`"measure": "incident", "level": "flow"`, noon)
	if a.Error != nil {
		t.Fatal(a.Error)
	}
	got := slices.Sorted(maps.Keys(a.Frames[0].Fields[0].Labels))
	want := slices.Sorted(slices.Values(append(firstCells(t, "alerting.md", "| label | contains |"), "flow")))
	if !slices.Equal(got, want) {
		t.Errorf("the newest incident has the labels %q, and alerting.md lists %q", got, want)
	}
}

func TestColumnsOfExemplarsAreDocumented(t *testing.T) {
	tr := try(t, ofTraces, nil)
	tr.appendTraced(someTraces())
	var got []string
	for _, field := range tr.ask(`"format": "exemplars"`, noon.Add(-time.Hour), noon, time.Minute).Frames[0].Fields {
		got = append(got, field.Name)
	}
	want := firstCells(t, "traces.md", "| column | contains |")
	if len(want) > len(got) || !slices.Equal(got[:len(want)], want) {
		t.Errorf("exemplars have the columns %q, and traces.md lists %q first", got, want)
	}
}

// The first catalog and the first alert rule of the README go together: users who copy both are called in an outage, and not before it.
func TestTheFirstAlertRuleOfTheReadmePagesInAnOutage(t *testing.T) {
	blocks := blocksOf(t, "yaml", "README.md")
	var file struct {
		Groups []struct{ Rules []alertRule }
	}
	if len(blocks) != 2 || yaml.Unmarshal([]byte(blocks[1]), &file) != nil || len(file.Groups) != 1 {
		t.Fatalf("the README has not a catalog and a rule, but %d blocks", len(blocks))
	}
	from, outage := noon.Add(-8*time.Hour), noon.Add(-30*time.Minute)
	failed := func(at time.Time) float64 { return max(0, at.Sub(outage).Seconds()) }
	every := func(metric string, value func(time.Time) float64) series {
		return series{metric, from, noon, 15 * time.Second, value}
	}
	tr := try(t, blocks[0], nil,
		every(`http_requests_total{handler="/checkout",code="200"}`, func(at time.Time) float64 { return 2*at.Sub(from).Seconds() - failed(at) }),
		every(`http_requests_total{handler="/checkout",code="503"}`, failed),
		every(`http_request_duration_seconds_bucket{handler="/checkout",le="0.8"}`, counter(from, 2)),
		every(`http_request_duration_seconds_bucket{handler="/checkout",le="+Inf"}`, counter(from, 2)),
		every(`http_request_duration_seconds_count{handler="/checkout"}`, counter(from, 2)))
	for at, want := range map[time.Time]string{outage.Add(-time.Minute): "resolved", noon: "firing"} {
		alerts := tr.evaluate(file.Groups[0].Rules[0], at)
		if a, ok := alerts["checkout"]; !ok || len(alerts) != 1 || a.Status != want {
			t.Errorf("at %s the alerts are %+v, want one %s", at.Format(time.TimeOnly), alerts, want)
		}
	}
}
