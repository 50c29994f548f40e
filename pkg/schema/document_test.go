package schema_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// compiled is the schema, ready to validate.
var compiled = sync.OnceValues(func() (*jsonschema.Schema, error) {
	text, err := schema.JSON()
	if err != nil {
		return nil, err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(schema.URL, document); err != nil {
		return nil, err
	}
	return compiler.Compile(schema.URL)
})

// said is what the reader and the schema say of a text.
type said struct {
	// reader are the sentences of the reader on what is wrong.
	reader []string
	// schema is what the schema finds wrong, nil for nothing. core is the same where YAML is read as 1.2 says, as editors do; it is
	// asked about what the reader accepts.
	schema, core error
}

// ask has a text judged. The text is YAML.
func ask(t *testing.T, text string) said {
	t.Helper()
	var s said
	source := definition.Source{Content: []byte(text)}
	_, issues := definition.Load(source)
	if definition.HoldsPresets(source) {
		_, issues = definition.ReadPresets(source)
	}
	for _, issue := range issues {
		if !issue.Warning {
			s.reader = append(s.reader, issue.String())
		}
	}
	s.schema = validate(t, text, false)
	if s.reader == nil {
		s.core = validate(t, text, true)
	}
	return s
}

// documentOf returns the mapping that the documents of a text are.
func documentOf(text string) *schema.Mapping {
	if definition.HoldsPresets(definition.Source{Content: []byte(text)}) {
		return schema.PresetDocument
	}
	return schema.Document
}

// validate holds each document of a text against the schema.
func validate(t *testing.T, text string, core bool) error {
	t.Helper()
	validator, err := compiled()
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(strings.NewReader(text))
	for {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if hasNoValue(document.Content[0]) {
			return errNoValue
		}
		value := converter{core: core}.value(document.Content[0])
		if value == nil {
			continue // An empty document, which the reader passes over.
		}
		if err := validator.Validate(value); err != nil {
			return err
		}
	}
}

// errNoValue is the error of a document that no value stands for.
var errNoValue = errors.New("a key stands twice in a mapping, or is no text")

// hasNoValue reports whether a mapping in n has a key twice, which is no YAML, or one that JSON does not have.
func hasNoValue(n *yaml.Node) bool {
	keys := map[string]bool{}
	for i, child := range n.Content {
		key := child
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		isKey := n.Kind == yaml.MappingNode && i%2 == 0
		if isKey && (keys[key.Value] || key.Kind != yaml.ScalarNode) || hasNoValue(child) {
			return true
		}
		if isKey {
			keys[key.Value] = true
		}
	}
	return false
}

// converter turns YAML into what JSON Schema judges, with the reader's types or those of YAML 1.2's core schema. What is deeper than
// any definition, since it contains itself, is nothing.
type converter struct {
	core  bool
	depth int
}

// deepest is deeper than any definition.
const deepest = 100

// value returns what a node stands for.
func (c converter) value(n *yaml.Node) any {
	if c.depth++; c.depth > deepest {
		return nil
	}
	switch n.Kind {
	case yaml.AliasNode:
		return c.value(n.Alias)
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			list[i] = c.value(item)
		}
		return list
	case yaml.MappingNode:
		mapping := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if key.Kind == yaml.AliasNode {
				key = key.Alias
			}
			mapping[key.Value] = c.value(n.Content[i+1])
		}
		return mapping
	}
	if c.core && n.Style == 0 && !coreNumber.MatchString(n.Value) && (n.ShortTag() == "!!int" || n.ShortTag() == "!!float") {
		return n.Value
	}
	return scalar(n)
}

// coreNumber matches what YAML 1.2 takes for a number.
var coreNumber = regexp.MustCompile(`^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)$`)

// scalar returns a value without parts. JSON has no infinite numbers; another one stands for them.
func scalar(n *yaml.Node) any {
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		var v bool
		if n.Decode(&v) == nil {
			return v
		}
	case "!!int", "!!float":
		var v float64
		if n.Decode(&v) == nil {
			if math.IsInf(v, 0) || math.IsNaN(v) {
				return math.MaxFloat64
			}
			return v
		}
	}
	return n.Value
}

// corpus returns the definitions of the repository by their place: those that users copy, and those of the reader's tests that
// are valid.
func corpus(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, pattern := range []string{
		"definition/testdata/valid/*.yaml", "definition/testdata/earlier/*.yaml", "../examples/catalog.yaml", "demo/shop/catalog.yaml",
	} {
		paths, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(pattern)))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no file is like %s: %v", pattern, err)
		}
		for _, path := range paths {
			found[filepath.ToSlash(path)] = read(t, path)
		}
	}
	found["rest"] = rest
	for _, name := range []string{"istio", "postgres"} { // The user's own have other names.
		found[name] = strings.NewReplacer("name: "+name+" ", "name: own-"+name+" ", "kind: Preset", "kind: Preset\norgs: [1]").Replace(read(t, "../preset/"+name+".yaml"))
	}
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, "../../README.md") {
		for i, block := range fenced.FindAllStringSubmatch(read(t, page), -1) {
			if strings.HasPrefix(strings.TrimSpace(block[1]), "apiVersion: cer/v1") || strings.Contains(block[1], "\napiVersion: cer/v1") {
				found[filepath.Base(page)+string(rune('a'+i))] = block[1]
			}
		}
	}
	return found
}

// rest has the fields that no other definition of the repository has.
const rest = `apiVersion: cer/v1
kind: Catalog
metadata: { name: rest }
orgs: [1, 2]
spec:
  budgetPeriod: month
  location: Europe/Berlin
  flows:
    - name: checkout
      revenue: { promql: sum(orders_euro), currency: EUR, trust: ['job="shop"'] }
      cost: { perHour: 12.5, currency: EUR }
      slis:
        - name: success
          scrapeInterval: 15s
          ratio: { bad: requests_failed_total, total: requests_total }
          fallback: { apdex: { histogram: duration_seconds, satisfied: 300ms, good: ['code!~"5.."'] } }
        - name: queue
          component: telemetry
          value: { promql: max(queue_filled) }
          fallback: { value: { promql: max(other_queue_filled) } }
        - { name: fast, latency: { histogram: duration_seconds, under: 1s, good: ['code!~"5.."'] }, curve: { step: { at: 0.99, strict: true } } }
    - name: search
      preset: { use: istio, match: 'destination_service_name="search"', under: 300ms }
      slis:
        - { name: success, weight: 5 }
        - name: db
          component: dependency
          preset: { use: istio/latency, match: 'destination_service_name="db"', under: 100ms }
          fallback: { preset: { use: istio/success, match: 'destination_service_name="db"' } }
    - name: browse
      preset: { use: istio, match: 'destination_service_name="browse"' }
      slis: [{ name: latency, under: 200ms }]
`

// fenced matches the blocks of YAML in Markdown.
var fenced = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// read returns the content of a file.
func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestPresetsAreAccepted holds the presets that come with cer against the schema.
func TestPresetsAreAccepted(t *testing.T) {
	paths, err := filepath.Glob("../preset/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal("there are no presets", err)
	}
	for _, path := range paths {
		text := read(t, path)
		if err := errors.Join(validate(t, text, false), validate(t, text, true)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestExamplesAreAccepted holds every definition of the repository that is valid against the schema.
func TestExamplesAreAccepted(t *testing.T) {
	for place, text := range corpus(t) {
		s := ask(t, text)
		if strings.Contains(place, "/earlier/") && s.reader != nil {
			continue // What is found wrong by now.
		}
		if s.reader != nil || s.schema != nil || s.core != nil {
			t.Errorf("%s: the reader: %v, the schema: %v, as YAML 1.2: %v", place, s.reader, s.schema, s.core)
		}
	}
}
