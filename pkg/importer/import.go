package importer

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/internal/work"
)

// Options say how sources are imported. The zero value is that of the defaults.
type Options struct {
	// Name is that of the catalog; "" for that of its only flow, or "imported" where it has several.
	Name string
	// Recorded has SLIs read the series that Sloth and Pyrra record instead of what these are computed from.
	Recorded bool
	// SlothPeriod is the period of Sloth's objectives, which their files do not state; 0 stands for its default of 30d.
	SlothPeriod time.Duration
}

// Result is what sources become.
type Result struct {
	// YAML is a definition, cer/v1, that loads without errors; nil where nothing could be imported.
	YAML []byte
	// Flows and SLIs are how many it has.
	Flows, SLIs int
	// Issues are about what is in the catalog in another way than in its source, and those that are no warnings about what is not
	// in it, in the order of sources and lines.
	Issues definition.Issues
}

// The steps that an import may take: some in any case, and some for each byte, as definition.Load has them.
const (
	stepsOfImport = 300_000
	stepsOfByte   = 2
)

// Import turns sources into the definition of one catalog.
func Import(options Options, sources ...definition.Source) Result {
	r := newReader(options, sources)
	var roots, documents []node
	for _, source := range sources {
		f, found := open(source, r.budget)
		r.files = append(r.files, f)
		for _, root := range found {
			documents = append(documents, r.unpacked(root)...)
		}
		roots = append(roots, found...)
		if len(found) == 0 && len(f.issues) == 0 {
			f.add(definition.Issue{Line: 1, Column: 1, Message: "the file is empty"})
		}
	}
	for _, document := range documents {
		r.read(document)
	}
	r.openSLO.finish(r)
	result := r.assemble()
	for _, root := range roots {
		root.file.sweep(root)
	}
	for _, f := range r.files {
		slices.SortStableFunc(f.issues, func(a, b definition.Issue) int { return cmp.Compare(a.Line, b.Line) })
		result.Issues = append(result.Issues, f.issues...)
	}
	return result
}

// reader holds what was read of all sources.
type reader struct {
	options Options
	budget  *work.Budget
	files   []*file
	// objectives are in the order in which they stand.
	objectives []*objective
	services   map[string]*service
	openSLO    openSLO
}

// newReader returns a reader of sources.
func newReader(options Options, sources []definition.Source) *reader {
	if options.SlothPeriod == 0 {
		options.SlothPeriod = defaultPeriod
	}
	steps := stepsOfImport
	for _, source := range sources {
		steps += stepsOfByte * len(source.Content)
	}
	return &reader{options: options, budget: work.NewBudget(steps), services: map[string]*service{}, openSLO: newOpenSLO()}
}

// unpacked returns the documents in a list, as OpenSLO has it, or in one of Kubernetes, or the document itself.
func (r *reader) unpacked(document node) []node {
	if document.Kind == yaml.SequenceNode {
		var all []node
		for i, item := range document.Content {
			all = append(all, document.item(item, i))
		}
		return all
	}
	if kind := peek(document, "kind"); !strings.HasSuffix(kind, "List") || peekNode(document, "items") == nil {
		return []node{document}
	}
	document.get("kind")
	document.get("apiVersion")
	document.get("metadata").drop("metadata of a list have no counterpart; left out")
	items := document.items("items")
	if len(items) == 0 {
		document.leave("the list is empty")
	}
	return items
}

// read reads a document by what it says it is.
func (r *reader) read(document node) {
	version, kind := peek(document, "apiVersion"), peek(document, "kind")
	switch {
	case document.Kind != yaml.MappingNode:
		document.leave("a mapping is needed here, not %s; not imported", document.kindInWords())
	case peek(document, "version") != "" && version == "":
		r.sloth(document)
	case strings.HasPrefix(version, slothGroup):
		r.slothResource(document)
	case strings.HasPrefix(version, "pyrra.dev/"):
		r.pyrra(document)
	case strings.HasPrefix(version, "openslo/"):
		r.openSLO.read(document)
	case version == "cer/v1":
		document.leave("this is already a catalog; not imported: use it as it is")
	default:
		document.leave("%s; not imported: OpenSLO (apiVersion: openslo/v1), Sloth (version: prometheus/v1, or apiVersion: sloth.slok.dev/v1) and Pyrra (apiVersion: pyrra.dev/v1alpha1) are understood", unknownKind(version, kind))
	}
}

// unknownKind says in words what a document is.
func unknownKind(version, kind string) string {
	if version == "" && kind == "" {
		return "this has neither version nor apiVersion"
	}
	return "a document of the kind " + strings.TrimSpace(version+" "+kind) + " is not known"
}

// peekNode returns a field of a mapping without its being read; nil where it is not there.
func peekNode(n node, name string) *yaml.Node {
	if !n.is() || n.Kind != yaml.MappingNode {
		return nil
	}
	if found := lookup(n.Node, name); found != nil {
		return n.child(found, "").Node
	}
	return nil
}

// peek returns the text of such a field.
func peek(n node, name string) string {
	if at := peekNode(n, name); at != nil && at.Kind == yaml.ScalarNode {
		return at.Value
	}
	return ""
}
