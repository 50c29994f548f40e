package schema

import (
	"bytes"
	"encoding/json"
	"slices"
)

// member is a keyword of JSON Schema, or a name, and what belongs to it.
type member struct {
	key   string
	value any
}

// object is a JSON object whose members keep their order, in which fields are offered.
type object []member

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		for _, part := range []any{m.key, m.value} {
			text, err := marshal(part)
			if err != nil {
				return nil, err
			}
			b.Write(text)
			b.WriteByte(':')
		}
		b.Truncate(b.Len() - 1) // The colon behind the value.
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// marshal writes JSON with <, > and & as they are.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// URL is where the schema can be read; it is what editors are told.
const URL = "https://raw.githubusercontent.com/cer-reliability/cer-datasource/main/schema/cer-v1.json"

// JSON returns the JSON Schema of a document of a definition, draft 2020-12.
func JSON() ([]byte, error) {
	definitions := object{}
	for _, m := range Mappings() {
		definitions = append(definitions, member{m.Name, m.body()})
	}
	whole := slices.Concat(object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"$id", URL},
		{"title", "cer/v1"},
	}, object{
		{"if", where("kind", is(KindPreset))}, {"then", PresetDocument.jsonSchema()}, {"else", Document.jsonSchema()},
		{"$defs", definitions},
	})
	compact, err := marshal(whole)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = json.Indent(&b, append(compact, '\n'), "", "  ")
	return b.Bytes(), err
}
