package postmortem

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/eval/annotate"
)

// timelineOf returns what happened when, in the order of time.
func timelineOf(r *Report) []Entry {
	var all []Entry
	add := func(at time.Time, format string, args ...any) {
		all = append(all, Entry{at.UTC(), fmt.Sprintf(format, args...)})
	}
	for _, e := range r.Events {
		add(e.From, "%s, %s", e.entry(), fromOnset(e.From, r.Onset))
	}
	if r.BeganBefore {
		add(r.Onset, "The incident is ongoing; it began before this time")
	} else {
		add(r.Onset, "Onset: %s", onset(r))
	}
	for _, p := range r.Policies {
		for _, s := range p.Spans {
			add(s.From, "Policy %s is active (%s)", p.Policy, p.Severity)
			if !s.Ongoing {
				add(s.To, "Policy %s is no longer active", p.Policy)
			}
		}
	}
	for _, s := range r.Scores {
		if s.When == lowest {
			add(s.At, "Score is lowest")
		}
	}
	switch {
	case r.Ongoing:
	case r.Recovered:
		add(r.End, "Recovered: no policy is active")
	default:
		add(r.End, "State is unknown: telemetry is missing, so the end of the incident is unknown")
	}
	slices.SortStableFunc(all, func(a, b Entry) int { return cmp.Compare(a.At.UnixMilli(), b.At.UnixMilli()) })
	return all
}

// onset says what the onset is.
func onset(r *Report) string {
	if r.Objective == nil || r.Onset.Equal(r.Detected) {
		return "a policy becomes active for the first time"
	}
	return "the score falls under its objective of " + share(r.Objective)
}

// isOfCatalog reports whether the event is a change of the catalog, by which the numbers of before it are computed too.
func (e Event) isOfCatalog() bool { return e.Kind == eval.KindCatalog }

// entry names an event in the timeline.
func (e Event) entry() string {
	if e.isOfCatalog() {
		return e.Name + " (" + e.Text + ")"
	}
	return "Event " + e.label()
}

// label names an event.
func (e Event) label() string {
	text := e.Name
	if e.Kind != "" && e.Kind != e.Name {
		text += " (" + e.Kind + ")"
	}
	if e.Text != "" {
		text += ": " + e.Text
	}
	return text
}

// fromOnset says how far a time is from the onset.
func fromOnset(at, onset time.Time) string {
	switch d := at.Sub(onset); {
	case d == 0:
		return "at the onset"
	case d < 0:
		return annotate.Lasted(-d) + " before the onset"
	default:
		return annotate.Lasted(d) + " after the onset"
	}
}

// unknown stands for a number that there is not.
const unknown = "unknown"

// share prints a share as summaries do, without zeros behind the point: 98.8%, 95%.
func share(v *float64) string {
	if v == nil {
		return unknown
	}
	digits, _ := strings.CutSuffix(annotate.Percent(*v), "%")
	return strings.TrimRight(strings.TrimRight(digits, "0"), ".") + "%"
}

// secondsText prints a number of seconds as a duration in whole minutes.
func secondsText(seconds *float64) string {
	if seconds == nil {
		return unknown
	}
	return annotate.Lasted(time.Duration(*seconds * float64(time.Second)))
}
