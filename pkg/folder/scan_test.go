//go:build unix

package folder

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
)

// link creates a symbolic link.
func link(t *testing.T, target, at string) {
	t.Helper()
	if err := os.Symlink(target, at); err != nil {
		t.Fatal(err)
	}
}

// paths returns the paths of the files of a scan, separated by commas, with the read errors of those that have one.
func paths(s scan) string {
	var all []string
	for _, f := range s.files {
		name := f.path
		if f.readError != "" {
			name += " (" + f.readError + ")"
		}
		all = append(all, name)
	}
	return strings.Join(all, ", ")
}

// mount writes files as Kubernetes mounts a version of a ConfigMap: in a hidden directory that a hidden link points to,
// with a visible link to each top-level name. It deletes the directory of the version before.
func mount(t *testing.T, dir, version string, content files) {
	t.Helper()
	for name, text := range content {
		write(t, dir, files{"..v" + version + "/" + name: text})
		top, _, _ := strings.Cut(name, "/")
		if _, err := os.Lstat(filepath.Join(dir, top)); err != nil {
			link(t, filepath.Join("..data", top), filepath.Join(dir, top))
		}
	}
	before, _ := os.Readlink(filepath.Join(dir, "..data"))
	link(t, "..v"+version, filepath.Join(dir, "..data_tmp"))
	if err := os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")); err != nil {
		t.Fatal(err)
	}
	if before != "" {
		if err := os.RemoveAll(filepath.Join(dir, before)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAMountedConfigMap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		mount(t, dir, "1", files{"shop.yaml": yamlOf("shop", "home"), "team/more.yaml": yamlOf("shop", "till")})
		if got := paths(scanFolder(dir, scan{})); got != "shop.yaml, team/more.yaml" {
			t.Errorf("the files are %s", got)
		}
		f := New(Config{Path: dir})
		defer f.Close()
		if found := f.Catalog(t.Context(), "shop", 1); found.State != Good || flows(found) != "home till" {
			t.Errorf("the catalog is %+v", found)
		}
		mount(t, dir, "2", files{"shop.yaml": yamlOf("shop", "start"), "team/more.yaml": yamlOf("shop", "till")})
		f.Refresh(t.Context())
		if found := f.Catalog(t.Context(), "shop", 1); found.State != Good || flows(found) != "start till" {
			t.Errorf("after an update, the catalog is %+v", found)
		}
	})
}

func TestReadFolder(t *testing.T) {
	const good = "a: b\n"
	outside := t.TempDir()
	write(t, outside, files{"secret.yaml": good, "folder/secret.yaml": good})
	tests := map[string]struct {
		make func(t *testing.T, dir string)
		want string
	}{
		"files": {func(t *testing.T, dir string) {
			write(t, dir, files{"a.yaml": good, "b.yml": good, "c.json": good, "d.YAML": good, "yaml": good})
		}, "a.yaml, b.yml"},
		"a link within": {func(t *testing.T, dir string) {
			write(t, dir, files{".b/c.txt": good})
			link(t, ".b/c.txt", filepath.Join(dir, "a.yaml"))
		}, "a.yaml"},
		"an absolute link within": {func(t *testing.T, dir string) {
			write(t, dir, files{".b/c.yaml": good})
			link(t, filepath.Join(dir, ".b", "c.yaml"), filepath.Join(dir, "a.yaml"))
		}, "a.yaml"},
		"two links to one file": {func(t *testing.T, dir string) {
			write(t, dir, files{"c.yaml": good})
			link(t, "c.yaml", filepath.Join(dir, "a.yaml"))
			link(t, "a.yaml", filepath.Join(dir, "b.yaml"))
		}, "a.yaml"},
		"a link out by the path": {func(t *testing.T, dir string) {
			link(t, filepath.Join(outside, "secret.yaml"), filepath.Join(dir, "a.yaml"))
		},
			"a.yaml (it is a link that leads out of the folder)"},
		"a link out by steps up": {func(t *testing.T, dir string) {
			up, err := filepath.Rel(dir, filepath.Join(outside, "secret.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			link(t, up, filepath.Join(dir, "a.yaml"))
		}, "a.yaml (it is a link that leads out of the folder)"},
		"a link to a link out": {func(t *testing.T, dir string) {
			link(t, outside, filepath.Join(dir, ".hidden"))
			link(t, ".hidden/secret.yaml", filepath.Join(dir, "a.yaml"))
		}, "a.yaml (it is a link that leads out of the folder)"},
		"a link to a folder outside": {func(t *testing.T, dir string) { link(t, outside, filepath.Join(dir, "team")) },
			"team (it is a link that leads out of the folder)"},
		"a link to the folder whose name begins alike": {func(t *testing.T, dir string) {
			write(t, dir+"-more", files{"secret.yaml": good})
			link(t, dir+"-more/secret.yaml", filepath.Join(dir, "a.yaml"))
		}, "a.yaml (it is a link that leads out of the folder)"},
		"a link out that is not YAML does not matter": {func(t *testing.T, dir string) {
			link(t, filepath.Join(outside, "secret.yaml"), filepath.Join(dir, "a.txt"))
		}, ""},
		"a link to nothing": {func(t *testing.T, dir string) { link(t, "b", filepath.Join(dir, "a.yaml")) }, "a.yaml (it can't be read: no such file or directory)"},
		"a link to itself":  {func(t *testing.T, dir string) { link(t, "a.yaml", filepath.Join(dir, "a.yaml")) }, "a.yaml (it can't be read: too many links)"},
		"a link to the folder itself": {func(t *testing.T, dir string) {
			write(t, dir, files{"a.yaml": good, "sub/b.yaml": good})
			link(t, "..", filepath.Join(dir, "sub", "loop"))
			link(t, ".", filepath.Join(dir, "here"))
		}, "a.yaml, sub/b.yaml"},
		"a pipe that nobody writes to": {func(t *testing.T, dir string) {
			if err := syscall.Mkfifo(filepath.Join(dir, "a.yaml"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "a.yaml (it is not a regular file)"},
		"a device":                         {func(t *testing.T, dir string) { link(t, "/dev/zero", filepath.Join(dir, "a.yaml")) }, "a.yaml (it is a link that leads out of the folder)"},
		"a folder with the name of a file": {func(t *testing.T, dir string) { write(t, dir, files{"a.yaml/b.yaml": good}) }, "a.yaml/b.yaml"},
		"a large file": {func(t *testing.T, dir string) {
			write(t, dir, files{"a.yaml": strings.Repeat("#", maxFile+1), "b.yaml": strings.Repeat("#", maxFile)})
		},
			"a.yaml (it is larger than 1 MiB; split the catalog into several files), b.yaml"},
		"folders in folders": {func(t *testing.T, dir string) {
			write(t, dir, files{"1/2/3/4/5/6/7/8/a.yaml": good, "1/2/3/4/5/6/7/8/9/a.yaml": good})
		}, "1/2/3/4/5/6/7/8/9 (it is more than 8 folders deep), 1/2/3/4/5/6/7/8/a.yaml"},
		"as many files as may be": {func(t *testing.T, dir string) { write(t, dir, many(8, strings.Repeat("#", maxFile))) },
			"000.yaml, 001.yaml, 002.yaml, 003.yaml, 004.yaml, 005.yaml, 006.yaml, 007.yaml"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			test.make(t, dir)
			read, err := readFolder(dir)
			if got := paths(scan{files: read}); got != test.want || err != nil {
				t.Errorf("the files are %s, %v\nwant %s", got, err, test.want)
			}
		})
	}
}

// many returns n files with the same content.
func many(n int, content string) files {
	all := files{}
	for i := range n {
		all[fmt.Sprintf("%03d.yaml", i)] = content
	}
	return all
}

func TestFoldersOverALimit(t *testing.T) {
	tests := map[string]struct {
		content files
		err     string
	}{
		"too many files":              {many(maxFiles+1, "a: b\n"), "it contains more than 1000 YAML files"},
		"too much in them":            {many(9, strings.Repeat("#", maxFile)), "its YAML files have more than 8 MiB in all"},
		"too much of everything else": {manyOthers(), "it contains more than 10000 files and folders"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, files{"000.yaml": yamlOf("shop", "home")})
			before := scanFolder(dir, scan{})
			write(t, dir, test.content)
			s := scanFolder(dir, before)
			if s.err == nil || s.err.Error() != test.err || len(s.files) != 1 {
				t.Errorf("the error is %v with %d files, want %s and the file of the scan before", s.err, len(s.files), test.err)
			}
		})
	}
}

// manyOthers returns maxEntries files that are not YAML.
func manyOthers() files {
	all := files{}
	for i := range maxEntries {
		all[fmt.Sprintf("%05d.txt", i)] = "x"
	}
	return all
}

func TestALinkThatIsChangedBeforeReadingOpensNothingOutside(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	write(t, outside, files{"secret.yaml": "secret: 1\n"})
	write(t, dir, files{"a.yaml": "a: b\n"})
	entries, err := list(dir)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, files{"a.yaml": ""})
	link(t, filepath.Join(outside, "secret.yaml"), filepath.Join(dir, "a.yaml"))
	read, err := readAll(dir, entries)
	if err != nil || len(read) != 1 || read[0].readError == "" || len(read[0].content) > 0 {
		t.Errorf("the file is %+v, %v", read[0], err)
	}
	write(t, dir, files{"a.yaml": ""})
	if err := syscall.Mkfifo(filepath.Join(dir, "a.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	if read, err = readAll(dir, entries); err != nil || read[0].readError != "it is not a regular file" {
		t.Errorf("the file is %+v, %v", read[0], err)
	}
}

func TestFilesOfAnUnreadableDirectoryAreNotDeleted(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, files{"a.yaml": yamlOf("shop", "home"), "team/b.yaml": yamlOf("shop", "till")})
	before := scanFolder(dir, scan{})
	if err := os.Rename(filepath.Join(dir, "team"), filepath.Join(t.TempDir(), "away")); err != nil {
		t.Fatal(err)
	}
	link(t, t.TempDir(), filepath.Join(dir, "team"))
	after := scanFolder(dir, before)
	k := key{org: 1, name: "shop"}
	found := after.catalog(k, before.catalog(k, nil)).status
	if found.State != Refused || flows(found) != "home till" {
		t.Errorf("the catalog is %+v", found)
	}
}
