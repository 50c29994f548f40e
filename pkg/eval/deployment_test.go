package eval

import (
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

func TestTheDeploymentBeforeAnIncident(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 3, 4, 12, minute, 0, 0, time.UTC) }
	event := func(name string, minute int, service string) Event {
		return Event{Name: name, Kind: cer.Deployment, Labels: labels.FromStrings("service", service), From: at(minute), To: at(minute)}
	}
	events := []Event{event("a", 1, "pay"), event("b", 3, "mail"), event("c", 3, "search"), event("d", 9, "pay")}
	pay, mail, other := &cer.Flow{Name: "pay"}, &cer.Flow{Name: "mail"}, &cer.Flow{Name: "other"}
	for _, test := range []struct {
		flow   *cer.Flow
		minute int
		want   string
	}{{pay, 5, "a"}, {pay, 9, "d"}, {mail, 5, "b"}, {other, 5, "c"}, {nil, 2, "a"}, {nil, 59, "d"}, {pay, 0, ""}, {mail, 2, "a"}} {
		got := ""
		if e := deploymentBefore(events, test.flow, at(test.minute)); e != nil {
			got = e.Name
		}
		if got != test.want {
			t.Errorf("of %v in minute %d it is %q, want %q", test.flow, test.minute, got, test.want)
		}
	}
}
