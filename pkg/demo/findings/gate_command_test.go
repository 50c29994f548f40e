package findings

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/command"
	"github.com/cer-reliability/cer-datasource/pkg/eval/gate"
)

// gateRun is what a run of the command prints, and the code that it ends with.
type gateRun struct {
	stdout, stderr string
	code           int
	slept          time.Duration
}

// askGate runs the command gate from a time on, at which the time goes on only while the command sleeps.
func (tr *trial) askGate(definition string, now time.Time, args ...string) gateRun {
	tr.t.Helper()
	file := filepath.Join(tr.t.TempDir(), "x.yaml")
	if err := os.WriteFile(file, []byte(definition), 0o600); err != nil {
		tr.t.Fatal(err)
	}
	var run gateRun
	var stdout, stderr bytes.Buffer
	run.code = command.Run(context.Background(), append([]string{"gate", "canary", "--catalog", file, "--store", tr.store.URL(), "--timeout", "10m"}, args...),
		command.Environment{
			Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Getenv: func(string) string { return "" },
			Now:   func() time.Time { return now.Add(run.slept) },
			Sleep: func(_ context.Context, d time.Duration) { run.slept += d },
		})
	run.stdout, run.stderr = stdout.String(), stderr.String()
	return run
}

func TestTheCommandGateWaits(t *testing.T) {
	start := noon.Add(-30 * time.Minute)
	tr := try(t, catalog(gated), nil, slices.Concat(requestsOf("stable", noon.Add(-3*time.Hour), noon, 9, .001), requestsOf("canary", start, noon, 1, .05))...)
	summary := filepath.Join(t.TempDir(), "summary.md")
	run := tr.askGate(catalog(gated), start, "--from", "now", "--wait", "--every", "1m", "--markdown", summary)
	if run.code != 1 || run.slept != 7*time.Minute || strings.Count(run.stderr, "inconclusive: ") != 7 {
		t.Errorf("it ends with %d after %s, having said\n%s\n%s", run.code, run.slept, run.stderr, run.stdout)
	}
	for _, text := range []string{"canary: FAIL", "shop/ok is worse for canary by 4.9 pp", "from 2026-03-04T11:30:00Z to 2026-03-04T11:37:00Z"} {
		if !strings.Contains(run.stdout, text) {
			t.Errorf("it does not print %q: %s", text, run.stdout)
		}
	}
	markdown, err := os.ReadFile(summary)
	if err != nil || !strings.Contains(string(markdown), "| shop/ok | fail | 95.000% | 99.900% | 4.900% | 1.000% | 300 |") {
		t.Errorf("the summary is %s (%v)", markdown, err)
	}
	if run := tr.askGate(catalog(gated), start.Add(3*time.Minute), "--from", start.Format(time.RFC3339)); run.code != 2 || !strings.Contains(run.stdout, "INCONCLUSIVE") {
		t.Errorf("once it ends with %d: %s", run.code, run.stdout)
	}
	if run := tr.askGate(catalog(gated), noon, "--wait"); run.code != 3 || !strings.Contains(run.stderr, "from is missing") || run.slept > 0 {
		t.Errorf("without a start it ends with %d after %s: %s", run.code, run.slept, run.stderr)
	}
}

// TestTheCommandGateSaysWhatTheDataSourceSays asks through both doors for the same verdicts.
func TestTheCommandGateSaysWhatTheDataSourceSays(t *testing.T) {
	start := noon.Add(-30 * time.Minute)
	for name, failing := range map[string]float64{"a healthy canary": .001, "a bad one": .05} {
		t.Run(name, func(t *testing.T) {
			tr := try(t, catalog(gated), nil, slices.Concat(requestsOf("stable", noon.Add(-3*time.Hour), noon, 9, .001), requestsOf("canary", start, noon, 1, failing))...)
			run := tr.askGate(catalog(gated), noon, "--from", start.Format(time.RFC3339), "--json")
			var one, other gate.Answer
			if err := json.Unmarshal([]byte(run.stdout), &one); err != nil {
				t.Fatal(err, run.stderr)
			}
			if err := json.Unmarshal(tr.get(noon, "Viewer", "gates/canary"+since(start)).Body, &other); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(one, other) || len(one.SLIs) != 1 {
				t.Errorf("the command says %+v, the data source %+v", one, other)
			}
		})
	}
}
