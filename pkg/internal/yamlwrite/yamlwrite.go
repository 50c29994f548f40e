// Package yamlwrite writes definitions: mappings, texts in the quotes that they need, comments, and names that are not taken yet.
package yamlwrite

import (
	"bytes"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"
)

// textTag is YAML's tag for text.
const textTag = "!!str"

// Mapping is a mapping of YAML while it is written.
type Mapping struct{ *yaml.Node }

// NewMapping returns an empty mapping.
func NewMapping() Mapping { return Mapping{&yaml.Node{Kind: yaml.MappingNode}} }

// Inline returns the mapping, to be written on one line.
func (m Mapping) Inline() Mapping {
	m.Style = yaml.FlowStyle
	return m
}

// Add adds a field, and returns its name's node, which comments belong to.
func (m Mapping) Add(name string, value *yaml.Node) *yaml.Node {
	key := &yaml.Node{Kind: yaml.ScalarNode, Value: name}
	m.Content = append(m.Content, key, value)
	return key
}

// Text adds a field with a text that is not empty.
func (m Mapping) Text(name, value string) {
	if value != "" {
		m.Add(name, Text(value))
	}
}

// Number adds a field with a number that is not 0.
func (m Mapping) Number(name string, value float64) {
	if value != 0 {
		m.Add(name, Plain(Decimal(value)))
	}
}

// Document writes the definition of a catalog of a name, which is one of cer/v1, with its spec.
func Document(name string, spec *yaml.Node) []byte {
	root, metadata := NewMapping(), NewMapping().Inline()
	root.Text("apiVersion", "cer/v1")
	root.Text("kind", "Catalog")
	metadata.Text("name", name)
	root.Add("metadata", metadata.Node)
	root.Add("spec", spec)
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(root.Node); err != nil {
		panic("a tree of plain nodes can be written: " + err.Error())
	}
	return out.Bytes()
}

// Decimal writes a number without the noise of its last bits.
func Decimal(v float64) string {
	short := strconv.FormatFloat(v, 'g', 12, 64)
	if strings.Contains(short, "e") {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return short
}

// Duration writes a duration as definitions understand it, also one with parts of milliseconds.
func Duration(d time.Duration) string {
	if d%time.Millisecond == 0 {
		return model.Duration(d).String()
	}
	return d.String()
}

// Plain returns a scalar that needs no quotes.
func Plain(value string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: value} }

// Text returns a text, in quotes where it reads like something else, and on lines of its own where it has several.
func Text(value string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: textTag, Value: value}
	switch {
	case strings.Contains(value, "\n"):
		n.Style, n.Value = yaml.LiteralStyle, trimLines(value)
	case strings.ContainsAny(value, "{}[]()\"'=, #:*&"):
		n.Style = yaml.SingleQuotedStyle
	}
	return n
}

// trimLines leaves out the white space at the ends of lines, and tabs, with which YAML can't write lines as they are.
func trimLines(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\t", "  "), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \r")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// List returns a list of texts on one line.
func List(values []string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, value := range values {
		n.Content = append(n.Content, Text(value))
	}
	return n
}

// Comment returns the lines of a comment, without those that are empty.
func Comment(lines ...string) string {
	var all []string
	for _, line := range lines {
		if line = Printable(line); line != "" {
			all = append(all, "# "+line)
		}
	}
	return strings.Join(all, "\n")
}

// Printable returns a text on one line, without characters that can't stand in YAML.
func Printable(text string) string {
	kept := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text)
	return strings.Join(strings.Fields(kept), " ")
}
