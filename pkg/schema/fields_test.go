package schema_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// spot is a mapping of the tables where it stands in a text.
type spot struct {
	of *schema.Mapping
	at *yaml.Node
	// path leads there.
	path string
}

// spots returns the mappings of the tables in a document that holds a type.
func spots(holds schema.Type, n *yaml.Node, path string) []spot {
	var found []spot
	switch t := holds.(type) {
	case *schema.Mapping:
		if n.Kind != yaml.MappingNode {
			return nil
		}
		found = append(found, spot{t, n, path})
		for i := 0; i+1 < len(n.Content); i += 2 {
			if f := t.Field(n.Content[i].Value); f.Name != "" {
				found = append(found, spots(f.Holds, n.Content[i+1], path+"."+f.Name)...)
			}
		}
	case schema.List:
		for i, item := range n.Content {
			found = append(found, spots(t.Of, item, fmt.Sprintf("%s[%d]", path, i))...)
		}
	case schema.Map:
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			found = append(found, spots(t.Of, n.Content[i+1], path+"."+n.Content[i].Value)...)
		}
	case schema.AnyOf:
		for _, one := range t {
			found = append(found, spots(one, n, path)...)
		}
	}
	return found
}

// documents parses a text.
func documents(t *testing.T, text string) []*yaml.Node {
	t.Helper()
	decoder := yaml.NewDecoder(strings.NewReader(text))
	var all []*yaml.Node
	for {
		var document yaml.Node
		if decoder.Decode(&document) != nil {
			return all
		}
		all = append(all, &document)
	}
}

// write returns documents as text.
func write(t *testing.T, all []*yaml.Node) string {
	t.Helper()
	var b strings.Builder
	encoder := yaml.NewEncoder(&b)
	for _, document := range all {
		if err := encoder.Encode(document); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// eachSpot calls a function for every mapping of every definition, with what writes the definition as it is by then. What the
// function changes there is undone afterwards.
func eachSpot(t *testing.T, do func(place string, s spot, written func() string)) {
	t.Helper()
	texts := corpus(t)
	for _, place := range slices.Sorted(maps.Keys(texts)) {
		if strings.Contains(place, "/earlier/") {
			continue // They say what the valid ones say.
		}
		all := documents(t, texts[place])
		for _, document := range all {
			for _, s := range spots(documentOf(texts[place]), document.Content[0], "") {
				kept := slices.Clone(s.at.Content)
				do(place+" "+s.path, s, func() string { return write(t, all) })
				s.at.Content = kept
			}
		}
	}
}

// places counts in how many places a field was seen.
type places map[string]int

// few counts another place, and reports whether there are no more than so many, which are enough to look at.
func (p places) few(most int, of *schema.Mapping, field string) bool {
	id := of.Name + "." + field
	p[id]++
	return p[id] <= most
}

// TestEveryFieldStandsInAnExample makes sure that the other tests see all there is.
func TestEveryFieldStandsInAnExample(t *testing.T) {
	missing := map[string]bool{}
	for _, m := range schema.Mappings() {
		for _, f := range m.Fields {
			missing[m.Name+"."+f.Name] = true
		}
	}
	eachSpot(t, func(_ string, s spot, _ func() string) {
		for i := 0; i < len(s.at.Content); i += 2 {
			delete(missing, s.of.Name+"."+s.at.Content[i].Value)
		}
	})
	if len(missing) > 0 {
		t.Errorf("no definition has %v", slices.Sorted(maps.Keys(missing)))
	}
}

// TestUnknownFieldsAreRefused adds to every mapping a field that it does not have, and misspells one that it has.
func TestUnknownFieldsAreRefused(t *testing.T) {
	seen := places{}
	eachSpot(t, func(place string, s spot, written func() string) {
		kept := s.at.Content
		if seen.few(3, s.of, "") {
			s.at.Content = append(slices.Clone(kept), text("unknown"), text("x"))
			refusedByBoth(t, place+": added", written())
		}
		for i := 0; i < len(kept); i += 2 {
			s.at.Content = slices.Clone(kept)
			s.at.Content[i] = text(kept[i].Value + "s")
			if !s.of.Has(kept[i].Value+"s") && seen.few(3, s.of, kept[i].Value) {
				refusedByBoth(t, place+": misspelt "+kept[i].Value, written())
			}
		}
	})
}

// TestMissingFieldsAreRefused leaves each field out: what the mapping then lacks is missed by both.
func TestMissingFieldsAreRefused(t *testing.T) {
	seen := places{}
	eachSpot(t, func(place string, s spot, written func() string) {
		kept := s.at.Content
		for i := 0; i < len(kept); i += 2 {
			field := s.of.Field(kept[i].Value)
			if !seen.few(3, s.of, field.Name) {
				continue
			}
			s.at.Content = slices.Delete(slices.Clone(kept), i, i+2)
			changed := written()
			if field.Required() {
				refusedByBoth(t, place+": without "+field.Name, changed)
				continue
			}
			agree(t, place+": without "+field.Name, changed)
		}
	})
}

// wrong are values, of which every type refuses some.
var wrong = []string{
	"null", "~", "true", "false", "5", "-1", "0", "0.5", "1.5", "1e12", ".inf", "1_000", "0x1F", "0b11", "'5'", "'0'", "'true'", "''", "' '", "text", "two words",
	"5m", "0s", "90d", "1.5ms", "-5m", "5 m", "1%", "'99.9 %'", "p99", "EUR", "https://x.example/y", "[]", "[5]", "[text]", "[null]", "[[]]", "[{}]", "{}",
	"{ a: 1 }", "{ a: { b: 1 } }", "{ a: text }", "{ text: }", "2026-11-29", "!!str 5", "!!int '5'", "!!float 5", "!!bool 'true'", "!unknown x",
}

// TestWrongTypesAreRefused puts other values in the place of each field's: what the schema refuses the reader refuses, and what
// is of a type that the field never holds both refuse.
func TestWrongTypesAreRefused(t *testing.T) {
	values := make([]*yaml.Node, len(wrong))
	for i, text := range wrong {
		values[i] = documents(t, text)[0].Content[0]
	}
	seen := places{}
	eachSpot(t, func(place string, s spot, written func() string) {
		kept := s.at.Content
		for i := 0; i < len(kept); i += 2 {
			if !seen.few(1, s.of, kept[i].Value) {
				continue
			}
			for j, value := range values {
				s.at.Content = slices.Clone(kept)
				s.at.Content[i+1] = value
				agree(t, fmt.Sprintf("%s: %s: %s", place, kept[i].Value, wrong[j]), written())
			}
		}
	})
}

// text returns a node of text.
func text(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
}

// refusedByBoth checks that the reader and the schema refuse a text.
func refusedByBoth(t *testing.T, what, changed string) {
	t.Helper()
	if s := ask(t, changed); s.reader == nil || s.schema == nil {
		t.Errorf("%s: the reader says %v, the schema %v, of\n%s", what, s.reader, s.schema, changed)
	}
}

// agree checks that the schema accepts what the reader accepts, and that the reader says nothing of what the schema accepts but
// what the schema can't say.
func agree(t *testing.T, what, changed string) said {
	t.Helper()
	s := ask(t, changed)
	switch {
	case s.reader == nil && (s.schema != nil || s.core != nil):
		t.Errorf("%s: the reader accepts it, the schema says %v, as YAML 1.2 %v, of\n%s", what, s.schema, s.core, changed)
	case slices.ContainsFunc(s.reader, oddNumber.MatchString):
	case s.reader != nil && s.schema == nil:
		for _, sentence := range s.reader {
			if isStructural(sentence) {
				t.Errorf("%s: the schema accepts it, the reader says %s\nof\n%s", what, sentence, changed)
			}
		}
	}
	return s
}
