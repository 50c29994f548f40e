package packaging_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// testNames returns the names of all tests in Go of the repository.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	function := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	for _, dir := range []string{"pkg", "examples"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(file string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(file, "_test.go") {
				return err
			}
			content, err := os.ReadFile(file)
			for _, found := range function.FindAllSubmatch(content, -1) {
				names[string(found[1])] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return names
}

// provable are the pages whose statements name tests, with the sections that state nothing about cer.
var provable = map[string][]string{
	"docs/security.md":  {"What there is to protect", "Not protected"},
	"docs/upgrading.md": {"Before 0.1.0"},
}

func TestTheTestsThatPagesNameAreThere(t *testing.T) {
	named, tests := regexp.MustCompile("`((?:Test|Fuzz)\\w+)`"), testNames(t)
	for page, without := range provable {
		for _, section := range strings.Split(string(read(t, page)), "\n## ")[1:] {
			title, text, _ := strings.Cut(section, "\n")
			found := named.FindAllStringSubmatch(text, -1)
			if len(found) == 0 && !slices.Contains(without, title) {
				t.Errorf("%s: the section %q names no test", page, title)
			}
			for _, name := range found {
				if !tests[name[1]] {
					t.Errorf("%s names the test %s, which there is not", page, name[1])
				}
			}
		}
	}
}

// Requests by Grafana's proxy would go past the plugin.
func TestThePluginHasNoRoutes(t *testing.T) {
	var plugin map[string]any
	if err := json.Unmarshal(read(t, "plugin.json"), &plugin); err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"routes", "roles", "iam", "streaming"} {
		if value, is := plugin[field]; is {
			t.Errorf("plugin.json has %s: %v", field, value)
		}
	}
}

func TestTheSecurityPolicyLeadsToItsPage(t *testing.T) {
	policy := string(read(t, "SECURITY.md"))
	for _, want := range []string{"/security/advisories/new)", "](docs/security.md)"} {
		if !strings.Contains(policy, want) {
			t.Errorf("SECURITY.md does not have %s", want)
		}
	}
	if !slices.Contains(headings(string(read(t, "docs/security.md")), 2), "Not protected") {
		t.Error("docs/security.md does not say what is not protected")
	}
}
