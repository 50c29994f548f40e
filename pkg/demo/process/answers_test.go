package process

import (
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

// failure is what users see of a query that is not answered.
type failure struct {
	status backend.Status
	source backend.ErrorSource
	// words are parts of the message.
	words []string
}

// refused is the failure of a query that asks for what can't be.
func refused(words ...string) failure {
	return failure{status: backend.StatusBadRequest, source: backend.ErrorSourceDownstream, words: words}
}

// downstream is the failure of a query for which the store is to blame.
func downstream(status backend.Status, words ...string) failure {
	return failure{status: status, source: backend.ErrorSourceDownstream, words: words}
}

// check compares an answer with the failure.
func (f failure) check(t *testing.T, answer backend.DataResponse) {
	t.Helper()
	if answer.Error == nil {
		t.Fatalf("the query was answered: %v", answer.Frames)
	}
	if answer.Status != f.status || answer.ErrorSource != f.source {
		t.Errorf("it failed with %d %s, want %d %s", answer.Status, answer.ErrorSource, f.status, f.source)
	}
	says(t, answer.Error.Error(), f.words...)
}

// says checks that a text has words.
func says(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("it does not say %q:\n%s", word, text)
		}
	}
}

// hasNotice checks that the first frame says something, at a severity.
func hasNotice(t *testing.T, frames data.Frames, severity data.NoticeSeverity, words ...string) {
	t.Helper()
	for _, notice := range frames[0].Meta.Notices {
		if notice.Severity == severity && strings.Contains(notice.Text, words[0]) {
			says(t, notice.Text, words...)
			return
		}
	}
	t.Errorf("no notice of severity %d says %q: %+v", severity, words, frames[0].Meta.Notices)
}

// checkOrigin checks what every frame says of its type and where it comes from.
func checkOrigin(t *testing.T, frames data.Frames, kind data.FrameType, evaluated time.Time) {
	t.Helper()
	if len(frames) == 0 {
		t.Fatal("there is no frame, and so no place for notices")
	}
	for i, frame := range frames {
		if frame.Meta == nil || frame.Meta.Type != kind || frame.Meta.TypeVersion != (data.FrameTypeVersion{0, 1}) {
			t.Fatalf("the frame %d is of the type %+v, want %s 0.1", i, frame.Meta, kind)
		}
		custom, _ := frame.Meta.Custom.(map[string]any)
		if custom["revision"] != revision(t, shopDefinition) {
			t.Errorf("the frame %d is of the revision %v", i, custom["revision"])
		}
		if at, _ := custom["evaluatedAt"].(string); at != evaluated.Format(time.RFC3339) {
			t.Errorf("the frame %d was evaluated at %s, want %s", i, at, evaluated)
		}
	}
}

// revision is that of a definition.
func revision(t *testing.T, yaml string) string {
	t.Helper()
	catalog, issues := definition.Load(definition.Source{Name: "definition", Content: []byte(yaml)})
	if catalog == nil {
		t.Fatal(issues)
	}
	return catalog.Revision()
}

// executed is the PromQL that an answer says was asked, a line each.
func executed(t *testing.T, frames data.Frames) []string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(frames[0].Meta.ExecutedQueryString), "\n")
	if !strings.HasPrefix(lines[0], "# ") {
		t.Errorf("the executed query does not begin with the range: %s", lines[0])
	}
	return lines[1:]
}
