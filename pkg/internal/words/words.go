// Package words helps whoever misspelt one.
package words

import (
	"strings"
	"unicode/utf8"
)

// longestTypo is the length in bytes above which no word is taken for a misspelt one.
const longestTypo = 40

// Choices says what there is to choose from, and which of them was likely meant.
func Choices(written string, known []string) string {
	all := "choose from " + strings.Join(known, ", ")
	if near, ok := Nearest(written, known); ok {
		return "did you mean " + near + "? Otherwise " + all
	}
	return all
}

// Nearest returns the known word that the written one is likely a misspelling of.
func Nearest(written string, known []string) (string, bool) {
	if len(written) > longestTypo {
		return "", false
	}
	length := utf8.RuneCountInString(written)
	word, least := "", 1+max(1, length/3)
	for _, candidate := range known {
		if difference := length - len(candidate); max(difference, -difference) >= least {
			continue
		}
		if d := distance(strings.ToLower(written), strings.ToLower(candidate)); d < least {
			word, least = candidate, d
		}
	}
	return word, word != ""
}

// distance is the number of characters to insert, delete, replace or swap with their neighbour to turn a into b.
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	rows := make([][]int, len(from)+1)
	for i := range rows {
		rows[i] = make([]int, len(to)+1)
		for j := range rows[i] {
			rows[i][j] = cell(rows, from, to, i, j)
		}
	}
	return rows[len(from)][len(to)]
}

// cell is the distance of the first i characters of from to the first j of to, given those of shorter ones.
func cell(rows [][]int, from, to []rune, i, j int) int {
	if i == 0 || j == 0 {
		return i + j
	}
	replace := rows[i-1][j-1]
	if from[i-1] != to[j-1] {
		replace++
	}
	least := min(replace, rows[i-1][j]+1, rows[i][j-1]+1)
	if i > 1 && j > 1 && from[i-1] == to[j-2] && from[i-2] == to[j-1] {
		least = min(least, rows[i-2][j-2]+1)
	}
	return least
}
