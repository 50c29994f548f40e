package eval

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/plan"
)

// Event is a stretch of time in which an event of the catalog went on.
type Event struct {
	Name, Kind string
	// Labels are those of the series that tells of it.
	Labels map[string]string
	// From and To are the first and the last instant at which it was seen; they are equal for one that was seen once.
	From, To time.Time
}

// Text lists the labels, sorted, as service=checkout, version=2.
func (e Event) Text() string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(e.Labels)) {
		if name != "__name__" {
			pairs = append(pairs, name+"="+e.Labels[name])
		}
	}
	return strings.Join(pairs, ", ")
}

// events finds the events of a plan in the answers, in the order in which they began.
func (l *ledger) events() []Event {
	var found []Event
	for _, e := range l.plan.Events {
		for _, form := range e.Source.Forms {
			for _, leaf := range form.Leaves() {
				for _, series := range l.answers[leaf].Series {
					found = append(found, spans(e, series, l.plan.Leaves[leaf].Range)...)
				}
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Event) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Text(), b.Text()))
	})
	return found
}

// spans returns the runs of instants at which a series is neither 0 nor nothing.
func spans(e plan.Event, series plan.Series, over plan.Range) []Event {
	var found []Event
	goesOn := false
	for i, v := range series.Values {
		happens := v != 0 && !math.IsNaN(v)
		switch {
		case happens && goesOn:
			found[len(found)-1].To = over.At(i)
		case happens:
			found = append(found, Event{Name: e.Event.Name, Kind: e.Event.Kind, Labels: series.Labels, From: over.At(i), To: over.At(i)})
		}
		goesOn = happens
	}
	return found
}
