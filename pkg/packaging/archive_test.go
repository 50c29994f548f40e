package packaging_test

import (
	"archive/zip"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/packaging"
)

// platforms are those of the small plugin of these tests.
var platforms = []packaging.Platform{{OS: "linux", Arch: "amd64"}, {OS: "windows", Arch: "amd64"}}

const (
	smallMetadata = `{"type":"datasource","name":"X by Acme","id":"acme-x-datasource","backend":true,"alerting":true,"executable":"gpx_x",
		"info":{"description":"Asks X.","keywords":["x"],"version":"1.2.3","updated":"2026-01-02",
		"logos":{"small":"img/small.svg","large":"img/large.svg"},"screenshots":[{"path":"img/shot.png"}],
		"links":[{"name":"Source code","url":"https://acme.example/x"}]},
		"includes":[{"type":"dashboard","path":"dashboards/x.json"},{"type":"page","path":"/nowhere"}],
		"dependencies":{"grafanaDependency":">=10.1.0","plugins":[]}}`
	smallSVG       = `<svg xmlns="http://www.w3.org/2000/svg"><g><path d="M0 0"/></g></svg>`
	smallPNG       = "\x89PNG\r\n\x1a\n"
	smallSourceMap = `{"sources":["webpack://x/./module.ts","webpack://x/../node_modules/yaml/index.js"],"sourcesContent":["",""]}`
)

// libraries are what the small plugin contains.
var libraries = []packaging.Dependency{
	{Name: "acme.example/lib", Version: "v1.0.0", License: "MIT", Source: "https://pkg.go.dev/acme.example/lib@v1.0.0", Text: "MIT License"},
	{Name: "go", Version: "go1.26.7", License: "BSD-3-Clause", Source: "https://go.dev/dl/", Text: "Copyright 2009 The Go Authors."},
	{Name: "yaml", Version: "2.9.1", License: "ISC", Source: "https://www.npmjs.com/package/yaml", Text: "ISC License"},
}

// licensesOf returns the file of licenses with these libraries.
func licensesOf(t *testing.T, libraries []packaging.Dependency) string {
	t.Helper()
	var file strings.Builder
	if err := packaging.WriteLicenses(&file, libraries); err != nil {
		t.Fatal(err)
	}
	return file.String()
}

// dist writes a small plugin that has nothing wrong, changed as the test says: a file without content is left out.
func dist(t *testing.T, changes map[string]string) string {
	t.Helper()
	files := map[string]string{
		"plugin.json": smallMetadata, "module.js": "define()", "module.js.map": smallSourceMap, "dashboards/x.json": "{}",
		"README.md": "[x](https://x.example) [y](#y)", "CHANGELOG.md": "# x", "LICENSE": "free", packaging.LicensesFile: licensesOf(t, libraries),
		"img/small.svg": smallSVG, "img/large.svg": smallSVG, "img/shot.png": smallPNG, "go_plugin_build_manifest": "0:pkg/main.go",
		"gpx_x_linux_amd64":       program(t, "linux", "amd64", "acme.example/lib\tv1.0.0"),
		"gpx_x_windows_amd64.exe": program(t, "windows", "amd64", "acme.example/lib\tv1.0.0"),
	}
	maps.Copy(files, changes)
	maps.DeleteFunc(files, func(_, content string) bool { return content == "" })
	return written(t, files)
}

// written makes files below a new folder, and returns it.
func written(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestAnArchiveCanBeUnpackedInAPluginsFolder(t *testing.T) {
	path, err := packaging.Archive(dist(t, nil), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if got := filepath.Base(path); got != "acme-x-datasource-1.2.3.zip" {
		t.Errorf("the archive is called %s", got)
	}
	if err := packaging.Check(path, platforms); err != nil {
		t.Error(err)
	}
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	for _, file := range archive.File {
		want := os.FileMode(0o644)
		if strings.HasPrefix(file.Name, "acme-x-datasource/gpx_x_") {
			want = 0o755
		}
		if file.Mode() != want || !strings.HasPrefix(file.Name, "acme-x-datasource/") {
			t.Errorf("%s has the mode %v, want %v", file.Name, file.Mode(), want)
		}
	}
}

// checked returns what is wrong with the archive of the small plugin, changed as the test says, or why there is none.
func checked(t *testing.T, changes map[string]string) error {
	t.Helper()
	path, err := packaging.Archive(dist(t, changes), t.TempDir())
	if err != nil {
		return err
	}
	return packaging.Check(path, platforms)
}

// licensesWith changes a text in the small plugin's file of licenses.
func licensesWith(t *testing.T, from, to string) map[string]string {
	t.Helper()
	return map[string]string{packaging.LicensesFile: strings.Replace(licensesOf(t, libraries), from, to, 1)}
}

func TestWhatIsWrongWithAnArchiveIsSaid(t *testing.T) {
	tests := map[string]struct {
		changes map[string]string
		want    string
	}{
		"a dashboard left out":         {map[string]string{"dashboards/x.json": ""}, `"dashboards/x.json" is missing`},
		"a platform left out":          {map[string]string{"gpx_x_windows_amd64.exe": ""}, "gpx_x_windows_amd64.exe is missing"},
		"a platform too many":          {map[string]string{"gpx_x_plan9_amd64": "x"}, "gpx_x_plan9_amd64 is for a platform that is not released"},
		"a platform under two names":   {map[string]string{"gpx_x_windows_amd64.exe": program(t, "linux", "amd64")}, "gpx_x_windows_amd64.exe is built for linux/amd64"},
		"a stray hidden file":          {map[string]string{"img/.DS_Store": "x"}, "img/.DS_Store has no business"},
		"the development's files":      {map[string]string{"package.json": "{}"}, "package.json has no business"},
		"a page that is left behind":   {map[string]string{"CHANGELOG.md": "see [how](<CONTRIBUTING.md>)"}, "CHANGELOG.md links to CONTRIBUTING.md, which leads nowhere"},
		"a version not filled in":      {map[string]string{"plugin.json": strings.Replace(smallMetadata, "1.2.3", "%VERSION%", 1)}, `the version is "%VERSION%"`},
		"a date not filled in":         {map[string]string{"plugin.json": strings.Replace(smallMetadata, "2026-01-02", "%TODAY%", 1)}, `updated on "%TODAY%"`},
		"a license of a module is not": {licensesWith(t, "lib v1.0.0", "lib v0.9.0"), "lacks acme.example/lib v1.0.0"},
		"a license of Go is not":       {licensesWith(t, "\ngo go1", "\nrust go1"), "lacks go go1.26.7"},
		"a license of npm is not":      {licensesWith(t, "yaml 2", "toml 2"), "lacks yaml"},
		"a license that is not free":   {licensesWith(t, "License: ISC", "License: SSPL-1.0"), "the license SSPL-1.0 of yaml is not allowed"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if err := checked(t, test.changes); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, want one that says %q", err, test.want)
			}
		})
	}
}

func TestAnArchiveOfOthersIsCheckedToo(t *testing.T) {
	tests := map[string]struct {
		name  string
		files map[string]os.FileMode
		want  string
	}{
		"files without a folder":  {"x.zip", map[string]os.FileMode{"plugin.json": 0o644}, `"plugin.json" does not lie in the plugin's folder`},
		"a way out of the folder": {"x.zip", map[string]os.FileMode{"x/../../plugin.json": 0o644}, "does not lie in the plugin's folder"},
		"two folders":             {"x.zip", map[string]os.FileMode{"a/plugin.json": 0o644, "b/plugin.json": 0o644}, "wants one"},
		"another name":            {"x.zip", map[string]os.FileMode{"acme/plugin.json": 0o644}, "the folder is called acme"},
		"no right to execute":     {"x.zip", map[string]os.FileMode{"acme/plugin.json": 0o644, "acme/gpx_x_linux_amd64": 0o644}, "must be able to execute it"},
	}
	meta, err := os.ReadFile(filepath.Join(dist(t, nil), "plugin.json"))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), test.name)
			zipped(t, path, test.files, meta)
			err := packaging.Check(path, platforms)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, want one that says %q", err, test.want)
			}
		})
	}
}

// zipped writes an archive of files with the same content.
func zipped(t *testing.T, path string, files map[string]os.FileMode, content []byte) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	archive := zip.NewWriter(file)
	for name, mode := range files {
		header := &zip.FileHeader{Name: name}
		header.SetMode(mode)
		to, err := archive.CreateHeader(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
}
