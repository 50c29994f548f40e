package definition_test

import (
	"os"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

func TestDefinitionsThatAreShownToUsersLoad(t *testing.T) {
	tests := map[string]struct{ file, before, after string }{
		"the example of the README":                    {"../../README.md", "```yaml\n", "```"},
		"the one that the editor offers to start from": {"../../src/flow/starter.ts", "STARTER = `", "`;"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(test.file)
			if err != nil {
				t.Fatal(err)
			}
			_, rest, found := strings.Cut(string(text), test.before)
			yaml, _, closed := strings.Cut(rest, test.after)
			if !found || !closed {
				t.Fatalf("%s has no definition", test.file)
			}
			catalog, issues := definition.Load(definition.Source{Name: test.file, Content: []byte(yaml)})
			if catalog == nil || len(issues) > 0 {
				t.Errorf("it has issues:\n%s", issues.Error())
			}
		})
	}
}
