package definition

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/internal/work"
)

var (
	selector   = series(expand.CheckSelector)
	histogram  = series(expand.CheckHistogram)
	expression = promQL(expand.CheckExpression)
	measured   = promQL(expand.CheckValue)
	matcher    = promQL(expand.CheckMatchers)
	// plain reads the selector of gauges that are no probes, sampledCounter that of a counter.
	plain          = series(checkPlain)
	sampledCounter = promQL(checkSampled)
)

// check finds out about a piece of PromQL within a budget.
type check func(string, *work.Budget) expand.Checked

// checkPlain checks text as a plain selector.
func checkPlain(text string, b *work.Budget) expand.Checked {
	checked := expand.CheckSelector(text, b)
	checked.Problems = slices.DeleteFunc(checked.Problems, func(p expand.Problem) bool { return p.Warning })
	return checked
}

// checkSampled checks text as the plain selector of a counter.
func checkSampled(text string, b *work.Budget) expand.Checked {
	if checked := checkPlain(text, b); len(checked.Problems) > 0 {
		return checked
	}
	return expand.CheckCounter(text, b)
}

// matchers reads a list of matchers, and says how to write the one that stands there instead.
func matchers(n node) ([]string, bool) {
	if n.Kind == yaml.SequenceNode {
		return list(matcher)(n)
	}
	example := `job="shop"`
	if n.is(textTag) && len(expand.CheckMatchers(n.Value, n.file.budget).Problems) == 0 {
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

// seriesSelector is a selector of series, and the metric that it asks for.
type seriesSelector struct{ promQL, metric string }

// series reads a selector that a check finds nothing wrong with.
func series(as check) reading[seriesSelector] {
	return func(n node) (seriesSelector, bool) {
		text, checked, ok := n.promQL(as)
		return seriesSelector{text, checked.Metric}, ok
	}
}

// promQL reads PromQL that a check finds nothing wrong with.
func promQL(as check) reading[string] {
	return func(n node) (string, bool) {
		text, _, ok := n.promQL(as)
		return text, ok
	}
}

// promQL returns the PromQL that n holds, and what a check finds out about it.
func (n node) promQL(as check) (string, expand.Checked, bool) {
	s, ok := text(n)
	if !ok || n.stops() {
		return "", expand.Checked{}, false
	}
	checked := as(s, n.file.budget)
	n.file.selectors += checked.Selectors
	for _, problem := range checked.Problems {
		if n.stops() {
			break
		}
		n.addProblem(s, "PromQL", problem)
		ok = ok && (problem.Warning || problem.Withholds)
	}
	return strings.TrimSpace(s), checked, ok && !n.stops()
}

// addProblem adds what is wrong with the PromQL or the condition that n holds, at its own place where the source shows it.
func (n node) addProblem(text, what string, problem expand.Problem) {
	if !problem.Withholds && !n.file.takes(problem.Warning) {
		return
	}
	issue := Issue{Message: problem.Message, Warning: problem.Warning, Withholds: problem.Withholds, Text: excerpt(text, problem.Offset)}
	before := utf8.RuneCountInString(text[:min(problem.Offset, len(text))])
	if line, column, ok := n.placeOf(before); ok {
		issue.Line, issue.Column = line, column
	} else {
		issue.Message += fmt.Sprintf(", at offset %d of the %s", problem.Offset, what)
	}
	n.add(issue)
}
