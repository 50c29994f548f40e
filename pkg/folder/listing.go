package folder

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Limits, so that a path to some other folder, such as the root, does no harm. Sizes are in bytes.
const (
	maxFiles   = 1000
	maxEntries = 10_000
	maxDepth   = 8
	maxFile    = 1 << 20
	maxTotal   = 8 << 20
)

// entry is a YAML file, or a directory that can't be listed.
type entry struct {
	// path is relative to the folder, with slashes.
	path string
	// target is the path with its links resolved, relative to the resolved path of the folder.
	target string
	// refused says why the content must not be read; "" if it may.
	refused string
}

// lister lists the YAML files of a folder. It skips hidden files and directories: those of a mounted ConfigMap are the
// targets of the visible links.
type lister struct {
	// root is the resolved path of the folder.
	root    string
	entries []entry
	// visited is the number of files and directories found so far, including those that are skipped.
	visited int
	// seen holds the resolved paths of files and directories, so that none is listed twice.
	seen map[string]bool
}

// list returns the YAML files of the folder at a resolved path, sorted by path within each directory.
func list(root string) ([]entry, error) {
	l := lister{root: root, seen: map[string]bool{root: true}}
	if err := l.dir(root, "", 0); err != nil {
		return nil, err
	}
	return l.entries, nil
}

// dir lists a directory, given by its resolved path and by its path in the folder.
func (l *lister) dir(resolved, listed string, depth int) error {
	names, err := l.names(resolved)
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasPrefix(name, ".") {
			continue
		}
		if err := l.visit(filepath.Join(resolved, name), path.Join(listed, name), depth); err != nil {
			return err
		}
	}
	return nil
}

// names returns the names in a directory, sorted.
func (l *lister) names(resolved string) ([]string, error) {
	dir, err := os.Open(resolved)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(maxEntries + 1 - l.visited)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if l.visited += len(names); l.visited > maxEntries {
		return nil, fmt.Errorf("it contains more than %d files and folders", maxEntries)
	}
	slices.Sort(names)
	return names, nil
}

// visit lists the file at a path if it is a YAML file, or the files in it if it is a directory.
func (l *lister) visit(at, listed string, depth int) error {
	found, err := l.resolve(at, listed)
	if err != nil || found.refused != "" {
		if isYAML(listed) || found.isDir {
			return l.add(entry{path: listed, refused: found.because(err)})
		}
		return nil
	}
	switch {
	case l.seen[found.path]:
		return nil
	case found.isDir && depth == maxDepth:
		return l.add(entry{path: listed, refused: fmt.Sprintf("it is more than %d folders deep", maxDepth)})
	case found.isDir:
		l.seen[found.path] = true
		if err := l.dir(found.path, listed, depth+1); err != nil {
			return l.add(entry{path: listed, refused: found.because(err)})
		}
		return nil
	case !isYAML(listed):
		return nil
	}
	l.seen[found.path] = true
	return l.add(entry{path: listed, target: found.target})
}

// add adds an entry.
func (l *lister) add(e entry) error {
	if len(l.entries) == maxFiles {
		return fmt.Errorf("it contains more than %d YAML files", maxFiles)
	}
	l.entries = append(l.entries, e)
	return nil
}

// destination is the file or directory that a path leads to.
type destination struct {
	// path is absolute, and target relative to the resolved path of the folder.
	path, target string
	isDir        bool
	// refused says why it must not be read; "" if it may.
	refused string
}

// because returns why it was not read, without the path of the folder.
func (d destination) because(err error) string {
	if err != nil {
		return "it can't be read: " + reason(err)
	}
	return d.refused
}

// resolve follows the links of a path. It refuses targets outside of the folder and files that must not be read.
func (l *lister) resolve(at, listed string) (destination, error) {
	resolved, err := filepath.EvalSymlinks(at)
	if err != nil {
		return destination{}, err
	}
	info, err := os.Lstat(resolved)
	if err != nil {
		return destination{}, err
	}
	d := destination{path: resolved, isDir: info.IsDir()}
	target, err := filepath.Rel(l.root, resolved)
	switch {
	case err != nil || !filepath.IsLocal(target):
		d.refused = "it is a link that leads out of the folder"
	case !d.isDir && !info.Mode().IsRegular():
		d.refused = "it is not a regular file"
	case !d.isDir && isYAML(listed) && info.Size() > maxFile:
		d.refused = tooLarge
	}
	d.target = target
	return d, nil
}

// isYAML reports whether a path has the extension of a YAML file.
func isYAML(listed string) bool {
	return strings.HasSuffix(listed, ".yaml") || strings.HasSuffix(listed, ".yml")
}

// reason returns the message of an error without the path in it.
func reason(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err.Error()
	}
	return strings.TrimPrefix(err.Error(), "EvalSymlinks: ")
}
