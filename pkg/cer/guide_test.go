package cer

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// studiedInGuide are the healthy cases that the table of docs/gates.md has, in its order, with their descriptions there.
var studiedInGuide = []struct{ described, name string }{
	{"0.1% errors, 600 of 6000 requests a minute", "0.1 %, 600 of 6000 a minute"},
	{"the same, the error rate of both varies together", "0.1 %, both arms swing alike"},
	{"the same, errors in groups of 5", "0.1 %, clumps of 5"},
	{"1% errors in groups of 5, `maxDrop: 0.2%`", "1 %, clumps of 5"},
	{"1% errors, the error rate of each varies independently, `maxDrop: 0.2%`", "1 %, each arm swings by itself"},
	{"0.02% errors in groups of 5, `maxDrop: 0`", "0.02 %, clumps of 5, maxDrop 0"},
	{"0.1% errors in groups of 20, 500 of 1000 requests a minute, `maxDrop: 0`", "0.1 %, clumps of 20, 500 of 1000, maxDrop 0"},
	{"1% errors, 100 of 200 requests a minute, `maxDrop: 0`", "1 %, 100 of 200, maxDrop 0"},
	{"1% errors, 20 of 200 requests a minute, `maxDrop: 5%`", "1 %, 20 of 200"},
}

// guide returns the text of docs/gates.md.
func guide(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/gates.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// studyOf returns what a case's rollouts end with.
func studyOf(t *testing.T, name string) found {
	t.Helper()
	for _, s := range cases() {
		if s.name == name {
			return s.find()
		}
	}
	t.Fatalf("the study has no case %q", name)
	return found{}
}

// percent prints a number of the study's rollouts as the guide does.
func percent(n int) string { return strconv.FormatFloat(100*float64(n)/studyRuns, 'g', 3, 64) + "%" }

func TestGuideHasTheNumbersOfTheStudy(t *testing.T) {
	page := guide(t)
	for _, row := range studiedInGuide {
		f := studyOf(t, row.name)
		passes := percent(len(f.passed))
		if len(f.passed) > 0 {
			passes += fmt.Sprintf(" (%.0f)", f.passed[len(f.passed)/2])
		}
		want := fmt.Sprintf("| %s | %s | %s | %s | %s |\n", row.described, percent(len(f.failed)), passes, percent(f.zTests), percent(f.zTestsHour))
		if !strings.Contains(page, want) {
			t.Errorf("docs/gates.md lacks\n%s", want)
		}
	}
}

// The share of events that other chances of a wrong verdict need, as docs/gates.md says.
func TestGuideSaysWhatOtherChancesCost(t *testing.T) {
	page := guide(t)
	fails := func(n float64) float64 { return evidenceOf(counts(n*.03, 10*n*.01+n*.02, n, 10*n)).Worse() }
	passes := func(n float64) float64 { return evidenceOf(counts(n*.01, 10*n*.01, n, 10*n)).NotWorse(.01) }
	for what, test := range map[string]struct {
		claim    string
		evidence func(events float64) float64
	}{
		"alpha of 1%": {"`alpha: 1%` stops at most one in 100, and needs about 40% more events to fail", fails},
		"beta of 1%":  {"`beta: 1%` needs about 40% more events to pass", passes},
	} {
		more := eventsFor(test.evidence, 100) / eventsFor(test.evidence, 20)
		if more < 1.3 || more > 1.5 {
			t.Errorf("an %s takes %v times the events", what, more)
		}
		if !strings.Contains(page, test.claim) {
			t.Errorf("docs/gates.md does not say %q", test.claim)
		}
	}
}

// eventsFor returns how many events of a candidate it takes until evidence, as a logarithm, reaches that of a ratio.
func eventsFor(evidence func(events float64) float64, ratio float64) float64 {
	low, high := 1., 1e9
	for high/low > 1.001 {
		if middle := math.Sqrt(low * high); evidence(middle) < math.Log(ratio) {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}

// A candidate that is worse by twice maxDrop needs about a fifth of the events of one that is as good, as docs/gates.md says.
func TestGuideSaysHowSoonWorseCandidatesFail(t *testing.T) {
	for _, rate := range []float64{0, .001, .01, .05} {
		const maxDrop = .01
		asGood := func(n float64) float64 { return evidenceOf(counts(n*rate, 10*n*rate, n, 10*n)).NotWorse(maxDrop) }
		worse := func(n float64) float64 {
			bad := n * (rate + 2*maxDrop)
			return evidenceOf(counts(bad, bad+9*n*rate, n, 10*n)).Worse()
		}
		if share := eventsFor(worse, 20) / eventsFor(asGood, 20); share < .18 || share > .25 {
			t.Errorf("at a failure rate of %v a worse candidate needs %v of the events", rate, share)
		}
	}
	if claim := "fails after about a fifth of these events"; !strings.Contains(guide(t), claim) {
		t.Errorf("docs/gates.md does not say %q", claim)
	}
}

// Phi is about the size of the groups in which errors come, as docs/gates.md says.
func TestGuideSaysWhatPhiIs(t *testing.T) {
	const rollouts = 50
	for _, s := range cases() {
		if s.name != "0.1 %, clumps of 5" {
			continue
		}
		sum := 0.
		for run := range rollouts {
			var e Evidence
			for _, minute := range s.rollout(run) {
				e.Add(minute)
			}
			sum += e.Dispersion()
		}
		if phi := sum / rollouts; phi < 4.5 || phi > 5.5 {
			t.Errorf("phi is %v on average", phi)
		}
	}
	if claim := "about 5 if errors come in groups of 5"; !strings.Contains(guide(t), claim) {
		t.Errorf("docs/gates.md does not say %q", claim)
	}
}
