package definition

import (
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// presetUse is what a flow, an SLI or a fallback states of the preset that it is made of.
type presetUse struct {
	preset *knownPreset
	// at is where the preset is named, to which what is wrong with its SLIs belongs.
	at node
	// sli is the name of the one that is used; "" for all of them.
	sli string
	// matchers are added to every selector.
	matchers []string
	// under is the bound that is stated instead of the preset's; nil where none is.
	under *node
}

// use reads the use of a preset, whose name and perhaps SLI named reads into it.
func (r *reader) use(of *schema.Mapping, named func(*presetUse, node) bool) reading[*presetUse] {
	return func(n node) (*presetUse, bool) {
		if n.is(textTag) {
			n.refuse("a mapping is needed here, not text; write { use: %s }", n.Value)
			return nil, false
		}
		f, ok := fieldsOf(n, of)
		if !ok {
			return nil, false
		}
		u := &presetUse{}
		read(f, "use", &u.at, func(n node) (node, bool) { return n, named(u, n) })
		read(f, "match", &u.matchers, restriction)
		read(f, "under", new(time.Duration), bound)
		if under, stated := f.values["under"]; stated {
			u.under = &under
		}
		f.end()
		return u, u.at.Node != nil
	}
}

// ofFlow reads the name of a preset, of which a flow takes all SLIs.
func (r *reader) ofFlow(u *presetUse, n node) bool {
	s, ok := text(n)
	if name, _, one := strings.Cut(s, "/"); one {
		n.refuse("a flow uses a whole preset; write %s, or use %s for an SLI of the flow", name, s)
		return false
	}
	if ok {
		u.preset = r.presets.find(n, s)
	}
	return u.preset != nil
}

// ofSLI reads the name of an SLI of a preset.
func (r *reader) ofSLI(u *presetUse, n node) bool {
	s, ok := text(n)
	if !ok {
		return false
	}
	if r.presets == nil {
		n.refuse("a preset can't use another preset; write what its SLIs measure")
		return false
	}
	name, sli, one := strings.Cut(s, "/")
	if u.preset = r.presets.find(n, name); u.preset == nil {
		return false
	}
	if _, known := u.preset.sli(sli); !known {
		if !one {
			n.refuse("this is a whole preset; name one of its SLIs, such as %s/%s, or use it as the preset of the flow", name, u.preset.slis[0].name)
		} else {
			n.refuse("the preset %s has no SLI of this name; %s", name, n.choices(sli, u.preset.sliNames()))
		}
		return false
	}
	u.sli = sli
	return true
}

// restriction reads matchers in one text.
func restriction(n node) ([]string, bool) {
	if n.Kind == yaml.SequenceNode {
		n.refuse("text is needed here, not a list; write all matchers in one, separated by commas")
		return nil, false
	}
	s, ok := promQL(expand.CheckRestriction)(n)
	return []string{s}, ok
}

// checkUnder refuses a bound that is stated for a whole preset where not exactly one of its SLIs has one.
func (u *presetUse) checkUnder() {
	if u.under == nil {
		return
	}
	var bounded []string
	for _, s := range u.preset.slis {
		if s.hasBound() {
			bounded = append(bounded, s.name)
		}
	}
	switch len(bounded) {
	case 0:
		u.under.refuse("no SLI of the preset %s has a bound; leave under out", u.preset.name)
	case 1:
		return
	default:
		u.under.refuse("several SLIs of the preset %s have a bound, %s; write it by name: slis: [{ name: %s, under: %s }]",
			u.preset.name, strings.Join(bounded, " and "), bounded[0], u.under.Value)
	}
	u.under = nil
}

// hasBound reports whether an SLI of a preset has a bound that can be changed.
func (s presetSLI) hasBound() bool {
	return s.at.field(string(cer.KindLatency)).Kind == yaml.MappingNode
}

// readSLIs reads the SLIs of a flow: those that it states, and those of its preset that it does not state by name.
func (r *reader) readSLIs(f *fields, flow *cer.Flow) {
	u := &presetUse{}
	read(f, "preset", &u, r.use(schema.PresetOfFlow, r.ofFlow))
	if !f.has("preset") {
		if !f.has("slis") {
			f.lack("a flow needs the field slis; add slis: [{ name: success, ratio: { good: ..., total: ... } }]")
		}
		read(f, "slis", &flow.SLIs, list(r.sliReading(nil)))
		return
	}
	sli := r.sliReading(u)
	read(f, "slis", &flow.SLIs, list(sli))
	if u.preset == nil {
		f.partial = true
		return
	}
	u.checkUnder()
	flow.SLIs = r.joined(f, u, flow.SLIs, sli)
}

// joined returns the SLIs of the preset that a flow is made of, in their order and as the flow changes them, and then its others.
func (r *reader) joined(f *fields, u *presetUse, stated []cer.SLI, sli reading[cer.SLI]) []cer.SLI {
	changed := map[string]bool{}
	if at, ok := f.values["slis"]; ok {
		eachNamed(at, func(name string, _ node) { changed[name] = true })
	}
	var all []cer.SLI
	for _, s := range u.preset.slis {
		if i := slices.IndexFunc(stated, func(own cer.SLI) bool { return own.Name == s.name }); i >= 0 {
			all = append(all, stated[i])
			stated = slices.Delete(slices.Clone(stated), i, i+1)
			continue
		}
		if changed[s.name] {
			continue // What it is changed to can't be read.
		}
		if made, ok := sli(s.unchanged(u.at, f.at.path)); ok {
			all = append(all, made)
		}
	}
	return append(all, stated...)
}

// unchanged returns the SLI of a flow that is one of its preset's.
func (s presetSLI) unchanged(at node, flow string) node {
	name := &yaml.Node{Kind: yaml.ScalarNode, Tag: textTag, Value: "name", Line: at.Line, Column: at.Column}
	value := *name
	value.Value = s.name
	return node{
		Node: &yaml.Node{Kind: yaml.MappingNode, Line: at.Line, Column: at.Column, Content: []*yaml.Node{name, &value}},
		file: at.file, path: flow + ".preset[" + s.name + "]", isCopy: true,
	}
}
