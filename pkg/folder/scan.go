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

// tooLarge is said of a file over the limit.
const tooLarge = "it is larger than 1 MiB; split the catalog into several files"

// scan is what a look at the folder found. It does not change.
type scan struct {
	files []*file
	// err says why the folder could not be read; the files are those of the last time that it could. Nil where it could.
	err error
}

// attempts is how often a folder is read that changes meanwhile.
const attempts = 3

// rescan reads a folder. A file that is as it was in the scan before is the very same file in this one.
func rescan(folder string, before scan) scan {
	files, err := readFolder(folder)
	if err != nil {
		return scan{files: before.files, err: err}
	}
	files = append(files, before.within(files)...)
	known := map[string]*file{}
	for _, f := range before.files {
		known[f.path] = f
	}
	for i, f := range files {
		last := known[f.path]
		if last != nil && last.unread == f.unread && bytes.Equal(last.content, f.content) {
			files[i] = last
			continue
		}
		f.judge(last)
	}
	return scan{files: files}
}

// within returns the files that stood in what can't be read now, a folder that is. They are not taken for deleted.
func (s scan) within(files []*file) []*file {
	var lost []*file
	for _, f := range files {
		for _, last := range s.files {
			if f.unread != "" && strings.HasPrefix(last.path, f.path+"/") {
				lost = append(lost, &file{path: last.path, unread: f.unread})
			}
		}
	}
	return lost
}

// readFolder returns the files of a folder. It reads again what changed under its hands, since the links of a
// ConfigMap are all turned at once: half of the old files and half of the new ones would make a catalog of neither.
func readFolder(folder string) ([]*file, error) {
	if !filepath.IsAbs(folder) {
		return nil, errors.New("its path is not absolute; write it from the root on")
	}
	var files []*file
	for range attempts {
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

// readAll reads the entries of a folder, given by its resolved path.
func readAll(resolved string, entries []entry) ([]*file, error) {
	root, err := os.OpenRoot(resolved)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	files := make([]*file, 0, len(entries))
	total := 0
	for _, e := range entries {
		f := &file{path: e.path, unread: e.refused}
		if f.unread == "" {
			f.content, f.unread = read(root, e.target)
		}
		if total += len(f.content); total > maxTotal {
			return nil, fmt.Errorf("its YAML files have more than %d MiB in all", maxTotal>>20)
		}
		files = append(files, f)
	}
	return files, nil
}

// read returns the content of a file, or why it is not read. The root sees to it that nothing outside is opened, even
// if a link was turned since it was resolved; and a pipe that was put in the file's place is not waited for.
func read(root *os.Root, target string) (content []byte, refused string) {
	f, err := root.OpenFile(target, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, "it can't be read: " + reason(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, "it can't be read: " + reason(err)
	}
	if !info.Mode().IsRegular() {
		return nil, "it is no regular file"
	}
	content, err = io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, "it can't be read: " + reason(err)
	case len(content) > maxFile:
		return nil, tooLarge
	default:
		return content, ""
	}
}
