// Package list joins lists: two of them into one without repetitions, and one into a text.
package list

import (
	"fmt"
	"slices"
	"strings"
)

// Union returns the values of a in their order, and then those of more that a lacks, each once.
func Union[T comparable](a []T, more ...T) []T {
	all := slices.Clone(a)
	for _, value := range more {
		if !slices.Contains(all, value) {
			all = append(all, value)
		}
	}
	return all
}

// Or prints alternatives, such as "a, b or c".
func Or[T ~string](values []T) string {
	if len(values) < 2 {
		return join(values)
	}
	last := len(values) - 1
	return join(values[:last]) + " or " + string(values[last])
}

// OrFirst prints the first n alternatives, and "and more" where there are more.
func OrFirst[T ~string](values []T, n int) string {
	if len(values) > n {
		return Or(values[:n]) + " and more"
	}
	return Or(values)
}

// First prints the first n values, and counts the others, such as "a, b and 3 more".
func First[T ~string](values []T, n int) string {
	if more := len(values) - n; more > 0 {
		return fmt.Sprintf("%s and %d more", join(values[:n]), more)
	}
	return join(values)
}

func join[T ~string](values []T) string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = string(value)
	}
	return strings.Join(texts, ", ")
}
