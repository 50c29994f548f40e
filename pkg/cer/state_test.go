package cer_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// truths reads a letter a minute: T, F, and . for unknown.
func truths(letters string) []cer.Truth {
	if letters == "" {
		return nil
	}
	read := make([]cer.Truth, len(letters))
	for i, letter := range letters {
		read[i] = cer.Truth(strings.IndexRune(".FT", letter))
	}
	return read
}

// letters writes what truths reads.
func letters(of []cer.Truth) string {
	var b strings.Builder
	for _, t := range of {
		b.WriteByte(".FT"[t])
	}
	return b.String()
}

func TestDecide(t *testing.T) {
	tests := map[string]struct {
		rule        cer.Rule
		when, clear string
		want        string
	}{
		"without durations a policy is on while its condition is true": {
			cer.Rule{}, "FTTFT", "", "FTTFT"},
		"it enters once the condition was true for so long": {
			cer.Rule{For: 2}, "FFFTTTTF", "", "FFFTTF"},
		"it leaves once the condition was false for so long": {
			cer.Rule{KeepFor: 2, Lookback: 3}, "FFFFFTFFFFF", "", "TTTFFF"},
		"a short relapse keeps it on": {
			cer.Rule{KeepFor: 2, Lookback: 5}, "FFFFFFFTFFTFFF", "", "TTTTTTF"},
		"clear holds it on beyond the condition": {
			cer.Rule{Lookback: 6}, "FFFFFFTFFFF", "TTTTTTFFFTT", "TTTFF"},
		"clear alone does not leave while the condition is true": {
			cer.Rule{Lookback: 3}, "FFFTTTF", "TTTTTTT", "TTTF"},
		"lost telemetry never clears a page": {
			cer.Rule{For: 1, KeepFor: 1, Lookback: 9}, "FFFFFFFFFTT....F..FF", "", "TTTTTTTTTF"},
		"and is unknown once it is forgotten": {
			cer.Rule{For: 1, KeepFor: 1, Lookback: 4}, "FFFFTT......FF", "", "TTTTT..FF"},
		"nor is a policy known to be off without telemetry": {
			cer.Rule{}, "F.F", "", "F.F"},
		"a gap keeps it from entering, and is no recovery": {
			cer.Rule{For: 2}, "FFFTT.TTT", "", "FFF...T"},
		"a gap right after the condition was false does not make it true": {
			cer.Rule{For: 2}, "FFF.TF", "", "F.FF"},
		"an unknown clear does not leave": {
			cer.Rule{Lookback: 4}, "FFFFTFFFF", "TTTTT..TT", "TTTFF"},
		"an entry is forgotten after the lookback": {
			cer.Rule{Lookback: 2}, "FFTFFFF", "FFFFFFF", "TTTFF"},
		"too few minutes say nothing": {
			cer.Rule{For: 2, Lookback: 3}, "TTTTT", "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := letters(test.rule.Decide(truths(test.when), truths(test.clear))); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// drawnRule is a rule and conditions of some minutes.
type drawnRule struct {
	rule        cer.Rule
	when, clear []cer.Truth
}

func drawRule(t *rapid.T) drawnRule {
	small := rapid.IntRange(0, 4)
	rule := cer.Rule{For: small.Draw(t, "for"), KeepFor: small.Draw(t, "keepFor"), Lookback: rapid.IntRange(0, 12).Draw(t, "lookback")}
	n := rapid.IntRange(0, 60).Draw(t, "minutes")
	conditions := rapid.SliceOfN(rapid.SampledFrom([]cer.Truth{cer.Unknown, cer.False, cer.False, cer.True, cer.True}), n, n)
	d := drawnRule{rule: rule, when: conditions.Draw(t, "when")}
	if rapid.Bool().Draw(t, "with clear") {
		d.clear = conditions.Draw(t, "clear")
	}
	return d
}

// clearAt is the condition for leaving at a minute.
func (d drawnRule) clearAt(i int) cer.Truth {
	if d.clear == nil {
		return d.when[i].Not()
	}
	return d.clear[i].And(d.when[i].Not())
}

// all reports whether every minute from i-back to i is true.
func all(i, back int, is func(int) cer.Truth) bool {
	for k := i - back; k <= i; k++ {
		if is(k) != cer.True {
			return false
		}
	}
	return true
}

// on is the model's sentence, word by word.
func (d drawnRule) on(t int) bool {
	enter, leave := -1, -1
	for k := t - d.rule.Lookback; k <= t; k++ {
		if all(k, d.rule.For, func(i int) cer.Truth { return d.when[i] }) {
			enter = k
		}
		if all(k, d.rule.KeepFor, d.clearAt) {
			leave = k
		}
	}
	return enter > leave
}

func TestDecideIsWhatTheModelSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawRule(t)
		for i, got := range d.rule.Decide(d.when, d.clear) {
			at := i + d.rule.Reach()
			if want := d.on(at); (got == cer.True) != want {
				t.Fatalf("minute %d is %s, and on is %v", at, got, want)
			}
			if d.when[at] == cer.Unknown && got == cer.False {
				t.Fatalf("minute %d is off without telemetry", at)
			}
			if d.when[at] == cer.False && got == cer.Unknown {
				t.Fatalf("minute %d is unknown, though the condition is false", at)
			}
		}
	})
}

func TestStatesDoNotDependOnWhereTheRangeStarts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawRule(t)
		whole := d.rule.Decide(d.when, d.clear)
		if len(whole) == 0 {
			return
		}
		from := rapid.IntRange(0, len(whole)-1).Draw(t, "from")
		to := rapid.IntRange(from, len(whole)-1).Draw(t, "to")
		end := to + 1 + d.rule.Reach()
		part := drawnRule{rule: d.rule, when: d.when[from:end]}
		if d.clear != nil {
			part.clear = d.clear[from:end]
		}
		if got, want := letters(part.rule.Decide(part.when, part.clear)), letters(whole[from:to+1]); got != want {
			t.Fatalf("minutes %d to %d are %s by themselves and %s in the whole", from, to, got, want)
		}
	})
}

func TestUnknownNeverClears(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawRule(t)
		before := cer.Unknown
		for i, on := range d.rule.Decide(d.when, d.clear) {
			at := i + d.rule.Reach()
			left := all(at, d.rule.KeepFor, d.clearAt)
			forgotten := i > 0 && !d.enteredSince(at-d.rule.Lookback, at)
			if before == cer.True && on != cer.True && !left && !forgotten {
				t.Fatalf("minute %d is %s, though the policy was on and did not leave", at, on)
			}
			before = on
		}
	})
}

// enteredSince reports whether the policy entered between two minutes.
func (d drawnRule) enteredSince(from, to int) bool {
	for k := from; k <= to; k++ {
		if all(k, d.rule.For, func(i int) cer.Truth { return d.when[i] }) {
			return true
		}
	}
	return false
}

func TestFlappingIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawRule(t)
		least := d.rule.For + d.rule.KeepFor + 2
		forgets := max(d.rule.Lookback+1, d.rule.For+2) // A policy that forgets that it is on may come on again, too.
		least = min(least, forgets)
		began, before := -least, cer.True
		for i, on := range d.rule.Decide(d.when, d.clear) {
			if on == cer.True && before != cer.True {
				if began >= 0 && i-began < least {
					t.Fatalf("the policy came on at %d and %d, less than %d minutes apart", began, i, least)
				}
				began = i
			}
			before = on
		}
	})
}

func TestDecideTakesLinearTime(t *testing.T) {
	day := 24 * 60
	rule := cer.Rule{For: day, KeepFor: day, Lookback: 7 * day}
	when := make([]cer.Truth, 30*day)
	for i := range when {
		when[i] = cer.TruthOf(i%(2*day+2) <= day)
	}
	if got := len(rule.Decide(when, nil)); got != 22*day { // Nested loops would take some 10^8 steps.
		t.Errorf("%d minutes", got)
	}
}

func TestStateOf(t *testing.T) {
	page := func(on cer.Truth) cer.PolicyResult { return cer.PolicyResult{Severity: cer.PageSeverity, On: on} }
	ticket := func(on cer.Truth) cer.PolicyResult { return cer.PolicyResult{Severity: cer.TicketSeverity, On: on} }
	tests := map[string]struct {
		policies   []cer.PolicyResult
		suppressed bool
		want       cer.State
	}{
		"all are off":                          {[]cer.PolicyResult{page(cer.False), ticket(cer.False)}, false, cer.StateOK},
		"a ticket":                             {[]cer.PolicyResult{page(cer.False), ticket(cer.True)}, false, cer.StateTicket},
		"a page wins":                          {[]cer.PolicyResult{ticket(cer.True), page(cer.True), ticket(cer.False)}, false, cer.StatePage},
		"one is unknown":                       {[]cer.PolicyResult{page(cer.Unknown), ticket(cer.False)}, false, cer.StateUnknown},
		"a known ticket is not hidden":         {[]cer.PolicyResult{page(cer.Unknown), ticket(cer.True)}, false, cer.StateTicket},
		"no policy":                            {nil, false, cer.StateUnknown},
		"maintenance":                          {[]cer.PolicyResult{page(cer.True)}, true, cer.StateOK},
		"maintenance where nothing is known":   {[]cer.PolicyResult{page(cer.Unknown)}, true, cer.StateOK},
		"a page that is known beats all doubt": {[]cer.PolicyResult{page(cer.True), page(cer.Unknown)}, false, cer.StatePage},
	}
	for name, test := range tests {
		if got := cer.StateOf(test.policies, test.suppressed); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
	for state, want := range map[cer.State]float64{cer.StateOK: 0, cer.StateTicket: 1, cer.StatePage: 2} {
		if got := state.Number(); got != want {
			t.Errorf("%s is %g", state, got)
		}
	}
	if !math.IsNaN(cer.StateUnknown.Number()) {
		t.Error("an unknown state has a number")
	}
}
