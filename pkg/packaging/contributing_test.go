package packaging_test

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// target is a target in a Magefile, and targetInText a call of one in a page.
var (
	target       = regexp.MustCompile(`(?m)^func ([A-Z]\w*)\(`)
	targetInText = regexp.MustCompile(`go tool mage ([a-z]\w*)`)
)

// targets returns the names of mage's targets as they are called.
func targets(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "Magefile*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no Magefiles: %v", err)
	}
	names := map[string]bool{}
	for _, file := range files {
		for _, found := range target.FindAllStringSubmatch(string(read(t, filepath.Base(file))), -1) {
			first, size := utf8.DecodeRuneInString(found[1])
			names[string(unicode.ToLower(first))+found[1][size:]] = true
		}
	}
	return names
}

func TestContributingListsEveryTarget(t *testing.T) {
	text := string(read(t, "CONTRIBUTING.md"))
	for name := range targets(t) {
		if !strings.Contains(text, "go tool mage "+name+"`") {
			t.Errorf("CONTRIBUTING.md does not list `go tool mage %s`; add a row to its table of commands", name)
		}
	}
}

func TestTargetsOfTheDocumentationExist(t *testing.T) {
	existing := targets(t)
	for _, page := range append(docsPages(t), "README.md", "CONTRIBUTING.md", "docs/benchmarks.md", "docs/benchmarks-elsewhere.md") {
		for _, found := range targetInText.FindAllStringSubmatch(string(read(t, page)), -1) {
			if !existing[found[1]] {
				t.Errorf("%s calls `go tool mage %s`, which is no target", page, found[1])
			}
		}
	}
}

// manifest is a package.json.
type manifest struct {
	Version, License                       string
	Scripts, Dependencies, DevDependencies map[string]string
}

// manifestOf reads a package.json or package-lock.json.
func manifestOf(t *testing.T, file string) manifest {
	t.Helper()
	var m manifest
	if err := json.Unmarshal(read(t, file), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestContributingStatesTheVersionsInUse(t *testing.T) {
	text := string(read(t, "CONTRIBUTING.md"))
	oldest, newest := manifestOf(t, "package.json"), manifestOf(t, "compat/package.json")
	version := regexp.MustCompile(`(?m)^go (\S+)$`).FindSubmatch(read(t, "go.mod"))
	for _, claim := range []string{
		"Go " + string(version[1]) + " or later",
		"compiled against @grafana " + oldest.DevDependencies["@grafana/data"],
		"which is @grafana " + newest.Dependencies["@grafana/data"] + " on React " + strings.Split(newest.Dependencies["react"], ".")[0],
	} {
		if !strings.Contains(text, claim) {
			t.Errorf("CONTRIBUTING.md does not say %q", claim)
		}
	}
	for _, found := range regexp.MustCompile("`npm run ([a-z:]+)`").FindAllStringSubmatch(text, -1) {
		if oldest.Scripts[found[1]] == "" {
			t.Errorf("CONTRIBUTING.md calls `npm run %s`, which package.json does not have", found[1])
		}
	}
}
