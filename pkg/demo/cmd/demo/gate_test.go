package main

import (
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/gate"
)

func TestVerdictsArePrintedAsTheyChange(t *testing.T) {
	var v verdicts
	if text := v.String(); text != "" {
		t.Errorf("without a verdict there is %q", text)
	}
	at := time.Date(2026, 3, 4, 12, 0, 0, 0, time.Local)
	for i, given := range []struct {
		verdict cer.Verdict
		from    string
		reasons []string
	}{
		{cer.Inconclusive, "a", []string{"not decided yet", "more is needed"}},
		{cer.Inconclusive, "a", []string{"not decided yet, still"}},
		{cer.Passes, "a", []string{"no worse"}},
		{cer.Passes, "a", []string{"no worse"}},
		{cer.Inconclusive, "b", nil},
		{cer.Fails, "b", []string{"worse by far"}},
		{cer.Fails, "c", []string{"worse again"}},
	} {
		v.add(at.Add(time.Duration(i)*time.Minute), gate.Answer{Gate: "g", Candidate: "canary", Verdict: given.verdict, From: given.from, Reasons: given.reasons})
	}
	var lines []string
	for line := range strings.Lines(v.String()) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	want := "\nMay the release go on?\n12:00:00 g canary inconclusive not decided yet\n12:02:00 g canary pass no worse\n12:04:00 g canary inconclusive\n" +
		"12:05:00 g canary fail worse by far\n12:06:00 g canary fail worse again"
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("the lines are\n%s\nwant\n%s", got, want)
	}
}

func TestAFewVerdictsAreKept(t *testing.T) {
	var v verdicts
	for i := range 3 * maxVerdicts {
		v.add(time.Unix(int64(i), 0), gate.Answer{Verdict: cer.Verdicts()[i%3]})
	}
	if len(v.changes) != maxVerdicts || v.changes[maxVerdicts-1].answer.Verdict != cer.Inconclusive {
		t.Errorf("%d verdicts are kept, the last one %s", len(v.changes), v.changes[len(v.changes)-1].answer.Verdict)
	}
}
