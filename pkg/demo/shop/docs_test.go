package shop_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// readPage returns the text of a page of the documentation.
func readPage(t *testing.T, elements ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(append([]string{"..", "..", ".."}, elements...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// The table was once written over the README's introduction, which starts with the same words as the table.
func TestTheReadmeSaysWhatCerIs(t *testing.T) {
	text := readPage(t, "README.md")
	if !strings.Contains(text, "*How are our users doing?* cer answers") || !strings.Contains(text, "\n## Install\n") {
		t.Error("the README does not say what cer is and how it is installed")
	}
}

func TestTheDocumentationShowsTheTableOfTheDemoOnce(t *testing.T) {
	text := readPage(t, "docs", "demo.md")
	const before, heading = "What the first table of the demo looked like:\n\n```\nHow are our users doing?", "SCORE       1H  OBJECTIVE"
	_, after, found := strings.Cut(text, before)
	if !found || strings.Count(text, heading) != 1 {
		t.Fatalf("the table is there %d times, and after its introduction: %v", strings.Count(text, heading), found)
	}
	table, _, _ := strings.Cut(after, "```")
	var rows []string
	for line := range strings.Lines(table) {
		if name, _, ok := strings.Cut(strings.TrimSpace(line), "  "); ok && strings.Contains(line, "%") {
			rows = append(rows, name)
		}
	}
	want := []string{"cer shop"}
	for _, flow := range catalog(t).Flows {
		want = append(want, flow.Name)
		for _, sli := range flow.SLIs {
			want = append(want, sli.Name)
		}
	}
	if !slices.Equal(rows, want) {
		t.Errorf("the table has the rows %v, want %v", rows, want)
	}
}
