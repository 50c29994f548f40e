package schema

import "slices"

// Mapping is a mapping of a definition.
type Mapping struct {
	// Name is unique among mappings, and what the JSON Schema calls it.
	Name string
	// What stands for it in sentences, such as "a flow".
	What string
	// Doc says in a sentence what it is.
	Doc string
	// Fields are in the order in which they are offered.
	Fields []Field
	// rules say which fields go together.
	rules []object
}

// Field is a field of a mapping.
type Field struct {
	Name  string
	Holds Type
	// Example is what to write where the field is missing; "" for one that need not be there.
	Example string
	// Doc says in a sentence or two what it means, and what holds where it is left out.
	Doc string
}

// Required reports whether the mapping lacks something without the field.
func (f Field) Required() bool { return f.Example != "" }

// Words returns the words that the field chooses from, nil where it does not.
func (f Field) Words() []string {
	if words, ok := f.Holds.(Words); ok {
		return words.list()
	}
	return nil
}

// Field returns the field of a name; without a name where there is none.
func (m *Mapping) Field(name string) Field {
	if i := slices.IndexFunc(m.Fields, func(f Field) bool { return f.Name == name }); i >= 0 {
		return m.Fields[i]
	}
	return Field{}
}

// Has reports whether the mapping has a field of the name.
func (m *Mapping) Has(name string) bool { return m.Field(name).Name != "" }

// Names returns the names of the fields in their order.
func (m *Mapping) Names() []string {
	names := make([]string, len(m.Fields))
	for i, f := range m.Fields {
		names[i] = f.Name
	}
	return names
}

// jsonSchema refers to the mapping's own schema, which stands among the definitions.
func (m *Mapping) jsonSchema() object { return object{{"$ref", "#/$defs/" + m.Name}} }

// body returns the mapping's own schema.
func (m *Mapping) body() object {
	properties, required := object{}, []string{}
	for _, f := range m.Fields {
		properties = append(properties, member{f.Name, described(f.Holds.jsonSchema(), f.Doc)})
		if f.Required() {
			required = append(required, f.Name)
		}
	}
	body := object{{"description", m.Doc}, {"type", "object"}, {"properties", properties}, {"additionalProperties", false}}
	if len(required) > 0 {
		body = append(body, member{"required", required})
	}
	if len(m.rules) > 0 {
		body = append(body, member{"allOf", m.rules})
	}
	return body
}

// described returns a schema with a description of the place where it is used.
func described(schema object, doc string) object {
	return append(object{{"description", doc}}, schema...)
}

// Mappings returns all mappings that can stand in documents, these first.
func Mappings() []*Mapping {
	var all []*Mapping
	var visit func(Type)
	visit = func(t Type) {
		if of, ok := t.(*Mapping); ok {
			if slices.Contains(all, of) {
				return
			}
			all = append(all, of)
		}
		for _, part := range t.parts() {
			visit(part)
		}
	}
	visit(Document)
	visit(PresetDocument)
	return all
}

// parts returns what the fields hold.
func (m *Mapping) parts() []Type {
	held := make([]Type, len(m.Fields))
	for i, f := range m.Fields {
		held[i] = f.Holds
	}
	return held
}
