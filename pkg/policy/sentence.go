package policy

import (
	"regexp"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

// instead says what to write for what other languages write, by the start of the text that is not understood.
var instead = []struct{ written, write string }{
	{"and", "write && for and"}, {"or", "write || for or"}, {"not", "write ! for not"}, {"if", "write condition ? a : b"},
	{"=", "write == or >="}, {"& ", "write &&"}, {"| ", "write ||"}, {"#", "write no remarks here"},
	{"for", "write for: 5m as a field of the policy"},
}

// syntaxProblem says what is wrong with a text that is no CEL: the first thing, since the others follow from it.
func syntaxProblem(text string, issues *cel.Issues) Problem {
	first := issues.Errors()[0]
	offset := offsetOf(text, first.Location.Line(), first.Location.Column())
	rest := strings.TrimSpace(text[offset:])
	switch {
	case strings.TrimSpace(text) == "":
		return Problem{Message: "a condition is needed here, such as score < 0.9"}
	case strings.Contains(first.Message, "recursion") || strings.Contains(first.Message, "complexity"):
		return Problem{Offset: offset, Message: "the condition is nested too deeply; write several policies, or gates"}
	case rest == "":
		return Problem{Offset: len(strings.TrimRight(text, " \n\t")), Message: "the condition ends too early" + hintAt(text, offset)}
	}
	return Problem{Offset: offset, Message: "this is not valid here" + hintAt(text, offset)}
}

// unquoted matches a duration that stands without quotes.
var unquoted = regexp.MustCompile(`^\d*(ms|[smhdwy])\b`)

// hintAt says what to write instead of what stands at an offset, or before it, where that can be guessed.
func hintAt(text string, offset int) string {
	start := startOfName(text, offset)
	if strings.HasSuffix(strings.TrimRight(text[:offset], " \n\t"), "%") {
		return "; write 0.5 for 50%"
	}
	for _, other := range instead {
		if startsWith(text[offset:], other.written) || startsWith(text[start:], other.written) {
			return "; " + other.write
		}
	}
	if unquoted.MatchString(text[start:]) {
		return `; write a window in quotes, such as burn("1h")`
	}
	if strings.Count(text, "(") > strings.Count(text, ")") {
		return "; close the bracket"
	}
	return ""
}

// startsWith reports whether text starts with a word, or with a sign.
func startsWith(text, word string) bool {
	rest, ok := strings.CutPrefix(text, word)
	return ok && (!isNamePart(word[0]) || rest == "" || !isNamePart(rest[0]))
}

// offsetOf turns a line, from 1, and a column of characters, from 0, into bytes.
func offsetOf(text string, line, column int) int {
	lines := strings.SplitAfter(text, "\n")
	if line < 1 || line > len(lines) || column < 0 {
		return 0
	}
	return len(strings.Join(lines[:line-1], "")) + byteOffset(lines[line-1], column)
}

// mismatch and needsTruth match what CEL says of an operator that does not go with what it stands between.
var (
	mismatch   = regexp.MustCompile(`no matching overload for '(.+)' applied to '\((.*)\)'`)
	needsTruth = regexp.MustCompile(`expected type 'bool' but found 'double'`)
)

// typeProblems says which operators do not go with what they stand between.
func (r *resolver) typeProblems(tree ast.Expr, issues *cel.Issues) []Problem {
	places := map[int64]ast.Expr{}
	ast.PostOrderVisit(tree, ast.NewExprVisitor(func(e ast.Expr) { places[e.ID()] = e }))
	for _, issue := range issues.Errors() {
		if len(r.problems) == maxProblems {
			break
		}
		found := mismatch.FindStringSubmatch(issue.Message)
		switch e, placed := places[issue.ExprID]; {
		case placed && found != nil:
			r.refuse(e, "%s", misfit(found[1], strings.Split(found[2], ", ")))
		case placed && needsTruth.MatchString(issue.Message):
			r.refuse(e, "&& and || combine conditions, and this is a number; compare it, such as score < 0.9")
		default:
			return []Problem{{Message: "the condition has a part of the wrong type: " + issue.Message}}
		}
	}
	return r.problems
}

// misfit says what an operator goes with, and what it was given.
func misfit(operator string, types []string) string {
	with := "numbers"
	switch operator {
	case operators.LogicalNot:
		with = "what is true or false"
	case operators.Conditional:
		return "a choice needs a condition, and two numbers or two conditions; write score < 0.9 ? 1 : 2"
	case equal, different:
		return shown[operator] + " compares a number with a number"
	}
	given := make([]string, len(types))
	for i, of := range types {
		given[i] = map[string]string{"bool": "something true or false", "double": "a number"}[of]
	}
	return shown[operator] + " goes with " + with + ", not with " + strings.Join(given, " and ")
}
