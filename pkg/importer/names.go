package importer

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	labelName   = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)
	notOfNames  = regexp.MustCompile(`[^a-zA-Z0-9_-]+`)
	startOfName = regexp.MustCompile(`^[a-zA-Z]`)
)

// longestName is how many characters a name may have.
const longestName = 63

// isOwnLabel reports whether answers have a label of their own of a name.
func isOwnLabel(name string) bool {
	return slices.Contains([]string{"flow", "component", "sli", "currency"}, name)
}

// nameOf returns a name of cer/v1 that is the nearest one to a text: it starts with a letter and goes on with letters, digits, _ and
// -, at most 63 in all.
func nameOf(text string) string {
	name := strings.Trim(notOfNames.ReplaceAllString(text, "-"), "-")
	if !startOfName.MatchString(name) {
		name = strings.TrimSuffix("slo-"+name, "-")
	}
	return name[:min(len(name), longestName)]
}

// names are those that are taken.
type names map[string]bool

// take returns the name of a text, or the first one with a number after it that is not taken.
func (taken names) take(text string) string {
	name := nameOf(text)
	free := name
	for i := 2; taken[free]; i++ {
		suffix := "-" + strconv.Itoa(i)
		free = name[:min(len(name), longestName-len(suffix))] + suffix
	}
	taken[free] = true
	return free
}
