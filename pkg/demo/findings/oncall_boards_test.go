package findings

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/demo/board"
)

// sets reports whether a panel sets a property of a field; of any field where field is empty.
func sets(p board.Panel, field, property string) bool {
	if p.FieldConfig.Defaults[property] != nil && field == "" {
		return true
	}
	for _, o := range p.FieldConfig.Overrides {
		for _, set := range o.Properties {
			if (field == "" || o.Matcher.Options == field) && set.ID == property {
				return true
			}
		}
	}
	return false
}

// rich is a catalog with all that the dashboards show.
const rich = `
objective: 0.95
dimensions: [{ name: region }]
events: [{ name: deploys, promql: 'deploying > 0' }]
policies: [{ name: low, severity: page, when: score < 0.9 }]
flows:
  - name: shop
    title: Shopping
    revenue: { perHour: 1200, currency: EUR }
    slis: [{ name: ok, ratio: { bad: 'm_total{code="500"}', total: m_total } }]
  - name: mail
    slis: [{ name: queue, component: availability, value: { promql: 'max by (region) (queue_full)' }, curve: { linear: { zero: 1, one: 0 } } }]`

// richTelemetry is that of the last six hours, in which half of what users in the EU do at the shop fails, and all since 20 minutes.
func richTelemetry() []series {
	from := noon.Add(-6 * time.Hour)
	outage := noon.Add(-20 * time.Minute)
	failed := func(at time.Time) float64 { return max(0, at.Sub(outage).Seconds()) }
	return []series{
		{`m_total{code="200",region="eu"}`, from, noon, time.Minute, func(at time.Time) float64 { return at.Sub(from).Seconds() - failed(at) }},
		{`m_total{code="500",region="eu"}`, from, noon, time.Minute, failed},
		{`m_total{code="200",region="us"}`, from, noon, time.Minute, counter(from, 1)},
		{`m_total{code="500",region="us"}`, from, noon, time.Minute, constant(0)},
		{`queue_full{region="eu"}`, from, noon, time.Minute, constant(.01)},
		{`deploying`, outage, outage.Add(2 * time.Minute), time.Minute, constant(1)},
	}
}

// From every tile, bar, row and line one click leads to cer debug, with flow, cohort, data source and time.
func TestU8EveryPanelLinksToCerDebug(t *testing.T) {
	tr := try(t, catalog(rich), minutely, richTelemetry()...)
	linking := []string{"cer-overview", "cer-on-call", "cer-executive"}
	boards := slices.DeleteFunc(dashboards(t), func(b board.Board) bool { return !slices.Contains(linking, b.UID) })
	if len(boards) != len(linking) {
		t.Fatalf("there are %d of the dashboards %q", len(boards), linking)
	}
	for _, b := range boards {
		for _, p := range b.Panels {
			title := b.Title + ": " + p.Title
			if sets(p, "", "links") && !sets(p, "runbook", "links") {
				t.Errorf("%s has links of its own, instead of those of the backend", title)
			}
			for _, target := range p.Targets {
				a, _ := tr.askTarget(title, target, boardWorld{}.variables())
				if a.Error != nil || a.isEmpty() {
					t.Errorf("%s is empty (error %v; notices %q)", title, a.Error, a.notices())
					continue
				}
				for _, f := range a.Frames {
					checkLinks(t, title, p, f, target)
				}
			}
		}
	}
}

// checkLinks fails the test unless what a frame shows in a panel has links that keep what it is about.
func checkLinks(t *testing.T, title string, p board.Panel, f *data.Frame, target map[string]any) {
	t.Helper()
	linked := 0
	for _, field := range f.Fields {
		if field.Config == nil || len(field.Config.Links) == 0 || sets(p, field.Name, "custom.hidden") || field.Name == "report" {
			continue // Reports are a page of their own.
		}
		linked++
		link := field.Config.Links[0].URL
		wanted := []string{"/d/cer-debug/cer-debug?var-datasource=" + t.Name() + "&", "${__url_time_range}"}
		if flow := field.Labels["flow"]; flow != "" {
			wanted = append(wanted, "var-flow="+flow+"&")
		} else if found, _ := f.FieldByName("flow"); found != nil {
			wanted = append(wanted, "var-flow=${__data.fields.flow:percentencode}&")
		}
		if region := field.Labels["region"]; region != "" {
			wanted = append(wanted, "var-filters=region%7C%3D%7C"+region+"&")
		} else if found, _ := f.FieldByName("region"); found != nil {
			wanted = append(wanted, "var-filters=region%7C%3D%7C${__data.fields.region:percentencode}&")
		}
		for _, part := range wanted {
			if !strings.Contains(link, part) {
				t.Errorf("%s: the link of %s%v is %q, without %q", title, field.Name, field.Labels, link, part)
			}
		}
	}
	if linked == 0 {
		t.Errorf("%s: nothing that is shown has a link: %v", title, target)
	}
}

// The ad hoc filters of a dashboard hold on in cer debug. That of the dimension of a cohort gives way to the cohort, which is narrower.
func TestU8LinksKeepTheFiltersOfTheDashboard(t *testing.T) {
	tr := try(t, catalog(rich), minutely, richTelemetry()...)
	for _, format := range []string{"latest", "table"} {
		of := tr.latest(`"level": "flow", "format": "`+format+`", "by": ["region"], "adhocFilters": [{ "key": "region", "operator": "=~", "value": "eu|us" }]`, noon)
		for _, field := range of.Frames[0].Fields {
			if field.Config == nil || len(field.Config.Links) == 0 {
				continue
			}
			if link := field.Config.Links[0].URL; strings.Count(link, "var-filters=region") != 1 || !strings.Contains(link, "var-filters=region%7C%3D%7C") {
				t.Errorf("the link of a cohort is %q, with another filter than its own", link)
			}
		}
	}
	a := tr.latest(`"level": "flow", "flows": ["shop"], "adhocFilters": [{ "key": "region", "operator": "=~", "value": "eu|us" }]`, noon)
	if got, want := a.Frames[0].Fields[0].Config.Links[0].URL, "&var-filters=region%7C%3D~%7Ceu__gfp__us&var-flow=shop&"; !strings.Contains(got, want) {
		t.Errorf("the link is %q, without %q", got, want)
	}
}

// The summary leads with the range: the score now, what is wanted, incidents, time under the objective, lowest, mainly by what, money.
func TestU5TheSummaryLeadsWithTheRange(t *testing.T) {
	at := func(before time.Duration) time.Time { return noon.Add(-before) }
	from := at(30 * time.Hour)
	const spec = `
objective: 0.95
budgetWindow: 24h
policies: [{ name: low, severity: page, when: score < 0.9 }]
flows:
  - name: shop
    title: Shopping
    revenue: { perHour: 1200, currency: EUR }
    slis: [{ name: ok, title: Orders succeed, ratio: { bad: 'm_total{code="500"}', total: m_total } }]`
	const mail = `
  - name: mail
    slis: [{ name: queue, component: availability, value: { promql: 'max(queue_full)' }, curve: { linear: { zero: 1, one: 0 } } }]`
	queue := series{"queue_full", from, noon, time.Minute, constant(0)}
	// A time slice of 5 min is under the objective while more than a twentieth of it fails: from a minute after the beginning of an
	// outage to four minutes after its end, and as long it is under the border of the policy. What is at risk is 1,200 EUR for each
	// hour of an outage.
	for name, test := range map[string]struct {
		spec    string
		span    time.Duration
		outages [][2]time.Time
		want    []string
	}{
		"calm": {spec, 6 * time.Hour, nil, []string{
			"cer x 100.0%, objective 95%: no incidents, never under the objective in the last 6 h; lowest 100.0% at 06:00 UTC; unchanged since 06:00 UTC."}},
		"one outage": {spec, 6 * time.Hour, [][2]time.Time{{at(4 * time.Hour), at(4*time.Hour - 24*time.Minute)}}, []string{
			"cer x 100.0%, objective 95%: 1 incident (28 min) and 28 min under the objective in the last 6 h; lowest 0.0% at 08:05 UTC, mainly by Shopping/Orders succeed; about 480 EUR at risk; unchanged since 06:00 UTC."}},
		"three outages of one flow of two": {spec + mail, 24 * time.Hour, [][2]time.Time{
			{at(20 * time.Hour), at(20*time.Hour - 28*time.Minute)}, {at(9 * time.Hour), at(9*time.Hour - 25*time.Minute)}, {at(2 * time.Hour), at(2*time.Hour - 24*time.Minute)}}, []string{
			"cer x 100.0%, objective 95%: 3 incidents (89 min) and 89 min under the objective in the last 24 h; lowest 50.0% at 16:05 UTC, mainly by Shopping/Orders succeed; about 1,500 EUR at risk; unchanged since 12:00 UTC.",
			"Shopping 100.0%, objective 95%: 3 incidents (89 min) and 89 min under the objective in the last 24 h; lowest 0.0% at 16:05 UTC, mainly by Orders succeed; about 1,500 EUR at risk."}},
		"no objective": {strings.Replace(spec, "objective: 0.95\n", "", 1), 6 * time.Hour, nil, []string{
			"cer x 100.0%: no incidents in the last 6 h; lowest 100.0% at 06:00 UTC; unchanged since 06:00 UTC."}},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, catalog(test.spec), minutely, append(outages(from, noon, test.outages...), queue)...)
			a := tr.ask(`"format": "summary"`, noon.Add(-test.span), noon, time.Minute)
			if got := field[string](a, "summary"); !slices.Equal(got, test.want) {
				t.Errorf("the summary is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

// One gap is one line for each flow, with its span of time and what is missing.
func TestU16AGapIsOneLineForAFlow(t *testing.T) {
	from := noon.Add(-2 * time.Hour)
	gap := func(value float64) func(time.Time) float64 {
		return func(at time.Time) float64 {
			if before := noon.Sub(at); before > 40*time.Minute && before <= 60*time.Minute {
				return nothing
			}
			return value
		}
	}
	var slis []string
	telemetry := []series{}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		slis = append(slis, "{ name: "+name+", component: availability, value: { promql: 'max("+name+")' } }")
		telemetry = append(telemetry, series{name, from, noon, time.Minute, gap(.9)})
	}
	telemetry = append(telemetry, series{"rest", from, noon, time.Minute, constant(.9)})
	spec := "objective: 0.5\nminCoverage: %s\nflows: [{ name: shop, slis: [" + strings.Join(slis, ", ") + ", { name: rest, component: availability, value: { promql: 'max(rest)' } }] }]"
	for minCoverage, want := range map[string]string{ // Gauges are looked back on for less than 5 minutes.
		"0.1": "shop: no telemetry of a, b, c, d, e at 16 of 91 points (4 Mar 11:04 to 11:19 UTC); left out, so that coverage falls",
		"0.5": "shop: no score at 16 of 91 points (4 Mar 11:04 to 11:19 UTC): coverage is 0.167, below minCoverage 0.5; missing: a, b, c, d, e",
	} {
		tr := try(t, catalog(fmt.Sprintf(spec, minCoverage)), minutely, telemetry...)
		a := tr.ask(`"level": "flow"`, noon.Add(-90*time.Minute), noon, time.Minute)
		if got := a.notices(); !slices.Equal(got, []string{want}) {
			t.Errorf("the notices are %q, want %q", got, want)
		}
	}
}

// How many flows are in each state, so that 30 flows are read at a glance; a maintenance is none that is known to be ok.
func TestU9FlowsAreCountedByState(t *testing.T) {
	from := noon.Add(-3 * time.Hour)
	spec := `
objective: 0.95
budgetWindow: 2h
policies:
  - { name: low, severity: page, when: score < 0.5 }
  - { name: lowish, severity: ticket, when: score < 0.9 }
maintenance: [{ name: works, effect: suppress, flows: { names: [f5] }, promql: 'vector(1)' }]
flows:`
	var telemetry []series
	for name, value := range map[string]float64{"f1": .1, "f2": .7, "f3": .8, "f4": 1, "f5": .1, "f6": 1} {
		spec += "\n  - { name: " + name + ", slis: [{ name: s, component: availability, value: { promql: 'max(g_" + name + ")' } }] }"
		telemetry = append(telemetry, series{"g_" + name, from, noon, time.Minute, constant(value)})
	}
	spec += "\n  - { name: f7, slis: [{ name: s, component: availability, value: { promql: 'max(g_f7)' } }] }"
	tr := try(t, catalog(spec), minutely, telemetry...)
	a := tr.ask(`"measure": "state", "level": "flow", "format": "summary"`, noon.Add(-time.Hour), noon, time.Minute)
	for name, want := range map[string]float64{"page": 1, "ticket": 2, "unknown": 1, "maintenance": 1, "ok": 2} {
		if got := field[*float64](a, name); len(got) != 1 || *got[0] != want {
			t.Errorf("%s: got %v, want %v", name, *got[0], want)
		}
	}
	worst := tr.latest(`"measure": "state", "level": "flow", "worst": 1`, noon)
	worst.is(`flow="f1"`, 2)
	unknown := tr.latest(`"measure": "state", "level": "flow", "worst": 1, "flows": ["f4", "f7"]`, noon)
	unknown.is(`flow="f7"`, nothing)
	// Where none of several flows needs attention, none is named as the worst.
	for flows, want := range map[string]string{`["f4", "f6"]`: "all 2 flows", `["f4"]`: "f4", `["f4", "f5"]`: "f4", `["f3", "f4"]`: "f3"} {
		one := tr.latest(`"measure": "state", "level": "flow", "worst": 1, "flows": `+flows, noon).Frames
		if len(one) != 1 || one[0].Fields[0].Config.DisplayNameFromDS != want {
			t.Errorf("the worst of %s is %v, want %s", flows, one[0].Fields[0].Config.DisplayNameFromDS, want)
		}
	}
	maintained := tr.latest(`"measure": "state", "level": "flow", "flows": ["f5"]`, noon)
	mapper, _ := maintained.Frames[0].Fields[0].Config.Mappings[0].(data.ValueMapper)
	if maintained.is(`flow="f5"`, 0); mapper["0"].Text != "maintenance" || mapper["0"].Color == "green" {
		t.Errorf("a maintenance looks like %+v", mapper)
	}
	tablesOfStatesShowMaintenance(t, tr)
}

// tablesOfStatesShowMaintenance fails the test unless tables of states say that f5 is in maintenance, whose number is that of ok.
func tablesOfStatesShowMaintenance(t *testing.T, tr *trial) {
	t.Helper()
	if state := field[*float64](tr.table(`"measure": "state", "level": "flow", "flows": ["f5"]`, noon), "state")[0]; state == nil || *state != 0 {
		t.Errorf("the number of a maintenance is %v, want 0", state)
	}
	found := 0
	for _, b := range dashboards(t) {
		for _, p := range b.Panels {
			if p.Type != "table" || p.Targets[0]["measure"] != "state" || p.Targets[0]["format"] != "table" {
				continue
			}
			found++
			var got []string
			for _, cell := range (boardWorld{}).show(tr, b, p).cells {
				if cell.Of == "State" {
					got = append(got, cell.Text+" "+cell.Colour)
				}
			}
			want := []string{"maintenance blue", "ok green", "ok green", "page red", "ticket orange", "ticket orange", "unknown text"}
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("%s: %s shows %q, want %q", b.Title, p.Title, got, want)
			}
		}
	}
	if found != 2 {
		t.Errorf("%d tables are of states, want those of cer on-call and cer debug", found)
	}
}

// A gain is drawn as a share of what the objective allows to be lost, and has no colour while the objectives are met.
func TestU13GainsAreScaledByTheAllowance(t *testing.T) {
	gains := func(objective string) *data.FieldConfig {
		tr := try(t, catalog("objective: "+objective+newcomer), nil, twoHours(`r_total{code="200"}`, 9), twoHours(`r_total{code="500"}`, 1),
			series{"queue_full", noon.Add(-2 * time.Hour), noon, 15 * time.Second, constant(0)})
		f, _ := tr.ask(`"level": "sli", "format": "table"`, noon.Add(-time.Hour), noon, time.Minute).Frames[0].FieldByName("impactPoints")
		return f.Config
	}
	colours := func(c *data.FieldConfig) (all []string) {
		for _, step := range c.Thresholds.Steps {
			all = append(all, step.Color)
		}
		return all
	}
	met, missed := gains("0.75"), gains("0.99")
	if got := colours(met); !slices.Equal(got, []string{"text"}) {
		t.Errorf("while the objectives are met the colours are %q", got)
	}
	if got := colours(missed); !slices.Equal(got, []string{"text", "orange", "red"}) {
		t.Errorf("while an objective is not met the colours are %q", got)
	}
	for config, want := range map[*data.FieldConfig]float64{met: 25, missed: 1} {
		if config.Max == nil || float64(*config.Max) < want-1e-9 || float64(*config.Max) > want+1e-9 {
			t.Errorf("a full bar is %v pp, want %v", config.Max, want)
		}
	}
}

// Only an incident that has not ended is ongoing: of one that began before it was looked for, and of one whose telemetry was lost, the
// duration is unknown.
func TestOnlyAnOngoingIncidentIsSaidToBeOngoing(t *testing.T) {
	from := noon.Add(-6 * time.Hour)
	spec := `
objective: 0.95
budgetWindow: 2h
lookback: 1h
policies: [{ name: low, severity: page, when: score < 0.9 }]
flows:`
	var telemetry []series
	for name, bad := range map[string]struct{ from, to, lost time.Duration }{
		"long": {4 * time.Hour, 20 * time.Minute, 0}, "lost": {95 * time.Minute, 0, 80 * time.Minute},
		"now": {20 * time.Minute, 0, 0}, "short": {50 * time.Minute, 30 * time.Minute, 0},
	} {
		spec += "\n  - { name: " + name + ", slis: [{ name: s, component: availability, value: { promql: 'max(" + name + ")' } }] }"
		telemetry = append(telemetry, series{name, from, noon.Add(-bad.lost), time.Minute, func(at time.Time) float64 {
			if before := noon.Sub(at); before <= bad.from && before > bad.to || bad.to == 0 && before <= bad.from {
				return .5
			}
			return 1
		}})
	}
	tr := try(t, catalog(spec), minutely, telemetry...)
	found := 0
	for _, b := range dashboards(t) {
		for _, p := range b.Panels {
			if p.Type != "table" || p.Targets[0]["format"] != "incidents" {
				continue
			}
			found++
			var flows, got []string
			for _, cell := range (boardWorld{}).show(tr, b, p).cells {
				switch {
				case cell.Of == "Flow":
					flows = append(flows, cell.Text)
				case cell.Of == "Duration" && cell.IsUnknown():
					got = append(got, cell.Text+" "+cell.Colour)
				case cell.Of == "Duration":
					got = append(got, cell.Text)
				case strings.EqualFold(cell.Text, "ongoing"):
					t.Errorf("%s: %s shows %s", b.Title, p.Title, cell)
				}
			}
			want := map[string]string{"long": "unknown text", "lost": "unknown text", "now": "ongoing orange", "short": "1380"}
			if len(flows) != len(want) || len(got) != len(want) {
				t.Fatalf("%s: %s shows %q of %q", b.Title, p.Title, got, flows)
			}
			for i, flow := range flows {
				if got[i] != want[flow] {
					t.Errorf("%s: %s says %q of the duration of %s, want %q", b.Title, p.Title, got[i], flow, want[flow])
				}
			}
		}
	}
	if found != 3 {
		t.Errorf("%d tables are of incidents, want those of cer debug, cer executive and cer on-call", found)
	}
}
