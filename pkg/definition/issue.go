package definition

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Issue is something that is wrong with a definition, or doubtful about it.
type Issue struct {
	// File is the name of the source.
	File string
	// Line and Column count from 1; the column counts characters.
	Line, Column int
	// Path is the place in the document, such as spec.flows[0].slis[2].ratio.good; "" for the whole of it.
	Path string
	// Text is what stands there, shortened; "" where it is no plain text.
	Text string
	// Message is a sentence that says what is wrong and what to do instead.
	Message string
	// Warning says that the definition works, if perhaps not as meant.
	Warning bool
	// Withholds says that an earlier version took this for valid: the catalog loads all the same, without the score of
	// the flow in which it stands.
	Withholds bool
}

// String returns the issue on one line, starting with file:line:column.
func (i Issue) String() string {
	var b strings.Builder
	if i.File != "" {
		fmt.Fprintf(&b, "%s:", i.File)
	}
	if i.Line > 0 {
		fmt.Fprintf(&b, "%d:%d: ", i.Line, i.Column)
	}
	if i.Warning {
		b.WriteString("warning: ")
	}
	if i.Path != "" {
		fmt.Fprintf(&b, "%s: ", i.Path)
	}
	b.WriteString(i.Message)
	if i.Text != "" {
		fmt.Fprintf(&b, " (here: %s)", i.Text)
	}
	return b.String()
}

// fault returns the issue as a sentence on an SLI, whose name is known.
func (i Issue) fault() string {
	steps := strings.Split(i.Path, ".")
	field := strings.Join(steps[max(0, len(steps)-2):], ".")
	text := fmt.Sprintf("its definition is invalid, so its flow has no score: %s: %s", field, i.Message)
	if i.Text != "" {
		text += fmt.Sprintf(" (here: %s)", i.Text)
	}
	return text
}

// Error returns what String does.
func (i Issue) Error() string { return i.String() }

// Issues are all that a definition gives rise to, in the order of files, lines and columns.
type Issues []Issue

// shownIssues is how many issues an error prints; a file of another kind may give rise to thousands.
const shownIssues = 100

// Error returns the issues, each on a line of its own.
func (is Issues) Error() string {
	var lines []string
	for _, issue := range is[:min(len(is), shownIssues)] {
		lines = append(lines, issue.String())
	}
	if more := len(is) - shownIssues; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

// Refused reports whether any issue is such that there is no catalog.
func (is Issues) Refused() bool {
	return slices.ContainsFunc(is, func(i Issue) bool { return !i.Warning && !i.Withholds })
}

// Faulty reports whether any issue is more than a warning, be it that a catalog is made of the rest.
func (is Issues) Faulty() bool {
	return slices.ContainsFunc(is, func(i Issue) bool { return !i.Warning })
}

// sorted returns the issues of one file by position.
func (is Issues) sorted() Issues {
	result := slices.Clone(is)
	slices.SortStableFunc(result, func(a, b Issue) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	return result
}

// excerptLength is how many characters of an offending text are shown.
const excerptLength = 60

// excerpt returns text on one line, shortened to what surrounds the byte at offset.
func excerpt(text string, offset int) string {
	length := utf8.RuneCountInString(text)
	if length <= excerptLength {
		return strings.Map(printable, text)
	}
	at := utf8.RuneCountInString(text[:min(offset, len(text))])
	start := min(max(at-excerptLength/3, 0), length-excerptLength)
	_, rest := cut(text, start)
	result, rest := cut(rest, excerptLength)
	result = strings.Map(printable, result)
	if start > 0 {
		result = "…" + result
	}
	if rest != "" {
		result += "…"
	}
	return result
}

// cut cuts text before the character at an index.
func cut(text string, index int) (before, after string) {
	for at := range text {
		if index == 0 {
			return text[:at], text[at:]
		}
		index--
	}
	return text, ""
}

// printable returns r, or a space where r would not show.
func printable(r rune) rune {
	if !unicode.IsPrint(r) {
		return ' '
	}
	return r
}
