package postmortem

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
)

const (
	day = 24 * time.Hour
	// tolerance is how far a stated start may be from the onset or the detection of the incident that is meant.
	tolerance = 5 * time.Minute
	// around is how far on both sides of a stated start incidents are looked for.
	around = day
	// longest is how long before and after its start the onset and the end of an incident are looked for.
	longest = 28 * day
	// afterwards is how long after its end a report looks on. Budgets are those of that time.
	afterwards = time.Hour
	// maxNearest is how many incidents are listed where there is none at a start.
	maxNearest = 5
)

// lookedBack is how far back the newest incident is looked for: each after there was none in the time before, or one that began before.
var lookedBack = []time.Duration{day, 7 * day, longest}

// NotFound is the error of a start at which there was no incident.
type NotFound struct {
	Message string
	// Nearest are the onsets of incidents nearby, the earliest first.
	Nearest []time.Time
}

// Error returns a sentence, with the incidents nearby.
func (e *NotFound) Error() string {
	if len(e.Nearest) == 0 {
		return e.Message
	}
	texts := make([]string, len(e.Nearest))
	for i, at := range e.Nearest {
		texts[i] = at.UTC().Format(time.RFC3339)
	}
	return e.Message + "; the nearest began at " + strings.Join(texts, ", ")
}

// find returns the incident that is meant, and the newest time that its report is about. The error is a *NotFound one where there is
// none.
func (w *work) find(ctx context.Context) (found eval.Incident, until time.Time, err error) {
	if w.Start.IsZero() {
		found, err = w.last(ctx)
	} else {
		found, err = w.startingAt(ctx)
	}
	if err != nil {
		return found, until, err
	}
	until = w.newest()
	if end := found.End.Add(afterwards); w.To.IsZero() && !found.Ongoing && end.Before(until) {
		until = end
	}
	all, err := w.incidents(ctx, found.Onset, until) // Its share of the budget is that up to then.
	if err != nil {
		return found, until, err
	}
	again, ok := at(all, found.Detected) // Where it began before, it may be detected earlier now.
	if !ok {
		return found, until, fmt.Errorf("the incident of %s at %s was not found again; this is a bug in the plugin", w.Flow, found.Onset.UTC().Format(time.RFC3339))
	}
	return again, until, nil
}

// incidents returns those of the flow that were under way between two times, in the order of their onsets.
func (w *work) incidents(ctx context.Context, from, to time.Time) ([]eval.Incident, error) {
	result, err := w.exec(ctx, w.query(query.Incidents, query.State), from, to)
	if err != nil {
		return nil, err
	}
	return result.Incidents, nil
}

// newest is the end of the evaluated time.
func (w *work) newest() time.Time {
	if w.To.IsZero() {
		return w.now
	}
	return earlier(w.To, w.now)
}

// last returns the newest incident.
func (w *work) last(ctx context.Context) (found eval.Incident, err error) {
	known := false
	for _, back := range lookedBack {
		all, err := w.incidents(ctx, w.newest().Add(-back), w.newest())
		switch {
		case known && isTooLarge(err):
			return found, nil
		case err != nil:
			return found, err
		case len(all) > 0:
			found, known = all[len(all)-1], true
		}
		if known && !found.BeganBefore {
			return found, nil
		}
	}
	if !known {
		return found, &NotFound{Message: fmt.Sprintf("there was no incident of %s in the last %d days", w.Flow, longest/day)}
	}
	return found, nil
}

// isTooLarge reports whether a query asks for more than it may, so that no longer range can be looked at.
func isTooLarge(err error) bool {
	large := (*plan.TooLarge)(nil)
	return errors.As(err, &large)
}

// startingAt returns the incident that began at the stated start or was under way then, or else the nearest one within the tolerance.
// Its onset and its end are looked for.
func (w *work) startingAt(ctx context.Context) (found eval.Incident, err error) {
	newest := w.newest()
	if w.Start.After(newest) {
		return found, query.Invalidf("the start %s is after %s, the end of the evaluated time", w.Start.UTC().Format(time.RFC3339), newest.UTC().Format(time.RFC3339))
	}
	for reach := around; ; reach = min(4*reach, longest) {
		to := earlier(w.Start.Add(reach), newest)
		all, err := w.incidents(ctx, w.Start.Add(-reach), to)
		switch {
		case reach > around && isTooLarge(err):
			return found, nil
		case err != nil:
			return found, err
		}
		var ok bool
		found, ok = at(all, w.Start)
		switch {
		case !ok:
			return found, &NotFound{
				Message: fmt.Sprintf("there was no incident of %s at %s", w.Flow, w.Start.UTC().Format(time.RFC3339)), Nearest: nearest(all, w.Start)}
		case reach == longest, !found.BeganBefore && (!found.Ongoing || to.Equal(newest)):
			return found, nil
		}
	}
}

// at returns the incident that had been detected by a time and was not over, of which there is one at most. Otherwise it is the one
// whose span from onset to end is nearest to the time within the tolerance: onsets may be before the end of the incident before.
func at(all []eval.Incident, start time.Time) (eval.Incident, bool) {
	for _, i := range all {
		if !start.Before(i.Detected) && (start.Before(i.End) || i.Ongoing) {
			return i, true
		}
	}
	best, distance := eval.Incident{}, tolerance+1
	for _, i := range all {
		if d := distanceTo(i, start); d < distance {
			best, distance = i, d
		}
	}
	return best, distance <= tolerance
}

// distanceTo returns how far a time is from an incident; 0 for one within it. Its last minute is that before its end.
func distanceTo(i eval.Incident, at time.Time) time.Duration {
	switch {
	case at.Before(i.Onset):
		return i.Onset.Sub(at)
	case at.Before(i.End) || i.Ongoing:
		return 0
	default:
		return at.Sub(i.End) + cer.Grid
	}
}

// nearest returns the onsets of the incidents nearest to a time, the earliest first.
func nearest(all []eval.Incident, start time.Time) []time.Time {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b eval.Incident) int { return int(distanceTo(a, start) - distanceTo(b, start)) })
	onsets := make([]time.Time, min(len(sorted), maxNearest))
	for i := range onsets {
		onsets[i] = sorted[i].Onset.UTC()
	}
	slices.SortFunc(onsets, time.Time.Compare)
	return onsets
}

// earlier returns the earlier of two times.
func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
