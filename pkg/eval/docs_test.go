package eval

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestPageOfChangesSaysHowEventsLook(t *testing.T) {
	page, err := os.ReadFile("../../docs/changes.md")
	if err != nil {
		t.Fatal(err)
	}
	claim := fmt.Sprintf("with the title *%s*, the first %d changes as text, and the tag `%s`", CatalogChanged, maxChanges, KindCatalog)
	if !strings.Contains(string(page), claim) {
		t.Errorf("docs/changes.md does not say %q", claim)
	}
}
