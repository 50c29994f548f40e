package findings

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/replay"
)

// replayed is an answer of POST /calibrate or POST /backtest.
type replayed struct {
	replay.Calibration
	Saved, Changed *replay.Outcome
	Notices        []struct{ Text string }
	Issues         []struct {
		Message       string
		Hint, Warning bool
	}
	Message string
	// Status is that of the response.
	Status int
}

// replay asks a resource at a time as a user of a role, with a body of JSON.
func (tr *trial) replay(now time.Time, role, path string, body map[string]any) (answer replayed) {
	tr.t.Helper()
	answer.Status = tr.post(now, role, path, body, &answer)
	return answer
}

// calibrated has a budget of a week, so that fast-burn wants a burn rate of 3.36, steady-burn of 2 and slow-burn of 1.
const calibrated = `
budgetWindow: 7d
flows:
  - name: shop
    objective: 0.97
    slis:
      - { name: success, objective: 0.99, ratio: { bad: 'm_total{code="500"}', total: m_total } }
  - name: other
    weight: 5
    slis:
      - { name: success, ratio: { bad: 'other_total{code="500"}', total: other_total } }
`

// anHour is an outage of an hour that ends so long before noon.
func anHour(before time.Duration) [2]time.Time {
	return [2]time.Time{noon.Add(-before - time.Hour), noon.Add(-before)}
}

// tryReplays returns a shop with outages in the last week, and telemetry of the week before.
func tryReplays(t *testing.T, definition string, of ...[2]time.Time) *trial {
	t.Helper()
	return try(t, catalog(definition), minutely, outages(noon.Add(-15*24*time.Hour), noon, of...)...)
}

// row returns the row of an objective.
func (a replayed) row(t *testing.T, objective float64) replay.CandidateRow {
	t.Helper()
	i := slices.IndexFunc(a.Rows, func(r replay.CandidateRow) bool { return r.Objective == objective })
	if i < 0 {
		t.Fatalf("there is no row for %v: %+v", objective, a)
	}
	return a.Rows[i]
}

// backtested is calibrated with a flow shop whose weight is large enough to page.
var backtested = strings.Replace(calibrated, "weight: 5", "weight: 0", 1)

// An hour of 168 fails, which is 0.595 % of the week.
func TestU7CalibrateRecommendsWhatAFlowHasKept(t *testing.T) {
	tr := tryReplays(t, calibrated, anHour(100*time.Hour))
	a := tr.replay(noon, "Editor", "calibrate", map[string]any{"flow": "shop", "days": 7})
	if a.Status != 200 || len(a.Rows) != 10 || a.KnownDays != 7 || math.Abs(*a.Score-(1-1./168)) > 1e-9 {
		t.Fatalf("%d %s: %d rows, %v days, score %v", a.Status, a.Message, len(a.Rows), a.KnownDays, *a.Score)
	}
	for _, objective := range []float64{0.9, 0.98, 0.99, 0.995, 0.9999} {
		row, left := a.row(t, objective), 1-1./168/(1-objective)
		if math.Abs(*row.Left-left) > 1e-6 || *row.Kept != (left >= 0) || row.Pages != 1 {
			t.Errorf("at %v: %v is left, kept %v, %d pages; want %v left and 1 page", objective, *row.Left, *row.Kept, row.Pages, left)
		}
	}
	if *a.Recommended != 0.99 || !a.row(t, 0.99).Recommended || !strings.HasPrefix(a.Reason, "0.99 is the tightest of these objectives that leaves at least 30% of its error budget (40.5%) and pages at most once a week: 1 page in 7 days.") {
		t.Errorf("%v is recommended: %s", *a.Recommended, a.Reason)
	}
	if *a.Objective != 0.97 || !a.row(t, 0.97).Stated {
		t.Errorf("the stated objective is not among the rows: %+v", a)
	}
	if s := tr.replay(noon, "Editor", "calibrate", map[string]any{"flow": "shop", "sli": "shop/success", "days": 1}); s.SLI != "success" || s.Recommended == nil {
		t.Errorf("the SLI shop/success is called %q: %s %s", s.SLI, s.Reason, s.Message)
	}
}

// What is calibrated is what queries of a catalog with that objective say.
func TestU7CalibrationsAreThoseOfCatalogsWithTheObjective(t *testing.T) {
	tr := tryReplays(t, calibrated, anHour(160*time.Hour), anHour(100*time.Hour), anHour(99*time.Hour), anHour(20*time.Hour))
	a := tr.replay(noon, "Editor", "calibrate", map[string]any{"flow": "shop", "days": 7})
	s := tr.replay(noon, "Editor", "calibrate", map[string]any{"flow": "shop", "days": 7, "sli": "success"})
	for _, objective := range []float64{0.9, 0.995} {
		stated := strings.NewReplacer("0.97", fmt.Sprint(objective), "weight: 5", "weight: 0").Replace(catalog(calibrated))
		of := &trial{t: t, store: tr.store, instance: tr.dataSource(tr.store.URL(), stated, minutely)}
		row := a.row(t, objective)
		of.latest(`"measure": "burn", "window": "7d", "level": "flow", "flows": "shop"`, noon).is(`flow="shop"`, 1-*row.Left)
		of.latest(`"measure": "burn", "window": "7d", "level": "sli", "flows": "shop"`, noon).is(`component="availability",flow="shop",sli="success"`, 1-*s.row(t, 0.99).Left)
		_, states := of.ask(`"measure": "state", "level": "flow", "flows": "shop"`, noon.Add(-7*24*time.Hour+time.Minute), noon, time.Minute).column(`flow="shop"`)
		pages, before := 0, 0.0
		for _, s := range states {
			if s == 2 && before != 2 {
				pages++
			}
			before = s
		}
		if row.Pages != pages || pages < 3 {
			t.Errorf("at %v there are %d pages, not %d", objective, row.Pages, pages)
		}
	}
	if a.Recommended != nil || !strings.HasPrefix(a.Reason, "Objectives from 0.9 on leave at least 30% of their error budget, but all of them page more than once a week: 0.9 3 times in 7 days.") {
		t.Errorf("%v is recommended: %s", a.Recommended, a.Reason)
	}
}

// What is recommended of little telemetry, of none, and of a flow that never was well.
func TestU7CalibrateSaysWhyItRecommendsNothing(t *testing.T) {
	short := outages(noon.Add(-36*time.Hour), noon)
	for name, test := range map[string]struct {
		series      []series
		flow        string
		days        int
		recommended bool
		says        string
	}{
		"twenty minutes":    {outages(noon.Add(-20*time.Minute), noon), "shop", 28, false, "which is too little to recommend an objective; calibrate when there are 6 hours or more."},
		"a day and a half":  {short, "shop", 3, true, "There is telemetry for only 1.5 of 3 days."},
		"none":              {short, "other", 1, false, "There is no telemetry of other in the last day, so no objective can be recommended; Save & test says which selectors match nothing."},
		"never well enough": {outages(noon.Add(-36*time.Hour), noon, anHour(0), anHour(12*time.Hour), anHour(20*time.Hour)), "shop", 2, false, "None of these objectives would have left 30% of its error budget: that of 0.9 has 16.7% left."},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, catalog(calibrated), minutely, test.series...)
			a := tr.replay(noon, "Editor", "calibrate", map[string]any{"flow": test.flow, "days": test.days})
			if a.Status != 200 || (a.Recommended != nil) != test.recommended || !strings.Contains(a.Reason, test.says) {
				t.Errorf("%d %v: %s %s", a.Status, a.Recommended, a.Reason, a.Message)
			}
			if isKnown := a.Score != nil; isKnown != (a.KnownDays > 0) || isKnown != (a.Rows[0].Left != nil) {
				t.Errorf("score %v, %v days, left %v", a.Score, a.KnownDays, a.Rows[0].Left)
			}
		})
	}
}

// Maintenance counts as it does for the flow: its outages neither page nor spend anything.
func TestU7CalibrateHeedsMaintenance(t *testing.T) {
	definition := calibrated + `
maintenance:
  - { name: move, effect: exclude, flows: { names: [shop] }, promql: 'moving > 0' }
  - { name: others, effect: exclude, flows: { names: [other] }, promql: 'vector(1)' }
`
	outage := anHour(100 * time.Hour)
	moving := series{"moving", outage[0].Add(-30 * time.Minute), outage[1].Add(90 * time.Minute), time.Minute, constant(1)}
	tr := try(t, catalog(definition), minutely, append(outages(noon.Add(-9*24*time.Hour), noon, outage), moving)...)
	a := tr.replay(noon, "Editor", "calibrate", map[string]any{"flow": "shop", "days": 7})
	if row := a.row(t, 0.9999); *row.Left != 1 || row.Pages != 0 || *a.Recommended != 0.9999 {
		t.Errorf("%+v", row)
	}
	if a.KnownDays > 7-2./24 || a.KnownDays < 7-4./24 {
		t.Errorf("%v days are known", a.KnownDays)
	}
}

func TestU7BacktestsAreThoseOfQueries(t *testing.T) {
	tr := tryReplays(t, backtested, anHour(160*time.Hour), anHour(100*time.Hour), anHour(20*time.Hour))
	policies := "\npolicies:\n  - { name: low, severity: ticket, when: 'score < 0.5', for: 10m }\n  - { name: high, severity: page, when: 'score < 0.2', for: 30m }\n"
	changed := catalog(strings.Replace(backtested, "0.97", "0.995", 1) + policies)
	b := tr.replay(noon, "Editor", "backtest", map[string]any{"flow": "shop", "days": 7, "definition": changed})
	if b.Status != 200 || b.Saved == nil || b.Changed == nil {
		t.Fatalf("%d %s %+v", b.Status, b.Message, b)
	}
	for outcome, definition := range map[*replay.Outcome]string{b.Saved: catalog(backtested), b.Changed: changed} {
		of := &trial{t: t, store: tr.store, instance: tr.dataSource(tr.store.URL(), definition, minutely)}
		from := noon.Add(-7*24*time.Hour + time.Minute)
		_, states := of.ask(`"measure": "state", "level": "flow", "flows": "shop"`, from, noon, time.Minute).column(`flow="shop"`)
		got := map[float64]int{}
		for _, s := range states {
			got[s]++
		}
		if m := outcome.Minutes; got[0] != m.OK || got[1] != m.Ticket || got[2] != m.Page || m.OK+m.Ticket+m.Page+m.Unknown != 7*1440 {
			t.Errorf("minutes are %+v, and states %v", m, got)
		}
		incidents := of.ask(`"format": "incidents", "level": "flow", "flows": "shop"`, from, noon, time.Minute)
		ends, begins := field[time.Time](incidents, "timeEnd"), field[time.Time](incidents, "time")
		if len(ends) != len(outcome.Incidents) || len(ends) < 3 {
			t.Fatalf("there are %d incidents, not %d", len(outcome.Incidents), len(ends))
		}
		for i, one := range outcome.Incidents {
			if !one.To.Equal(ends[i]) || one.From.Before(begins[i]) || one.Ongoing || one.Severity != "page" {
				t.Errorf("incident %d is %+v, and by the query from %v to %v", i, one, begins[i], ends[i])
			}
		}
	}
	if b.Changed.Pages != 3 || b.Changed.Tickets != 3 || *b.Changed.Objective != 0.995 || *b.Saved.Objective != 0.97 {
		t.Errorf("%+v", b.Changed)
	}
	if p := b.Changed.Policies[1]; p.Policy != "high" || p.Count != 3 || len(p.Spans) != 3 || p.Minutes < 3*25 || p.Minutes > 3*35 {
		t.Errorf("%+v", p)
	}
}

// The saved flow may have no objective yet, so that no default policy applies to it.
func TestU7BacktestOfAFirstObjective(t *testing.T) {
	without := strings.Replace(backtested, "    objective: 0.97\n", "", 1)
	tr := tryReplays(t, without, anHour(20*time.Hour))
	b := tr.replay(noon, "Editor", "backtest", map[string]any{"flow": "shop", "days": 1, "definition": catalog(backtested)})
	if b.Status != 200 || b.Saved != nil || b.Changed == nil || b.Changed.Pages != 1 {
		t.Fatalf("%d %s: %+v, %+v", b.Status, b.Message, b.Saved, b.Changed)
	}
	if len(b.Notices) != 1 || b.Notices[0].Text != "shop: it is not replayed with the saved catalog, which has no policy for it" {
		t.Errorf("%+v", b.Notices)
	}
	b = tr.replay(noon, "Editor", "backtest", map[string]any{"flow": "shop", "days": 1, "definition": catalog(without)})
	if want := "no policy of the catalog applies to shop; add an objective to it, which the default policies need, or a policy"; b.Status != 400 || b.Message != want {
		t.Errorf("of neither: %d %s", b.Status, b.Message)
	}
	tr = tryReplays(t, backtested)
	b = tr.replay(noon, "Editor", "backtest", map[string]any{"flow": "shop", "days": 1, "definition": catalog(backtested + "policies: []")})
	if b.Status != 200 || b.Saved == nil || b.Changed != nil || len(b.Notices) != 1 || !strings.Contains(b.Notices[0].Text, "the changed catalog") {
		t.Errorf("of no policies: %d %s: %+v, %+v, %+v", b.Status, b.Message, b.Saved, b.Changed, b.Notices)
	}
}

// A flow may be new, or gone, and an incident may go on.
func TestU7BacktestOfWhatOnlyOneHas(t *testing.T) {
	tr := tryReplays(t, backtested, [2]time.Time{noon.Add(-time.Hour), noon})
	renamed := catalog(strings.Replace(backtested, "name: shop", "name: store", 1))
	if b := tr.replay(noon, "Editor", "backtest", map[string]any{"flow": "store", "days": 1, "definition": renamed}); b.Saved != nil || b.Changed == nil {
		t.Errorf("of a new flow: %+v", b)
	}
	b := tr.replay(noon, "Editor", "backtest", map[string]any{"flow": "shop", "days": 1, "definition": renamed})
	if b.Saved == nil || b.Changed != nil {
		t.Fatalf("of a flow that is gone: %+v", b)
	}
	if n := len(b.Saved.Incidents); n != 1 || !b.Saved.Incidents[0].Ongoing || !b.Saved.Incidents[0].To.Equal(noon) {
		t.Errorf("%+v", b.Saved.Incidents)
	}
}

func TestU7ReplaysAreRefused(t *testing.T) {
	tr := tryReplays(t, backtested)
	for name, test := range map[string]struct {
		role, path string
		body       map[string]any
		status     int
		says       string
	}{
		"to viewers":               {"Viewer", "calibrate", map[string]any{"flow": "shop"}, 403, "this needs the role Editor or Admin"},
		"to viewers who backtest":  {"Viewer", "backtest", map[string]any{"flow": "shop"}, 403, "this needs the role Editor or Admin"},
		"of no flow":               {"Editor", "calibrate", map[string]any{}, 400, "name a flow"},
		"of another flow":          {"Editor", "calibrate", map[string]any{"flow": "shp"}, 400, `there is no flow called "shp"; did you mean shop?`},
		"of another flow, neither": {"Editor", "backtest", map[string]any{"flow": "x", "definition": catalog(backtested)}, 400, `there is no flow called "x"; choose one of the catalog's`},
		"of another SLI":           {"Editor", "calibrate", map[string]any{"flow": "shop", "sli": "succes"}, 400, `there is no SLI of shop called "succes"; did you mean success?`},
		"of too many days":         {"Editor", "calibrate", map[string]any{"flow": "shop", "days": 29}, 400, "29 days can't be replayed; choose a number from 1 to 28"},
		"of days to come":          {"Editor", "backtest", map[string]any{"flow": "shop", "days": -1}, 400, "-1 days can't be replayed; choose a number from 1 to 28"},
		"of a faulty definition":   {"Editor", "backtest", map[string]any{"flow": "shop", "definition": "x"}, 400, "a mapping is needed here"},
	} {
		t.Run(name, func(t *testing.T) {
			if a := tr.replay(noon, test.role, test.path, test.body); a.Status != test.status || !strings.Contains(a.Message, test.says) {
				t.Errorf("it answers %d %q, want %d %q", a.Status, a.Message, test.status, test.says)
			}
		})
	}
}

// resting is a flow whose p95 is always 400 ms, which its curve scores 0.9.
const resting = `
flows:
  - name: page
    objective: 0.99
    slis:
      - name: p95
        key: true
        component: latency
        value: { promql: 'max(p95_seconds)' }
        curve: { logNormal: { p10: 400ms, median: 800ms } }
`

// A curve and an objective that can't agree are a warning, and what flows may lack are hints.
func TestU7AFlowThatBurnsAtRestIsAWarning(t *testing.T) {
	const warning = "in every known hour of the last day the burn rate was 10 or more, so the objective 0.99 leaves little or nothing for failures"
	gauge := func(seconds func(time.Time) float64) series {
		return series{"p95_seconds", noon.Add(-26 * time.Hour), noon, time.Minute, seconds}
	}
	well := func(at time.Time) float64 { return map[bool]float64{true: 0.01, false: 0.4}[at.Hour() == 3] }
	for name, test := range map[string]struct {
		series series
		warned bool
	}{
		"all day":          {gauge(constant(0.4)), true},
		"but for an hour":  {gauge(well), false},
		"for a short time": {series{"p95_seconds", noon.Add(-9 * time.Hour), noon, time.Minute, constant(0.4)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, catalog(resting), minutely, test.series)
			clock.Store(&noon)
			if got := strings.Contains(tr.health().Message, "page: "+warning); got != test.warned {
				t.Errorf("Save & test: %s", tr.health().Message)
			}
			issues, valid := tr.issues(catalog(resting))
			if strings.Contains(issues, warning) != test.warned || !valid {
				t.Errorf("/validate: %v %s", valid, issues)
			}
			const lacks, history = "the flow page has no SLI of the component dependency", "the scores of the last 28 days are below the objectives of page (0.9"
			for _, asked := range []bool{false, true} {
				if got := tr.hints(catalog(resting), asked); !strings.Contains(got, lacks) || strings.Contains(got, history) != asked {
					t.Errorf("with history %v the hints are %s", asked, got)
				}
			}
		})
	}
}

// A burn rate of 0.7 but for rounding is one.
func TestU7ABurnRateAtTheBoundIsAWarning(t *testing.T) {
	definition := strings.NewReplacer("objective: 0.99", "objective: 0.95", "logNormal: { p10: 400ms, median: 800ms }", "linear: { zero: 1, one: 0 }").Replace(resting)
	tr := try(t, catalog(definition), minutely, series{"p95_seconds", noon.Add(-26 * time.Hour), noon, time.Minute, constant(0.035)})
	clock.Store(&noon)
	if issues, _ := tr.issues(catalog(definition)); !strings.Contains(issues, "the burn rate was 0.7 or more") {
		t.Error(issues)
	}
}

// hints returns the hints of POST /validate, with those on the last days or without, a line each.
func (tr *trial) hints(definition string, history bool) string {
	tr.t.Helper()
	var all []string
	for _, i := range tr.replay(noon, "Editor", "validate", map[string]any{"definition": definition, "history": history}).Issues {
		if i.Hint && !i.Warning {
			all = append(all, i.Message)
		}
	}
	return strings.Join(all, "\n")
}

// What goes wrong is said of the flow, whatever it is called while objectives are tried.
func TestU7CalibrateNamesTheFlowInWhatGoesWrong(t *testing.T) {
	const ambiguous = "{ name: %s, component: correctness, value: { promql: 'avg_over_time(m_total[__window]) / on() avg_over_time(m_total[__window])' } }"
	const good = `{ name: success, objective: 0.99, ratio: { bad: 'm_total{code="500"}', total: m_total } }`
	for name, test := range map[string]struct{ slis, says string }{
		"the only SLI": {fmt.Sprintf(ambiguous, "odd"), "shop/odd: The store could not evaluate the PromQL avg_over_time"},
		"one of two":   {good + "\n      - " + fmt.Sprintf(ambiguous, "odd"), "shop/odd: The store could not evaluate the PromQL avg_over_time"},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, catalog(strings.Replace(calibrated, good, test.slis, 1)), minutely, outages(noon.Add(-6*time.Hour), noon)...)
			a := tr.replay(noon, "Editor", "calibrate", map[string]any{"flow": "shop", "days": 1})
			said := a.Message
			for _, n := range a.Notices {
				said += n.Text
			}
			if !strings.HasPrefix(said, test.says) || strings.Contains(said, "shop@") || strings.Count(said, "shop/odd") != 1 {
				t.Errorf("it says %q", said)
			}
		})
	}
}

// A flow with so many SLIs that its candidates are evaluated one after the other is calibrated as well.
func TestU7CalibrateAFlowOfManySLIs(t *testing.T) {
	const good = `{ name: success, objective: 0.99, ratio: { bad: 'm_total{code="500"}', total: m_total } }`
	many := good
	for i := range 60 {
		many += "\n      - " + strings.Replace(good, "success", fmt.Sprint("s", i), 1)
	}
	tr := try(t, catalog(strings.Replace(calibrated, good, many, 1)), minutely, outages(noon.Add(-6*time.Hour), noon, anHour(2*time.Hour))...)
	a := tr.replay(noon, "Editor", "calibrate", map[string]any{"flow": "shop", "days": 1})
	if a.Status != 200 || a.row(t, 0.9).Pages != 1 || math.Abs(*a.Score-5./6) > 0.01 || a.Recommended != nil {
		t.Errorf("%d %s %+v", a.Status, a.Message, a.Calibration)
	}
}
