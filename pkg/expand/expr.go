package expand

import (
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/prometheus/prometheus/promql/parser"
)

// Expr is a PromQL expression as a syntax tree. It never changes, and is safe for concurrent use. Its text, and its parts
// that merging needs, are determined once, when they are first needed.
type Expr struct {
	tree parser.Expr
	// lookback is how far instant selectors look back where the text says so in MetricsQL; 0 where it is PromQL.
	lookback time.Duration

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

// lookingBack returns the expression for a store to which MetricsQL says how far instant selectors look back; 0 leaves that to the
// store.
func (e *Expr) lookingBack(lookback time.Duration) *Expr {
	if lookback == 0 {
		return e
	}
	return &Expr{tree: e.tree, lookback: lookback}
}

// String returns the expression's text as Prometheus prints it, or that in MetricsQL; "" for nil.
func (e *Expr) String() string {
	if e == nil {
		return ""
	}
	e.printed.Do(func() { e.text = textOf(metricsQL(e.tree, e.lookback)) })
	return e.text
}

// textOf returns the text of a tree, which parses as the same tree: in a text literal the parser refuses the replacement character
// that broken text is read as, unless it is escaped.
func textOf(tree parser.Node) string {
	return strings.ReplaceAll(tree.String(), string(utf8.RuneError), `\ufffd`)
}

// Equal reports whether both expressions have the same text.
func (e *Expr) Equal(other *Expr) bool { return e == other || e.String() == other.String() }
