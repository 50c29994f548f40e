package plugin

import (
	"slices"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/eval/gate"
)

func TestEachVerdictIsLoggedWithWhoAsked(t *testing.T) {
	lines := recordLog(t)
	asked := &gate.Result{
		Question: gate.Question{
			Gate: &catalog.Gate{Stated: &cer.Gate{Name: "canary"}}, Candidate: "v2", Baseline: "v1",
			From: noonOfTest.Add(-time.Hour), To: noonOfTest, Options: gate.Options{Override: "a hotfix"},
		},
		GateOutcome: cer.GateOutcome{Verdict: cer.Passes},
	}
	d := &snapshot{catalogState: stateOf("r1", "checkout 1")}
	d.logVerdict(backend.WithUser(t.Context(), &backend.User{Login: "ada"}), asked)
	d.logVerdict(t.Context(), asked)
	line := func(who string) string {
		return "Gate was asked gate canary who " + who + " verdict pass candidate v2 baseline v1 from 2026-03-04T11:00:00Z to 2026-03-04T12:00:00Z override a hotfix revision r1"
	}
	if want := []string{line("ada"), line("unknown")}; !slices.Equal(*lines, want) {
		t.Errorf("the log has %q, want %q", *lines, want)
	}
}
