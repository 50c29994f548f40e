// Package didyoumean suggests known names for a misspelt one, as error messages do.
package didyoumean

import (
	"strings"
	"unicode/utf8"

	edlib "github.com/hbollon/go-edlib"
)

// maxBytes is the length of the longest name that is compared with the known ones. It bounds the work that a name from
// a definition or a query causes.
const maxBytes = 40

// MaxCompared is how many known names of about the length of a name it is compared with; a comparison takes 2 KB.
const MaxCompared = 300

// Choices returns a hint that lists all known names, after the nearest one if there is one.
func Choices(name string, known []string) string {
	all := "choose from " + strings.Join(known, ", ")
	if near, ok := Nearest(name, known); ok {
		return "did you mean " + near + "? Otherwise " + all
	}
	return all
}

// Nearest returns the known name with the least edit distance to name, ignoring case. Inserting, deleting or replacing
// a character and swapping two neighbours each count 1. It returns false if no known name is within a third of the
// characters of name, or within one character for shorter names. Only the first MaxCompared names of such a length are
// compared.
func Nearest(name string, known []string) (nearest string, ok bool) {
	if len(name) > maxBytes {
		return "", false
	}
	length := utf8.RuneCountInString(name)
	least := 1 + max(1, length/3)
	compared := 0
	for _, candidate := range known {
		if difference := length - len(candidate); max(difference, -difference) >= least {
			continue // The distance is at least the difference in length.
		}
		compared++
		if compared > MaxCompared {
			break
		}
		distance := edlib.OSADamerauLevenshteinDistance(strings.ToLower(name), strings.ToLower(candidate))
		if distance < least {
			nearest, least = candidate, distance
		}
	}
	return nearest, nearest != ""
}
