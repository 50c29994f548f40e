package eval

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/eval/score"
	"github.com/cer-reliability/cer-datasource/pkg/plan"
	"github.com/cer-reliability/cer-datasource/pkg/query"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// Event is a span of time in which an event of the catalog was going on.
type Event struct {
	Name, Kind string
	// Labels are those of its series.
	Labels labels.Labels
	// Sentences say what happened, of a change of the catalog.
	Sentences []string
	// From and To are the first and the last instant at which it was seen; they are equal for one that was seen once.
	From, To time.Time
}

// Text lists the labels, sorted, as service=checkout, version=2, or the sentences.
func (e Event) Text() string {
	if len(e.Sentences) > 0 {
		return strings.Join(e.Sentences, "; ")
	}
	var pairs []string
	e.Labels.Range(func(l labels.Label) {
		if l.Name != model.MetricNameLabel {
			pairs = append(pairs, l.Name+"="+l.Value)
		}
	})
	return strings.Join(pairs, ", ")
}

// maintenanceKind is the kind of the events that are maintenances.
const maintenanceKind = "maintenance"

// CatalogChanged is the name of the events that are changes of the catalog, which no other event can have, and KindCatalog their kind.
const (
	CatalogChanged = "Catalog changed"
	KindCatalog    = "catalog"
)

// events returns the events of a plan, its maintenances, and the changes of its catalog, in the order in which they began.
func events(data *score.Dataset) []Event {
	p := data.Plan
	if p.Query.Format != query.Events {
		return nil
	}
	var found []Event
	for _, m := range data.Maintenances(p.Maintenance, nil) {
		maintenance := Event{Name: m.Stated.Name, Kind: maintenanceKind, Labels: labels.FromStrings("effect", string(m.Stated.Effect))}
		found = append(found, spans(maintenance, m.Range, func(i int) bool { return m.On[i] })...)
	}
	return sortByBegin(slices.Concat(found, eventsOf(data, p.Events, p.Range), revisions(p, maxChanges)))
}

// maxChanges is how many changes of the catalog an event lists.
const maxChanges = 10

// revisions returns the revisions of the catalog that concern the flows of a query, each with so many changes at most.
func revisions(p *plan.Plan, most int) []Event {
	var found []Event
	for _, r := range p.Revisions() {
		if changes := r.Sentences(p.Query.Flows, most); len(changes) > 0 {
			found = append(found, Event{Name: CatalogChanged, Kind: KindCatalog, Sentences: changes, From: r.At, To: r.At})
		}
	}
	return found
}

// eventsOf returns some events of the catalog, as they are read over a range, in the order in which they began.
func eventsOf(data *score.Dataset, planned []plan.Event, over series.Range) []Event {
	var found []Event
	for _, e := range planned {
		for s := range data.Series(&e.Source, over) {
			event := Event{Name: e.Event.Name, Kind: e.Event.Kind, Labels: s.Labels}
			found = append(found, spans(event, over, func(i int) bool { return e.Source.IsOn(s.Values[i]) })...)
		}
	}
	return sortByBegin(found)
}

// sortByBegin sorts events by when they began, then by what they are.
func sortByBegin(events []Event) []Event {
	slices.SortStableFunc(events, func(a, b Event) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Text(), b.Text()))
	})
	return events
}

// spans returns the runs of instants at which an event happens.
func spans(e Event, over series.Range, happens func(i int) bool) []Event {
	var found []Event
	ongoing := false
	for i := range over.Len() {
		now := happens(i)
		switch {
		case now && ongoing:
			found[len(found)-1].To = over.Time(i)
		case now:
			e.From, e.To = over.Time(i), over.Time(i)
			found = append(found, e)
		}
		ongoing = now
	}
	return found
}
