package findings

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// worsened returns a counter of events that grow by few a second up to a time, and by many from then on.
func worsened(from, at time.Time, few, many float64) func(time.Time) float64 {
	return func(t time.Time) float64 {
		before := min(t.Sub(from), at.Sub(from)).Seconds()
		return few*before + many*(t.Sub(from).Seconds()-before)
	}
}

// course is a rollout whose gate is asked over time.
type course struct {
	// spec is the catalog, and start when the canary began.
	spec  string
	start time.Time
	step  time.Duration
	all   []series
	// verdicts are those that have to occur.
	verdicts []float64
}

// courses are rollouts of every kind.
func courses() map[string]course {
	start := noon.Add(-40 * time.Minute)
	stable := requestsOf("stable", noon.Add(-3*time.Hour), noon, 9, .001)
	canary := func(failing float64) []series { return requestsOf("canary", start.Add(-time.Minute), noon, 1, failing) }
	stated := func(gate string) string { return strings.Replace(gated, "compare:", gate+"\n    compare:", 1) }
	turning := []series{
		{metric: `requests_total{track="canary",code="200"}`, from: start, to: noon, spacing: 15 * time.Second, value: counter(start, 1)},
		{metric: `requests_total{track="canary",code="500"}`, from: start, to: noon, spacing: 15 * time.Second, value: worsened(start, start.Add(20*time.Minute), .001, .1)},
	}
	outage := []series{
		{metric: `requests_total{track="stable",code="200"}`, from: noon.Add(-3 * time.Hour), to: noon, spacing: 15 * time.Second, value: counter(noon.Add(-3*time.Hour), 9)},
		{metric: `requests_total{track="stable",code="500"}`, from: noon.Add(-3 * time.Hour), to: noon, spacing: 15 * time.Second,
			value: worsened(noon.Add(-3*time.Hour), start.Add(25*time.Minute), .01, 3)},
	}
	several := gated + `
      - { name: busy, component: availability, value: { promql: max by (track) (busy) } }
      - { name: plain, component: availability, labels: { release: none }, ratio: { bad: 'requests_total{code="500"}', total: requests_total } }
      - { name: all, component: availability, ratio: { bad: 'requests_total{code=~"5.."}', total: requests_total } }`
	busy := []series{
		{metric: `busy{track="stable"}`, from: noon.Add(-3 * time.Hour), to: noon, spacing: 15 * time.Second, value: constant(.99)},
		{metric: `busy{track="canary"}`, from: start, to: noon, spacing: 15 * time.Second, value: constant(.985)},
	}
	return map[string]course{
		"a healthy canary":          {gated, start, time.Minute, slices.Concat(stable, canary(.001)), []float64{0, 1}},
		"a bad one":                 {gated, start, time.Minute, slices.Concat(stable, canary(.05)), []float64{0, -1}},
		"one that turns bad":        {gated, start, 15 * time.Second, slices.Concat(stable, turning), []float64{0, 1, -1}},
		"every 90 seconds":          {gated, start, 90 * time.Second, slices.Concat(stable, turning), []float64{0, 1, -1}},
		"at odd seconds":            {gated, start.Add(-17 * time.Second), 20 * time.Second, slices.Concat(stable, turning), []float64{0, 1, -1}},
		"of little allowed":         {stated("maxDrop: 0.0001\n    maxDuration: 20m\n    onTimeout: fail"), start, time.Minute, slices.Concat(stable, canary(.001)), []float64{0, -1}},
		"a condition in an outage":  {stated("require: score >= 0.9"), start, 15 * time.Second, slices.Concat(outage, canary(.001)), []float64{0, 1, -1}},
		"a condition on its own":    {strings.Replace(gated, "compare: { dimension: release, candidate: canary, baseline: stable }", "require: burn(\"1h\") < 2", 1), start, time.Minute, slices.Concat(outage, canary(.001)), []float64{0, 1, -1}},
		"several SLIs":              {several, start, time.Minute, slices.Concat(stable, turning, busy), []float64{0, 1, -1}},
		"slices of several minutes": {stated("slice: 3m\n    warmup: 1m"), start, time.Minute, slices.Concat(stable, canary(.05)), []float64{0, -1}},
	}
}

// TestGatesOverTime compares each of some points of the series with what the gate answers that is asked then.
func TestGatesOverTime(t *testing.T) {
	for name, c := range courses() {
		t.Run(name, func(t *testing.T) {
			tr := try(t, catalog(c.spec), nil, c.all...)
			from := `"gate": "canary", "since": "` + c.start.Format(time.RFC3339) + `"`
			ask := func(measure, level string) answer {
				return tr.ask(fmt.Sprintf(`"measure": %q, "level": %q, %s`, measure, level, from), c.start.Add(-5*time.Minute), noon, c.step)
			}
			times, verdicts := ask("verdict", "overall").column(`gate="canary"`)
			if seen := slices.Compact(slices.Sorted(slices.Values(known(verdicts)))); !slices.Equal(seen, slices.Sorted(slices.Values(c.verdicts))) {
				t.Errorf("the verdicts are %v, want %v", seen, c.verdicts)
			}
			numbers := map[string][]float64{}
			if strings.Contains(c.spec, "compare:") {
				_, numbers[""] = ask("evidence", "overall").column(`gate="canary"`)
				for _, measure := range []string{"evidence", "notWorse"} {
					_, numbers[measure] = ask(measure, "sli").column(`flow="shop",gate="canary",sli="ok"`)
				}
			}
			asked := 0
			for i, at := range times {
				if at.Before(c.start) {
					if !math.IsNaN(verdicts[i]) {
						t.Errorf("before the start, at %s, the verdict is %v", at, verdicts[i])
					}
					continue
				}
				if asked++; asked%7 != 1 && i < len(times)-2 { // The others are of the same time slices.
					continue
				}
				v, _ := tr.gate(at, "Viewer", "canary"+since(c.start))
				want := map[string]float64{"fail": -1, "inconclusive": 0, "pass": 1}[v.Verdict]
				if verdicts[i] != want {
					t.Errorf("at %s the verdict is %v, and the gate answers %s", at.Format(time.TimeOnly), verdicts[i], v.Verdict)
				}
				if numbers[""] == nil {
					continue
				}
				for measure, want := range map[string]*float64{"": v.Evidence, "evidence": v.SLIs[0].Evidence, "notWorse": v.SLIs[0].NotWorse} {
					if got := numbers[measure][i]; !(math.Abs(got-*want) <= 1e-9*max(1, *want)) {
						t.Errorf("at %s the %s is %v, and the gate answers %v", at.Format(time.TimeOnly), measure, got, *want)
					}
				}
			}
		})
	}
}

// known returns the numbers that are not NaN.
func known(numbers []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(numbers), math.IsNaN)
}

// TestEvidenceHasItsBorders as thresholds, and of those SLIs alone of which events are compared.
func TestEvidenceHasItsBorders(t *testing.T) {
	c := courses()["several SLIs"]
	tr := try(t, catalog(strings.Replace(c.spec, "compare:", "alpha: 0.01\n    beta: 0.2\n    compare:", 1)), nil, c.all...)
	for measure, border := range map[string]float64{"evidence": 100, "notWorse": 5} {
		for _, format := range []string{"latest", "timeseries"} {
			a := tr.ask(fmt.Sprintf(`"format": %q, "measure": %q, "level": "sli", "gate": "canary", "since": %q`, format, measure, c.start.Format(time.RFC3339)),
				c.start, noon, time.Minute)
			var slis []string
			for _, frame := range a.Frames {
				number := frame.Fields[len(frame.Fields)-1]
				slis = append(slis, number.Labels["sli"])
				if steps := number.Config.Thresholds.Steps; len(steps) != 2 || float64(steps[1].Value) != border {
					t.Errorf("%s as %s has the thresholds %v", measure, format, steps)
				}
			}
			if !slices.Equal(slis, []string{"ok", "all"}) {
				t.Errorf("%s as %s is of %v", measure, format, slis)
			}
		}
	}
}

// TestReasonsOfGates are a table, the most important one first.
func TestReasonsOfGates(t *testing.T) {
	for name, c := range courses() {
		t.Run(name, func(t *testing.T) {
			tr := try(t, catalog(c.spec), nil, c.all...)
			for _, at := range []time.Time{c.start.Add(90 * time.Second), c.start.Add(15 * time.Minute), noon} {
				v, _ := tr.gate(at, "Viewer", "canary"+since(c.start))
				a := tr.ask(`"format": "summary", "gate": "canary", "since": "`+c.start.Format(time.RFC3339)+`"`, at.Add(-time.Hour), at, time.Minute)
				if a.Error != nil {
					t.Fatal(a.Error)
				}
				var reasons []string
				for i := range a.Frames[0].Rows() {
					reasons = append(reasons, a.Frames[0].Fields[0].At(i).(string))
				}
				if len(reasons) == 0 || !slices.Equal(reasons, v.Reasons) {
					t.Errorf("the table has %q, and the gate answers %q", reasons, v.Reasons)
				}
			}
		})
	}
}

func TestEvidenceAskedWrongly(t *testing.T) {
	c := courses()["a condition on its own"]
	tr := try(t, catalog(c.spec), nil, c.all...)
	for query, want := range map[string]string{
		`"measure": "evidence", "gate": "canary"`:                             "the gate canary compares nothing, so it has no evidence",
		`"measure": "notWorse", "level": "sli", "gate": "canary"`:             "compares nothing",
		`"measure": "evidence", "format": "table", "gate": "canary"`:          "the evidence of a gate can't be asked for as table; ask for it as latest or timeseries",
		`"measure": "evidence", "format": "summary", "gate": "canary"`:        "can't be asked for as summary",
		`"measure": "evidence", "format": "gate", "gate": "canary"`:           "the format gate shows the verdict",
		`"measure": "notWorse", "gate": "canary"`:                             "the measure notWorse does not exist at the level overall; ask for it at sli",
		`"measure": "evidence", "level": "flow", "gate": "canary"`:            "does not exist at the level flow",
		`"measure": "verdict", "level": "sli", "gate": "canary"`:              "a gate has one verdict",
		`"measure": "evidence"`:                                               "the evidence needs the name of a gate",
		`"measure": "score", "format": "summary", "gate": "canary"`:           "gate, candidate, baseline and since go with the format gate or the measures verdict, evidence or notWorse",
		`"measure": "evidence", "gate": "canary", "flows": ["shop"]`:          "leave flows, slis, components and by out",
		`"measure": "evidence", "gate": "other"`:                              `there is no gate "other"`,
		`"measure": "verdict", "format": "incidents", "gate": "canary"`:       "can't be asked for as incidents; ask for it as gate, latest, timeseries or summary",
		`"measure": "evidence", "level": "sli", "gate": "canary", "worst": 1`: "worst",
	} {
		a := tr.ask(query, noon.Add(-time.Hour), noon, time.Minute)
		if a.Error == nil || !strings.Contains(a.Error.Error(), want) {
			t.Errorf("%s: %v, want %q", query, a.Error, want)
		}
	}
}

// TestGatesOverTimeSinceTheRangeBegins leaves the start out.
func TestGatesOverTimeSinceTheRangeBegins(t *testing.T) {
	c := courses()["one that turns bad"]
	tr := try(t, catalog(c.spec), nil, c.all...)
	const verdict = `"measure": "verdict", "gate": "canary"`
	sliding := tr.ask(verdict, c.start, noon, c.step)
	sliding.says("moves with the time range")
	_, got := sliding.column(`gate="canary"`)
	_, want := tr.ask(verdict+`, "since": "`+c.start.Format(time.RFC3339)+`"`, c.start, noon, c.step).column(`gate="canary"`)
	if len(got) == 0 || !slices.Equal(got, want) {
		t.Errorf("the verdicts are %v, and with a start %v", got, want)
	}
}
