package folder

import (
	"bytes"
	"regexp"
	"slices"
	"time"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
)

// file is a YAML file of the folder. It does not change after classify.
type file struct {
	path    string
	content []byte
	// modified is when the content was last written, as the file system says.
	modified time.Time
	// readError says why content is missing; "" if the file was read.
	readError string
	// head names the catalogs that the file belongs to, and the organisations that may use it. For a broken file it is
	// made of its last version and of what its text shows.
	head definition.Head
	// redacted is true if it is unknown which organisations may use the file. Issues must not quote it then.
	redacted bool
	// problem says, for Grafana's log, what is wrong with the file as a whole; "" if nothing is.
	problem string
}

// source returns the file as a source of definitions.
func (f *file) source() definition.Source { return definition.Source{Name: f.path, Content: f.content} }

// classify sets the head of the file, and its problem if it has one. The argument is the file in the previous scan; nil
// if it was not there.
func (f *file) classify(last *file) {
	if f.readError == "" {
		f.head = definition.HeadOf(f.source())
	}
	switch {
	case f.readError != "":
		f.problem = f.readError
		f.recoverHead(last)
	case f.head.Presets:
		f.problem = problemOfPresets(f.source())
		if !f.head.Whole {
			f.recoverHead(last)
		}
	case !f.head.Whole:
		_, issues := definition.Load(f.source())
		f.problem = issues.Error()
		f.recoverHead(last)
	case f.head.Orgs != nil && len(f.head.Orgs) == 0:
		f.problem = "no organisation may use all of its documents; check orgs"
	}
}

// problemOfPresets returns what is wrong with a file of presets; "" where nothing is. Catalogs that use none of them are not touched
// by it.
func problemOfPresets(source definition.Source) string {
	_, issues := definition.ReadPresets(source)
	if !issues.Faulty() {
		return ""
	}
	return issues.Error()
}

// anyName finds the names of catalogs in text that is not valid YAML.
var anyName = regexp.MustCompile(`metadata:[\s{]*name:\s*["']?([a-zA-Z][a-zA-Z0-9_-]*)`)

// recoverHead sets the head of a broken file. Its catalogs are then refused, instead of made without it.
func (f *file) recoverHead(last *file) {
	if f.readError != "" {
		f.head.Presets = last != nil && last.head.Presets
	}
	if !f.head.Presets {
		for _, match := range anyName.FindAllSubmatch(f.content, -1) {
			f.addName(string(match[1]))
		}
	}
	restricted := bytes.Contains(f.content, []byte("orgs"))
	f.redacted = restricted
	switch {
	case last != nil && (len(last.head.Names) > 0 || last.head.Presets):
		for _, name := range last.head.Names {
			f.addName(name)
		}
		f.head.Orgs = last.head.Orgs
	case restricted:
		f.head.Orgs = []int64{}
	}
}

// addName adds the name of a catalog to the head.
func (f *file) addName(name string) {
	if !slices.Contains(f.head.Names, name) {
		f.head.Names = append(f.head.Names, name)
	}
}

// belongsTo reports whether the file is part of a catalog.
func (f *file) belongsTo(name string) bool { return slices.Contains(f.head.Names, name) }

// allows reports whether an organisation may use the file.
func (f *file) allows(org int64) bool {
	return f.head.Orgs == nil || slices.Contains(f.head.Orgs, org)
}
