package definition

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/internal/didyoumean"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// fields are those of a mapping while they are read: each is asked for by its name, and end refuses those that the mapping
// does not have.
type fields struct {
	// of says which fields there are; of a mapping whose keys are the author's own it has only what that stands for.
	of *schema.Mapping
	at node
	// names are those of the fields in the order in which they stand.
	names  []string
	keys   map[string]node
	values map[string]node
	// partial says that a key can't be read, so that what seems to be missing may be what it stands for.
	partial bool
}

// reading turns a node into a value, or says what is wrong with it and returns false.
type reading[T any] func(node) (T, bool)

// entriesOf returns what stands in n, which must be a mapping whose keys are the author's own.
func entriesOf(n node, what string) (*fields, bool) { return fieldsOf(n, &schema.Mapping{What: what}) }

// fieldsOf returns the fields of n, which must be a mapping.
func fieldsOf(n node, of *schema.Mapping) (*fields, bool) {
	f := &fields{of: of, at: n, keys: map[string]node{}, values: map[string]node{}}
	if n.Kind != yaml.MappingNode {
		n.refuseKind("a mapping")
		return f, false
	}
	n.file.budget.Spend(stepsOfMapping + stepsOfField*len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		f.add(n, n.Content[i], n.Content[i+1])
	}
	return f, true
}

// add keeps a field of the mapping n unless its key can't be one.
func (f *fields) add(n node, keyNode, valueNode *yaml.Node) {
	key := n.child(keyNode, "")
	switch {
	case key.is(mergeTag):
		f.partial = true
		key.refuse("merge keys are not supported; write the fields out, or use an alias for the value of one field")
	case key.Kind != yaml.ScalarNode:
		f.partial = true
		key.refuseKind("the name of a field")
	case f.has(key.Value):
		key.refuse("this field is there twice, first at %s; leave one of them out", f.keys[key.Value].where())
	default:
		value := n.child(valueNode, "."+excerpt(key.Value, 0))
		key.path = value.path
		f.set(key, value)
	}
}

// set keeps a field.
func (f *fields) set(key, value node) {
	f.names = append(f.names, key.Value)
	f.keys[key.Value], f.values[key.Value] = key, value
}

// remove forgets a field.
func (f *fields) remove(name string) {
	delete(f.keys, name)
	f.names = slices.DeleteFunc(f.names, func(n string) bool { return n == name })
}

// has reports whether a field is stated.
func (f *fields) has(name string) bool {
	_, ok := f.values[name]
	return ok
}

// join adds the fields of another document's mapping, none of which may be stated in both.
func (f *fields) join(other *fields) {
	for _, name := range other.names {
		key := other.keys[name]
		if f.has(name) {
			key.refuse("this setting is also in another document, at %s; leave one of them out", f.keys[name].where())
			continue
		}
		f.set(key, other.values[name])
	}
}

// end refuses the fields that the mapping does not have.
func (f *fields) end() {
	for _, name := range f.names {
		key := f.keys[name]
		switch {
		case f.of.Has(name):
			continue
		case key.stops():
			return
		}
		if len(f.of.Fields) == 0 {
			key.refuse("%s has no fields; leave it out", f.of.What)
			continue
		}
		key.refuse("%s has no field of this name; %s", f.of.What, key.choices(name, f.of.Names()))
	}
}

// lack says what the mapping lacks.
func (f *fields) lack(format string, args ...any) {
	if !f.partial {
		f.at.refuse(format, args...)
	}
}

// read sets into what the field holds, where it is stated and right. Where the mapping needs the field and it is not stated,
// read says what to write.
func read[T any](f *fields, name string, into *T, as reading[T]) {
	value, ok := f.values[name]
	if !ok {
		if field := f.of.Field(name); field.Required() {
			f.lack("%s needs the field %s; add %s: %s", f.of.What, name, name, field.Example)
		}
		return
	}
	if v, ok := as(value); ok {
		*into = v
	}
}

// readWord sets into the word that the field holds, where it is stated and one of those that the field chooses from.
func readWord[T ~string](f *fields, name string, into *T) {
	read(f, name, into, oneOf[T](f.of.Field(name).Words()))
}

// choices says what there is to choose from instead of n, and which of them was likely meant; "" if there is no room for
// more issues.
func (n node) choices(written string, known []string) string {
	n.file.budget.Spend(stepsOfChoices(len(known)))
	if !n.file.takes(false) {
		return ""
	}
	return didyoumean.Choices(written, known)
}
