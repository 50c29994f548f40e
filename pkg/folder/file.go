package folder

import (
	"bytes"
	"regexp"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

// file is a YAML file of the folder. Once judged it does not change.
type file struct {
	path    string
	content []byte
	// unread says why there is no content; "" where there is.
	unread string
	// head says which catalogs the file belongs to, and who may use it. Of a file that is broken it is what is known
	// from before, and what can be made out.
	head definition.Head
	// muted says that nobody can tell who may read the text of the file, so that errors must not show it.
	muted bool
	// problem says, for the log, what is wrong with the file as such; "" where nothing is.
	problem string
}

// source returns the file as definitions are read from.
func (f *file) source() definition.Source { return definition.Source{Name: f.path, Content: f.content} }

// judge finds out what the file belongs to; last is the file as it was before, nil where it is new.
func (f *file) judge(last *file) {
	if f.unread == "" {
		f.head = definition.HeadOf(f.source())
	}
	switch {
	case f.unread != "":
		f.problem = f.unread
		f.remember(last)
	case !f.head.Whole:
		_, issues := definition.Load(f.source())
		f.problem = issues.Error()
		f.remember(last)
	case f.head.Orgs != nil && len(f.head.Orgs) == 0:
		f.problem = "no organisation may use all of it; check orgs"
	}
}

// anyName finds what is likely the name of a catalog in text that is no YAML.
var anyName = regexp.MustCompile(`metadata:[\s{]*name:\s*["']?([a-zA-Z][a-zA-Z0-9_-]*)`)

// remember fills in the head of a broken file, so that its catalogs are known to be broken rather than taken for whole
// without it.
func (f *file) remember(last *file) {
	for _, match := range anyName.FindAllSubmatch(f.content, -1) {
		f.addName(string(match[1]))
	}
	restricted := bytes.Contains(f.content, []byte("orgs"))
	f.muted = restricted
	switch {
	case last != nil && len(last.head.Names) > 0:
		for _, name := range last.head.Names {
			f.addName(name)
		}
		f.head.Orgs = last.head.Orgs
	case restricted:
		f.head.Orgs = []int64{}
	}
}

// addName adds a catalog that the file belongs to.
func (f *file) addName(name string) {
	if !slices.Contains(f.head.Names, name) {
		f.head.Names = append(f.head.Names, name)
	}
}

// isFor reports whether the file belongs to a catalog.
func (f *file) isFor(name string) bool { return slices.Contains(f.head.Names, name) }

// allows reports whether an organisation may use the file.
func (f *file) allows(org int64) bool {
	return f.head.Orgs == nil || slices.Contains(f.head.Orgs, org)
}
