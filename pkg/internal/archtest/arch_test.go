// Package archtest holds the project's packages to the import table of its architecture.
package archtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// root is the repository, seen from this package's directory, where go test runs it.
const root = "../../.."

const module = "github.com/cer-reliability/cer-datasource"

// pkg is what `go list -json` says of a package. Test files are in none of its fields.
type pkg struct {
	ImportPath string
	Name       string
	Dir        string
	Standard   bool
	GoFiles    []string
	Imports    []string
}

func TestImportTable(t *testing.T) {
	all := listPackages(t)
	ours := ourPackages(all)
	if want := packagesOnDisk(t); !slices.Equal(keys(ours), want) {
		t.Fatalf("go list tells of the packages %q, but on disk there are %q", keys(ours), want)
	}
	for _, path := range keys(ours) {
		for _, broken := range violations(ours[path], all, rules) {
			t.Error(broken)
		}
	}
}

// What the rules are worth: each must catch a package that breaks it, and let one pass that doesn't.
func TestRulesCatch(t *testing.T) {
	tests := map[string]struct {
		path    string
		name    string
		imports []string
		source  string
		want    string // part of the one violation; none if empty
	}{
		"the domain may use the standard library": {path: "cer", imports: []string{"math"}},
		"the domain may have packages of its own": {path: "cer", imports: []string{module + "/pkg/cer/curve"}},
		"the domain imports another module":       {path: "cer", imports: []string{sdk}, want: "pkg/cer imports " + sdk},
		"the domain imports another package":      {path: "cer/curve", imports: []string{module + "/pkg/plan"}, want: "pkg/cer/curve imports"},
		"a pure package may read YAML":            {path: "definition", imports: []string{"go.yaml.in/yaml/v3"}},
		"a pure package imports the SDK":          {path: "eval", imports: []string{sdk + "/data"}, want: "pkg/eval imports " + sdk + "/data"},
		"a pure package imports os":               {path: "definition", imports: []string{"os"}, want: "pkg/definition imports os"},
		"policy may read CEL":                     {path: "policy", imports: []string{"cel.dev/cel-go/cel"}},
		"policy reads the clock":                  {path: "policy", source: `import "time"; var now = time.Now`, want: "time.Now"},
		"policy talks to the network":             {path: "policy", imports: []string{"net/http"}, want: "pkg/policy imports net/http"},
		"a pure package beneath another":          {path: "plan/cost", imports: []string{"net/http"}, want: "pkg/plan/cost imports net/http"},
		"expand may parse PromQL":                 {path: "expand", imports: []string{promqlParser}},
		"plugin parses PromQL":                    {path: "plugin", imports: []string{promqlParser}, want: "pkg/plugin imports " + promqlParser},
		"a program parses PromQL":                 {path: "cmd/cer", name: "main", imports: []string{promqlParser}, want: "pkg/cmd/cer imports " + promqlParser},
		"fetch may use client_golang":             {path: "fetch", imports: []string{clientGolang + "/api"}},
		"fetch imports the SDK's backend":         {path: "fetch", imports: []string{sdkBackend}, want: "pkg/fetch imports " + sdkBackend},
		"fetch imports plan":                      {path: "fetch", imports: []string{module + "/pkg/plan"}, want: "pkg/fetch imports " + module + "/pkg/plan"},
		"engine may start spans":                  {path: "engine", imports: []string{"go.opentelemetry.io/otel/trace"}},
		"engine imports the SDK":                  {path: "engine", imports: []string{sdk + "/data"}, want: "pkg/engine imports " + sdk + "/data"},
		"frame may make data frames":              {path: "frame", imports: []string{sdk + "/data"}},
		"frame imports client_golang":             {path: "frame", imports: []string{clientGolang + "/api"}, want: "pkg/frame imports " + clientGolang},
		"folder imports the SDK":                  {path: "folder", imports: []string{sdkBackend}, want: "pkg/folder imports " + sdkBackend},
		"fetch may read the clock":                {path: "fetch", source: `import "time"; var now = time.Now`},
		"a program may read the clock":            {path: "cmd/cer", name: "main", source: `import "time"; var now = time.Now()`},
		"the command line may ask the engine":     {path: "command", imports: []string{module + "/pkg/engine", "net/http", "os"}},
		"the command line imports the plugin":     {path: "command", imports: []string{module + "/pkg/plugin"}, want: "pkg/command imports " + module + "/pkg/plugin"},
		"a program imports the plugin":            {path: "cmd/cer", name: "main", imports: []string{module + "/pkg/plugin"}, want: "pkg/cmd/cer imports " + module + "/pkg/plugin"},
		"the plugin's main imports the plugin":    {path: "pkg", name: "main", imports: []string{module + "/pkg/plugin"}},
		"the command line reads the clock":        {path: "command", source: `import "time"; var now = time.Now()`, want: "time.Now"},
		"eval reads the clock":                    {path: "eval", source: `import "time"; var now = time.Now()`, want: "eval.go:1:37: time.Now"},
		"eval reads the clock under another name": {path: "eval", source: `import clock "time"; var now = clock.Now`, want: "time.Now"},
		"eval has a method Now of its own":        {path: "eval", source: `type clock struct{}; func (clock) Now() {}; func f(time clock) { time.Now() }`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := pkg{ImportPath: module + "/pkg/" + test.path, Name: test.name, Dir: t.TempDir(), Imports: test.imports}
			if test.source != "" {
				p.GoFiles = []string{"eval.go"}
				writeFile(t, filepath.Join(p.Dir, "eval.go"), "package x; "+test.source)
			}
			all := map[string]pkg{"math": {Standard: true}}
			got := violations(p, all, rules)
			if test.want == "" && len(got) > 0 {
				t.Errorf("unexpected: %q", got)
			}
			if test.want != "" && (len(got) != 1 || !strings.Contains(got[0], test.want)) {
				t.Errorf("got %q, want one that says %q", got, test.want)
			}
		})
	}
}

// violations says, a sentence each, how a package breaks the rules.
func violations(p pkg, all map[string]pkg, rules []rule) []string {
	var broken []string
	for _, r := range rules {
		if !r.isFor(p) {
			continue
		}
		for _, what := range slices.Concat(r.brokenByImports(p, all), r.brokenByCalls(p)) {
			broken = append(broken, fmt.Sprintf("%s, but must not: %s", what, r.reason))
		}
	}
	return broken
}

func (r rule) isFor(p pkg) bool {
	return (len(r.only) == 0 || slices.Contains(r.only, ruleName(p))) && !slices.Contains(r.except, ruleName(p))
}

// ruleName is the name by which rules speak of a package.
func ruleName(p pkg) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(p.ImportPath, module+"/pkg/"), "/")
	if p.Name == "main" && first != "cmd" {
		return "main"
	}
	return first
}

func (r rule) brokenByImports(p pkg, all map[string]pkg) []string {
	var broken []string
	for _, path := range p.Imports {
		outside := !all[path].Standard && ruleName(pkg{ImportPath: path}) != ruleName(p)
		forbidden := slices.ContainsFunc(r.imports, func(parent string) bool { return within(path, parent) })
		if forbidden || r.standardOnly && outside {
			broken = append(broken, fmt.Sprintf("%s imports %s", short(p.ImportPath), path))
		}
	}
	return broken
}

func (r rule) brokenByCalls(p pkg) []string {
	if len(r.calls) == 0 {
		return nil
	}
	var broken []string
	for _, name := range p.GoFiles {
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, 0)
		if err != nil {
			return []string{err.Error()}
		}
		packages := importNames(file)
		ast.Inspect(file, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if call := mentioned(selector, packages); slices.Contains(r.calls, call) {
				at := files.Position(selector.Pos())
				broken = append(broken, fmt.Sprintf("%s/%s:%d:%d: %s is used", short(p.ImportPath), name, at.Line, at.Column, call))
			}
			return true
		})
	}
	return broken
}

// mentioned is the package.Function that a selector stands for, with the package's import path, or else empty.
func mentioned(selector *ast.SelectorExpr, packages map[string]string) string {
	ident, ok := selector.X.(*ast.Ident)
	if !ok || ident.Obj != nil { // An object is something local that has the package's name.
		return ""
	}
	path, ok := packages[ident.Name]
	if !ok {
		return ""
	}
	return path + "." + selector.Sel.Name
}

// importNames maps the names under which a file knows packages to their import paths.
func importNames(file *ast.File) map[string]string {
	names := map[string]string{}
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // The parser has accepted it, so this does not happen.
		}
		name := path[strings.LastIndex(path, "/")+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = path
	}
	return names
}

// within tells whether an import path is another, or lies beneath it.
func within(path, parent string) bool {
	return path == parent || strings.HasPrefix(path, parent+"/")
}

func short(path string) string { return strings.TrimPrefix(path, module+"/") }

// listPackages asks the go command for the project's packages and all they need, by import path.
func listPackages(t *testing.T) map[string]pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Name,Dir,Standard,GoFiles,Imports", "./pkg/...")
	cmd.Dir = root
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	packages := map[string]pkg{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages[p.ImportPath] = p
	}
}

// ourPackages picks the project's own packages that have more than tests.
func ourPackages(all map[string]pkg) map[string]pkg {
	ours := map[string]pkg{}
	for path, p := range all {
		if within(path, module) && len(p.GoFiles) > 0 {
			ours[path] = p
		}
	}
	return ours
}

// packagesOnDisk finds the same packages by looking for Go files, so that none goes unseen.
func packagesOnDisk(t *testing.T) []string {
	t.Helper()
	found := map[string]pkg{}
	top := filepath.Join(root, "pkg")
	err := filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "testdata" || isModule(path)):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		found[module+"/"+filepath.ToSlash(dir)] = pkg{}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys(found)
}

// isModule tells whether a directory is a Go module of its own, which has rules of its own.
func isModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

func keys(packages map[string]pkg) []string {
	paths := make([]string, 0, len(packages))
	for path := range packages {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
