package findings

import (
	"math"
	"strings"
	"testing"
	"time"
)

// owned is a catalog of two flows, the second of which states neither owner nor labels, with policies of both severities.
const owned = `
objective: 0.95
budgetWindow: 6h
dimensions: [{ name: zone, label: zone }]
policies:
  - { name: low, severity: page, when: score < 0.8 }
  - { name: fast, severity: page, flows: { names: [pay] }, burn: { budget: 20%, long: 30m }, keepFor: 10m }
  - { name: slow, severity: ticket, when: burn("1h") > 1.5, keepFor: 5m }
  - { name: zonal, severity: ticket, by: [zone], when: score < 0.6 }
flows:
  - name: pay
    title: Paying
    owner: pay-oncall
    runbook: https://runbooks.example/pay
    labels: { team: payments, tier: one }
    slis: [{ name: ok, ratio: { bad: 'r_total{code="500"}', total: r_total } }]
  - name: mail
    slis: [{ name: ok, ratio: { bad: 'm_total{code="500"}', total: m_total } }]`

// troubled is the telemetry of owned: pay fails in one zone for 20 minutes and is not scraped for 12, mail loses 1 request in 10.
func troubled() []series {
	from := noon.Add(-9 * time.Hour)
	gap := func(value func(time.Time) float64) func(time.Time) float64 {
		return func(at time.Time) float64 {
			if before := noon.Sub(at); before > 40*time.Minute && before < 52*time.Minute {
				return math.NaN()
			}
			return value(at)
		}
	}
	outage := func(at time.Time) float64 {
		return 2 * math.Max(0, math.Min(at.Sub(noon.Add(-100*time.Minute)).Seconds(), (20*time.Minute).Seconds()))
	}
	return []series{
		{`r_total{code="200",zone="north"}`, from, noon, time.Minute, gap(counter(from, 2))},
		{`r_total{code="200",zone="south"}`, from, noon, time.Minute, gap(func(at time.Time) float64 { return 2*at.Sub(from).Seconds() - outage(at) })},
		{`r_total{code="500",zone="south"}`, from, noon, time.Minute, gap(outage)},
		{`m_total{code="200",zone="north"}`, from, noon, time.Minute, counter(from, 9)},
		{`m_total{code="500",zone="north"}`, from, noon, time.Minute, counter(from, 1)},
	}
}

// Answers bear what the catalog says of flows, so that alerts reach their owners.
func TestG10AnswersBearLabelsOfFlows(t *testing.T) {
	tr := try(t, catalog(owned), minutely, troubled()...)
	a := tr.latest(`"measure": "state", "level": "flow", "labels": ["owner", "team"]`, noon)
	a.is(`flow="pay",owner="pay-oncall",team="payments"`, 0)
	a.is(`flow="mail"`, 1)
	tr.latest(`"level": "sli", "labels": ["title", "runbook"]`, noon).
		is(`component="availability",flow="pay",runbook="https://runbooks.example/pay",sli="ok",title="Paying"`, 1)
	_, scores := tr.ask(`"level": "flow", "by": ["tier"], "labels": "team"`, noon.Add(-time.Hour), noon, time.Minute).column(`flow="pay",team="payments",tier="one"`)
	if len(scores) != 61 {
		t.Errorf("over an hour there are %d scores", len(scores))
	}
	table := tr.ask(`"level": "flow", "format": "table", "labels": ["team", "owner"]`, noon.Add(-time.Hour), noon, time.Minute)
	incidents := tr.ask(`"level": "flow", "format": "incidents", "flows": "pay", "labels": "team"`, noon.Add(-3*time.Hour), noon, time.Minute)
	for _, got := range [][]string{field[string](table, "team"), field[string](incidents, "team")} {
		if len(got) == 0 || got[0] != "payments" {
			t.Errorf("the column of teams is %q", got)
		}
	}
}

// A state by policy is the state that a catalog with this policy alone would give.
func TestG10StatesByPolicyAreThoseOfThePolicyAlone(t *testing.T) {
	tr := try(t, catalog(owned), minutely, troubled()...)
	from := noon.Add(-3 * time.Hour)
	a := tr.ask(`"measure": "state", "level": "flow", "by": ["policy"]`, from, noon, time.Minute)
	seen := map[float64]bool{}
	for name, stated := range map[string]string{
		"low":   `{ name: low, severity: page, when: score < 0.8 }`,
		"fast":  `{ name: fast, severity: page, flows: { names: [pay] }, burn: { budget: 20%, long: 30m }, keepFor: 10m }`,
		"slow":  `{ name: slow, severity: ticket, when: burn("1h") > 1.5, keepFor: 5m }`,
		"zonal": `{ name: zonal, severity: ticket, by: [zone], when: score < 0.6 }`,
	} {
		alone := try(t, catalog(onlyPolicy(stated)), minutely, troubled()...)
		for _, flow := range []string{"pay", "mail"} {
			if name == "fast" && flow == "mail" { // It is not about it.
				continue
			}
			_, want := alone.ask(`"measure": "state", "level": "flow"`, from, noon, time.Minute).column(`flow="` + flow + `"`)
			_, got := a.column(`flow="` + flow + `",policy="` + name + `"`)
			for i := range want {
				if got[i] != want[i] && !(math.IsNaN(got[i]) && math.IsNaN(want[i])) {
					t.Fatalf("%s by %s is %v in minute %d, and %v where there is no other policy", flow, name, got[i], i, want[i])
				}
				seen[want[i]] = true
			}
		}
	}
	if len(a.Frames) != 7 || !seen[0] || !seen[1] || !seen[2] || len(seen) < 4 { // NaNs are keys of their own.
		t.Errorf("there are %d states by policy, and the states %v", len(a.Frames), seen)
	}
	tr.latest(`"measure": "state", "level": "flow", "by": ["policy"], "worst": 1`, noon.Add(-75*time.Minute)).is(`flow="pay",policy="fast"`, 2)
	tr.latest(`"measure": "state", "level": "flow", "by": ["policy"], "worst": 1, "labels": "owner"`, noon).is(`flow="mail",policy="slow"`, 1)
}

// onlyPolicy is owned with one policy.
func onlyPolicy(stated string) string {
	head, rest, _ := strings.Cut(owned, "policies:")
	_, flows, _ := strings.Cut(rest, "\nflows:")
	return head + "policies: [" + stated + "]\nflows:" + flows
}

func TestG10LabelsThatAnswersCannotBearAreRefused(t *testing.T) {
	tr := try(t, catalog(owned), minutely, troubled()...)
	for query, want := range map[string]string{
		`"labels": ["owner"]`:                                                                           "write level flow, component or sli",
		`"level": "flow", "labels": ["cluster"]`:                                                        `"cluster", which no flow has; there are owner, runbook, title, team or tier`,
		`"level": "flow", "labels": ["zone"]`:                                                           `"zone", which is a dimension; split by it`,
		`"level": "flow", "by": ["team"], "labels": ["team"]`:                                           `by and labels both name "team"`,
		`"level": "flow", "labels": ["flow"]`:                                                           `"flow", which is a label of answers already`,
		`"level": "flow", "labels": ["$label"]`:                                                         "a dashboard variable that was not replaced",
		`"format": "summary", "labels": ["owner"]`:                                                      "labels go with numbers of flows, as timeseries, latest, table",
		`"level": "flow", "by": ["policy"]`:                                                             "write measure state and format timeseries or latest",
		`"level": "flow", "format": "incidents", "by": ["policy"]`:                                      "write measure state and format timeseries or latest",
		`"level": "flow", "measure": "budget", "by": ["policy", "zone"]`:                                "which splits states alone",
		`"level": "flow", "measure": "state", "by": "cluster"`:                                          "neither a dimension nor a label of flows",
		`"level": "flow", "measure": "impact", "labels": ["a","b","c","d","e","f","g","h","i","j","k"]`: "labels has 11 names, more than 10",
	} {
		a := tr.latest(query, noon)
		if a.Error == nil {
			t.Errorf("%s is answered", query)
			continue
		}
		a.says(want)
	}
}

// A dimension or a label of flows may be called policy; queries saved before states could be split still mean that dimension.
func TestG10ADimensionCalledPolicyIsMeant(t *testing.T) {
	tr := try(t, catalog(`
objective: 0.95
dimensions: [{ name: policy, label: zone }]
flows: [{ name: mail, slis: [{ name: ok, ratio: { bad: 'm_total{code="500"}', total: m_total } }] }]`), minutely, troubled()...)
	tr.latest(`"level": "flow", "by": ["policy"]`, noon).is(`flow="mail",policy="north"`, .9)
	tr.latest(`"measure": "state", "level": "flow", "by": ["policy"]`, noon).number(`flow="mail",policy="north"`)
}
