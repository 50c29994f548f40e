package definition

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

var update = flag.Bool("update", false, "write what is said now into the files of testdata")

// wanted starts the lines at the end of a file of testdata that say what is wrong with it.
const wanted = "# want: "

// TestRules loads a file a rule: each ends in the issues that it gives rise to.
func TestRules(t *testing.T) {
	for _, path := range slices.Concat(glob(t, "invalid-*.yaml"), glob(t, "withheld-*.yaml"), glob(t, "warning-*.yaml")) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".yaml"), func(t *testing.T) {
			content := readFile(t, path)
			catalog, issues := Load(Source{Content: content})
			refused := strings.HasPrefix(filepath.Base(path), "invalid-")
			if refused != (catalog == nil) {
				t.Errorf("there is a catalog: %v", catalog != nil)
			}
			if issues.Refused() != refused {
				t.Errorf("refused: %v", issues.Refused())
			}
			body, want := splitWanted(content)
			if *update {
				writeWanted(t, path, body, issues)
				return
			}
			if got := issues.Error(); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestValid loads files with nothing wrong.
func TestValid(t *testing.T) {
	for _, path := range glob(t, "valid/*.yaml") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			load(t, string(readFile(t, path)))
		})
	}
}

// splitWanted returns a file without its last lines, and the issues that they name.
func splitWanted(content []byte) (body []byte, want string) {
	at := bytes.Index(content, []byte(wanted))
	if at < 0 {
		return content, ""
	}
	want = strings.TrimSuffix(string(content[at+len(wanted):]), "\n")
	return content[:at], strings.ReplaceAll(want, "\n"+wanted, "\n")
}

// writeWanted writes the file with the issues at its end.
func writeWanted(t *testing.T, path string, body []byte, issues Issues) {
	t.Helper()
	for _, issue := range issues {
		body = append(body, wanted+issue.String()+"\n"...)
	}
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
}

// load returns the catalog of a text with nothing wrong.
func load(t *testing.T, text string) *cer.Catalog {
	t.Helper()
	catalog, issues := Load(Source{Name: "catalog.yaml", Content: []byte(text)})
	if len(issues) > 0 {
		t.Fatalf("%v in\n%s", issues, text)
	}
	return catalog
}

// glob returns the files of testdata that match a pattern, of which there are some.
func glob(t testing.TB, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no file is like %s: %v", pattern, err)
	}
	return paths
}

// readFile returns the content of a file.
func readFile(t testing.TB, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
