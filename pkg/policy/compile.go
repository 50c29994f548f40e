package policy

import (
	"fmt"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
)

const (
	// maxLength is how many bytes a condition may have. There are no loops in conditions, so that it bounds their cost,
	// and that of reading one, which is some 50 ms for what is no CEL at all.
	maxLength = 1024
	// maxDepth is how deep a condition may be nested.
	maxDepth = 50
	// maxProblems is how many problems of a condition are found.
	maxProblems = 10
)

// Problem is what is wrong with a condition.
type Problem struct {
	// Offset is where, in bytes from the start of the text.
	Offset int
	// Message is a sentence that says what is wrong and what to do instead.
	Message string
}

// Compile reads a condition, or says what is wrong with it. It speaks of the names in scope only.
func Compile(text string, scope Scope) (*Program, []Problem) {
	if len(text) > maxLength {
		return nil, []Problem{{Message: "the condition is longer than 1 KiB; write several policies, or gates"}}
	}
	environment, err := language()
	if err != nil {
		return nil, []Problem{{Message: "conditions can't be read: " + err.Error()}}
	}
	parsed, issues := environment.Parse(text)
	if len(issues.Errors()) > 0 {
		return nil, []Problem{syntaxProblem(text, issues)}
	}
	tree := parsed.NativeRep()
	r := &resolver{text: text, scope: scope, info: tree.SourceInfo(), factory: ast.NewExprFactory()}
	r.visit(tree.Expr())
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	checked, issues := environment.Check(parsed)
	if len(issues.Errors()) > 0 {
		return nil, r.typeProblems(tree.Expr(), issues)
	}
	if checked.OutputType() != cel.BoolType {
		return nil, []Problem{{Message: "a condition is true or false, and this is a number; compare it, such as score < 0.9"}}
	}
	return r.program(environment, checked)
}

// program plans what was checked.
func (r *resolver) program(environment *cel.Env, checked *cel.Ast) (*Program, []Problem) {
	planned, err := environment.Program(checked)
	if err != nil {
		return nil, []Problem{{Message: "the condition can't be planned: " + err.Error()}}
	}
	p := &Program{text: r.text, uses: r.uses, program: planned}
	r.thresholds(checked.NativeRep().Expr(), p)
	return p, nil
}

// refuse adds what is wrong with an expression.
func (r *resolver) refuse(e ast.Expr, format string, args ...any) {
	r.problems = append(r.problems, Problem{Offset: r.offset(e), Message: fmt.Sprintf(format, args...)})
}

// offset returns where an expression is, in bytes: the name of a function or a field, or the sign of an operator.
func (r *resolver) offset(e ast.Expr) int {
	place, _ := r.info.GetOffsetRange(e.ID())
	at := byteOffset(r.text, int(place.Start))
	switch {
	case at == len(r.text):
	case r.text[at] == '(':
		return startOfName(r.text, at)
	case r.text[at] == '.' && e.Kind() != ast.LiteralKind:
		return at + 1
	}
	return at
}

// byteOffset turns a count of characters into one of bytes.
func byteOffset(text string, characters int) int {
	at := 0
	for ; characters > 0 && at < len(text); characters-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}

// startOfName returns where the name starts that stands before an offset.
func startOfName(text string, at int) int {
	for at > 0 && text[at-1] == ' ' {
		at--
	}
	for at > 0 && isNamePart(text[at-1]) {
		at--
	}
	return at
}

// isNamePart reports whether a byte can be part of the name of a function.
func isNamePart(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}
