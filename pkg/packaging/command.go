package packaging

import (
	"archive/zip"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// CommandName returns what the command cer is called on a platform.
func CommandName(p Platform) string {
	if p.OS == "windows" {
		return "cer.exe"
	}
	return "cer"
}

// CommandArchive writes the archive of the command's binary for a platform into a directory, with other files beside it, and returns
// its path. All of it lies in one folder.
func CommandArchive(binary string, platform Platform, version, into string, files ...string) (string, error) {
	name := "cer-" + version + "-" + platform.OS + "-" + platform.Arch
	target := filepath.Join(into, name+".zip")
	file, err := os.Create(target)
	if err != nil {
		return "", err
	}
	archive := zip.NewWriter(file)
	add := func(from, as string, mode fs.FileMode) error {
		return addFile(archive, os.DirFS(filepath.Dir(from)), filepath.Base(from), path.Join(name, as), mode)
	}
	errs := []error{add(binary, CommandName(platform), 0o755)}
	for _, from := range files {
		errs = append(errs, add(from, filepath.Base(from), 0o644))
	}
	return target, errors.Join(append(errs, archive.Close(), file.Close())...)
}
