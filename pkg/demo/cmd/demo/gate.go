package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/eval/gate"
)

const (
	// gateName is the gate of the shop's catalog, and gateFrom the event from whose newest run on it looks at the canary.
	gateName, gateFrom = "checkout-canary", "event:canaries"
	// gateEvery is how often the gate is asked.
	gateEvery = time.Minute
	// maxVerdicts is how many verdicts are kept.
	maxVerdicts = 8
)

// verdicts are those of the gate that differ from the one before, the newest last.
type verdicts struct {
	// asked is when the gate is asked next.
	asked   time.Time
	changes []change
}

// change is a verdict, and when it was given.
type change struct {
	at     time.Time
	answer gate.Answer
}

// add keeps a verdict that is another one than before, or on another canary.
func (v *verdicts) add(at time.Time, a gate.Answer) {
	if n := len(v.changes); n > 0 && v.changes[n-1].answer.Verdict == a.Verdict && v.changes[n-1].answer.From == a.From {
		return
	}
	v.changes = append(v.changes, change{at, a})
	v.changes = v.changes[max(0, len(v.changes)-maxVerdicts):]
}

// String prints a line for each verdict: when it was given, by which gate on which candidate, and why; "" where there is none.
func (v *verdicts) String() string {
	if len(v.changes) == 0 {
		return ""
	}
	var out strings.Builder
	out.WriteString("\nMay the release go on?\n")
	for _, c := range v.changes {
		why := ""
		if len(c.answer.Reasons) > 0 {
			why = c.answer.Reasons[0]
		}
		fmt.Fprintf(&out, "%s  %s  %s  %-12s  %s\n", c.at.Local().Format("15:04:05"), c.answer.Gate, c.answer.Candidate, c.answer.Verdict, why)
	}
	return out.String()
}

// judge asks the gate for each minute since it was asked last, up to the newest scrape.
func (s *stage) judge(ctx context.Context) error {
	for v := &s.verdicts; !v.asked.After(s.scraped); v.asked = v.asked.Add(gateEvery) {
		answer, ok, err := s.askGate(ctx, v.asked)
		if err != nil {
			return err
		}
		if ok {
			v.add(v.asked, answer)
		}
	}
	return nil
}

// askGate asks the gate at an instant, as a pipeline does. It reports whether there is a canary by then.
func (s *stage) askGate(ctx context.Context, at time.Time) (a gate.Answer, ok bool, err error) {
	settings, err := s.settings()
	if err != nil {
		return a, false, err
	}
	values := url.Values{"from": {gateFrom}, "to": {at.UTC().Format(time.RFC3339)}}
	response, err := s.host.CallResource(ctx, &backend.CallResourceRequest{
		PluginContext: pluginContext(settings), Method: http.MethodGet, Path: "gates/" + gateName, URL: "gates/" + gateName + "?" + values.Encode(),
	})
	switch {
	case err != nil:
		return a, false, err
	case response.Status == http.StatusBadRequest: // No canary was seen yet.
		return a, false, nil
	case response.Status != http.StatusOK:
		return a, false, fmt.Errorf("the plugin answers the gate with %d: %s", response.Status, response.Body)
	}
	return a, true, json.Unmarshal(response.Body, &a)
}

// pluginContext is that of the requests of the demo, which come from a viewer.
func pluginContext(settings *backend.DataSourceInstanceSettings) backend.PluginContext {
	return backend.PluginContext{
		OrgID: 1, PluginID: "cer-reliability-datasource", DataSourceInstanceSettings: settings, User: &backend.User{Login: "demo", Role: "Viewer"},
	}
}
