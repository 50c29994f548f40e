package expand

import (
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
)

func TestClone(t *testing.T) {
	for _, text := range []string{
		`up`, `up{a="b",c!="d"} offset 5m`, `rate(a{b="c"}[5m] offset 1h)`, `max_over_time(rate(a{b="c"}[5m])[1h:1m] offset 1d)`,
		`sum by (x, y) (a{b="c"})`, `topk without (x) (3, a)`, `quantile by (x) (scalar(q), a)`, `(a)`, `-a`, `42`, `"text"`, `time()`,
		`label_replace(a{b="c"}, "d", "$1", "e", "(.*)")`, `a{b="c"} / on (x) group_left (y) d{e="f"}`, `a > bool ignoring (x) b`, `{"a.b","c.d"="e"}`,
	} {
		t.Run(text, func(t *testing.T) {
			tree, err := promQL.ParseExpr(text)
			if err != nil {
				t.Fatal(err)
			}
			before, copied := tree.String(), clone(tree)
			if copied.String() != before {
				t.Fatalf("the copy is %s", copied)
			}
			originals := nodesOf(tree)
			for i, node := range nodesOf(copied) {
				if _, isString := node.(*parser.StringLiteral); !isString && node == originals[i] {
					t.Errorf("the copy shares %s", node)
				}
			}
			changeInplace(copied)
			if after := tree.String(); after != before {
				t.Errorf("a change of the copy makes the original %s", after)
			}
		})
	}
}

// nodesOf returns the nodes of a tree, depth first.
func nodesOf(tree parser.Expr) []parser.Node {
	var nodes []parser.Node
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		if node != nil {
			nodes = append(nodes, node)
		}
		return nil
	})
	return nodes
}

// changeInplace overwrites the labels and matchers in a tree.
func changeInplace(tree parser.Expr) {
	overwrite := func(names []string) {
		for i := range names {
			names[i] = "changed"
		}
	}
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.AggregateExpr:
			overwrite(n.Grouping)
		case *parser.BinaryExpr:
			if n.VectorMatching != nil {
				overwrite(n.VectorMatching.MatchingLabels)
				overwrite(n.VectorMatching.Include)
			}
		case *parser.VectorSelector:
			for i, m := range n.LabelMatchers {
				other := *m
				other.Value = "changed"
				n.LabelMatchers[i] = &other
			}
		}
		return nil
	})
}
