package eval

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Event is a stretch of time in which an event of the catalog went on.
type Event struct {
	Name, Kind string
	// Labels are those of the series that tells of it.
	Labels labels.Labels
	// From and To are the first and the last instant at which it was seen; they are equal for one that was seen once.
	From, To time.Time
}

// Text lists the labels, sorted, as service=checkout, version=2.
func (e Event) Text() string {
	var pairs []string
	e.Labels.Range(func(l labels.Label) {
		if l.Name != labels.MetricName {
			pairs = append(pairs, l.Name+"="+l.Value)
		}
	})
	return strings.Join(pairs, ", ")
}

// maintenanceKind is the kind of the events that are maintenances.
const maintenanceKind = "maintenance"

// events finds the events of a plan in the answers, and its maintenances, in the order in which they began.
func (l *ledger) events() []Event {
	if l.plan.Query.Format != query.Events {
		return nil
	}
	var found []Event
	for _, m := range l.maintenances(l.plan.Maintenance, nil) {
		works := Event{Name: m.stated.Name, Kind: maintenanceKind, Labels: labels.FromStrings("effect", string(m.stated.Effect))}
		found = append(found, spans(works, m.over, func(i int) bool { return m.on[i] })...)
	}
	for _, e := range l.plan.Events {
		for _, expr := range e.Source.Exprs() {
			for _, s := range l.answer(expr, l.plan.Range).Series {
				happens := func(i int) bool { return s.Values[i] != 0 && !math.IsNaN(s.Values[i]) }
				event := Event{Name: e.Event.Name, Kind: e.Event.Kind, Labels: s.Labels}
				found = append(found, spans(event, l.plan.Range, happens)...)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Event) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Text(), b.Text()))
	})
	return found
}

// spans returns the runs of instants at which an event happens.
func spans(e Event, over series.Range, happens func(i int) bool) []Event {
	var found []Event
	goesOn := false
	for i := range over.Len() {
		is := happens(i)
		switch {
		case is && goesOn:
			found[len(found)-1].To = over.Time(i)
		case is:
			e.From, e.To = over.Time(i), over.Time(i)
			found = append(found, e)
		}
		goesOn = is
	}
	return found
}
