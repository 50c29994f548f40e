package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/folder"
)

const (
	// stdin is the argument that stands for standard input, and stdinName what it is called in issues.
	stdin     = "-"
	stdinName = "stdin"
	// maxSource is the number of bytes that are read of a file, one more than a definition may have.
	maxSource = 1<<20 + 1
)

// definitions are the files that arguments name.
type definitions struct {
	sources []definition.Source
	// unread says, a sentence each, which of them can't be read.
	unread []string
}

// readDefinitions reads files, the YAML files of folders, and standard input.
func readDefinitions(paths []string, in io.Reader) definitions {
	var d definitions
	for _, path := range paths {
		if path == stdin {
			d.add(stdinName, in)
			continue
		}
		info, err := os.Stat(path)
		switch {
		case err != nil:
			d.refuse(path, err)
		case info.IsDir():
			d.addFolder(path)
		default:
			d.addFile(path)
		}
	}
	return d
}

// refuse notes that a path can't be read.
func (d *definitions) refuse(path string, err error) {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	d.unread = append(d.unread, fmt.Sprintf("%s can't be read: %v", path, err))
}

// add reads a source, unless it was read before under the same name.
func (d *definitions) add(name string, from io.Reader) {
	if slices.ContainsFunc(d.sources, func(s definition.Source) bool { return s.Name == name }) {
		return
	}
	content, err := io.ReadAll(io.LimitReader(from, maxSource))
	if err != nil {
		d.refuse(name, err)
		return
	}
	d.sources = append(d.sources, definition.Source{Name: name, Content: content})
}

// addFile reads a file.
func (d *definitions) addFile(path string) {
	f, err := os.Open(path)
	if err != nil {
		d.refuse(path, err)
		return
	}
	defer f.Close()
	d.add(filepath.ToSlash(filepath.Clean(path)), f)
}

// addFolder reads the YAML files of a folder.
func (d *definitions) addFolder(path string) {
	sources, unread, err := folder.Sources(path)
	if err != nil {
		d.refuse(path, err)
		return
	}
	within := func(name string) string { return filepath.ToSlash(filepath.Join(path, name)) }
	for _, s := range sources {
		d.add(within(s.Name), strings.NewReader(string(s.Content)))
	}
	for _, f := range unread {
		d.unread = append(d.unread, within(f.File)+": "+f.Message)
	}
	if len(sources)+len(unread) == 0 {
		d.unread = append(d.unread, path+" has no files that end in .yaml or .yml; name a folder with catalogs, or a file")
	}
}

// checked is what checking definitions found.
type checked struct {
	// catalogs are those that the definitions make, compiled, in the order in which they are met.
	catalogs []*catalog.Catalog
	// names are those of all catalogs, also of those that can't be made.
	names  []string
	issues definition.Issues
	// nameless are the issues of files that may belong to any catalog, since no name of one can be read in them.
	nameless definition.Issues
}

// check checks all catalogs that sources make together, one for each name as the data source does with a folder, and the presets
// among them, which all catalogs may use.
func check(sources []definition.Source) checked {
	var c checked
	of := map[string][]definition.Source{}
	presets, catalogs := split(sources)
	for _, source := range presets {
		_, issues := definition.ReadPresets(source)
		c.add(issues)
	}
	for _, source := range catalogs {
		head := definition.HeadOf(source)
		if len(head.Names) == 0 {
			_, issues := definition.Load(source)
			c.add(issues)
			c.nameless = append(c.nameless, issues...)
		}
		for _, name := range head.Names {
			if of[name] == nil {
				c.names = append(c.names, name)
			}
			of[name] = append(of[name], source)
		}
	}
	for _, name := range c.names {
		loaded, issues := definition.LoadNamed(name, append(of[name], presets...)...)
		c.add(issues)
		c.compile(loaded)
	}
	return c
}

// split returns the sources that hold presets, and the others.
func split(sources []definition.Source) (presets, catalogs []definition.Source) {
	for _, source := range sources {
		if definition.HoldsPresets(source) {
			presets = append(presets, source)
		} else {
			catalogs = append(catalogs, source)
		}
	}
	return presets, catalogs
}

// compile compiles a catalog; nil is none.
func (c *checked) compile(loaded *cer.Catalog) {
	if loaded == nil {
		return
	}
	compiled, err := catalog.Compile(loaded)
	if err != nil { // Loading has checked what is compiled.
		c.add(definition.Issues{{Message: fmt.Sprintf("the catalog %s can't be compiled, which is a bug in cer: %v", loaded.Name, err)}})
		return
	}
	c.catalogs = append(c.catalogs, compiled)
}

// add adds issues that are not known: a document that belongs to any catalog is read with each.
func (c *checked) add(issues definition.Issues) {
	for _, issue := range issues {
		if !slices.Contains(c.issues, issue) {
			c.issues = append(c.issues, issue)
		}
	}
}

// loadCatalog returns the catalog of a name that a file or a folder makes; "" stands for the only one.
func loadCatalog(path, name string, in io.Reader) (*catalog.Catalog, error) {
	read := readDefinitions([]string{path}, in)
	if len(read.unread) > 0 {
		return nil, errors.New(strings.Join(read.unread, "\n"))
	}
	found := check(read.sources)
	if len(found.nameless) > 0 && len(found.names) > 0 {
		return nil, fmt.Errorf("%s has files that may belong to the catalog, and can't be read; fix them, or move them elsewhere:\n%w", path, found.nameless)
	}
	for _, c := range found.catalogs {
		if c.Name == name || name == "" && len(found.names) == 1 {
			return c, nil
		}
	}
	switch {
	case name != "" && !slices.Contains(found.names, name) && len(found.names) > 0:
		return nil, fmt.Errorf("%s has no catalog %s; it has %s", path, name, strings.Join(found.names, ", "))
	case name == "" && len(found.names) > 1:
		return nil, fmt.Errorf("%s has several catalogs; choose one by --name: %s", path, strings.Join(found.names, ", "))
	default:
		refused := slices.DeleteFunc(found.issues, func(i definition.Issue) bool { return i.Warning || i.Withholds })
		return nil, fmt.Errorf("%s contains no valid catalog:\n%w", path, refused)
	}
}
