package audit

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// Change is one thing that two catalogs state differently.
type Change struct {
	// Kind is what it is about: catalog, flow, SLI, dimension, event, policy, maintenance or gate. Name is which one, such as
	// checkout or checkout/success.
	Kind, Name string
	// Field is the setting, as the definition spells it. Of a flow or an SLI that is new or gone it is weight, and of other things
	// that are it is "".
	Field string
	// Before and After are what is stated, "none" for nothing.
	Before, After string
	// New and Gone say that it stands in one of the catalogs only.
	New, Gone bool
}

// Compare returns what two catalogs state differently: settings and members in the order of the one before, and each time the new
// members after them. The order of members and of lists of names is no change. It reads every field of the model, so that a field
// that is added later is compared too.
func Compare(before, after *cer.Catalog) []Change {
	c := comparison{kind: kindCatalog, name: after.Name, changes: &[]Change{}}
	c.structs("", reflect.ValueOf(*before), reflect.ValueOf(*after))
	return *c.changes
}

// comparison compares a member of two catalogs, or all of them.
type comparison struct {
	kind, name string
	changes    *[]Change
}

// add adds a change of the member.
func (c comparison) add(change Change) {
	change.Kind, change.Name = c.kind, c.name
	*c.changes = append(*c.changes, change)
}

// values compares a field, of any type that a catalog is made of.
func (c comparison) values(field string, before, after reflect.Value) {
	switch before.Kind() {
	case reflect.Struct:
		c.structs(field, before, after)
		return
	case reflect.Pointer, reflect.Interface:
		if !before.IsNil() && !after.IsNil() && before.Elem().Type() == after.Elem().Type() {
			c.values(fieldOf(field, before), before.Elem(), after.Elem())
			return
		}
	case reflect.Slice:
		if isMember(before.Type().Elem()) {
			c.members(before, after)
			return
		}
	case reflect.Map:
		c.entries(field, before, after)
		return
	}
	if !isSame(before, after) {
		c.add(Change{Field: cmp.Or(field, "indicator"), Before: textOf(field, before), After: textOf(field, after)})
	}
}

// isSame reports whether two values are the same, whatever the order of lists. No list differs from an empty one.
func isSame(before, after reflect.Value) bool {
	names, ok := before.Interface().([]string)
	if !ok {
		return reflect.DeepEqual(before.Interface(), after.Interface())
	}
	others := after.Interface().([]string)
	return (names == nil) == (others == nil) && slices.Equal(slices.Sorted(slices.Values(names)), slices.Sorted(slices.Values(others)))
}

// structs compares the fields of two structs of a type.
func (c comparison) structs(field string, before, after reflect.Value) {
	for i := range before.NumField() {
		f := before.Type().Field(i)
		if !f.IsExported() || f.Tag.Get("json") == "-" || f.Name == "Name" && isMember(before.Type()) && c.kind != kindCatalog {
			continue
		}
		c.values(spelled(field, before.Type(), f), before.Field(i), after.Field(i))
	}
}

// entries compares two maps: entry by entry, or as a whole where one of them is empty.
func (c comparison) entries(field string, before, after reflect.Value) {
	if before.Len() == 0 || after.Len() == 0 {
		if before.Len() != after.Len() {
			c.add(Change{Field: field, Before: textOf(field, before), After: textOf(field, after)})
		}
		return
	}
	keys := map[string]reflect.Value{}
	for _, key := range slices.Concat(before.MapKeys(), after.MapKeys()) {
		keys[key.String()] = key
	}
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		path, old, now := field+"."+name, before.MapIndex(keys[name]), after.MapIndex(keys[name])
		switch {
		case !old.IsValid():
			c.add(Change{Field: path, Before: nothing, After: textOf(path, now)})
		case !now.IsValid():
			c.add(Change{Field: path, Before: textOf(path, old), After: nothing})
		default:
			c.values(path, old, now)
		}
	}
}

// members compares two lists of what has a name.
func (c comparison) members(before, after reflect.Value) {
	old, current := byName(before), byName(after)
	for i := range before.Len() {
		m := before.Index(i)
		now, stays := current[nameOf(m)]
		if !stays {
			c.of(m).moved(m, Change{Gone: true})
			continue
		}
		c.of(m).structs("", m, now)
	}
	for i := range after.Len() {
		if m := after.Index(i); !old[nameOf(m)].IsValid() {
			c.of(m).moved(m, Change{New: true})
		}
	}
}

// moved adds that a member is new or gone, and so are its own members.
func (c comparison) moved(member reflect.Value, change Change) {
	if weight := member.FieldByName("Weight"); weight.IsValid() {
		change.Field, change.Before, change.After = "weight", textOf("weight", weight), textOf("weight", weight)
		if change.New {
			change.Before = nothing
		} else {
			change.After = nothing
		}
	}
	c.add(change)
	for i := range member.NumField() {
		list := member.Field(i)
		if list.Kind() != reflect.Slice || !isMember(list.Type().Elem()) {
			continue
		}
		for j := range list.Len() {
			c.of(list.Index(j)).moved(list.Index(j), Change{New: change.New, Gone: change.Gone})
		}
	}
}

// of returns the comparison of a member of the one compared.
func (c comparison) of(member reflect.Value) comparison {
	name := nameOf(member)
	if c.kind != kindCatalog {
		name = c.name + "/" + name
	}
	return comparison{kind: kindOf(member.Type()), name: name, changes: c.changes}
}

// isMember reports whether a type is that of something with a name.
func isMember(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	_, named := t.FieldByName("Name")
	return named
}

func nameOf(member reflect.Value) string { return member.FieldByName("Name").String() }

// byName returns the members of a list.
func byName(list reflect.Value) map[string]reflect.Value {
	members := map[string]reflect.Value{}
	for i := range list.Len() {
		members[nameOf(list.Index(i))] = list.Index(i)
	}
	return members
}

// Kinds of what changes.
const (
	kindCatalog = "catalog"
	kindFlow    = "flow"
	kindSLI     = "SLI"
	kindPolicy  = "policy"
)

// kindOf returns what members of a type are called.
func kindOf(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[cer.SLI]():
		return kindSLI
	case reflect.TypeFor[cer.AlertPolicy]():
		return kindPolicy
	default:
		return strings.ToLower(t.Name())
	}
}
