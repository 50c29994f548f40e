package yamlwrite

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	notOfNames  = regexp.MustCompile(`[^a-zA-Z0-9_-]+`)
	startOfName = regexp.MustCompile(`^[a-zA-Z]`)
)

// longestName is how many characters a name may have.
const longestName = 63

// Name returns a name of cer/v1 that is the nearest one to a text: a letter, and then letters, digits, _ and -, at most 63 in all.
// Where the text starts with no letter, the name starts with prefix, such as slo, and a -.
func Name(text, prefix string) string {
	name := strings.Trim(notOfNames.ReplaceAllString(text, "-"), "-")
	if !startOfName.MatchString(name) {
		name = strings.TrimSuffix(prefix+"-"+name, "-")
	}
	return name[:min(len(name), longestName)]
}

// Names are those that are taken.
type Names map[string]bool

// Take returns the name of a text, as Name does, or the first one with a number after it that is not taken.
func (taken Names) Take(text, prefix string) string {
	name := Name(text, prefix)
	free := name
	for i := 2; taken[free]; i++ {
		suffix := "-" + strconv.Itoa(i)
		free = name[:min(len(name), longestName-len(suffix))] + suffix
	}
	taken[free] = true
	return free
}
