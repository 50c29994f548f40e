package definition

import (
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// placeOf returns the line and the column of the character at an index of the text of n, if its lines show it as it is.
func (n node) placeOf(index int) (line, column int, ok bool) {
	if n.isCopy {
		return 0, 0, false
	}
	if column, ok := n.columnOf(index); ok {
		return n.Line, column, true
	}
	switch n.Style &^ yaml.TaggedStyle {
	case 0:
		return n.placeFrom(n.Line-1, skipProperties(n.file.line(n.Line-1), n.Column-1), index)
	case yaml.LiteralStyle, yaml.FoldedStyle:
		return n.placeFrom(n.Line, 0, index)
	}
	return 0, 0, false
}

// placeFrom returns the place of the character at an index of the text of n, which starts after a line and a column,
// both from 0. YAML changes nothing but the white space of such a text, so that the other characters are counted.
func (n node) placeFrom(line, column, index int) (int, int, bool) {
	before, after := cut(n.Value, index)
	left := countShown(before)
	next, _ := utf8.DecodeRuneInString(after)
	for ; line < len(n.file.lines); line, column = line+1, 0 {
		written := n.file.line(line)
		for at := min(column, len(written)); at < len(written); at++ {
			if unicode.IsSpace(written[at]) {
				continue
			}
			if left == 0 {
				return line + 1, at + 1, true
			}
			left--
			if left == 0 && (after == "" || unicode.IsSpace(next)) {
				return line + 1, at + 2, true
			}
		}
	}
	return 0, 0, false
}

// countShown counts the characters that are no white space.
func countShown(text string) int {
	n := 0
	for _, r := range text {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// columnOf returns the column of the character at an index of the text of n, if n is written on one line.
func (n node) columnOf(index int) (int, bool) {
	line := n.file.line(n.Line - 1)
	start := skipProperties(line, n.Column-1)
	written := line[min(start, len(line)):]
	switch n.Style &^ yaml.TaggedStyle {
	case 0:
		return start + index + 1, startsWith(written, n.Value)
	case yaml.SingleQuotedStyle, yaml.DoubleQuotedStyle:
		if place, length := quotedPlace(written, index); length == utf8.RuneCountInString(n.Value) {
			return start + place + 1, true
		}
	}
	return 0, false
}

// startsWith reports whether a line starts with text.
func startsWith(line []rune, text string) bool {
	at := 0
	for _, r := range text {
		if at == len(line) || line[at] != r {
			return false
		}
		at++
	}
	return true
}

// skipProperties steps over the anchor and the tag in front of a scalar.
func skipProperties(line []rune, at int) int {
	for at < len(line) && (line[at] == '&' || line[at] == '!') {
		for at < len(line) && line[at] != ' ' && line[at] != '\t' {
			at++
		}
		for at < len(line) && (line[at] == ' ' || line[at] == '\t') {
			at++
		}
	}
	return at
}

// quotedPlace returns where the character at an index of a quoted scalar is written, or its closing quote, and how many
// characters the scalar has; -1 if the line ends before.
func quotedPlace(written []rune, index int) (place, length int) {
	for at := 1; at < len(written); at += escapeLength(written[at:], written[0]) {
		if length == index {
			place = at
		}
		if written[at] == written[0] && escapeLength(written[at:], written[0]) == 1 {
			return place, length
		}
		length++
	}
	return 0, -1
}

// escapeLength is how many characters write the first one of a quoted text.
func escapeLength(written []rune, quote rune) int {
	switch {
	case len(written) < 2:
		return 1
	case quote == '\'' && written[0] == '\'' && written[1] == '\'':
		return 2
	case quote == '"' && written[0] == '\\':
		switch written[1] {
		case 'x':
			return 4
		case 'u':
			return 6
		case 'U':
			return 10
		}
		return 2
	}
	return 1
}
