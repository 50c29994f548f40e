package findings

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// outagePages is a shop that pages while more than a tenth of its orders fail.
const outagePages = `
objective: 0.95
budgetWindow: 24h
policies: [{ name: low, severity: page, when: score < 0.9 }]
dimensions: [{ name: region }]
flows:
  - name: shop
    title: Shopping
    revenue: { perHour: 1200, currency: EUR }
    slis: [{ name: ok, title: Orders succeed, ratio: { bad: 'm_total{code="500"}', total: m_total } }]`

// No more minutes are under the objective than the range has, and no more money is at risk than the flow earns in it.
func TestSummariesCountTheMinutesOfTheRange(t *testing.T) {
	tr := try(t, catalog(outagePages), minutely, outages(noon.Add(-9*time.Hour), noon, before(6*60, 0))...)
	ask := func(span, step time.Duration) answer {
		return tr.ask(`"format": "summary"`, noon.Add(-span), noon, step)
	}
	for _, step := range []time.Duration{time.Second, time.Minute} {
		ask(15*time.Minute, step).sentences("cer x 0.0%, objective 95%: 1 incident (15 min) and 15 min under the objective in the last 15 min; " +
			"lowest 0.0% at 11:45 UTC, mainly by Shopping/Orders succeed; about 300 EUR at risk; unchanged since 11:45 UTC.")
	}
}

// However coarse a panel is, incidents are those up to now.
func TestIncidentsOfLongRangesAreUpToNow(t *testing.T) {
	now := noon.Add(-13 * time.Minute) // Of which no longer step is a multiple.
	tr := try(t, catalog(outagePages), minutely, outages(noon.Add(-9*24*time.Hour), noon, before(28, 0))...)
	for _, step := range []time.Duration{time.Minute, 10 * time.Minute, 2 * time.Hour} {
		ask := func(query string) answer { return tr.ask(query, now.Add(-7*24*time.Hour), now, step) }
		if rows := ask(`"format": "incidents"`).Frames[0].Rows(); rows != 1 {
			t.Errorf("in steps of %s there are %d incidents", step, rows)
		}
		ask(`"level": "flow", "format": "latest", "measure": "incident"`).is("", (14 * time.Minute).Seconds())
		text := field[string](ask(`"format": "summary"`), "summary")
		if want := "1 incident (14 min) and 15 min under the objective in the last 7 d"; len(text) == 0 || !strings.Contains(text[0], want) {
			t.Errorf("in steps of %s the summary is %q, want %q", step, text, want)
		}
	}
}

// What is not known is not said to be good: neither a range without a score, nor a part of it.
func TestSummariesSayForHowLongNoScoreCounted(t *testing.T) {
	until := func(end time.Time) []series { return outages(noon.Add(-9*time.Hour), end, before(60, 40)) } // Time slices reach back 5 minutes.
	excluded := strings.Replace(outagePages, "policies:", "maintenance: [{ name: works, effect: exclude, promql: 'vector(1)' }]\npolicies:", 1)
	for name, test := range map[string]struct {
		spec   string
		series []series
		span   time.Duration
		want   string
	}{
		"at all": {outagePages, nil, 15 * time.Minute, "cer x unknown, objective 95%: no score counted in the last 15 min."},
		"at the end": {outagePages, until(noon.Add(-30 * time.Minute)), 6 * time.Hour, "cer x unknown, objective 95%: 1 incident (24 min) and 24 min under the objective in the last 6 h; " +
			"lowest 0.0% at 11:05 UTC, mainly by Shopping/Orders succeed; no score counted for 26 min; about 400 EUR at risk."},
		"but for maintenance": {excluded, until(noon), 6 * time.Hour, "cer x 100.0%, objective 95%: no score counted in the last 6 h; about 400 EUR at risk; unchanged since 06:00 UTC."},
	} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, catalog(test.spec), minutely, test.series...)
			tr.ask(`"format": "summary"`, noon.Add(-test.span), noon, time.Minute).sentences(test.want)
		})
	}
}

// A flow has a sentence of its own where it alone has an objective.
func TestSummariesSayWhatFlowsMissTheWholeHasNoObjectiveOf(t *testing.T) {
	spec := strings.Replace(outagePages, "objective: 0.95\n", "", 1)
	spec = strings.Replace(spec, "    title:", "    objective: 0.95\n    title:", 1)
	a := try(t, catalog(spec), minutely, outages(noon.Add(-9*time.Hour), noon, before(60, 40))...).ask(`"format": "summary"`, noon.Add(-6*time.Hour), noon, time.Minute)
	a.sentences("cer x 100.0%: 1 incident (24 min) in the last 6 h; lowest 0.0% at 11:05 UTC, mainly by Shopping/Orders succeed; about 400 EUR at risk; unchanged since 06:00 UTC.")
	a.sentences("Shopping 100.0%, objective 95%: 1 incident (24 min) and 24 min under the objective in the last 6 h; lowest 0.0% at 11:05 UTC, mainly by Orders succeed; about 400 EUR at risk.")
}

// A month of a catalog whose states are too many to decide for the whole at once still has the incidents of its flows.
func TestSummariesOfAMonthCountIncidentsOfFlows(t *testing.T) {
	const slis = 25
	var spec strings.Builder
	spec.WriteString("\nobjective: 0.95\nbudgetWindow: 30d\npolicies: [{ name: low, severity: page, when: score < 0.9 }]\nflows:")
	for _, flow := range []string{"mail", "shop"} {
		fmt.Fprintf(&spec, "\n- name: %s\n  slis:", flow)
		for i := range slis {
			fmt.Fprintf(&spec, "\n  - { name: s%d, component: availability, value: { promql: 'min(%s)' } }", i, flow)
		}
	}
	from := noon.Add(-31 * 24 * time.Hour)
	down := func(at time.Time) float64 {
		if at.After(noon.Add(-50*time.Hour)) && !at.After(noon.Add(-49*time.Hour)) {
			return 0
		}
		return 1
	}
	tr := try(t, catalog(spec.String()), minutely, series{`mail`, from, noon, time.Minute, constant(1)}, series{`shop`, from, noon, time.Minute, down})
	got := tr.ask(`"format": "summary"`, noon.Add(-30*24*time.Hour), noon, time.Hour)
	// The time slices of 5 minutes that end from 10:01 to 11:04 have a minute of the outage; the first without any other ends at 10:05.
	got.sentences("cer x 100.0%, objective 95%: 1 incident (64 min) in the last 30 d; unchanged since 2 Feb 12:00 UTC.")
	got.sentences("shop 100.0%, objective 95%: 1 incident (64 min) and 64 min under the objective in the last 30 d; lowest 0.0% at 2 Mar 10:05 UTC, mainly by s0.")
	got.says("the summary leaves out some of what happened within the range")
}
