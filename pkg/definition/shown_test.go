package definition_test

import (
	"os"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

// The examples of the documentation are loaded by a test of pkg/packaging.
func TestTheDefinitionThatTheEditorOffersLoads(t *testing.T) {
	const file = "../../src/flow/starter.ts"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(text), "STARTER = `")
	yaml, _, closed := strings.Cut(after, "`;")
	if !found || !closed {
		t.Fatalf("%s has no definition", file)
	}
	catalog, issues := definition.Load(definition.Source{Name: file, Content: []byte(yaml)})
	if catalog == nil || len(issues) > 0 {
		t.Errorf("it has issues:\n%s", issues.Error())
	}
}
