package folder

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// tooLarge is the read error of a file larger than maxFile.
const tooLarge = "it is larger than 1 MiB; split the catalog into several files"

// scan is the content of the folder at one time. It does not change.
type scan struct {
	files []*file
	// err says why the folder could not be read; nil if it was. The files are then those of the last scan that succeeded.
	err error
}

// maxAttempts is the number of times that a folder is read while it keeps changing.
const maxAttempts = 3

// scanFolder reads the folder at a path. A file that has not changed is the same pointer as in the scan before.
func scanFolder(folder string, before scan) scan {
	files, err := readFolder(folder)
	if err != nil {
		return scan{files: before.files, err: err}
	}
	files = append(files, before.unreachable(files)...)
	known := map[string]*file{}
	for _, f := range before.files {
		known[f.path] = f
	}
	for i, f := range files {
		last := known[f.path]
		if last != nil && last.readError == f.readError && bytes.Equal(last.content, f.content) {
			files[i] = last
			continue
		}
		f.classify(last)
	}
	return scan{files: files}
}

// unreachable returns the files of the scan in directories that can't be read now. They are not deleted, but can't be
// read either.
func (s scan) unreachable(files []*file) []*file {
	var lost []*file
	for _, f := range files {
		for _, last := range s.files {
			if f.readError != "" && strings.HasPrefix(last.path, f.path+"/") {
				lost = append(lost, &file{path: last.path, readError: f.readError})
			}
		}
	}
	return lost
}

// readFolder returns the files of the folder at a path. It reads a folder again that changes meanwhile: an update of a
// mounted ConfigMap replaces all files at once, and some old and some new ones would make a catalog of neither version.
func readFolder(folder string) ([]*file, error) {
	if !filepath.IsAbs(folder) {
		return nil, errors.New("its path is not absolute; start it with /")
	}
	var files []*file
	for range maxAttempts {
		root, err := filepath.EvalSymlinks(folder)
		if err != nil {
			return nil, errors.New(reason(err))
		}
		entries, err := list(root)
		if err != nil {
			return nil, errors.New(reason(err))
		}
		if files, err = readAll(root, entries); err != nil {
			return nil, errors.New(reason(err))
		}
		if again, err := list(root); err == nil && slices.Equal(again, entries) {
			break
		}
	}
	return files, nil
}

// readAll reads the entries of the folder at a resolved path.
func readAll(resolved string, entries []entry) ([]*file, error) {
	root, err := os.OpenRoot(resolved)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	files := make([]*file, 0, len(entries))
	total := 0
	for _, e := range entries {
		f := &file{path: e.path, readError: e.refused}
		if f.readError == "" {
			f.read(root, e.target)
		}
		if total += len(f.content); total > maxTotal {
			return nil, fmt.Errorf("its YAML files have more than %d MiB in all", maxTotal>>20)
		}
		files = append(files, f)
	}
	return files, nil
}

// read sets the content of the file, or why it was not read. The root prevents files outside of it from being opened,
// even if a link was changed since it was resolved. Opening a pipe that has replaced the file does not block.
func (f *file) read(root *os.Root, target string) {
	opened, err := root.OpenFile(target, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		f.readError = "it can't be read: " + reason(err)
		return
	}
	defer opened.Close()
	info, err := opened.Stat()
	if err != nil {
		f.readError = "it can't be read: " + reason(err)
		return
	}
	if !info.Mode().IsRegular() {
		f.readError = "it is not a regular file"
		return
	}
	f.modified = info.ModTime()
	f.content, err = io.ReadAll(io.LimitReader(opened, maxFile+1))
	switch {
	case err != nil:
		f.readError = "it can't be read: " + reason(err)
	case len(f.content) > maxFile:
		f.readError = tooLarge
	}
}
