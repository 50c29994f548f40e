package folder

import (
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

// key names what an organisation is given.
type key struct {
	org  int64
	name string
}

// kept is what is known of a key. It does not change.
type kept struct {
	found Found
	// files are those that the organisation may use of the catalog, good those of which the last good one was made.
	files, good []*file
}

// compose returns what a scan holds for a key, of which something else was known before, or nil. It returns nil where
// there is nothing for the organisation to know of.
func (s scan) compose(k key, before *kept) *kept {
	mine, others := s.filesOf(k)
	if before == nil || before.rests(others) {
		before = &kept{}
	}
	switch {
	case len(mine) == 0 && (len(others) > 0 || before.found.Catalog == nil):
		return nil // What an organisation may use no longer is taken from it, even where it was good.
	case before.found.State != Absent && slices.Equal(before.files, mine):
		return before
	}
	now := &kept{files: mine, good: before.good, found: before.found}
	now.found.Name = k.name
	if len(mine) == 0 {
		now.found.State, now.found.Issues = Gone, nil
		return now
	}
	catalog, issues := load(k.name, mine)
	now.found.Issues = issues
	if catalog == nil {
		now.found.State = Refused
		return now
	}
	now.good = mine
	now.found.State, now.found.Catalog, now.found.Revision = Good, catalog, catalog.Revision()
	return now
}

// filesOf returns the files of a catalog, those that the organisation may use and the others.
func (s scan) filesOf(k key) (mine, others []*file) {
	for _, f := range s.files {
		switch {
		case !f.isFor(k.name):
		case f.allows(k.org):
			mine = append(mine, f)
		default:
			others = append(others, f)
		}
	}
	return mine, others
}

// rests reports whether the last good catalog was made of one of the files, as far as their paths say.
func (k *kept) rests(files []*file) bool {
	return slices.ContainsFunc(k.good, func(good *file) bool {
		return slices.ContainsFunc(files, func(f *file) bool { return f.path == good.path })
	})
}

// load reads the catalog of that name from files. What is wrong with a file as a whole comes before what is wrong
// within.
func load(name string, files []*file) (*cer.Catalog, definition.Issues) {
	var broken definition.Issues
	var sources []definition.Source
	for _, f := range files {
		switch {
		case f.unread != "":
			broken = append(broken, definition.Issue{File: f.path, Line: 1, Column: 1, Message: f.unread})
		case f.muted:
			broken = append(broken, definition.Issue{File: f.path, Line: 1, Column: 1, Message: "it can't be read to its end; Grafana's log says where"})
		default:
			sources = append(sources, f.source())
		}
	}
	if len(sources) == 0 {
		return nil, broken
	}
	catalog, issues := definition.LoadNamed(name, sources...)
	if len(broken) > 0 {
		catalog = nil
	}
	return catalog, append(broken, issues...)
}
