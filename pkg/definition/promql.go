package definition

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

var (
	selector   = promQL(expand.CheckSelector)
	histogram  = promQL(expand.CheckHistogram)
	counter    = promQL(expand.CheckCounter)
	expression = promQL(expand.CheckExpression)
	matcher    = promQL(expand.CheckMatchers)
	// plain reads the selector of gauges that are no probes, sampledCounter that of a counter.
	plain          = promQL(checkPlain)
	sampledCounter = promQL(checkSampled)
)

// checkPlain says why text is no plain selector.
func checkPlain(text string) []expand.Problem {
	return slices.DeleteFunc(expand.CheckSelector(text), func(p expand.Problem) bool { return p.Warning })
}

// checkSampled says what is wrong with text as the plain selector of a counter.
func checkSampled(text string) []expand.Problem {
	if problems := checkPlain(text); len(problems) > 0 {
		return problems
	}
	return expand.CheckCounter(text)
}

// matchers reads a list of matchers, and says how to write the one that stands there instead.
func matchers(n node) ([]string, bool) {
	if n.Kind == yaml.SequenceNode {
		return list(matcher)(n)
	}
	example := `job="shop"`
	if n.is(textTag) && len(expand.CheckMatchers(n.Value)) == 0 {
		example = n.Value
	}
	n.refuse("a list is needed here, not %s; write [%s]", n.kindInWords(), quoted(example))
	return nil, false
}

// quoted writes PromQL in those quotes of YAML in which it reads best.
func quoted(text string) string {
	if strings.Contains(text, "'") && !strings.ContainsAny(text, `"\`) {
		return `"` + text + `"`
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// promQL reads PromQL that a check finds nothing wrong with.
func promQL(check func(string) []expand.Problem) reading[string] {
	return func(n node) (string, bool) {
		s, ok := text(n)
		if !ok {
			return "", false
		}
		for _, problem := range check(s) {
			n.addProblem(s, "PromQL", problem)
			ok = ok && problem.Warning
		}
		return strings.TrimSpace(s), ok
	}
}

// addProblem adds what is wrong with the PromQL or the condition that n holds, at its own place where the source shows it.
func (n node) addProblem(text, what string, problem expand.Problem) {
	issue := Issue{Message: problem.Message, Warning: problem.Warning, Text: excerpt(text, problem.Offset)}
	before := utf8.RuneCountInString(text[:min(problem.Offset, len(text))])
	if line, column, ok := n.placeOf(before); ok {
		issue.Line, issue.Column = line, column
	} else {
		issue.Message += fmt.Sprintf(", at offset %d of the %s", problem.Offset, what)
	}
	n.add(issue)
}
