package packaging_test

import (
	"archive/zip"
	"path/filepath"
	"slices"
	"testing"

	"github.com/cer-reliability/cer-datasource/pkg/packaging"
)

func TestAnArchiveOfTheCommandHoldsWhatIsNeeded(t *testing.T) {
	files := dist(t, nil) // Any files will do.
	for _, test := range []struct{ os, archive, binary string }{
		{"linux", "cer-1.2.3-linux-amd64", "cer"},
		{"windows", "cer-1.2.3-windows-amd64", "cer.exe"},
	} {
		platform := packaging.Platform{OS: test.os, Arch: "amd64"}
		path, err := packaging.CommandArchive(filepath.Join(files, "gpx_x_linux_amd64"), platform, "1.2.3", t.TempDir(), filepath.Join(files, "LICENSE"))
		if err != nil {
			t.Fatal(err)
		}
		if got := filepath.Base(path); got != test.archive+".zip" {
			t.Errorf("the archive is called %s", got)
		}
		archive, err := zip.OpenReader(path)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range archive.File {
			got = append(got, f.Mode().String()+" "+f.Name)
		}
		want := []string{"-rwxr-xr-x " + test.archive + "/" + test.binary, "-rw-r--r-- " + test.archive + "/LICENSE"}
		if !slices.Equal(got, want) {
			t.Errorf("the archive holds %q, want %q", got, want)
		}
		if err := archive.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestAnArchiveOfTheCommandNeedsItsFiles(t *testing.T) {
	files := dist(t, nil)
	_, err := packaging.CommandArchive(filepath.Join(files, "nothing"), packaging.Platform{OS: "linux", Arch: "amd64"}, "1.2.3", t.TempDir())
	if err == nil {
		t.Error("an archive without the binary is made")
	}
}
