package findings

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/internal/golden"
)

// example returns a file of the examples.
func example(t *testing.T, elements ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(append([]string{examples}, elements...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// trial returns a data source that asks for the telemetry of the service.
func (p *payments) trial(definition string) *trial {
	tr := &trial{t: p.t, store: p.store}
	tr.instance = tr.dataSource(p.store.URL(), definition, nil)
	return tr
}

// TestAnswersOfExamples keeps what the gate of the examples answers, which other tests read.
func TestAnswersOfExamples(t *testing.T) {
	for name, test := range map[string]struct {
		failing func(string, float64) float64
		after   time.Duration
	}{"pass": {healthy, 16 * time.Minute}, "inconclusive": {healthy, 10 * time.Minute}, "fail": {worse(.03), 10 * time.Minute}} {
		t.Run(name, func(t *testing.T) {
			p := newPayments(t, nil)
			from := p.now
			p.failing, p.canary = test.failing, .1
			p.pass(test.after)
			body := p.trial(example(t, "catalog.yaml")).get(p.now, "Viewer", "gates/payment-canary"+since(from)).Body
			var indented bytes.Buffer
			if err := json.Indent(&indented, body, "", "  "); err != nil {
				t.Fatal(err)
			}
			indented.WriteByte('\n')
			golden.CompareFile(t, filepath.Join(examples, "answers", name+".json"), indented.String())
			if !strings.Contains(indented.String(), `"verdict": "`+name+`"`) {
				t.Errorf("the gate answers %s", indented.String())
			}
		})
	}
}

// withEvent returns the catalog of the examples with the event that the page of one declares.
func withEvent(t *testing.T, folder string) string {
	t.Helper()
	event := regexp.MustCompile("\\{ name: deploys[^\n`]*\\}").FindString(example(t, folder, "README.md"))
	return strings.Replace(example(t, "catalog.yaml"), "  gates:\n", "  events:\n    - "+event+"\n  gates:\n", 1)
}

// TestANewReplicaSetIsTheStart of a rollout, by the event that the example for Argo declares.
func TestANewReplicaSetIsTheStart(t *testing.T) {
	const old, young = `kube_replicaset_created{replicaset="payment-5d4f"}`, `kube_replicaset_created{replicaset="payment-7c8b"}`
	p := newPayments(t, map[string]float64{old: float64(noon.Add(-30 * time.Hour).Unix())})
	from := p.now
	p.gauges[young], p.canary = float64(from.Unix()), .1
	tr := p.trial(withEvent(t, "argo-rollouts"))
	for range 4 {
		p.pass(4 * time.Minute)
		v, status := tr.gate(p.now, "Viewer", "payment-canary?from=event:deploys")
		if started, err := time.Parse(time.RFC3339, v.From); err != nil || status != 200 || started.Before(from) || started.After(from.Add(time.Minute)) {
			t.Errorf("at %s: status %d, from %s, want %s; %q", p.now, status, v.From, from, v.Message)
		}
	}
}

// hooks asks all webhooks of Flagger's example as Flagger does, and returns the statuses by type.
func (p *payments) hooks(tr *trial) map[string]int {
	p.t.Helper()
	var canary struct {
		Spec struct {
			Analysis struct{ Webhooks []struct{ Type, URL string } }
		}
	}
	if err := yaml.Unmarshal([]byte(example(p.t, "flagger", "canary.yaml")), &canary); err != nil {
		p.t.Fatal(err)
	}
	statuses := map[string]int{}
	for _, hook := range canary.Spec.Analysis.Webhooks {
		at, err := url.Parse(hook.URL)
		if err != nil {
			p.t.Fatal(err)
		}
		statuses[hook.Type] = tr.postFlagger(p.now, strings.TrimPrefix(at.RequestURI(), "/"))
	}
	return statuses
}

// postFlagger posts what Flagger's webhooks post to a resource, and returns the status.
func (tr *trial) postFlagger(now time.Time, path string) (status int) {
	tr.t.Helper()
	clock.Store(&now)
	err := tr.instance.(backend.CallResourceHandler).CallResource(context.Background(),
		&backend.CallResourceRequest{Method: http.MethodPost, Path: strings.SplitN(path, "?", 2)[0], URL: path,
			Headers:       map[string][]string{"Content-Type": {"application/json"}},
			Body:          []byte(`{"name":"payment","namespace":"shop","phase":"Progressing","checksum":"85d557f47b","metadata":{"from":"soon"}}`),
			PluginContext: backend.PluginContext{User: &backend.User{Login: "sa-flagger", Role: "Viewer"}}},
		backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error {
			status = r.Status
			return nil
		}))
	if err != nil {
		tr.t.Fatal(err)
	}
	return status
}

// TestFlaggersWebhooks plays a bad release and a good one after it, as Flagger asks of them.
func TestFlaggersWebhooks(t *testing.T) {
	definition := withEvent(t, "flagger")
	const status = `flagger_canary_status{name="payment",exported_namespace="shop"}`
	p := newPayments(t, map[string]float64{status: 1})
	tr := p.trial(definition)
	for _, step := range []struct {
		name                            string
		status                          float64
		canary                          float64
		failing                         func(string, float64) float64
		pass                            time.Duration
		rollout, confirmation, rollback int
	}{
		{"a bad version is found", 0, 0, worse(.03), time.Minute, 200, 425, 425},
		{"it serves", 0, .1, worse(.03), 4 * time.Minute, 200, 425, 425},
		{"it fails", 0, .1, worse(.03), 8 * time.Minute, 409, 409, 200},
		{"it is rolled back", 2, 0, healthy, 20 * time.Minute, 409, 409, 200},
		{"a good one is found", 0, 0, healthy, time.Minute, 200, 425, 425},
		{"it serves", 0, .1, healthy, 10 * time.Minute, 200, 425, 425},
		{"it serves for long enough", 0, .5, healthy, 8 * time.Minute, 200, 200, 409},
		{"it waits for its promotion", 1, .5, healthy, 2 * time.Minute, 200, 200, 409},
	} {
		p.gauges[status], p.canary, p.failing = step.status, step.canary, step.failing
		p.pass(step.pass)
		got := p.hooks(tr)
		if len(got) != 3 || got["rollout"] != step.rollout || got["confirm-promotion"] != step.confirmation || got["rollback"] != step.rollback {
			t.Errorf("%s: the statuses are %v, want %d, %d and %d", step.name, got, step.rollout, step.confirmation, step.rollback)
		}
	}
}
