package importer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/definition"
	"github.com/cer-reliability/cer-datasource/pkg/internal/didyoumean"
	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
	"github.com/cer-reliability/cer-datasource/pkg/internal/work"
)

const (
	// maxContent is how many bytes a source may have.
	maxContent = 1 << 20
	// maxIssues is how many issues are listed of a source.
	maxIssues = 1000
	// maxNodes is how many values a source may have with its aliases written out.
	maxNodes = 200_000
)

// file is a source while it is read.
type file struct {
	name   string
	budget *work.Budget
	issues definition.Issues
	// seen are the values that were read, or of which an issue says what became of them; whole those of which that holds for
	// all that is in them.
	seen, whole map[*yaml.Node]bool
	// fields are the names of the fields that mappings were asked for.
	fields map[*yaml.Node][]string
}

// open returns the YAML documents of a source that are not empty.
func open(source definition.Source, budget *work.Budget) (*file, []node) {
	f := &file{name: source.Name, budget: budget, seen: map[*yaml.Node]bool{}, whole: map[*yaml.Node]bool{}, fields: map[*yaml.Node][]string{}}
	if len(source.Content) > maxContent {
		f.add(definition.Issue{Line: 1, Column: 1, Message: "the file is larger than 1 MiB, and is not read; split it"})
		return f, nil
	}
	var documents []node
	decoder := yaml.NewDecoder(bytes.NewReader(source.Content))
	for {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return f, documents
		}
		if err != nil {
			f.add(unreadable(err))
			return f, documents
		}
		root := node{Node: document.Content[0], file: f}
		left := maxNodes
		switch {
		case root.Kind == yaml.ScalarNode && root.ShortTag() == nullTag:
		case !countable(root.Node, &left):
			root.leave("with its aliases expanded this has too many values, and is not read; write it without aliases")
		default:
			documents = append(documents, root)
		}
	}
}

// countable reports whether a value has no more values in it than are left, aliases written out.
func countable(n *yaml.Node, left *int) bool {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	*left--
	for _, child := range n.Content {
		if *left < 0 || !countable(child, left) {
			return false
		}
	}
	return *left >= 0
}

var lineOfError = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// unreadable returns the issue of what is no YAML.
func unreadable(err error) definition.Issue {
	line := 1
	if match := lineOfError.FindStringSubmatch(err.Error()); match != nil && match[1] != "" {
		line, _ = strconv.Atoi(match[1])
	}
	return definition.Issue{Line: line, Column: 1, Message: "this is not valid YAML, here or nearby, and nothing from here on is read: " + lineOfError.ReplaceAllString(err.Error(), "")}
}

// add adds an issue, at most once at a place.
func (f *file) add(issue definition.Issue) {
	issue.File = f.name
	for _, known := range f.issues {
		if known == issue {
			return
		}
	}
	switch {
	case len(f.issues) < maxIssues:
		f.issues = append(f.issues, issue)
	case len(f.issues) == maxIssues:
		f.issues = append(f.issues, definition.Issue{File: f.name, Line: issue.Line, Column: issue.Column,
			Message: fmt.Sprintf("there are more than %d issues, and the others are not listed; import fewer objectives at once", maxIssues)})
	}
}

// sweep adds an issue for each field of a document that nobody asked for.
func (f *file) sweep(n node) {
	if f.whole[n.Node] {
		return
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			f.sweepField(n, n.Content[i], n.Content[i+1])
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			f.sweep(n.item(item, i))
		}
	}
}

// sweepField adds an issue for a field of a mapping that nobody asked for, or for those in it.
func (f *file) sweepField(n node, key, value *yaml.Node) {
	child := n.child(value, "."+key.Value)
	at := node{Node: key, file: f, path: child.path}
	known := f.fields[n.Node]
	switch {
	case f.seen[child.Node] || f.whole[child.Node]:
		f.sweep(child)
		return
	case key.ShortTag() == mergeTag:
		for _, merged := range mergedInto(&yaml.Node{Content: []*yaml.Node{key, value}}) {
			f.fields[merged] = list.Union(f.fields[merged], known...)
			f.sweep(node{Node: merged, file: f, path: n.path})
		}
		return
	case slices.Contains(known, key.Value):
		at.warn("this field is there twice, and the other one counts; left out")
	case len(known) > 0:
		at.warn("this field is not known here, and is left out; %s", didyoumean.Choices(key.Value, known))
	default:
		at.warn("this field is not known here, and is left out")
	}
	f.whole[child.Node] = true
}
