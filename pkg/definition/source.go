package definition

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/internal/work"
	"github.com/cer-reliability/cer-datasource/pkg/schema"
)

// Source is a file of a definition.
type Source struct {
	// Name stands for the file in errors.
	Name    string
	Content []byte
}

// file is a source while it is read.
type file struct {
	name  string
	text  string
	lines []string
	// runes are those of lines that were looked at, by their number from 0.
	runes map[int][]rune
	issueList
	// budget is that of all sources of a catalog.
	budget *work.Budget
	// selectors is how many selectors of series were read so far.
	selectors int
	// left is how many nodes and bytes of text the documents may have from here on, with their aliases written out.
	left int
	// tool is the other tool whose file it looks like; "" where it looks like none.
	tool string
	// tolerates says that what is refused was taken by an earlier version, so that the catalog is loaded all the same.
	tolerates bool
	// documents are the roots of the YAML documents that are not empty.
	documents []node
}

const (
	// maxContent is how many bytes a source may have.
	maxContent = 1 << 20
	// maxExpansion is by how much a source may grow once its aliases are written out, counted in nodes and bytes of text,
	// and leastExpansion how much it may have in any case.
	maxExpansion   = 8
	leastExpansion = 64 << 10
)

var lineBreak = regexp.MustCompile("\r\n|[\r\n]")

// open reads the YAML documents of a source, which is then read within a budget.
func open(source Source, budget *work.Budget) *file {
	f := &file{name: source.Name, budget: budget}
	if len(source.Content) > maxContent {
		f.refuse(1, 1, "the content is larger than 1 MiB; split the catalog into several files")
		return f
	}
	f.text = strings.TrimPrefix(string(source.Content), "\ufeff")
	f.lines, f.runes = lineBreak.Split(f.text, -1), map[int][]rune{}
	f.tool = toolOf(f.text)
	f.left = leastExpansion + maxExpansion*len(f.text)
	if !f.refuseUnreadable() {
		f.parse()
	}
	return f
}

// line returns the characters of a line, counted from 0.
func (f *file) line(number int) []rune {
	known, ok := f.runes[number]
	if !ok {
		known = []rune(f.lines[number])
		f.runes[number] = known
	}
	return known
}

// refuse adds an issue that belongs to no node.
func (f *file) refuse(line, column int, message string) {
	f.add(Issue{File: f.name, Line: line, Column: column, Message: message})
}

// refuseUnreadable refuses content that is not plain UTF-8 text, and reports whether it did.
func (f *file) refuseUnreadable() bool {
	for offset, r := range f.text {
		message := ""
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(f.text[offset:], "\ufffd"):
			message = "the content is not UTF-8; save the file as UTF-8"
		case strings.ContainsRune("\t\r\n", r):
		case unicode.IsControl(r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			message = fmt.Sprintf("the character %U is not allowed in a catalog; leave it out", r)
		}
		if message != "" {
			before := lineBreak.Split(f.text[:offset], -1)
			f.refuse(len(before), utf8.RuneCountInString(before[len(before)-1])+1, message)
			return true
		}
	}
	return false
}

// parse reads the YAML documents as far as they are valid.
func (f *file) parse() {
	decoder := yaml.NewDecoder(bytes.NewReader([]byte(f.text)))
	for {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			f.refuseSyntax(err)
			return
		}
		f.addDocument(document.Content[0])
	}
	if len(f.documents) == 0 && len(f.issues) == 0 {
		f.refuse(1, 1, "the content is empty; a catalog starts with apiVersion: "+schema.APIVersion)
	}
}

// addDocument keeps a document unless it is empty or too large.
func (f *file) addDocument(root *yaml.Node) {
	n := node{Node: root, file: f}
	if n.is(nullTag) {
		return
	}
	e := expansion{left: &f.left, open: map[*yaml.Node]bool{}}
	if at, problem := e.visit(root); problem != "" {
		f.refuse(at.Line, at.Column, problem)
		return
	}
	f.documents = append(f.documents, n)
}

var yamlError = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// countsFromZero matches the errors of which the YAML parser states the line before.
var countsFromZero = regexp.MustCompile(`did not find expected (?:key|node content|'-' indicator|',' or|<)|found duplicate|found incompatible`)

var unknownAnchor = regexp.MustCompile(`unknown anchor '(.*)' referenced`)

// refuseSyntax passes on what the YAML parser says.
func (f *file) refuseSyntax(err error) {
	said := err.Error()
	if match := unknownAnchor.FindStringSubmatch(said); match != nil {
		line, column := f.find("*" + match[1])
		f.refuse(line, column, fmt.Sprintf("there is no anchor &%s before this alias; write the value out, or correct the name", match[1]))
		return
	}
	line := f.lineOf(said)
	message := "this is not valid YAML, here or below: " + yamlError.ReplaceAllString(said, "")
	for _, at := range []int{line, line - 1, line + 1} { // The parser may be a line off.
		if at < 1 || at > len(f.lines) {
			continue
		}
		if hint := remedy(f.lines[at-1]); hint != "" {
			line, message = at, message+hint
			break
		}
	}
	f.refuse(line, 1, message)
}

// lineOf returns the line that the YAML parser speaks of, or 1.
func (f *file) lineOf(said string) int {
	line := 0
	if match := yamlError.FindStringSubmatch(said); match != nil {
		line, _ = strconv.Atoi(match[1])
	}
	if countsFromZero.MatchString(said) {
		line++
	}
	return min(max(line, 1), len(f.lines))
}

// find returns where a piece of the content stands first.
func (f *file) find(piece string) (line, column int) {
	for i, text := range f.lines {
		if at := strings.Index(text, piece); at >= 0 {
			return i + 1, utf8.RuneCountInString(text[:at]) + 1
		}
	}
	return 1, 1
}

// expansion measures a document with its aliases written out.
type expansion struct {
	left *int
	// open holds the nodes with an anchor that the one visited stands in.
	open map[*yaml.Node]bool
}

// visit counts n and all beneath it, and says where that is too much and why.
func (e *expansion) visit(n *yaml.Node) (at *yaml.Node, problem string) {
	named := n
	if n.Kind == yaml.AliasNode {
		named = n.Alias
	}
	*e.left -= 1 + len(named.Value)
	switch {
	case e.open[named]:
		return n, fmt.Sprintf("the anchor &%s contains this alias of itself; write it out", named.Anchor)
	case *e.left < 0:
		return n, fmt.Sprintf("with its aliases written out the source is more than %d times larger; use fewer aliases", maxExpansion)
	}
	if named.Anchor != "" {
		e.open[named] = true
		defer delete(e.open, named)
	}
	for _, child := range named.Content {
		if at, problem = e.visit(child); problem != "" {
			return at, problem
		}
	}
	return nil, ""
}
