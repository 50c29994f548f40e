package annotate_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
)

func TestSummariesNameTheFlowsThatWereServedWorst(t *testing.T) {
	to := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	o := annotate.Outline{From: to.Add(-7 * 24 * time.Hour), To: to, Coverage: .75, Missing: []string{"a/x", "b/y", "c/z"},
		Whole: annotate.Course{Name: "cer shop", Objective: .95, Then: .99, Now: .925}}
	for i, minutes := range []time.Duration{3, 500, 0, 12, 7000, 90} {
		name := string(rune('a' + i))
		o.Flows = append(o.Flows, annotate.Course{Flow: name, Name: strings.ToUpper(name), Objective: .999, Now: .5, Within: &annotate.Within{
			Incidents: min(1, int(minutes)), Attention: minutes * time.Minute, Under: minutes * time.Minute, Lowest: .25, LowestAt: to.Add(-30 * time.Hour),
			Mainly: "success", AtRisk: map[string]float64{"EUR": 123456, "USD": 0.4, "CHF": 7}}})
	}
	o.Changes = []annotate.FlowChange{
		{Flow: "e", Change: annotate.Change{Name: "E", Then: 1, Now: .5}},
		{Flow: "c", Change: annotate.Change{Name: "C", Then: 1, Now: .5}, SLI: &annotate.Change{Name: "fast", Then: 1, Now: .25}}}
	const happened = " under the objective in the 7 d up to 4 Mar 12:00 UTC; lowest 25.0% at 3 Mar 06:00 UTC, mainly by success; about 120,000 EUR and 7 CHF at risk."
	want := []string{
		"cer shop 92.5%, under its 95% objective; down 6.5 pp since 25 Feb 12:00 UTC.",
		"E 50.0%, objective 99.9%: 1 incident (4 d 20 h) and 4 d 20 h" + happened,
		"B 50.0%, objective 99.9%: 1 incident (8 h 20 min) and 8 h 20 min" + happened,
		"F 50.0%, objective 99.9%: 1 incident (90 min) and 90 min" + happened,
		"Also under their objective or in an incident: D, A.",
		"C went from 100.0% to 50.0%, mainly by fast (25.0%, was 100.0%).",
		"Telemetry covers 75.0%; there is none of a/x, b/y and 1 more.",
	}
	if got := o.Sentences(7*24*time.Hour, false); !slices.Equal(got, want) {
		t.Errorf("the summary is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestSummariesOfWhatIsUnknownOrIdle(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		course annotate.Course
		want   string
	}{
		"unknown now":           {annotate.Course{Then: .9, Now: math.NaN(), Objective: .95}, "cer unknown, objective 95%."},
		"unknown at the start":  {annotate.Course{Then: math.NaN(), Now: .96, Objective: .95}, "cer 96.0%, meets its 95% objective; unknown at 11:00 UTC."},
		"idle":                  {annotate.Course{Then: 1, Now: math.NaN(), IsIdle: true}, "cer idle."},
		"unchanged for cohorts": {annotate.Course{Then: .9, Now: .9, Cohort: []annotate.Label{{Name: "region", Value: "eu"}}}, "cer for region eu 90.0%; unchanged since 11:00 UTC."},
	} {
		test.course.Name = "cer"
		o := annotate.Outline{From: now.Add(-time.Hour), To: now, Coverage: 1, Whole: test.course}
		if got := o.Sentences(time.Hour, true); !slices.Equal(got, []string{test.want}) {
			t.Errorf("%s: the summary is %q, want %q", name, got, test.want)
		}
	}
}

// What is too much to count is not said to be good.
func TestSummariesOfWhatIsTooMuchToCount(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for want, within := range map[string]annotate.Within{
		"cer 99.0%, objective 95%: 2 incidents (80 min) in the last 30 d; about 7 EUR at risk": {Counted: annotate.IncidentsCounted,
			Incidents: 2, Attention: 80 * time.Minute, AtRisk: map[string]float64{"EUR": 7}},
		"cer 99.0%, objective 95%: no incidents in the last 30 d":              {Counted: annotate.IncidentsCounted},
		"cer 99.0%, objective 95%: incidents in the last 30 d are not counted": {Counted: annotate.NothingCounted},
	} {
		flow := annotate.Course{Flow: "a", Name: "A", Objective: .95, Then: .99, Now: .99, Within: &annotate.Within{Incidents: 2, Attention: time.Hour, Lowest: math.NaN()}}
		o := annotate.Outline{From: now.Add(-30 * 24 * time.Hour), To: now, Coverage: 1, Flows: []annotate.Course{flow},
			Whole: annotate.Course{Name: "cer", Objective: .95, Then: .99, Now: .99, Within: &within}}
		got := o.Sentences(30*24*time.Hour, true)
		if !slices.Equal(got, []string{want + "; unchanged since 2 Feb 12:00 UTC.", "A 99.0%, objective 95%: 2 incidents (60 min), never under the objective in the last 30 d."}) {
			t.Errorf("the summary is %q, want %q", got, want)
		}
	}
}
