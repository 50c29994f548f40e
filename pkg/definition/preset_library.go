package definition

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/preset"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// library holds the presets that a catalog may use: those of files beside it, and those that come with cer.
type library struct {
	files []*file
	known map[string]*knownPreset
	// asked are the files with a preset that was asked for.
	asked []*file
}

// knownPreset is a preset that was asked for.
type knownPreset struct {
	name string
	slis []presetSLI
	// problem says why no SLI can be made of it; "" where they can.
	problem string
}

// presetSLI is an SLI as the file of a preset states it.
type presetSLI struct {
	name string
	at   node
}

// sli returns the SLI of a name.
func (p *knownPreset) sli(name string) (presetSLI, bool) {
	i := slices.IndexFunc(p.slis, func(s presetSLI) bool { return s.name == name })
	if i < 0 {
		return presetSLI{}, false
	}
	return p.slis[i], true
}

// sliNames returns the names of the SLIs.
func (p *knownPreset) sliNames() []string {
	var names []string
	for _, s := range p.slis {
		names = append(names, s.name)
	}
	return names
}

// find returns the preset of a name that n states; nil where there is none, or none that is right, which is said at n.
func (l *library) find(n node, name string) *knownPreset {
	found, known := l.known[name]
	if !known {
		if l.known == nil {
			l.known = map[string]*knownPreset{}
		}
		found = l.load(name)
		l.known[name] = found
	}
	switch {
	case found == nil:
		n.refuse("there is no preset of this name; %s%s", n.choices(name, l.names()), l.unread())
		return nil
	case found.problem != "":
		n.refuse("%s", found.problem)
		return nil
	}
	return found
}

// load reads a preset; nil where there is none of the name.
func (l *library) load(name string) *knownPreset {
	documents := l.documents(name)
	switch {
	case len(documents) > 1:
		return &knownPreset{problem: fmt.Sprintf("the preset %s is defined at %s and at %s; rename one of them", name, documents[0].where(), documents[1].where())}
	case len(documents) == 1:
		return l.loadOwn(name, documents[0])
	case slices.Contains(preset.Names(), name):
		return presetOf(name, openEmbedded(name).documents[0])
	}
	return nil
}

// loadOwn reads a preset of a file beside the catalog.
func (l *library) loadOwn(name string, document node) *knownPreset {
	if !slices.Contains(l.asked, document.file) {
		l.asked = append(l.asked, document.file)
	}
	if _, ok := readPreset(document, true); !ok {
		return &knownPreset{problem: fmt.Sprintf("the preset %s at %s has errors; fix them there", name, document.where())}
	}
	return presetOf(name, document)
}

// presetOf returns the preset that a document states rightly.
func presetOf(name string, document node) *knownPreset {
	p := &knownPreset{name: name}
	eachNamed(document.field("spec").field("slis"), func(sli string, at node) { p.slis = append(p.slis, presetSLI{sli, at}) })
	return p
}

// documents returns those of the files that state a preset of a name.
func (l *library) documents(name string) []node {
	var found []node
	for _, f := range l.files {
		for _, document := range f.documents {
			if presetNamed(document) == name {
				found = append(found, document)
			}
		}
	}
	return found
}

// presetNamed returns the name that a document gives its preset.
func presetNamed(document node) string { return document.field("metadata").field("name").Value }

// names returns the names of all presets, sorted.
func (l *library) names() []string {
	names := slices.Clone(preset.Names())
	for _, f := range l.files {
		for _, document := range f.documents {
			if name := presetNamed(document); name != "" {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// unread says which file of presets can't be read, in which a preset may stand.
func (l *library) unread() string {
	for _, f := range l.files {
		if f.issues.Refused() {
			return fmt.Sprintf("; %s can't be read completely: %s", f.name, f.issues.sorted()[0])
		}
	}
	return ""
}

var (
	// kindOfPreset and kindOfCatalog match what says of a document what it is.
	kindOfPreset  = kindPattern(schema.KindPreset)
	kindOfCatalog = kindPattern(schema.KindCatalog)
)

func kindPattern(kind string) *regexp.Regexp {
	return regexp.MustCompile(`(?m)(?:^|[{,]\s*)["']?kind["']?\s*:\s*["']?` + kind + `\b`)
}

// HoldsPresets reports whether a source, which need not be valid YAML, is one of presets rather than of catalogs.
func HoldsPresets(source Source) bool {
	named := bytes.Contains(source.Content, []byte(schema.KindPreset)) // Regular expressions take their time over a large catalog.
	return named && kindOfPreset.Match(source.Content) && !kindOfCatalog.Match(source.Content)
}
