package expand

import (
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/prometheus/prometheus/promql/parser"
)

// Expr is a PromQL expression as a syntax tree. It never changes, and is safe for concurrent use. Its text, and its parts
// that merging needs, are determined once, when they are first needed.
type Expr struct {
	tree parser.Expr

	printed sync.Once
	text    string

	aggregated sync.Once
	parts      *aggregation
}

// Parse returns the expression of a PromQL text without macros.
func Parse(text string) (*Expr, error) {
	tree, err := promQL.ParseExpr(text)
	if err != nil {
		return nil, &SyntaxError{Text: text, cause: err}
	}
	return newExpr(tree), nil
}

// SyntaxError is the error of PromQL of the plugin's own that does not parse.
type SyntaxError struct {
	Text  string
	cause error
}

// Error returns a sentence on the text.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("the PromQL %q does not parse: %v", e.Text, e.cause)
}

// Unwrap returns the error of the parser.
func (e *SyntaxError) Unwrap() error { return e.cause }

// newExpr returns the expression of a tree, which must not be changed any more.
func newExpr(tree parser.Expr) *Expr { return &Expr{tree: tree} }

// String returns the expression's text as Prometheus prints it; "" for nil.
func (e *Expr) String() string {
	if e == nil {
		return ""
	}
	e.printed.Do(func() { e.text = textOf(e.tree) })
	return e.text
}

// textOf returns the text of a tree, which parses as the same tree: in a text literal the parser refuses the replacement character
// that broken text is read as, unless it is escaped.
func textOf(tree parser.Node) string {
	return strings.ReplaceAll(tree.String(), string(utf8.RuneError), `\ufffd`)
}

// Equal reports whether both expressions have the same text.
func (e *Expr) Equal(other *Expr) bool { return e == other || e.String() == other.String() }
