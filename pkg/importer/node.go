package importer

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
	"github.com/cer-reliability/cer-datasource/pkg/internal/yamlkind"
)

// YAML's tags for the kinds of scalars, as resolved by the parser.
const (
	textTag    = "!!str"
	integerTag = "!!int"
	floatTag   = "!!float"
	booleanTag = "!!bool"
	nullTag    = "!!null"
	mergeTag   = "!!merge"
)

// node is a value of a document and its place. Aliases stand for what they name. The zero value stands for a value that is not
// there.
type node struct {
	*yaml.Node
	file *file
	path string
}

// child returns a value in n, through its alias where it is one.
func (n node) child(child *yaml.Node, step string) node {
	if child.Kind == yaml.AliasNode {
		child = child.Alias
	}
	return node{Node: child, file: n.file, path: strings.TrimPrefix(n.path+step, ".")}
}

// item returns an item of a list.
func (n node) item(item *yaml.Node, i int) node { return n.child(item, "["+strconv.Itoa(i)+"]") }

// is reports whether n is there.
func (n node) is() bool { return n.Node != nil }

// where returns the place of n, such as slos.yaml:12.
func (n node) where() string { return fmt.Sprintf("%s:%d", n.file.name, n.Line) }

// warn adds what became of n, which is in the catalog in another way, or not.
func (n node) warn(format string, args ...any) { n.add(true, format, args...) }

// leave adds why n is not in the catalog, with all that is in it.
func (n node) leave(format string, args ...any) {
	n.add(false, format, args...)
	n.file.whole[n.Node] = true
}

// drop adds why there is nothing in the catalog for n, and all that is in it.
func (n node) drop(format string, args ...any) {
	if n.is() {
		n.warn(format, args...)
		n.file.whole[n.Node] = true
	}
}

// longestText is how many characters of a value are quoted in issues.
const longestText = 60

// add adds an issue at n.
func (n node) add(warning bool, format string, args ...any) {
	text := ""
	if n.Kind == yaml.ScalarNode {
		text = strings.Join(strings.Fields(n.Value), " ")
		if runes := []rune(text); len(runes) > longestText {
			text = string(runes[:longestText-1]) + "…"
		}
	}
	n.file.add(definition.Issue{Line: n.Line, Column: n.Column, Path: n.path, Text: text, Message: fmt.Sprintf(format, args...), Warning: warning})
}

// kindInWords says what n is.
func (n node) kindInWords() string { return yamlkind.InWords(n.Node) }

// isOf reports whether n is a scalar of one of the tags.
func (n node) isOf(tags ...string) bool {
	return n.Kind == yaml.ScalarNode && slices.Contains(tags, n.ShortTag())
}

// get returns a field of the mapping n, which is read from now on; the zero node where it is not there or empty.
func (n node) get(name string) node {
	if !n.is() || n.Kind != yaml.MappingNode {
		return node{}
	}
	if !slices.Contains(n.file.fields[n.Node], name) {
		n.file.fields[n.Node] = append(n.file.fields[n.Node], name)
	}
	found := lookup(n.Node, name)
	if found == nil {
		return node{}
	}
	child := n.child(found, "."+name)
	n.file.seen[child.Node] = true
	if child.isOf(nullTag) {
		return node{}
	}
	return child
}

// lookup returns the value of a field of a mapping, or of those that are merged into it; nil where it is not there.
func lookup(n *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	for _, merged := range mergedInto(n) {
		if found := lookup(merged, name); found != nil {
			return found
		}
	}
	return nil
}

// mergedInto returns the mappings that are merged into one by the key <<.
func mergedInto(n *yaml.Node) []*yaml.Node {
	var all []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].ShortTag() != mergeTag {
			continue
		}
		values := []*yaml.Node{n.Content[i+1]}
		if values[0].Kind == yaml.SequenceNode {
			values = values[0].Content
		}
		for _, value := range values {
			if value.Kind == yaml.AliasNode {
				value = value.Alias
			}
			if value.Kind == yaml.MappingNode {
				all = append(all, value)
			}
		}
	}
	return all
}

// mapping returns a field of n that is a mapping.
func (n node) mapping(name string) node { return n.get(name).ofKind(yaml.MappingNode, "a mapping") }

// items returns the items of a field of n that is a list.
func (n node) items(name string) []node {
	at := n.get(name).ofKind(yaml.SequenceNode, "a list")
	if !at.is() {
		return nil
	}
	var all []node
	for i, item := range at.Content {
		all = append(all, at.item(item, i))
	}
	return all
}

// ofKind returns n if it is of a kind, and else says that it is not.
func (n node) ofKind(kind yaml.Kind, needed string) node {
	if n.is() && n.Kind != kind {
		n.drop("%s is needed here, not %s; left out", needed, n.kindInWords())
		return node{}
	}
	return n
}

// text returns the text of a field of n; "" where it is not there.
func (n node) text(name string) string { return n.get(name).asText() }

// asText returns the text of a scalar.
func (n node) asText() string {
	if n = n.ofKind(yaml.ScalarNode, "text"); n.is() {
		return strings.TrimSpace(n.Value)
	}
	return ""
}

// truth returns a field of n that is true or false, else unless.
func (n node) truth(name string, unless bool) bool {
	at := n.get(name)
	if !at.is() {
		return unless
	}
	var v bool
	if !at.isOf(booleanTag) || at.Decode(&v) != nil {
		at.warn("true or false is needed here; taken for %t", unless)
		return unless
	}
	return v
}

// asNumber returns the finite number that n is, and reports whether it is one. Text that is a number is one, since some formats have
// only text.
func (n node) asNumber() (float64, bool) {
	if !n.is() || n.Kind != yaml.ScalarNode {
		return 0, false
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(n.Value), 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}

// asDuration returns the duration that n is, as Prometheus writes it, and reports whether it is one above 0.
func (n node) asDuration() (time.Duration, bool) {
	if !n.is() || n.Kind != yaml.ScalarNode {
		return 0, false
	}
	d, err := model.ParseDuration(strings.TrimSpace(n.Value))
	return time.Duration(d), err == nil && d > 0
}

// pairs returns the fields of a mapping that are there, in their order.
func (n node) pairs() []pair {
	if n = n.ofKind(yaml.MappingNode, "a mapping"); !n.is() {
		return nil
	}
	var all []pair
	for _, name := range namesIn(n.Node) {
		if value := n.get(name); value.is() {
			all = append(all, pair{name, value})
		}
	}
	return all
}

// namesIn returns the names of the fields of a mapping, and of those that are merged into it.
func namesIn(n *yaml.Node) []string {
	var all []string
	for i := 0; i+1 < len(n.Content); i += 2 {
		if name := n.Content[i].Value; n.Content[i].ShortTag() != mergeTag && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	for _, merged := range mergedInto(n) {
		all = list.Union(all, namesIn(merged)...)
	}
	return all
}

// pair is a field of a mapping of texts.
type pair struct {
	name string
	at   node
}
