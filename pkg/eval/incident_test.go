package eval_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

const incidentsOfCheckout = `{"level":"flow","flows":["checkout"],"format":"incidents"}`

// minute is the one that lies some minutes before noon.
func minute(before int) time.Time { return noon.Add(-time.Duration(before) * time.Minute) }

func TestIncidents(t *testing.T) {
	// checkout is at .5 in the minutes 29 to 20 before noon, and its page is on from 27 to 10 before noon.
	r := askOver(t, incidentsOfCheckout, policed(tense()), outage("a", 30*time.Minute, 20*time.Minute), time.Hour, 0, time.Minute)
	if len(r.Incidents) != 1 {
		t.Fatalf("the incidents are %+v", r.Incidents)
	}
	got := r.Incidents[0]
	if got.Member.Flow.Name != "checkout" || got.Worst != cer.StatePage || !got.Recovered || got.Ongoing || got.LowestScore != .5 {
		t.Errorf("the incident is %+v", got)
	}
	if !got.Onset.Equal(minute(29)) || !got.Detected.Equal(minute(27)) || !got.End.Equal(minute(9)) {
		t.Errorf("it went on from %v, was noticed at %v, and ended at %v", got.Onset, got.Detected, got.End)
	}
	if got.TimeToDetect() != 2 || got.TimeToRecover() != 20 {
		t.Errorf("it took %v minutes to detect and %v to recover", got.TimeToDetect(), got.TimeToRecover())
	}
	// The slices that end 9, 14, 19, 24 and 29 minutes before noon fill it; the last two of them lost a half, of .1 of
	// 288 slices.
	if want := 1 / (.1 * 288); math.Abs(got.BudgetSpent-want) > 1e-9 {
		t.Errorf("it spent %v of the budget, want %v", got.BudgetSpent, want)
	}
	if diff := cmp.Diff([]annotate.Contribution{{Name: "a", Share: 1}}, got.SLIs); diff != "" {
		t.Errorf("the SLIs to blame (-want +got):\n%s", diff)
	}
	if !slices.Equal(got.Policies, []string{"tense"}) {
		t.Errorf("the policies are %v", got.Policies)
	}
}

func TestAnOngoingIncidentIsTheSameWhateverTheRange(t *testing.T) {
	for _, from := range []time.Duration{5 * time.Minute, time.Hour, 3 * time.Hour} {
		r := askOver(t, incidentsOfCheckout, policed(tense()), outage("a", 30*time.Minute, -time.Hour), from, 0, time.Minute)
		if len(r.Incidents) != 1 {
			t.Fatalf("over %v the incidents are %+v", from, r.Incidents)
		}
		got := r.Incidents[0]
		if !got.Ongoing || got.Recovered || !got.Onset.Equal(minute(29)) || !got.Detected.Equal(minute(27)) || !got.End.Equal(noon) {
			t.Errorf("over %v it is %+v", from, got)
		}
	}
	if r := askOver(t, incidentsOfCheckout, policed(tense()), outage("a", 30*time.Minute, 20*time.Minute), 5*time.Minute, 0, time.Minute); len(r.Incidents) > 0 {
		t.Errorf("one that is over is shown in a range that begins later: %+v", r.Incidents)
	}
}

func TestAnIncidentOfTheWholeNamesFlowsAndSLIs(t *testing.T) {
	whole := tense(func(p *cer.AlertPolicy) { p.Flows, p.When = cer.FlowSelection{}, "score < 0.7" })
	r := askOver(t, `{"format":"incidents"}`, policed(whole), outage("a", 30*time.Minute, 20*time.Minute), time.Hour, 0, time.Minute)
	if len(r.Incidents) != 1 || r.Incidents[0].Member.Flow != nil || r.Incidents[0].LowestScore != .625 {
		t.Fatalf("the incidents are %+v", r.Incidents)
	}
	if diff := cmp.Diff([]annotate.Contribution{{Name: "checkout/a", Share: 1}}, r.Incidents[0].SLIs); diff != "" {
		t.Errorf("the SLIs to blame (-want +got):\n%s", diff)
	}
}

// byRegion answers for the regions eu and us, of which eu is bad for a metric while the whole is.
func byRegion(bad func(expand.Leaf) series.Answer) func(expand.Leaf) series.Answer {
	return func(leaf expand.Leaf) series.Answer {
		answer := bad(leaf)
		good := series.Series{Labels: labels.FromMap(map[string]string{"region": "us", "zone": "us"}), Values: make([]float64, leaf.Range.Len())}
		for i := range good.Values {
			good.Values[i] = 1
		}
		eu := series.Series{Labels: labels.FromMap(map[string]string{"region": "eu", "zone": "eu"}), Values: answer.Series[0].Values}
		return series.Answer{Series: []series.Series{eu, good}}
	}
}

// splitOnly answers by region where a leaf is split by it, and else as for the whole.
func splitOnly(bad func(expand.Leaf) series.Answer) func(expand.Leaf) series.Answer {
	split := byRegion(bad)
	return func(leaf expand.Leaf) series.Answer {
		if containsAny(leaf.Expr.String(), "by (region)", "by (zone)") {
			return split(leaf)
		}
		return bad(leaf)
	}
}

func TestAnIncidentNamesTheCohortsThatWereHit(t *testing.T) {
	r := askOver(t, incidentsOfCheckout, policed(tense()), splitOnly(outage("a", 30*time.Minute, 20*time.Minute)), time.Hour, 0, time.Minute)
	if len(r.Incidents) != 1 {
		t.Fatalf("the incidents are %+v", r.Incidents)
	}
	if diff := cmp.Diff([]annotate.Contribution{{Name: "region=eu", Share: 1, Events: .5}}, r.Incidents[0].Cohorts, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("the cohorts (-want +got):\n%s", diff)
	}
}

func TestStatesOfCohorts(t *testing.T) {
	bad := splitOnly(outage("a", 30*time.Minute, 20*time.Minute))
	byEach := tense(func(p *cer.AlertPolicy) { p.By = []string{"region"} })
	tests := map[string]struct {
		q      string
		policy cer.AlertPolicy
		want   map[string]string
	}{
		"each by itself": {`{"level":"flow","flows":["checkout"],"measure":"state","by":["region"]}`, byEach,
			map[string]string{"checkout region=eu": "33o18p10o", "checkout region=us": "61o"}},
		"a policy without cohorts is decided for those that are asked about": {`{"level":"flow","flows":["checkout"],"measure":"state","by":["region"]}`, tense(),
			map[string]string{"checkout region=eu": "33o18p10o", "checkout region=us": "61o"}},
		"the worst of them for all users": {`{"level":"flow","flows":["checkout"],"measure":"state"}`, byEach,
			map[string]string{"checkout": "33o18p10o"}},
		"only those that are kept": {`{"level":"flow","flows":["checkout"],"measure":"state","where":{"region":["us"]}}`, byEach,
			map[string]string{"checkout": "61o"}},
		"the difference of two": {`{"level":"flow","flows":["checkout"],"measure":"state"}`,
			tense(func(p *cer.AlertPolicy) { p.When = `delta("region", "eu", "us") < -0.2` }),
			map[string]string{"checkout": "33o18p10o"}},
		"the difference to one that is not there": {`{"level":"flow","flows":["checkout"],"measure":"state"}`,
			tense(func(p *cer.AlertPolicy) { p.When = `delta("region", "eu", "mars") < -0.2` }),
			map[string]string{"checkout": "61."}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answer := bad
			if name == "only those that are kept" {
				answer = func(leaf expand.Leaf) series.Answer {
					kept := byRegion(outage("a", 30*time.Minute, 20*time.Minute))(leaf)
					kept.Series = kept.Series[1:]
					return kept
				}
			}
			r := askOver(t, test.q, policed(test.policy), answer, time.Hour, 0, time.Minute)
			got := map[string]string{}
			names, _ := numbersOf(r)
			for i, m := range r.Members {
				got[names[i]] = squeezed(letters(m.Columns[query.State]))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("the states (-want +got):\n%s", diff)
			}
		})
	}
}

// containsAny reports whether a text has any of some parts.
func containsAny(text string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}
