package expand

import (
	"fmt"
	"regexp"
	"strings"
)

// remedies say what to write instead of what does not parse, the first that is found.
var remedies = []struct {
	written *regexp.Regexp
	// remedy returns a sentence, given the submatches of what is written.
	remedy func(match []string) string
}{
	{regexp.MustCompile(`[“”„‘’]`), func([]string) string { return `these are typographic quotes; write "` }},
	{regexp.MustCompile(`\[\s*_?(?i:window|interval|range|rate_interval|resolution)_{0,2}\s*[\]:]`), func([]string) string {
		return "write [" + WindowMacro + "] for the window"
	}},
	{regexp.MustCompile(`\)?\s\bdefault\s+[-\d(]`), func([]string) string {
		return "default is MetricsQL, and hides what is missing; leave it out, and write absent: zero beside good or bad if an absent counter means 0"
	}},
	{regexp.MustCompile(`\b(WITH\s*\(|ifnot\b|if\b|keep_metric_names\b|keep_last_value\b|limit\s+\d)`), func(m []string) string {
		return strings.Trim(m[1], "( ") + " is MetricsQL, which only VictoriaMetrics supports; write PromQL, or use a recording rule there"
	}},
}

// dottedName matches a name that PromQL takes in quotes only, with what may stand behind it.
var dottedName = regexp.MustCompile(`[a-zA-Z_][a-zA-Z0-9_:]*(?:[./][a-zA-Z_][a-zA-Z0-9_]*)+(\s*\{\s*[^}]*\}|\s*(?:=~|!~|!=|=))?`)

// remedyFor returns what to write instead of a text that the parser refuses with a message; "" where nothing comes to mind.
func remedyFor(text, message string) string {
	bare := withoutStrings(text)
	for _, one := range remedies {
		if match := one.written.FindStringSubmatch(bare); match != nil {
			return one.remedy(match)
		}
	}
	if match := rangeNeeded.FindStringSubmatch(message); match != nil {
		return fmt.Sprintf("write %s(x[%s])", match[1], WindowMacro)
	}
	if match := unknownFunction.FindStringSubmatch(message); match != nil {
		return match[1] + " is not a function of PromQL; if it is one of MetricsQL, use a recording rule in VictoriaMetrics"
	}
	if at := dottedName.FindStringIndex(bare); at != nil {
		return quotedName(bare, text, at[0], at[1])
	}
	return ""
}

// rangeNeeded and unknownFunction match messages of the parser.
var (
	rangeNeeded     = regexp.MustCompile(`expected type range vector in call to function "(\w+)", got instant vector`)
	unknownFunction = regexp.MustCompile(`unknown function with name "(\w+)"`)
)

// quotedName says how to write the name that stands in a text from one offset to another.
func quotedName(bare, text string, from, to int) string {
	written := text[from:to]
	name, rest, braced := strings.Cut(written, "{")
	inBraces := strings.Count(bare[:from], "{") > strings.Count(bare[:from], "}")
	name = strings.TrimSpace(name)
	switch {
	case inBraces || followsGrouping.MatchString(bare[:from]):
		name = strings.TrimRight(name, " =~!")
		return fmt.Sprintf("a name with dots needs quotes; write %q", name)
	case braced && strings.TrimSpace(strings.Trim(rest, "{}")) != "":
		return fmt.Sprintf("a name with dots needs quotes, within the braces; write {%q,%s", name, strings.TrimSpace(rest))
	default:
		return fmt.Sprintf("a name with dots needs quotes, within braces; write {%q}", name)
	}
}

// followsGrouping matches a text that ends in a list of labels.
var followsGrouping = regexp.MustCompile(`\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*$`)
