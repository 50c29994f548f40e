package packaging_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// packageRow is a row of the table of packages in docs/architecture.md, and named what a page names in code that is a path.
var (
	packageRow = regexp.MustCompile("(?m)^\\| `(pkg/[a-z/]+)` \\|")
	named      = regexp.MustCompile("`([a-z][\\w.-]*(?:/[\\w.-]+)+|[a-z_]+\\.go)`")
)

// exists reports whether the repository has a file or a folder.
func exists(name string) bool {
	_, err := os.Stat(filepath.Join(root, filepath.FromSlash(name)))
	return err == nil
}

func TestArchitectureListsEveryPackage(t *testing.T) {
	listed := map[string]bool{}
	for _, row := range packageRow.FindAllStringSubmatch(string(read(t, "docs", "architecture.md")), -1) {
		listed[row[1]] = true
		if !exists(row[1]) {
			t.Errorf("docs/architecture.md lists %s, which is no package", row[1])
		}
	}
	for _, pattern := range []string{"pkg/*", "pkg/eval/*"} {
		folders, err := filepath.Glob(filepath.Join(root, pattern, "doc.go"))
		if err != nil || len(folders) == 0 {
			t.Fatalf("no packages: %v", err)
		}
		for _, file := range folders {
			name := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(file)), filepath.ToSlash(root)+"/")
			if !listed[name] {
				t.Errorf("docs/architecture.md does not list %s", name)
			}
		}
	}
}

// Paths are those from the root or from pkg; those of a single file are of the plan.
func TestFilesThatArchitectureNamesExist(t *testing.T) {
	files := 0
	for line := range strings.Lines(string(read(t, "docs", "architecture.md"))) {
		for _, found := range named.FindAllStringSubmatch(line, -1) {
			files++
			if name := found[1]; !exists(name) && !exists(path.Join("pkg", name)) && !exists(path.Join("pkg", "plan", name)) {
				t.Errorf("docs/architecture.md names %s, which does not exist", name)
			}
		}
	}
	if files < 60 {
		t.Errorf("docs/architecture.md names %d files", files)
	}
}
