package definition

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

var (
	selector   = promQL(expand.CheckSelector)
	histogram  = promQL(expand.CheckHistogram)
	counter    = promQL(expand.CheckCounter)
	expression = promQL(expand.CheckExpression)
	matchers   = list(promQL(expand.CheckMatchers))
)

// promQL reads PromQL that a check finds nothing wrong with.
func promQL(check func(string) []expand.Problem) reading[string] {
	return func(n node) (string, bool) {
		s, ok := text(n)
		if !ok {
			return "", false
		}
		for _, problem := range check(s) {
			n.addProblem(s, problem)
			ok = ok && problem.Warning
		}
		return strings.TrimSpace(s), ok
	}
}

// addProblem adds what is wrong with the PromQL that n holds, at its own place where the source shows it as it is.
func (n node) addProblem(text string, problem expand.Problem) {
	issue := Issue{Message: problem.Message, Warning: problem.Warning, Text: excerpt(text, problem.Offset)}
	before := utf8.RuneCountInString(text[:min(problem.Offset, len(text))])
	if column, ok := n.columnOf(before); ok {
		issue.Line, issue.Column = n.Line, column
	} else {
		issue.Message += fmt.Sprintf(", at offset %d of the PromQL", problem.Offset)
	}
	n.add(issue)
}
