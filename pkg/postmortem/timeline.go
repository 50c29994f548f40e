package postmortem

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// timelineOf returns what happened when, in the order of time.
func timelineOf(r *Report) []Entry {
	var all []Entry
	add := func(at time.Time, format string, args ...any) {
		all = append(all, Entry{at.UTC(), fmt.Sprintf(format, args...)})
	}
	for _, e := range r.Events {
		add(e.From, "Event %s%s", e.label(), fromOnset(e.From, r.Onset))
	}
	if r.BeganBefore {
		add(r.Onset, "The incident is under way; it began before this time")
	} else {
		add(r.Onset, "Onset: %s", onset(r))
	}
	for _, p := range r.Policies {
		for _, s := range p.Spans {
			add(s.From, "Policy %s is on (%s)", p.Policy, p.Severity)
			if !s.Ongoing {
				add(s.To, "Policy %s is off", p.Policy)
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
		add(r.End, "Recovered: no policy is on")
	default:
		add(r.End, "State is unknown: telemetry is missing, so that the end of the incident is not known")
	}
	slices.SortStableFunc(all, func(a, b Entry) int { return cmp.Compare(a.At.UnixMilli(), b.At.UnixMilli()) })
	return all
}

// onset says what the onset is.
func onset(r *Report) string {
	if r.Objective == nil || r.Onset.Equal(r.Detected) {
		return "a policy is on for the first time"
	}
	return "the score falls under its objective of " + share(r.Objective)
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
		return ", at the onset"
	case d < 0:
		return ", " + durationText(-d) + " before the onset"
	default:
		return ", " + durationText(d) + " after the onset"
	}
}

// share prints a share in percent, with more digits close to 1; unknown for none.
func share(v *float64) string {
	switch {
	case v == nil:
		return "unknown"
	case *v > 0.99 && *v < 1:
		return trimmed(fmt.Sprintf("%.2f", 100**v)) + "%"
	default:
		return trimmed(fmt.Sprintf("%.1f", 100**v)) + "%"
	}
}

// trimmed removes the zeros behind the point of a number.
func trimmed(text string) string {
	for len(text) > 0 && text[len(text)-1] == '0' {
		text = text[:len(text)-1]
	}
	if len(text) > 0 && text[len(text)-1] == '.' {
		text = text[:len(text)-1]
	}
	return text
}

// durationText prints a duration in whole minutes: 12 min, 1 h 5 min, 2 d 3 h.
func durationText(d time.Duration) string {
	minutes := int(d.Round(time.Minute) / time.Minute)
	days, hours, rest := minutes/(24*60), minutes/60%24, minutes%60
	switch {
	case days > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case hours > 0 && rest > 0:
		return fmt.Sprintf("%d h %d min", hours, rest)
	case hours > 0:
		return fmt.Sprintf("%d h", hours)
	default:
		return fmt.Sprintf("%d min", rest)
	}
}

// secondsText prints a number of seconds as a duration; unknown for none.
func secondsText(seconds *float64) string {
	if seconds == nil {
		return "unknown"
	}
	return durationText(time.Duration(*seconds * float64(time.Second)))
}
