package shop_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
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

// Its rows are the flows and SLIs of the catalog, in their order; the objectives and the weights of SLIs do not change with the telemetry.
func TestTheDocumentationShowsTheTableOfTheDemoOnce(t *testing.T) {
	text := readPage(t, "docs", "demo.md")
	const before, heading = "For example:\n\n```\nHow are our users doing?", "SCORE       1H  OBJECTIVE"
	_, after, found := strings.Cut(text, before)
	if !found || strings.Count(text, heading) != 1 {
		t.Fatalf("the table is there %d times, and after its introduction: %v", strings.Count(text, heading), found)
	}
	table, _, _ := strings.Cut(after, "```")
	var rows []string
	for line := range strings.Lines(table) {
		name, rest, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if cells := strings.Fields(rest); ok && strings.Contains(line, "%") {
			row := name + " " + cells[2]
			if strings.HasPrefix(line, "  ") {
				row += " " + cells[len(cells)-2]
			}
			rows = append(rows, row)
		}
	}
	if want := rowsOfTheDemo(catalog(t)); !slices.Equal(rows, want) {
		t.Errorf("the table has the rows\n%s\nwant\n%s", strings.Join(rows, "\n"), strings.Join(want, "\n"))
	}
}

// rowsOfTheDemo returns the names and objectives in the rows of the table, with the weights of SLIs; those of flows follow the traffic.
func rowsOfTheDemo(c *cer.Catalog) []string {
	objective := func(o float64) string {
		if o == 0 {
			return "-"
		}
		return fmt.Sprint(o)
	}
	rows := []string{"cer " + c.Name + " " + objective(c.Objective)}
	for _, flow := range c.Flows {
		rows = append(rows, flow.Name+" "+objective(flow.Objective))
		all := 0.0
		for _, sli := range flow.SLIs {
			all += sli.Weight
		}
		for _, sli := range flow.SLIs {
			rows = append(rows, fmt.Sprintf("%s %s %.0f%%", sli.Name, objective(sli.Objective), 100*sli.Weight/all))
		}
	}
	return rows
}
