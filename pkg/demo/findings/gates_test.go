package findings

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// gated is a catalog with a gate whose canary has a tenth of the requests.
const gated = `
dimensions: [{ name: release, label: track }]
objective: 0.99
budgetWindow: 1d
gates:
  - name: canary
    compare: { dimension: release, candidate: canary, baseline: stable }
flows:
  - name: shop
    slis:
      - { name: ok, component: availability, key: true, ratio: { bad: 'requests_total{code="500"}', total: requests_total } }`

// requestsOf returns counters of requests of a track from a time on, at a rate a second of which a share fails.
func requestsOf(track string, from, to time.Time, rate, failing float64) []series {
	of := func(code string, perSecond float64) series {
		return series{metric: fmt.Sprintf(`requests_total{track=%q,code=%q}`, track, code), from: from, to: to, spacing: 15 * time.Second, value: counter(from, perSecond)}
	}
	return []series{of("200", rate*(1-failing)), of("500", rate*failing)}
}

// verdict is the JSON that a gate answers with.
type verdict struct {
	Message  string
	Verdict  string
	Reasons  []string
	Evidence *float64
	From, To string
	FailedAt string
	Anchored bool
	TimedOut bool
	Override string
	Notices  []string
	Revision string
	Needs    struct{ Events, Seconds *float64 }
	Score    struct{ Candidate, Baseline *float64 }
	SLIs     []struct {
		Flow, SLI, Verdict, LeftOut       string
		Candidate, Baseline, Drop, Events *float64
		Phi, Evidence, NotWorse           *float64
		Share, MaxDrop                    float64
	}
}

// gate asks a gate at a time as a user with a role, by a path such as canary?from=-30m, and returns the status too.
func (tr *trial) gate(now time.Time, role, path string) (verdict, int) {
	tr.t.Helper()
	var v verdict
	answer := tr.get(now, role, "gates/"+path)
	if err := json.Unmarshal(answer.Body, &v); err != nil {
		tr.t.Fatal(err)
	}
	return v, answer.Status
}

// since is the parameter of a start.
func since(at time.Time) string { return "?from=" + at.UTC().Format(time.RFC3339) }

func TestGateOfAHealthyCanary(t *testing.T) {
	start := noon.Add(-30 * time.Minute)
	tr := try(t, catalog(gated), nil, slices.Concat(requestsOf("stable", noon.Add(-3*time.Hour), noon, 9, .001), requestsOf("canary", start.Add(-time.Minute), noon, 1, .001))...)
	v, status := tr.gate(noon, "Viewer", "canary"+since(start))
	if v.Verdict != "pass" || status != 200 || !v.Anchored || v.Revision == "" || len(v.SLIs) != 1 {
		t.Fatalf("status %d: %+v", status, v)
	}
	// After the warmup of 2m there are 28 whole minutes, of 60 requests each.
	sli := v.SLIs[0]
	for what, pair := range map[string][2]float64{
		"events": {*sli.Events, 28 * 60}, "candidate": {*sli.Candidate, .999}, "baseline": {*sli.Baseline, .999}, "drop": {*sli.Drop, 0}, "phi": {*sli.Phi, 1},
		"share": {sli.Share, 1}, "score": {*v.Score.Candidate, .999},
	} {
		if math.Abs(pair[0]-pair[1]) > 1e-9*max(1, pair[1]) {
			t.Errorf("%s is %v, want %v", what, pair[0], pair[1])
		}
	}
	if *v.Evidence > 1 {
		t.Errorf("the evidence that the canary is worse is %v", *v.Evidence)
	}
	tr.latest(`"measure": "verdict", "gate": "canary", "since": "`+start.Format(time.RFC3339)+`"`, noon).is(`gate="canary"`, 1)
}

func TestGateOfABadCanary(t *testing.T) {
	start := noon.Add(-20 * time.Minute)
	tr := try(t, catalog(gated), nil, slices.Concat(requestsOf("stable", noon.Add(-3*time.Hour), noon, 9, .001), requestsOf("canary", start.Add(-time.Minute), noon, 1, .05))...)
	v, status := tr.gate(noon, "Viewer", "canary"+since(start))
	if v.Verdict != "fail" || status != 200 || v.FailedAt != start.Add(7*time.Minute).Format(time.RFC3339) {
		t.Fatalf("status %d: %+v", status, v)
	}
	if !strings.Contains(strings.Join(v.Reasons, "\n"), "shop/ok is worse for canary by 4.9 pp: 95%, against 99.9% for stable; 1 pp is allowed") {
		t.Errorf("the reasons are %q", v.Reasons)
	}
	for ok, want := range map[string]int{"pass": 409, "fail": 200, "pass,inconclusive": 409, "pass,fail": 200} {
		if _, status := tr.gate(noon, "Viewer", "canary"+since(start)+"&ok="+ok); status != want {
			t.Errorf("with ok=%s the status is %d, want %d", ok, status, want)
		}
	}
	if v, status := tr.gate(start.Add(4*time.Minute), "Viewer", "canary"+since(start)+"&ok=pass"); v.Verdict != "inconclusive" || status != 425 {
		t.Errorf("after four minutes: status %d, %+v", status, v)
	}
	table := tr.ask(`"format": "gate", "gate": "canary", "since": "`+start.Format(time.RFC3339)+`"`, noon.Add(-time.Hour), noon, time.Minute)
	table.says("shop/ok is worse for canary")
	if n := table.Frames[0].Rows(); n != 1 {
		t.Errorf("the table has %d rows", n)
	}
}

// TestGatesStayFailed has a canary that recovers.
func TestGatesStayFailed(t *testing.T) {
	start, mended := noon.Add(-50*time.Minute), noon.Add(-40*time.Minute)
	bad := func(at time.Time) float64 { return min(at.Sub(start).Seconds(), mended.Sub(start).Seconds()) * .2 }
	canary := []series{
		{metric: `requests_total{track="canary",code="200"}`, from: start, to: noon, spacing: 15 * time.Second, value: counter(start, 1)},
		{metric: `requests_total{track="canary",code="500"}`, from: start, to: noon, spacing: 15 * time.Second, value: bad},
	}
	tr := try(t, catalog(gated), nil, append(canary, requestsOf("stable", noon.Add(-3*time.Hour), noon, 9, .001)...)...)
	first, _ := tr.gate(mended, "Viewer", "canary"+since(start))
	later, _ := tr.gate(noon, "Viewer", "canary"+since(start))
	if first.Verdict != "fail" || later.Verdict != "fail" || first.FailedAt != later.FailedAt || *first.Evidence != *later.Evidence {
		t.Errorf("at first %+v, later %+v", first, later)
	}
}

func TestGatesAskedWrongly(t *testing.T) {
	start := noon.Add(-30 * time.Minute)
	tr := try(t, catalog(gated), nil, slices.Concat(requestsOf("stable", noon.Add(-3*time.Hour), noon, 9, .001), requestsOf("canary", start, noon, 1, .001))...)
	at := since(start)
	for path, want := range map[string]string{
		"canary":                              "from is missing",
		"canary?from=soon":                    "which is not a time",
		"canary" + since(noon.Add(time.Hour)): "in the future",
		"canary" + at + "&to=" + start.Add(-time.Minute).Format(time.RFC3339): "after to",
		"other" + at:                        `there is no gate "other" in the catalog; there are canary`,
		"canary" + at + "&candidate=stable": "both",
		"canary" + at + "&candidate=v42":    `no series has the release "v42"; in the hour before 2026-03-04T12:00:00Z there were canary, stable`,
		"canary" + at + "&baseline=v41":     `no series has the release "v41"`,
		"canary" + at + "&ok=maybe":         `ok is "maybe"`,
		"canary" + at + "&flow=shop":        `there is no parameter "flow"`,
		"canary?from=event:deploys":         `the catalog has no event "deploys"`,
	} {
		if v, status := tr.gate(noon, "Viewer", path); status != 400 || !strings.Contains(v.Message, want) {
			t.Errorf("%s: status %d, %q, want %q", path, status, v.Message, want)
		}
	}
	if v, status := tr.gate(noon, "Viewer", "canary"+since(noon.Add(-4*time.Minute))+"&candidate=v42"); status != 200 || v.Verdict != "inconclusive" ||
		!strings.Contains(strings.Join(v.Reasons, "\n"), "no telemetry of v42 yet") {
		t.Errorf("of a candidate that is new: status %d, %+v", status, v)
	}
	if v, status := tr.gate(noon, "Viewer", "canary?from=-30m"); status != 200 || v.Anchored || !strings.Contains(strings.Join(v.Notices, "\n"), "moves with the time range") {
		t.Errorf("with a start that slides: status %d, %+v", status, v)
	}
}

func TestGatesLeaveOutWhatHasNoLabel(t *testing.T) {
	start := noon.Add(-30 * time.Minute)
	plain := series{metric: `queue_ok`, from: noon.Add(-3 * time.Hour), to: noon, spacing: 15 * time.Second, value: constant(1)}
	logins := []series{
		{metric: `logins_total{code="200"}`, from: noon.Add(-3 * time.Hour), to: noon, spacing: 15 * time.Second, value: counter(noon.Add(-3*time.Hour), 5)},
		{metric: `logins_total{code="500"}`, from: noon.Add(-3 * time.Hour), to: noon, spacing: 15 * time.Second, value: counter(noon.Add(-3*time.Hour), .01)},
	}
	all := slices.Concat(requestsOf("stable", noon.Add(-3*time.Hour), noon, 9, .001), requestsOf("canary", start, noon, 1, .001), logins, []series{plain})
	t.Run("some SLIs", func(t *testing.T) {
		tr := try(t, catalog(gated+`
      - { name: queue, component: availability, value: { promql: max(queue_ok) } }
      - { name: logins, component: availability, ratio: { bad: 'logins_total{code="500"}', total: logins_total } }`), nil, all...)
		v, _ := tr.gate(noon, "Viewer", "canary"+since(start))
		if v.Verdict != "pass" || len(v.SLIs) != 3 || v.SLIs[0].LeftOut != "" || v.SLIs[0].Share != 1 {
			t.Fatalf("%+v", v)
		}
		for _, sli := range v.SLIs[1:] {
			if sli.LeftOut == "" || sli.Share != 0 {
				t.Errorf("%s is not left out: %+v", sli.SLI, sli)
			}
		}
	})
	t.Run("all of them", func(t *testing.T) {
		definition := catalog(strings.ReplaceAll(gated, "requests_total", "logins_total"))
		if v, status := try(t, definition, nil, all...).gate(noon, "Viewer", "canary"+since(start)); status != 400 || !strings.Contains(v.Message, "no SLI of the gate canary can be compared by release") {
			t.Errorf("status %d: %+v", status, v)
		}
	})
}

// Of an SLI without any series it is said that there is no telemetry, not that a label is missing.
func TestGatesSayThatThereIsNoTelemetry(t *testing.T) {
	start := noon.Add(-30 * time.Minute)
	const more = `
      - { name: gone, component: availability, ratio: { bad: 'gone_total{code="500"}', total: gone_total } }`
	some := try(t, catalog(gated+more), nil, slices.Concat(requestsOf("stable", noon.Add(-3*time.Hour), noon, 9, .001), requestsOf("canary", start, noon, 1, .001))...)
	v, _ := some.gate(noon, "Viewer", "canary"+since(start))
	if len(v.SLIs) != 2 || v.SLIs[0].LeftOut != "" || v.SLIs[1].LeftOut != "the store has had no telemetry of it for 1h" {
		t.Errorf("%+v", v)
	}
	none, status := try(t, catalog(gated+more), nil).gate(noon, "Viewer", "canary"+since(start))
	want := "the store has had no telemetry of the SLIs of the gate canary for 1h, so nothing can be compared; Save & test says which selectors match nothing"
	if status != 400 || none.Message != want {
		t.Errorf("status %d: %q, want %q", status, none.Message, want)
	}
}

func TestGatesRequire(t *testing.T) {
	start := noon.Add(-30 * time.Minute)
	bad := slices.Concat(requestsOf("stable", noon.Add(-3*time.Hour), noon, 9, .03), requestsOf("canary", start, noon, 1, .03))
	for name, test := range map[string]struct{ require, query, verdict, reason string }{
		"a condition that holds":          {"score >= 0.9", "", "pass", ""},
		"one that does not":               {"score >= 0.98", "", "fail", "the requirement of the gate does not hold: score >= 0.98"},
		"a budget that is spent":          {"budget > 0", "", "fail", "does not hold"},
		"one of an SLI without telemetry": {`sli("none").score > 0.5`, "", "inconclusive", "is unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			spec := strings.Replace(gated, "compare:", "maxDrop: 0.05\n    require: '"+test.require+"'\n    compare:", 1)
			if strings.Contains(test.require, "none") {
				spec = strings.Replace(spec, "    compare:", "    flows: { names: [shop] }\n    compare:", 1) + `
      - { name: none, component: availability, weight: 0, ratio: { bad: 'none_total{code="500"}', total: none_total } }`
			}
			tr := try(t, catalog(spec), nil, bad...)
			v, status := tr.gate(noon, "Viewer", "canary"+since(start))
			if v.Verdict != test.verdict || !strings.Contains(strings.Join(v.Reasons, "\n"), test.reason) {
				t.Errorf("status %d: %+v", status, v)
			}
			if test.verdict != "fail" {
				return
			}
			if _, status := tr.gate(noon, "Editor", "canary"+since(start)+"&override=hotfix"); status != 403 {
				t.Errorf("an Editor overrides: status %d", status)
			}
			v, _ = tr.gate(noon, "Admin", "canary"+since(start)+"&override=hotfix")
			if v.Verdict != "pass" || v.Override != "hotfix" || !strings.Contains(strings.Join(v.Notices, "\n"), "override: hotfix") {
				t.Errorf("overridden: %+v", v)
			}
		})
	}
}

func TestGatesSinceAnEvent(t *testing.T) {
	start := noon.Add(-20 * time.Minute)
	deploys := series{metric: `deploying`, from: start, to: start.Add(3 * time.Minute), spacing: 15 * time.Second, value: constant(1)}
	tr := try(t, catalog(strings.Replace(gated, "gates:", "events: [{ name: deploys, promql: deploying }]\ngates:", 1)), nil,
		slices.Concat(requestsOf("stable", noon.Add(-3*time.Hour), noon, 9, .001), requestsOf("canary", start, noon, 1, .05), []series{deploys})...)
	v, status := tr.gate(noon, "Viewer", "canary?from=event:deploys")
	if v.Verdict != "fail" || !v.Anchored || v.From != start.Format(time.RFC3339) {
		t.Errorf("status %d: %+v", status, v)
	}
}

// TestGatesListWhatTheyCompareFromTheStart asks before the first time slice is over.
func TestGatesListWhatTheyCompareFromTheStart(t *testing.T) {
	start := noon.Add(-2 * time.Minute)
	tr := try(t, catalog(gated+`
      - { name: plain, component: availability, labels: { release: none }, ratio: { bad: 'requests_total{code="500"}', total: requests_total } }`), nil,
		slices.Concat(requestsOf("stable", noon.Add(-3*time.Hour), noon, 9, .001), requestsOf("canary", start, noon, 1, .001))...)
	v, status := tr.gate(noon, "Viewer", "canary"+since(start))
	if status != 200 || v.Verdict != "inconclusive" || len(v.SLIs) != 2 || v.SLIs[0].Verdict != "inconclusive" || v.SLIs[0].Share != 1 || v.SLIs[1].LeftOut == "" {
		t.Fatalf("status %d: %+v", status, v)
	}
	if len(v.Reasons) == 0 || v.Reasons[0] != "no whole time slice has passed yet since the start and the warmup of 2m" {
		t.Errorf("the reasons are %q", v.Reasons)
	}
}
