package definition

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/internal/yamlkind"
)

// node is a piece of a document and the place it stands at. Aliases stand for what they name.
type node struct {
	*yaml.Node
	file *file
	path string
	// isCopy says that it is a copy of what another file states, so that the lines of the file do not show its text.
	isCopy bool
}

// YAML's tags for the kinds of values, as resolved by the parser.
const (
	textTag    = "!!str"
	integerTag = "!!int"
	floatTag   = "!!float"
	booleanTag = "!!bool"
	nullTag    = "!!null"
	timeTag    = "!!timestamp"
	mergeTag   = "!!merge"
)

// child returns a node beneath n, through its alias where it is one.
func (n node) child(child *yaml.Node, step string) node {
	if child.Kind == yaml.AliasNode {
		child = child.Alias
	}
	return node{Node: child, file: n.file, path: strings.TrimPrefix(n.path+step, "."), isCopy: n.isCopy}
}

// is reports whether n is a scalar of one of the tags.
func (n node) is(tags ...string) bool {
	for _, tag := range tags {
		if n.Kind == yaml.ScalarNode && n.ShortTag() == tag {
			return true
		}
	}
	return false
}

// where returns the place of n for a sentence about another one.
func (n node) where() string {
	return strings.TrimPrefix(fmt.Sprintf("%s:%d:%d", n.file.name, n.Line, n.Column), ":")
}

// refuse adds what is wrong with n.
func (n node) refuse(format string, args ...any) {
	switch {
	case n.file.tolerates:
		n.withhold(format, args...)
	case n.file.takes(false):
		n.add(Issue{Message: fmt.Sprintf(format, args...)})
	}
}

// withhold adds what is wrong with n that an earlier version took for valid, for which the flow in which it stands has no
// score.
func (n node) withhold(format string, args ...any) {
	n.add(Issue{Message: fmt.Sprintf(format, args...), Withholds: true})
}

// warn adds what is doubtful about n.
func (n node) warn(format string, args ...any) {
	if n.file.takes(true) {
		n.add(Issue{Message: fmt.Sprintf(format, args...), Warning: true})
	}
}

// add adds an issue at the start of n unless it has a place and a text of its own.
func (n node) add(issue Issue) {
	issue.File, issue.Path = n.file.name, n.path
	if issue.Line == 0 {
		issue.Line, issue.Column = n.Line, n.Column
	}
	if issue.Text == "" && n.Kind == yaml.ScalarNode {
		issue.Text = excerpt(n.Value, 0)
	}
	if issue.Withholds {
		n.file.faults = append(n.file.faults, issue.fault())
	}
	n.file.budget.Spend(stepsOfIssue)
	n.file.add(issue)
}

// stops reports whether nothing from n on is read, and says why once.
func (n node) stops() bool {
	f := n.file
	switch {
	case f.stopped:
	case f.full():
		f.stop(Issue{File: f.name, Line: n.Line, Column: n.Column, Path: n.path,
			Message: fmt.Sprintf("%d errors up to here; the rest is not checked until they are fixed", maxIssues)})
	case f.budget.Exhausted():
		f.stop(Issue{File: f.name, Line: n.Line, Column: n.Column, Path: n.path,
			Message: "the catalog is too complex up to here, and the rest is not checked; write fewer or simpler expressions and conditions, and fewer aliases"})
	}
	return f.stopped
}

// refuseKind says that something else is needed in the place of n.
func (n node) refuseKind(needed string) {
	n.refuse("%s is needed here, not %s", needed, n.kindInWords())
}

// kindInWords says what n is.
func (n node) kindInWords() string { return yamlkind.InWords(n.Node) }
