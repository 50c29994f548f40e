package definition

import (
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// inheritance is what an SLI or a fallback has of a preset.
type inheritance struct {
	// matchers are added to the selectors of what is the preset's.
	matchers []string
	// indicator and fallback say that these are.
	indicator, fallback bool
}

// inherit adds to the fields of an SLI those that presets state: what it measures by a preset of its own, or else by that of its
// flow, and by the latter what it counts. ofFlow may be nil.
func (r *reader) inherit(f *fields, ofFlow *presetUse) inheritance {
	own := r.ownUse(f)
	inherited, isNamed := ofFlow.sliFor(f)
	if isNamed {
		f.inherit(ofFlow.at, inherited, isPlace)
	}
	under := boundOf(f)
	switch {
	case own != nil:
		s, _ := own.preset.sli(own.sli)
		if under != nil {
			under.refuse("the bound of a preset's SLI goes beside its name; write preset: { use: %s, under: %s }", own.at.Value, under.Value)
		}
		return f.measure(own, s, own.under)
	case isNamed && f.kind() == "" && !f.has("preset"):
		if under == nil && inherited.hasBound() {
			under = ofFlow.under
		}
		return f.measure(ofFlow, inherited, under)
	case under != nil && !f.partial:
		under.refuse("under changes the bound of a preset's SLI; for other SLIs it goes into the kind, such as latency: { histogram: ..., under: %s }", under.Value)
	}
	return inheritance{}
}

// inheritKind adds to the fields of a fallback what the preset states that it is made of, and returns the matchers for it.
func (r *reader) inheritKind(f *fields) inheritance {
	own := r.ownUse(f)
	if own == nil {
		return inheritance{}
	}
	s, _ := own.preset.sli(own.sli)
	f.inherit(own.at, s, func(name string) bool { return isKind(name) || name == "unit" || name == "curve" })
	f.rebound(own, s, own.under)
	return inheritance{matchers: own.matchers, indicator: true}
}

// ownUse reads the preset that an SLI or a fallback states; nil where it states none, or none that is right.
func (r *reader) ownUse(f *fields) *presetUse {
	var u *presetUse
	read(f, "preset", &u, r.use(schema.PresetOfSLI, r.ofSLI))
	switch {
	case !f.has("preset"):
		return nil
	case f.kind() != "":
		f.keys["preset"].refuse("%s has either a preset or a kind; leave preset or %s out", f.of.What, f.kind())
		return nil
	case u == nil:
		f.partial = true
	}
	return u
}

// boundOf returns where an SLI states the bound of a preset's SLI; nil where it does not.
func boundOf(f *fields) *node {
	read(f, "under", new(time.Duration), bound)
	if under, stated := f.values["under"]; stated {
		return &under
	}
	return nil
}

// sliFor returns the SLI of the preset that an SLI of the flow changes, by its name.
func (u *presetUse) sliFor(f *fields) (presetSLI, bool) {
	name, stated := f.values["name"]
	if u == nil || !stated {
		return presetSLI{}, false
	}
	if u.preset == nil {
		f.partial = true
		return presetSLI{}, false
	}
	s, ok := u.preset.sli(name.Value)
	if !ok && f.kind() == "" && !f.has("preset") {
		f.partial = true
		name.refuse("the preset %s has no SLI of this name to change; %s, or add a kind to measure something new", u.preset.name, name.choices(name.Value, u.preset.sliNames()))
	}
	return s, ok
}

// measure adds the fields of a preset's SLI that say what is measured, with another bound unless under is nil.
func (f *fields) measure(u *presetUse, s presetSLI, under *node) inheritance {
	h := inheritance{matchers: u.matchers, indicator: true, fallback: !f.has("fallback")}
	f.inherit(u.at, s, func(name string) bool { return name != "name" && !isPlace(name) })
	f.rebound(u, s, under)
	return h
}

// isPlace reports whether a field says what an SLI counts in its flow, rather than what it measures.
func isPlace(name string) bool { return name == "weight" || name == "key" }

// isKind reports whether a field is a kind of SLIs.
func isKind(name string) bool {
	_, ok := kinds[cer.Kind(name)]
	return ok
}

// kind returns the first kind that is stated; "" where none is.
func (f *fields) kind() string {
	if i := slices.IndexFunc(f.names, isKind); i >= 0 {
		return f.names[i]
	}
	return ""
}

// inherit adds those of the fields of a preset's SLI that are not stated, as if they stood at a place.
func (f *fields) inherit(at node, s presetSLI, which func(name string) bool) {
	stated, _ := fieldsOf(s.at, schema.SLI)
	for _, name := range stated.names {
		if f.has(name) || !which(name) {
			continue
		}
		path := f.at.path + "." + name
		f.set(stated.keys[name].copiedTo(at, path), stated.values[name].copiedTo(at, path))
	}
}

// rebound replaces the bound of the latency that was inherited, unless under is nil.
func (f *fields) rebound(u *presetUse, s presetSLI, under *node) {
	if under == nil {
		return
	}
	if !s.hasBound() {
		under.refuse("the SLI %s of the preset %s has no bound; leave under out", s.name, u.preset.name)
		return
	}
	latency := f.values[string(cer.KindLatency)]
	for i := 0; i+1 < len(latency.Content); i += 2 {
		if latency.Content[i].Value == "under" {
			latency.Content[i+1] = under.Node
		}
	}
}

// copiedTo returns a copy of n that stands at another place, in the file and under the path of that.
func (n node) copiedTo(to node, path string) node {
	copied := node{file: to.file, path: path, isCopy: true}
	copied.Node = copied.copyOf(n.Node, to.Line, to.Column)
	return copied
}

// copyOf returns a deep copy of a node with its aliases written out, all of it at one place.
func (n node) copyOf(from *yaml.Node, line, column int) *yaml.Node {
	if from.Kind == yaml.AliasNode {
		from = from.Alias
	}
	n.file.budget.Spend(stepsOfField)
	c := *from
	c.Anchor, c.Line, c.Column, c.Content = "", line, column, make([]*yaml.Node, len(from.Content))
	for i, child := range from.Content {
		c.Content[i] = n.copyOf(child, line, column)
	}
	return &c
}

// restricted returns an indicator with the matchers of the use that it is made by.
func (h inheritance) restricted(at node, indicator cer.Indicator) cer.Indicator {
	if indicator == nil || !h.indicator {
		return indicator
	}
	made, err := expand.Restrict(indicator, h.matchers)
	if err != nil { // Both were checked.
		at.refuse("%v", err)
		return indicator
	}
	return made
}
