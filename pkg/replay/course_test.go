package replay

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/state"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// start is the first minute of replays.
var start = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// minute returns the n-th minute.
func minute(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }

// replayOf returns the replay of some minutes from the n-th on. A letter each says the state: o, t, p or ? for unknown. A page is
// by the policy fast, and a ticket by slow.
func replayOf(n int, letters string) *state.Replay {
	r := &state.Replay{Over: series.New(minute(n), minute(n+len(letters)-1), time.Minute),
		Policies: []state.PolicyReplay{{Name: "fast", Severity: cer.PageSeverity}, {Name: "slow", Severity: cer.TicketSeverity}}}
	for _, letter := range letters {
		r.States = append(r.States, map[rune]cer.State{'o': cer.StateOK, 't': cer.StateTicket, 'p': cer.StatePage, '?': cer.StateUnknown}[letter])
		r.Policies[0].On = append(r.Policies[0].On, letter == 'p')
		r.Policies[1].On = append(r.Policies[1].On, letter == 't')
	}
	return r
}

// A span that crosses the border of two replays is one span. A span that includes the newest minute is ongoing.
func TestCoursesJoinReplays(t *testing.T) {
	c := &course{flow: &cer.Flow{}}
	first := replayOf(0, "ottp")
	first.TimeSlices = []cer.TimeSlice{{Lost: 1, Total: 4, Known: true}, {Excluded: true}}
	c.add(first)
	second := replayOf(4, "pp?opo?t")
	second.TimeSlices = []cer.TimeSlice{{Lost: 0, Total: 4, Known: true}, {}}
	c.add(second)
	if diff := cmp.Diff(map[cer.State]int{cer.StateOK: 3, cer.StateTicket: 3, cer.StatePage: 4, cer.StateUnknown: 2}, c.minutes); diff != "" {
		t.Error(diff)
	}
	span := func(from, to int) Span { return Span{From: minute(from), To: minute(to)} }
	if diff := cmp.Diff([]Span{span(3, 6), span(8, 9)}, finished(c.pages, c.end)); diff != "" {
		t.Error(diff)
	}
	last := Span{From: minute(11), To: minute(11), Ongoing: true}
	if diff := cmp.Diff([]Span{span(1, 6), span(8, 9), last}, finished(c.incidents, c.end)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Span{span(1, 3), last}, finished(c.policy("slow", "").spans, c.end)); diff != "" || c.tickets() != 2 {
		t.Error(diff, c.tickets())
	}
	for i, want := range [][]string{{"fast", "slow"}, {"fast"}, {"slow"}} {
		names, worst := c.during(c.incidents[i])
		if diff := cmp.Diff(want, names); diff != "" || (worst == cer.PageSeverity) != (names[0] == "fast") {
			t.Error(diff, worst)
		}
	}
	if c.known != 2 || *c.score() != 1-1./8 || *c.left(0.75) != 0.5 || c.left(0) != nil {
		t.Errorf("%d slices are known, the score is %v, and %v is left", c.known, *c.score(), *c.left(0.75))
	}
}

func TestACourseWithoutTelemetryHasNoScore(t *testing.T) {
	c := &course{flow: &cer.Flow{}}
	c.add(replayOf(0, "??"))
	if c.score() != nil || c.left(0.9) != nil || c.minutes[cer.StateUnknown] != 2 || finished(c.pages, c.end) == nil {
		t.Errorf("%+v", c)
	}
}
