package importer

import (
	"regexp"
	"slices"

	"github.com/cer-reliability/cer-datasource/pkg/internal/yamlwrite"
)

var labelName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// isOwnLabel reports whether answers have a label of their own of a name.
func isOwnLabel(name string) bool {
	return slices.Contains([]string{"flow", "component", "sli", "currency"}, name)
}

// namePrefix is what names start with that would else start with no letter.
const namePrefix = "slo"

// nameOf returns a name of cer/v1 that is the nearest one to a text.
func nameOf(text string) string { return yamlwrite.Name(text, namePrefix) }

// names are those that are taken.
type names yamlwrite.Names

// take returns the name of a text, or the first one with a number after it that is not taken.
func (taken names) take(text string) string { return yamlwrite.Names(taken).Take(text, namePrefix) }
