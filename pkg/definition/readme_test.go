package definition_test

import (
	"os"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

func TestTheDefinitionOfTheReadmeLoads(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), "```yaml\n")
	yaml, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatal("the README has no block of YAML")
	}
	catalog, issues := definition.Load(definition.Source{Name: "README.md", Content: []byte(yaml)})
	if catalog == nil || len(issues) > 0 {
		t.Errorf("the README's definition has issues:\n%s", issues.Error())
	}
}
