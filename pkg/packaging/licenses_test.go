package packaging_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/packaging"
)

func TestLicensesOfGoModulesAreReadWithTheirNotices(t *testing.T) {
	modcache := written(t, map[string]string{
		"github.com/!acme/lib@v1.2.0/LICENSE":        "Apache\n",
		"github.com/!acme/lib@v1.2.0/NOTICE.txt":     "Copyright Acme",
		"github.com/!acme/lib@v1.2.0/license.go":     "package lib",
		"github.com/!acme/lib@v1.2.0/snappy/LICENSE": "BSD",
	})
	own := t.TempDir()
	lib := filepath.Join(modcache, "github.com", "!acme", "lib@v1.2.0")
	report := "Apache-2.0\t" + filepath.Join(own, "LICENSE") + "\n" +
		"Apache-2.0\t" + filepath.Join(lib, "LICENSE") + "\nBSD-3-Clause\t" + filepath.Join(lib, "snappy", "LICENSE") + "\n\n"
	got, err := packaging.GoDependencies(report, modcache, own)
	if err != nil {
		t.Fatal(err)
	}
	want := []packaging.Dependency{
		{Name: "github.com/Acme/lib", Version: "v1.2.0", License: "Apache-2.0", Source: "https://pkg.go.dev/github.com/Acme/lib@v1.2.0", Text: "Apache\n\nCopyright Acme"},
		{Name: "github.com/Acme/lib/snappy", Version: "v1.2.0", License: "BSD-3-Clause", Source: "https://pkg.go.dev/github.com/Acme/lib/snappy@v1.2.0", Text: "BSD"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("the libraries are %+v, want %+v", got, want)
	}
}

func TestALibraryWithoutALicenseIsAnError(t *testing.T) {
	if got, err := packaging.GoDependencies("Unknown\tUnknown\n", t.TempDir(), t.TempDir()); err == nil {
		t.Errorf("a library whose license is not known is taken as %+v", got)
	}
	modules := written(t, map[string]string{"yaml/package.json": `{"version":"2.9.1","license":"ISC"}`})
	plugin := os.DirFS(written(t, map[string]string{"module.js.map": smallSourceMap}))
	if got, err := packaging.FrontendDependencies(plugin, modules); err == nil {
		t.Errorf("a package without a license is taken as %+v", got)
	}
}

func TestLicensesOfTheFrontendAreThoseOfItsSourceMap(t *testing.T) {
	modules := written(t, map[string]string{
		"yaml/package.json": `{"version":"2.9.1","license":"ISC"}`, "yaml/LICENSE": "ISC License\n",
		"react/package.json": `{"version":"18.3.1","license":"MIT"}`, "react/LICENSE": "MIT License",
	})
	plugin := os.DirFS(written(t, map[string]string{"module.js.map": smallSourceMap}))
	got, err := packaging.FrontendDependencies(plugin, modules)
	if err != nil {
		t.Fatal(err)
	}
	want := []packaging.Dependency{{Name: "yaml", Version: "2.9.1", License: "ISC", Source: "https://www.npmjs.com/package/yaml", Text: "ISC License"}}
	if !slices.Equal(got, want) {
		t.Errorf("the packages are %+v, want %+v", got, want)
	}
}

func TestLicensesAreWrittenOnceEachAndInOrder(t *testing.T) {
	backwards := slices.Concat(libraries, libraries)
	slices.Reverse(backwards)
	if got, want := licensesOf(t, backwards), licensesOf(t, libraries); got != want {
		t.Errorf("the file is\n%s\nwant\n%s", got, want)
	}
}

func TestALicenseThatIsNotAllowedIsRefused(t *testing.T) {
	for _, license := range []string{"AGPL-3.0", "GPL-3.0", "SSPL-1.0", "BUSL-1.1", ""} {
		err := packaging.WriteLicenses(&strings.Builder{}, []packaging.Dependency{{Name: "acme.example/lib", Version: "v1.0.0", License: license}})
		if err == nil || !strings.Contains(err.Error(), "acme.example/lib") {
			t.Errorf("the license %q gives %v, want an error that names the library", license, err)
		}
	}
}

func TestThePageOfLicensesListsThoseThatAreAllowed(t *testing.T) {
	listed := regexp.MustCompile(`(?m)^- Allowed are (.+)\. ` + "`").FindStringSubmatch(string(read(t, "docs", "licenses.md")))
	if listed == nil {
		t.Fatal("docs/licenses.md lists no licenses")
	}
	for _, license := range regexp.MustCompile(`, | and `).Split(listed[1], -1) {
		if err := packaging.WriteLicenses(&strings.Builder{}, []packaging.Dependency{{Name: "lib", License: license}}); err != nil {
			t.Error(err)
		}
	}
	err := packaging.WriteLicenses(&strings.Builder{}, []packaging.Dependency{{Name: "lib", License: "GPL-3.0"}})
	for _, license := range strings.Split(strings.SplitAfter(err.Error(), "not one of ")[1], ", ") {
		if !strings.Contains(listed[1], license) {
			t.Errorf("docs/licenses.md does not list %s", license)
		}
	}
}

func TestThePageOfLicensesNamesTheModulesUnderTheMPL(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}\t{{.Dir}}{{end}}", "./pkg", "./pkg/cmd/cer")
	cmd.Dir = root
	printed, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var used []string
	for line := range strings.Lines(string(printed)) {
		module, dir, _ := strings.Cut(strings.TrimSpace(line), "\t")
		license, err := os.ReadFile(filepath.Join(dir, "LICENSE"))
		if err == nil && strings.Contains(string(license[:min(len(license), 200)]), "Mozilla Public License") && !slices.Contains(used, module) {
			used = append(used, module)
		}
	}
	_, section, _ := strings.Cut(string(read(t, "docs", "licenses.md")), "\n## Mozilla Public License\n")
	var named []string
	for _, found := range regexp.MustCompile("`([a-z.]+/[^`]+)`").FindAllStringSubmatch(section, -1) {
		named = append(named, found[1])
	}
	slices.Sort(used)
	if !slices.Equal(used, named) {
		t.Errorf("modules under the MPL are %q, and docs/licenses.md names %q", used, named)
	}
}
