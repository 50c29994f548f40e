package expand

import "github.com/cer-reliability/cer-datasource/pkg/series"

// Leaf is an expression to be evaluated by the store at the instants of a range.
type Leaf struct {
	Expr  *Expr
	Range series.Range
}

// LeafKey identifies a leaf. Leaves with the same key have the same answer.
type LeafKey struct {
	PromQL string
	Range  series.Range
}

// Key returns the identity of the leaf: the text of its expression, and its range.
func (l Leaf) Key() LeafKey { return LeafKey{l.Expr.String(), l.Range} }
