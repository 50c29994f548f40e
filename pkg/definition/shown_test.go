package definition_test

import (
	"os"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

func TestDefinitionsThatAreShownToUsersLoad(t *testing.T) {
	tests := map[string]struct{ file, before, after string }{
		"the examples of the README":                   {"../../README.md", "```yaml\n", "```"},
		"the one that the editor offers to start from": {"../../src/flow/starter.ts", "STARTER = `", "`;"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(test.file)
			if err != nil {
				t.Fatal(err)
			}
			examples := strings.Split(string(text), test.before)[1:]
			if len(examples) == 0 {
				t.Fatalf("%s has no definition", test.file)
			}
			for _, example := range examples {
				yaml, _, _ := strings.Cut(example, test.after)
				catalog, issues := definition.Load(definition.Source{Name: test.file, Content: []byte(yaml)})
				if catalog == nil || len(issues) > 0 {
					t.Errorf("it has issues:\n%s", issues.Error())
				}
			}
		})
	}
}
