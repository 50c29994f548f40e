package audit

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// kindsOfRow finds the kinds in the first column of a row of a table.
var kindsOfRow = regexp.MustCompile("(?m)^\\| (`[a-z]+`(?:, `[a-z]+`)*) \\|")

func TestPageOfChangesListsEveryKindAndTheLimits(t *testing.T) {
	content, err := os.ReadFile("../../docs/changes.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(content), "| kind | what was changed |")
	if !found {
		t.Fatal("the page has no table of kinds")
	}
	var documented, kinds []string
	for _, row := range kindsOfRow.FindAllStringSubmatch(text, -1) {
		documented = append(documented, regexp.MustCompile("[a-z]+").FindAllString(row[1], -1)...)
	}
	for _, aspect := range Aspects() {
		kinds = append(kinds, string(aspect))
	}
	slices.Sort(documented)
	slices.Sort(kinds)
	if !slices.Equal(documented, kinds) {
		t.Errorf("the page lists the kinds %q, want %q", documented, kinds)
	}
	if _, _, found := strings.Cut(text, fmt.Sprintf("the newest %d changes of each data source, %d KiB of text at most", maxRevisions, maxBytes>>10)); !found {
		t.Error("the page does not state how many changes are kept")
	}
}
