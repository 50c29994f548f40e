package audit

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// String returns the change in words, with all that is stated.
func (c Change) String() string { return c.words(c.Before, c.After) }

// words returns the change in words, with texts of what is stated before and after it.
func (c Change) words(before, after string) string {
	subject := c.Kind + " " + c.Name
	switch {
	case c.New && c.Field != "":
		return subject + " is new, with the weight " + after
	case c.New:
		return subject + " is new"
	case c.Gone && c.Field != "":
		return subject + " is gone, which had the weight " + before
	case c.Gone:
		return subject + " is gone"
	default:
		return subject + ": " + c.Field + " " + before + " → " + after
	}
}

const (
	// maxValue is how many characters of what is stated a sentence has on each side, and kept how many of those that are the same
	// on both sides stand before what differs.
	maxValue, kept = 60, 15
	// maxField and maxName are how many characters of the path of a field and of a name a sentence has.
	maxField, maxName = 100, 130
	// shortened stands for what is left out of a text.
	shortened = "…"
)

// Sentence returns the change in one line of bounded length that can be printed. Of long texts it has the part that differs.
func (c Change) Sentence() string {
	c.Field = firstOf(printable(c.Field), maxField)
	c.Name = firstOf(printable(c.Name), maxName)
	return c.words(differing(printable(c.Before), printable(c.After)))
}

// PublicSentence is Sentence without amounts of money, for whoever may see the numbers that a catalog makes but not the catalog.
func (c Change) PublicSentence() string {
	if c.Aspect() == Money {
		field, _, _ := strings.Cut(c.Field, ".")
		return c.Kind + " " + firstOf(printable(c.Name), maxName) + ": " + field + " changed"
	}
	return c.Sentence()
}

// differing returns two texts that differ as they are if they are short, and else from shortly before the first difference on.
func differing(before, after string) (string, string) {
	if utf8.RuneCountInString(before) <= maxValue && utf8.RuneCountInString(after) <= maxValue {
		return before, after
	}
	old, now := []rune(before), []rune(after)
	same := 0
	for same < min(len(old), len(now)) && old[same] == now[same] {
		same++
	}
	from := max(0, same-kept)
	return window(old, from), window(now, from)
}

// window returns the part of a text from a place on.
func window(text []rune, from int) string {
	part := firstOf(string(text[min(from, len(text)):]), maxValue)
	if from > 0 {
		return shortened + part
	}
	return part
}

// firstOf returns the first so many characters of a text.
func firstOf(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + shortened
	}
	return text
}

// printable escapes what can't be printed or has several lines, such as control characters, marks that change the direction of
// text, and bytes that are no text. An angle bracket that would begin a tag is moved away from it, since Grafana renders
// annotations as HTML.
func printable(text string) string {
	var out strings.Builder
	for i, r := range text {
		switch size := utf8.RuneLen(r); {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], string(utf8.RuneError)):
			out.WriteString(`\x` + strconv.FormatUint(uint64(text[i]), 16))
		case r == '<' && beginsTag(text[i+size:]):
			out.WriteString("< ")
		case strconv.IsPrint(r):
			out.WriteRune(r)
		default:
			out.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return out.String()
}

// beginsTag reports whether an angle bracket before a text would begin a tag of HTML.
func beginsTag(rest string) bool {
	return rest != "" && (rest[0] == '/' || rest[0] == '!' || rest[0] == '?' || rest[0]|0x20 >= 'a' && rest[0]|0x20 <= 'z')
}
