package packaging_test

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/packaging"
)

// platforms are those of the small plugin of these tests.
var platforms = []packaging.Platform{{OS: "linux", Arch: "amd64"}, {OS: "windows", Arch: "amd64"}}

// dist writes a small plugin that has nothing wrong, changed as the test says: a file without content is left out.
func dist(t *testing.T, changes map[string]string) string {
	t.Helper()
	files := map[string]string{
		"plugin.json": `{"id":"acme-x-datasource","executable":"gpx_x","info":{"version":"1.2.3","updated":"2026-01-02",
			"logos":{"small":"img/small.svg","large":"img/large.svg"},"screenshots":[{"path":"img/shot.png"}]},
			"includes":[{"type":"dashboard","path":"dashboards/x.json"},{"type":"page","path":"/nowhere"}]}`,
		"module.js": "define()", "README.md": "[x](https://x.example) [y](#y)", "CHANGELOG.md": "# x", "LICENSE": "free",
		"img/small.svg": "<svg/>", "img/large.svg": "<svg/>", "img/shot.png": "png", "dashboards/x.json": "{}",
		"gpx_x_linux_amd64": "ELF", "gpx_x_windows_amd64.exe": "MZ",
	}
	for name, content := range changes {
		files[name] = content
	}
	dir := t.TempDir()
	for name, content := range files {
		if content == "" {
			continue
		}
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

func TestWhatIsWrongWithAnArchiveIsSaid(t *testing.T) {
	tests := map[string]struct {
		changes map[string]string
		want    string
	}{
		"no frontend":                   {map[string]string{"module.js": ""}, `"module.js" is missing`},
		"no license":                    {map[string]string{"LICENSE": ""}, `"LICENSE" is missing`},
		"a logo that is not there":      {map[string]string{"img/large.svg": ""}, `"img/large.svg" is missing`},
		"a picture that is not there":   {map[string]string{"img/shot.png": ""}, `"img/shot.png" is missing`},
		"a dashboard left out":          {map[string]string{"dashboards/x.json": ""}, `"dashboards/x.json" is missing`},
		"a platform left out":           {map[string]string{"gpx_x_linux_amd64": ""}, "gpx_x_linux_amd64 is missing"},
		"a platform too many":           {map[string]string{"gpx_x_plan9_amd64": "x"}, "gpx_x_plan9_amd64 is for a platform that is not released"},
		"a stray hidden file":           {map[string]string{"img/.DS_Store": "x"}, "img/.DS_Store has no business"},
		"the development's files":       {map[string]string{"package.json": "{}"}, "package.json has no business"},
		"a picture that is left behind": {map[string]string{"README.md": "![x](docs/img/x.png)"}, "README.md links to docs/img/x.png, which leads nowhere"},
		"a page that is left behind":    {map[string]string{"CHANGELOG.md": "see [how](<CONTRIBUTING.md>)"}, "CHANGELOG.md links to CONTRIBUTING.md, which leads nowhere"},
		"a version not filled in": {map[string]string{"plugin.json": `{"id":"acme-x-datasource","executable":"gpx_x",
			"info":{"version":"%VERSION%","updated":"2026-01-02","logos":{"small":"img/small.svg","large":"img/large.svg"}}}`}, `the version is "%VERSION%"`},
		"a date not filled in": {map[string]string{"plugin.json": `{"id":"acme-x-datasource","executable":"gpx_x",
			"info":{"version":"1.2.3","updated":"%TODAY%","logos":{"small":"img/small.svg","large":"img/large.svg"}}}`}, `updated on "%TODAY%"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path, err := packaging.Archive(dist(t, test.changes), t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			err = packaging.Check(path, platforms)
			if err == nil || !strings.Contains(err.Error(), test.want) {
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
