package definition

import (
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/preset"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// Preset is what the file of a preset states.
type Preset struct {
	Name string
	// Exporter is what exports the metrics, Source where its code is, and Versions which of its versions have them.
	Exporter, Source, Versions string
	// Description is one line on what is measured, and Layer the layer of the stack, one of Layers.
	Description, Layer string
	// Signature are the metrics by which a store that has the exporter is recognised.
	Signature []string
	// Label is the label that tells services apart; "" where there is none.
	Label string
	SLIs  []cer.SLI
}

// Layers returns the layers that presets are about, from the edge inwards.
func Layers() []string { return schema.PresetSpec.Field("layer").Words() }

// Presets returns the presets that come with cer, sorted by name.
func Presets() []Preset {
	var all []Preset
	for _, name := range preset.Names() {
		found, _ := readPresets(openEmbedded(name), false) // That nothing is wrong with them is tested.
		all = append(all, found...)
	}
	return all
}

// openEmbedded opens the file of a preset that comes with cer.
func openEmbedded(name string) *file {
	content, _ := preset.Content(name)
	source := Source{Name: name, Content: content}
	return open(source, budgetOf(source))
}

// ReadPresets returns the presets of a source, none of which may have the name of one that comes with cer, and what is wrong with
// them.
func ReadPresets(source Source) ([]Preset, Issues) {
	return readPresets(open(source, budgetOf(source)), true)
}

func readPresets(f *file, own bool) ([]Preset, Issues) {
	var all []Preset
	for _, document := range f.documents {
		if p, ok := readPreset(document, own); ok {
			all = append(all, p)
		}
	}
	return all, f.issues.sorted()
}

// readPreset reads a document of the kind Preset, which is the user's own or comes with cer.
func readPreset(n node, own bool) (Preset, bool) {
	var p Preset
	refusals := n.file.refusals
	f, ok := fieldsOf(n, schema.PresetDocument)
	if !ok {
		return p, false
	}
	read(f, "apiVersion", new(string), only(schema.APIVersion))
	read(f, "kind", new(string), only(schema.KindPreset))
	name := presetName
	if own {
		name = ownPresetName
	}
	read(f, "metadata", &p.Name, presetMetadata(name))
	faults := len(n.file.faults) // But for the name: a later version of cer may come with one of it.
	read(f, "orgs", new([]int64), organisations)
	read(f, "spec", &p, p.spec)
	f.end()
	n.stops()
	return p, n.file.refusals == refusals && len(n.file.faults) == faults
}

// presetMetadata reads the name of a preset in its metadata.
func presetMetadata(as reading[string]) reading[string] {
	return func(n node) (string, bool) {
		f, ok := fieldsOf(n, schema.PresetMetadata)
		if !ok {
			return "", false
		}
		name := ""
		read(f, "name", &name, as)
		f.end()
		return name, name != ""
	}
}

var presetNames = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}(@[1-9][0-9]*)?$`)

// presetName reads the name of a preset.
func presetName(n node) (string, bool) {
	return within(text, presetNames.MatchString,
		"the name of a preset consists of lowercase letters, digits and -, and starts with a letter; a second version has the suffix @2")(n)
}

// ownPresetName reads the name of a preset that does not come with cer.
func ownPresetName(n node) (string, bool) {
	name, ok := presetName(n)
	if ok && slices.Contains(preset.Names(), name) {
		n.withhold("cer comes with a preset of this name; choose another one")
	}
	return name, ok
}

// spec reads all of a preset but its name.
func (p Preset) spec(n node) (Preset, bool) {
	f, ok := fieldsOf(n, schema.PresetSpec)
	if !ok {
		return p, false
	}
	read(f, "exporter", &p.Exporter, text)
	read(f, "source", &p.Source, address)
	read(f, "versions", &p.Versions, text)
	read(f, "description", &p.Description, text)
	readWord(f, "layer", &p.Layer)
	read(f, "signature", &p.Signature, list(text))
	read(f, "label", &p.Label, seriesLabel)
	r := &reader{catalog: emptyCatalog()}
	read(f, "slis", &p.SLIs, list(r.sliReading(nil)))
	f.end()
	if at, stated := f.values["slis"]; stated && at.Kind == yaml.SequenceNode && len(at.Content) == 0 {
		at.refuse("a preset needs at least one SLI; add { name: success, ratio: { good: ..., total: ... } }")
	}
	return p, true
}
