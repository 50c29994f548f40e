package discover

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDocumentationStatesTheLimits(t *testing.T) {
	for page, claims := range map[string][]string{
		"http-api.md":  {fmt.Sprintf("at most %d, such as", maxChoices), fmt.Sprintf("at most %d `services`", maxServices)},
		"discovery.md": {fmt.Sprintf("the %d with the most events", maxServices), fmt.Sprintf("the first %d by name", maxServices)},
	} {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", page))
		if err != nil {
			t.Fatal(err)
		}
		for _, claim := range claims {
			if !strings.Contains(string(text), claim) {
				t.Errorf("docs/%s does not say %q", page, claim)
			}
		}
	}
	if maxProposed != 5 {
		t.Error("docs/discovery.md says that the five busiest services become flows")
	}
}
