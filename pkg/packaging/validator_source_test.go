package packaging_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The tests of this file are the rows of the validator that look at the repository.

func builtAsCreatePluginBuilds(t *testing.T) {
	if !bytes.Contains(read(t, ".config", "webpack", "webpack.config.ts"), []byte("@grafana/create-plugin")) {
		t.Error("the configuration of webpack does not say what it has from @grafana/create-plugin")
	}
	if !bytes.Contains(read(t, "Magefile.go"), []byte("grafana-plugin-sdk-go/build")) {
		t.Error("the backend is not built by the SDK")
	}
}

func usesNoToolkit(t *testing.T) {
	for name, script := range manifestOf(t, "package.json").Scripts {
		if strings.Contains(script, "grafana-toolkit") {
			t.Errorf("the script %s uses grafana-toolkit", name)
		}
	}
}

// The text is that of www.apache.org/licenses/LICENSE-2.0.txt without a change.
func hasTheApacheLicense(t *testing.T) {
	const want = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
	sum := sha256.Sum256(read(t, "LICENSE"))
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("LICENSE has the SHA-256 %s, want %s", got, want)
	}
	if got := manifestOf(t, "package.json").License; got != "Apache-2.0" {
		t.Errorf("package.json has the license %s", got)
	}
}

func namesNoPagesInPluginJSON(t *testing.T) {
	if bytes.Contains(read(t, "plugin.json"), []byte("docsPath")) {
		t.Error("plugin.json names pages of documentation, which @grafana/plugin-docs-cli has to check then")
	}
}

func usesTheSDKItself(t *testing.T) {
	const sdk = `github\.com/grafana/grafana-plugin-sdk-go`
	module := read(t, "go.mod")
	if !regexp.MustCompile(`(?m)^\s+` + sdk + ` v\d`).Match(module) {
		t.Error("go.mod does not require the SDK")
	}
	if regexp.MustCompile(sdk + `.*=>`).Match(module) {
		t.Error("go.mod replaces the SDK")
	}
}

// codeRules are the validator's rules for code: what must not be found, by the rule's id.
var codeRules = map[string]map[string]string{
	"frontend": {
		"console-logging":                         `\bconsole\.(log|info|table|clear|count|countReset|dir|dirxml|group|groupEnd|time|timeEnd|timeLog|trace)\(`,
		"topnav-toggle":                           `featureToggles\.topnav`,
		"window-properties":                       `window\.(grafanaBootData|grafanaRuntime|__grafanaSceneContext)`,
		"access-old-react-internals":              `__SECRET_INTERNALS_DO_NOT_USE_OR_YOU_WILL_BE_FIRED`,
		"native-browser-dialogs":                  `(^|[^.\w])alert\(|window\.(alert|confirm|prompt)\(`,
		"window-open-without-noopener":            `window\.open\(`,
		"deprecated-gf-form-css-classes":          `gf-form`,
		"direct-window-location-access":           `window\.location\.(search|href)`,
		"ts-ignore-suppress":                      `@ts-(ignore|expect-error)`,
		"no-direct-css-imports":                   `import\s+['"].*\.(css|scss|less)['"]|<Global\b`,
		"no-api-ds-query-endpoint":                `/api/ds/query`,
		"backend-datasource-should-not-implement": `\btestDatasource\s*\(`,
	},
	"backend": {
		"access-os-environment":            `\b(os|syscall)\.(Environ|Clearenv|ExpandEnv)\(`,
		"access-forbidden-os-environment":  `\b(os|syscall)\.(Getenv|LookupEnv|Setenv|Unsetenv)\("(?:[^G]|G[^F]|GF_[^P])`,
		"access-file-system-with-fs":       `\bfs\.[A-Z]\w*\(`,
		"access-file-system-with-filepath": `\bfilepath\.(Walk|WalkDir|VolumeName|EvalSymlinks|Glob)\(`,
		"access-file-system-with-os": `\bos\.(DirFS|Getwd|Is(Exist|NotExist|Permission)|Lchown|Link|Mkdir\w*|ReadFile|Readlink|Remove\w*|Rename|SameFile|Symlink|` +
			`TempDir|Truncate|User\w+Dir|WriteFile|ReadDir|Create\w*|NewFile|Open\w*|Ch(dir|mod|own|times)|L?[sS]tat)\(`,
		"access-syscall":         `\bsyscall\.[A-Z]\w*\(`,
		"outdated-sqlds-version": `"github\.com/grafana/sqlds(/v2)?"`,
		"fmt-print-logging":      `\bfmt\.(Print|Printf|Println)\(`,
	},
}

// readsFiles is the one package that reads files: the catalogs of the folder that the server's operator names. Grafana's reviewers have to be told.
const readsFiles = "pkg/folder"

func keepsTheRulesOfCode(t *testing.T) {
	files := map[string][]string{"frontend": frontendFiles(t), "backend": backendFiles(t)}
	for side, rules := range codeRules {
		if len(files[side]) < 10 {
			t.Fatalf("only %q are looked at", files[side])
		}
		for _, file := range files[side] {
			content := read(t, file)
			for id, pattern := range rules {
				allowed := strings.HasPrefix(id, "access-file-system") && strings.HasPrefix(file, readsFiles+"/")
				if found := regexp.MustCompile(pattern).Find(content); found != nil && !allowed {
					t.Errorf("%s breaks the rule %s: %s", file, id, found)
				}
			}
		}
	}
}

// frontendFiles lists the files of the frontend but for its tests, from the root of the repository.
func frontendFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := fs.WalkDir(os.DirFS(root), "src", func(file string, _ fs.DirEntry, err error) error {
		if slices.Contains([]string{".ts", ".tsx"}, filepath.Ext(file)) && !strings.Contains(file, ".test.") {
			files = append(files, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// backendFiles lists the Go files of the repository that the plugin's binary is made of.
func backendFiles(t *testing.T) []string {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-f", `{{if and .Module .Module.Main}}{{range .GoFiles}}{{$.Dir}}/{{.}}{{"\n"}}{{end}}{{end}}`, "./pkg")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	top, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, file := range strings.Fields(string(out)) {
		relative, err := filepath.Rel(top, file)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, filepath.ToSlash(relative))
	}
	return files
}
