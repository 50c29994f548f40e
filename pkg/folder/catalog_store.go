package folder

import (
	"maps"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/catalog"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

// catalogStore holds the catalogs that were asked for, so that the last good version of each is known. It does not
// change.
type catalogStore map[key]*storedCatalog

// key identifies a catalog as an organisation may see it.
type key struct {
	org  int64
	name string
}

// storedCatalog is a catalog and the files it is made of. It does not change.
type storedCatalog struct {
	status CatalogStatus
	// files are the current files that the organisation may use, those with presets included. Of the last good version good are the
	// files without those with presets, and used all of them.
	files, good, used []*file
}

// after returns the store after a scan.
func (s catalogStore) after(found scan) catalogStore {
	now := catalogStore{}
	for k, before := range s {
		if stored := found.catalog(k, before); stored != nil {
			now[k] = stored
		}
	}
	return now
}

// with returns the store with one more catalog.
func (s catalogStore) with(k key, stored *storedCatalog) catalogStore {
	now := catalogStore{k: stored}
	maps.Copy(now, s)
	return now
}

// catalog returns the catalog of a key after a scan; before is the catalog before it, or nil. It returns nil if the
// organisation may not know of the catalog.
func (s scan) catalog(k key, before *storedCatalog) *storedCatalog {
	mine, others := s.filesOf(k)
	available := slices.Concat(mine, s.presetsFor(k.org))
	if before == nil || before.isMadeOf(others) {
		before = &storedCatalog{}
	}
	switch {
	case len(mine) == 0 && (len(others) > 0 || before.status.Catalog == nil):
		return nil // An organisation that was removed from orgs loses the last good version too.
	case before.status.State != Absent && slices.Equal(before.files, available):
		return before
	}
	now := &storedCatalog{files: available, good: before.good, used: before.used, status: before.status}
	now.status.Name = k.name
	if len(mine) == 0 {
		now.status.State, now.status.Issues = Gone, nil
		return now
	}
	compiled, issues := load(k.name, available)
	now.status.Issues = issues
	if compiled == nil {
		now.status.State = Refused
		return now
	}
	now.status.Changed = changed(before.used, available)
	now.good, now.used = mine, available
	now.status.State, now.status.Catalog = Good, compiled
	return now
}

// changed returns which files of a version are not those of the version before.
func changed(before, now []*file) []Changed {
	var all []Changed
	for _, f := range now {
		if !slices.Contains(before, f) {
			all = append(all, Changed{Path: f.path, Modified: f.modified})
		}
	}
	return all
}

// filesOf returns the files of a catalog: those that the organisation may use, and the others.
func (s scan) filesOf(k key) (mine, others []*file) {
	for _, f := range s.files {
		switch {
		case !f.belongsTo(k.name):
		case f.allows(k.org):
			mine = append(mine, f)
		default:
			others = append(others, f)
		}
	}
	return mine, others
}

// presetsFor returns the files of presets that an organisation may use.
func (s scan) presetsFor(org int64) []*file {
	var presets []*file
	for _, f := range s.files {
		if f.head.Presets && f.readError == "" && !f.redacted && f.allows(org) {
			presets = append(presets, f)
		}
	}
	return presets
}

// isMadeOf reports whether the last good version was made of one of the files, by their paths.
func (c *storedCatalog) isMadeOf(files []*file) bool {
	return slices.ContainsFunc(c.good, func(good *file) bool {
		return slices.ContainsFunc(files, func(f *file) bool { return f.path == good.path })
	})
}

// load returns the catalog of a name that files make; nil if they make none. Issues of files as a whole come first.
func load(name string, files []*file) (*catalog.Catalog, definition.Issues) {
	var broken definition.Issues
	var sources []definition.Source
	for _, f := range files {
		switch {
		case f.readError != "":
			broken = append(broken, definition.Issue{File: f.path, Line: 1, Column: 1, Message: f.readError})
		case f.redacted:
			broken = append(broken, definition.Issue{File: f.path, Line: 1, Column: 1, Message: "it can't be read completely; Grafana's log says where"})
		default:
			sources = append(sources, f.source())
		}
	}
	if len(sources) == 0 {
		return nil, broken
	}
	loaded, issues := definition.LoadNamed(name, sources...)
	issues = append(broken, issues...)
	if loaded == nil || len(broken) > 0 {
		return nil, issues
	}
	compiled, err := catalog.Compile(loaded)
	if err != nil { // Loading has checked what is compiled.
		issues = append(issues, definition.Issue{Message: "the catalog can't be compiled, which is a bug in the plugin: " + err.Error()})
	}
	return compiled, issues
}
