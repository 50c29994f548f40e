package eval

import (
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// deploymentBefore returns the newest of some events that had begun by an instant: the newest that names the flow in a label, if any
// does. It returns nil where none had begun. The flow is nil for all flows together. The events are sorted by their begin.
func deploymentBefore(events []Event, f *cer.Flow, at time.Time) *Event {
	var newest, own *Event
	for i := range events {
		if events[i].From.After(at) {
			break
		}
		newest = &events[i]
		if f != nil && newest.names(f) {
			own = newest
		}
	}
	if own != nil {
		return own
	}
	return newest
}

// names reports whether a label of the event is the name of a flow.
func (e Event) names(f *cer.Flow) bool {
	var values []string
	e.Labels.Range(func(l labels.Label) { values = append(values, l.Value) })
	return slices.Contains(values, f.Name)
}
