package findings

import (
	"slices"
	"testing"
	"time"
)

// titled is a catalog in which half of what has a name has a title too. An SLI has the name of one of the other flow.
const titled = `
objective: 0.99
policies: [{ name: low, severity: page, when: score < 0.8 }]
flows:
  - name: pay
    title: Paying
    description: From the basket to the receipt
    slis:
      - { name: ok, title: Payments succeed, description: Requests without an error of the server, ratio: { bad: 'r_total{code="500"}', total: r_total } }
  - name: mail
    slis:
      - { name: ok, ratio: { bad: 'm_total{code="500"}', total: m_total } }`

// Titles are what people read, and names what queries, labels and links are made of.
func TestU18TitlesAreShown(t *testing.T) {
	tr := try(t, catalog(titled), nil, twoHours(`r_total{code="200"}`, 9),
		series{`r_total{code="500"}`, noon.Add(-time.Hour), noon, 15 * time.Second, counter(noon.Add(-30*time.Minute), 9)}, twoHours(`m_total{code="200"}`, 4))
	legends := func(query string) []string {
		a := tr.ask(query, noon.Add(-time.Hour), noon, time.Minute)
		if a.Error != nil {
			t.Fatal(a.Error)
		}
		var all []string
		for _, f := range a.Frames {
			field := f.Fields[len(f.Fields)-1]
			all = append(all, field.Config.DisplayNameFromDS+" "+field.Labels.String())
		}
		return all
	}
	wants := func(what string, got []string, want ...string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	wants("flows", legends(`"level": "flow"`), "Paying flow=pay", "mail flow=mail")
	wants("SLIs", legends(`"level": "sli"`), "Paying / Payments succeed component=availability, flow=pay, sli=ok", "mail / ok component=availability, flow=mail, sli=ok")
	wants("a legend of one's own", legends(`"level": "sli", "legend": "{{flow}}.{{sli}}"`), "pay.ok component=availability, flow=pay, sli=ok", "mail.ok component=availability, flow=mail, sli=ok")

	table := tr.ask(`"level": "sli", "format": "table"`, noon.Add(-time.Hour), noon, time.Minute)
	wants("names of flows", field[string](table, "flow"), "pay", "mail")
	wants("titles of flows", field[string](table, "title"), "Paying", "mail")
	wants("names of SLIs", field[string](table, "sli"), "ok", "ok")
	wants("titles of SLIs", field[string](table, "sliTitle"), "Payments succeed", "ok")

	incidents := tr.ask(`"level": "flow", "format": "incidents"`, noon.Add(-time.Hour), noon, time.Minute)
	wants("incidents", field[string](incidents, "title"), "Paying: page")
	wants("flows of incidents", field[string](incidents, "flow"), "pay")
	wants("titles of flows of incidents", field[string](incidents, "flowTitle"), "Paying")
	wants("causes", field[string](incidents, "slis"), "Payments succeed 100.0%")
	tr.ask(`"format": "summary"`, noon.Add(-time.Hour), noon, time.Minute).sentences("Paying 50.0%, objective 99%: 1 incident (59 min) and 60 min under the objective in the last 60 min; lowest 50.0% at 11:05 UTC, mainly by Payments succeed.")
}

// sentences fails the test unless a summary has a sentence.
func (a answer) sentences(want string) {
	a.t.Helper()
	if got := field[string](a, "summary"); !slices.Contains(got, want) {
		a.t.Errorf("the summary is %q, want %q", got, want)
	}
}

// Columns have headings that people read, points instead of shares of points, and the names of their fields.
func TestU17TablesHaveHeadingsAndPoints(t *testing.T) {
	tr := try(t, catalog(titled), nil, twoHours(`r_total{code="200"}`, 9), twoHours(`r_total{code="500"}`, 1), twoHours(`m_total{code="200"}`, 4))
	table := tr.ask(`"level": "flow", "format": "table"`, noon.Add(-time.Hour), noon, time.Minute)
	for name, want := range map[string]struct {
		heading, unit string
		decimals      uint16
	}{"score": {"Score", "percentunit", 2}, "changePoints": {"Change", "pp", 1}, "impactPoints": {"Impact", "pp", 2}, "traffic": {"Traffic", "eps", 2}} {
		found, at := table.Frames[0].FieldByName(name)
		if at < 0 {
			t.Fatalf("there is no field %q", name)
		}
		if c := found.Config; c.DisplayNameFromDS != want.heading || c.Unit != want.unit || c.Decimals == nil || *c.Decimals != want.decimals {
			t.Errorf("the column %s has the config %+v, want %+v", name, c, want)
		}
	}
	impact, points := field[*float64](table, "impact")[0], field[*float64](table, "impactPoints")[0]
	if impact == nil || points == nil || *points != 100**impact || *impact < .04 {
		t.Errorf("an impact of %v is %v points", impact, points)
	}
	if hidden, _ := table.Frames[0].FieldByName("impact"); hidden.Config.Custom["hidden"] != true || hidden.Config.DisplayNameFromDS != "" {
		t.Errorf("the share of points has the config %+v, want it hidden", hidden.Config)
	}
}

// SLIs of one title, such as those of one preset for two services, are told apart: in the table, in the causes of an incident, and by the
// label of that which lost most.
func TestSLIsOfOneTitleAreToldApart(t *testing.T) {
	tr := try(t, catalog(`
objective: 0.99
policies: [{ name: low, severity: page, when: score < 0.8 }]
flows:
  - name: pay
    slis:
      - { name: web, title: Requests succeed, ratio: { bad: 'w_total{code="500"}', total: w_total } }
      - { name: app, title: Requests succeed, ratio: { bad: 'r_total{code="500"}', total: r_total } }`),
		nil, twoHours(`w_total{code="200"}`, 4), twoHours(`r_total{code="200"}`, 4),
		series{`r_total{code="500"}`, noon.Add(-time.Hour), noon, 15 * time.Second, counter(noon.Add(-30*time.Minute), 9)})
	ask := func(query string) answer { return tr.ask(query, noon.Add(-time.Hour), noon, time.Minute) }
	if got, want := field[string](ask(`"level": "sli", "format": "table"`), "sliTitle"), []string{"Requests succeed (web)", "Requests succeed (app)"}; !slices.Equal(got, want) {
		t.Errorf("the titles are %q, want %q", got, want)
	}
	if got, want := field[string](ask(`"level": "flow", "format": "incidents"`), "slis"), []string{"Requests succeed (app) 100.0%"}; !slices.Equal(got, want) {
		t.Errorf("the causes are %q, want %q", got, want)
	}
	newest := ask(`"level": "flow", "measure": "incident", "format": "latest"`)
	if got := newest.Frames[0].Fields[0].Labels["sli"]; got != "app" {
		t.Errorf("the SLI that lost most is %q, want app", got)
	}
}
