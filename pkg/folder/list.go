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

// What is read at most, so that a folder which is not meant to be one of catalogs does no harm.
const (
	maxFiles   = 1000
	maxEntries = 10_000
	maxDepth   = 8
	maxFile    = 1 << 20
	maxTotal   = 8 << 20
)

// entry is a YAML file as the folder lists it.
type entry struct {
	// path is where it is listed, relative to the folder and with slashes.
	path string
	// target is where its content stands, links resolved, relative to the folder's own resolved path.
	target string
	// refused says why its content must not be read; "" where it may.
	refused string
}

// lister walks a folder. Hidden files and folders are passed over: in a mounted ConfigMap they hold what the links
// beside them name.
type lister struct {
	// root is the resolved path of the folder.
	root    string
	entries []entry
	looked  int
	// seen holds the resolved paths of the files and folders listed, so that none is read twice.
	seen map[string]bool
}

// list returns the YAML files of a folder, whose path is resolved, by their paths.
func list(root string) ([]entry, error) {
	l := lister{root: root, seen: map[string]bool{root: true}}
	if err := l.folder(root, "", 0); err != nil {
		return nil, err
	}
	return l.entries, nil
}

// folder lists what stands in a folder, given by its resolved path and by the path at which it is listed.
func (l *lister) folder(resolved, listed string, depth int) error {
	names, err := l.names(resolved)
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasPrefix(name, ".") {
			continue
		}
		if err := l.look(filepath.Join(resolved, name), path.Join(listed, name), depth); err != nil {
			return err
		}
	}
	return nil
}

// names returns the names in a folder in their order.
func (l *lister) names(resolved string) ([]string, error) {
	dir, err := os.Open(resolved)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(maxEntries + 1 - l.looked)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if l.looked += len(names); l.looked > maxEntries {
		return nil, fmt.Errorf("more than %d files and folders stand in it", maxEntries)
	}
	slices.Sort(names)
	return names, nil
}

// look lists what stands at a path if it is a YAML file, or what stands in it if it is a folder.
func (l *lister) look(at, listed string, depth int) error {
	found, err := l.resolve(at, listed)
	if err != nil || found.refused != "" {
		if isYAML(listed) || found.isFolder {
			return l.add(entry{path: listed, refused: found.because(err)})
		}
		return nil
	}
	switch {
	case l.seen[found.resolved]:
		return nil
	case found.isFolder && depth == maxDepth:
		return l.add(entry{path: listed, refused: fmt.Sprintf("it lies more than %d folders deep", maxDepth)})
	case found.isFolder:
		l.seen[found.resolved] = true
		if err := l.folder(found.resolved, listed, depth+1); err != nil {
			return l.add(entry{path: listed, refused: found.because(err)})
		}
		return nil
	case !isYAML(listed):
		return nil
	}
	l.seen[found.resolved] = true
	return l.add(entry{path: listed, target: found.target})
}

// add lists an entry.
func (l *lister) add(e entry) error {
	if len(l.entries) == maxFiles {
		return fmt.Errorf("more than %d YAML files stand in it", maxFiles)
	}
	l.entries = append(l.entries, e)
	return nil
}

// place is where a path leads once its links are resolved.
type place struct {
	resolved, target string
	isFolder         bool
	refused          string
}

// because says why a place is refused, in words that do not show where the folder stands.
func (p place) because(err error) string {
	if err != nil {
		return "it can't be read: " + reason(err)
	}
	return p.refused
}

// resolve follows the links of a path, and refuses what they must not lead to.
func (l *lister) resolve(at, listed string) (place, error) {
	resolved, err := filepath.EvalSymlinks(at)
	if err != nil {
		return place{}, err
	}
	info, err := os.Lstat(resolved)
	if err != nil {
		return place{}, err
	}
	p := place{resolved: resolved, isFolder: info.IsDir()}
	target, err := filepath.Rel(l.root, resolved)
	switch {
	case err != nil || !filepath.IsLocal(target):
		p.refused = "it is a link that leads out of the folder"
	case !p.isFolder && !info.Mode().IsRegular():
		p.refused = "it is no regular file"
	case !p.isFolder && isYAML(listed) && info.Size() > maxFile:
		p.refused = tooLarge
	}
	p.target = target
	return p, nil
}

// isYAML reports whether a path is that of a file that is read.
func isYAML(listed string) bool {
	return strings.HasSuffix(listed, ".yaml") || strings.HasSuffix(listed, ".yml")
}

// reason returns what went wrong without the path that it went wrong at.
func reason(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err.Error()
	}
	return strings.TrimPrefix(err.Error(), "EvalSymlinks: ")
}
