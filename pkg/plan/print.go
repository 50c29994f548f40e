package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
	"github.com/cer-reliability/cer-datasource/pkg/series"
)

// String prints the plan as its golden tests and its readers want it: the leaves, and how numbers are computed from them.
func (p *Plan) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s of %s, %s, %s\n", p.Query.Measure, p.Query.Level, p.Query.Format, p.Range)
	for i, leaf := range p.Leaves {
		if leaf.Range == p.Range {
			fmt.Fprintf(&out, "  #%d %s\n", i, leaf.Expr)
		} else {
			fmt.Fprintf(&out, "  #%d %s, %s\n", i, leaf.Expr, leaf.Range)
		}
	}
	for _, e := range p.Exemplars {
		fmt.Fprintf(&out, "  exemplars of %s: %s\n", e.Subject(), e.Question.Expr)
	}
	pr := printer{out: &out, numbers: NumbersOf(p.Leaves)}
	pr.maintenance(p.Maintenance)
	pr.segments(p)
	if p.States != nil {
		pr.states(p.States)
	}
	for _, part := range p.Parts()[1:] {
		fmt.Fprintf(&out, "  by %s\n", strings.Join(part.Query.By, ", "))
		pr.segments(part)
	}
	for _, n := range p.Notices {
		fmt.Fprintf(&out, "  note: %s\n", n)
	}
	return out.String()
}

// Numbers are the positions of leaves.
type Numbers struct {
	byKey  map[expand.LeafKey]int
	leaves []expand.Leaf
}

// NumbersOf returns the positions of leaves.
func NumbersOf(leaves []expand.Leaf) Numbers {
	numbers := Numbers{byKey: make(map[expand.LeafKey]int, len(leaves)), leaves: leaves}
	for i, leaf := range leaves {
		numbers.byKey[leaf.Key()] = i
	}
	return numbers
}

// Of returns the position of an expression over a range; -1 where it has none.
func (n Numbers) Of(expr *expand.Expr, over series.Range) int {
	if i, ok := n.byKey[expand.Leaf{Expr: expr, Range: over}.Key()]; ok {
		return i
	}
	return -1
}

// Within returns the position of an expression over a range, or over a part of it; -1 where it has none.
func (n Numbers) Within(expr *expand.Expr, over series.Range) int {
	if i := n.Of(expr, over); i >= 0 {
		return i
	}
	return slices.IndexFunc(n.leaves, func(leaf expand.Leaf) bool {
		return leaf.Range.Start >= over.Start && leaf.Range.End <= over.End && leaf.Range.Step == over.Step && leaf.Expr.Equal(expr)
	})
}

// Names returns the function that names an expression over a range by its position, such as #0.
func (n Numbers) Names(over series.Range) func(*expand.Expr) string {
	return func(expr *expand.Expr) string { return Numbered(n.Within(expr, over)) }
}

// Numbered prints a position, such as #0.
func Numbered(i int) string { return fmt.Sprintf("#%d", i) }

// printer prints plans, with the numbers of their leaves.
type printer struct {
	out     *strings.Builder
	numbers Numbers
}

// segments prints those of a plan, but not of its parts.
func (pr printer) segments(p *Plan) {
	for _, s := range p.Segments() {
		if s != p.Instants {
			fmt.Fprintf(pr.out, "  slices that end at %s\n", s.Range)
		}
		if n := len(s.Blocks); n > 0 {
			fmt.Fprintf(pr.out, "  blocks of %d slices before, by the same expressions: %d from %s on\n", BlockSlices, n, s.Blocks[0])
		}
		pr.segment(s)
	}
}

// segment prints the flows of a segment.
func (pr printer) segment(s *Segment) {
	pr.maintenance(s.Maintenance)
	name := pr.numbers.Names(s.Range)
	names := func(source *Source) func(*expand.Expr) string { return pr.numbers.Names(source.Over(s.Range)) }
	for _, f := range s.Flows {
		fmt.Fprintf(pr.out, "  %s%s\n", f.Flow.Name, hidden(f.Shown))
		if f.Weight != nil {
			fmt.Fprintf(pr.out, "    weight = %s\n", f.Weight.Formula(name))
		}
		if f.Money != nil {
			fmt.Fprintf(pr.out, "    money = %s\n", f.Money.Formula(name))
		}
		for i := range f.SLIs {
			sli := &f.SLIs[i]
			fmt.Fprintf(pr.out, "    %s over %s%s = %s\n", sli.SLI.Name, model.Duration(sli.Window), hidden(sli.Shown), sli.Formula(names))
		}
	}
}

// maintenance prints the maintenances that have an expression.
func (pr printer) maintenance(all []Maintenance) {
	for _, m := range all {
		if m.Source != nil {
			fmt.Fprintf(pr.out, "  maintenance %s = %s\n", m.Stated.Name, m.Source.Formula(pr.numbers.Names(m.Over)))
		}
	}
}

// states prints the policies by which states are decided.
func (pr printer) states(s *States) {
	fmt.Fprintf(pr.out, "  policies at %s\n", s.Minutes)
	for _, p := range s.Policies {
		fmt.Fprintf(pr.out, "    %s by %s\n", p.Policy.Stated.Severity, Describe(p.Policy))
	}
}

// Describe says in a line when a policy is on.
func Describe(p *policy.Policy) string {
	text := p.Stated.Name + ": " + p.When()
	if burn := p.Stated.Burn; burn != nil && burn.MinFailures > 0 {
		text += fmt.Sprintf(", with %g or more lost events in %s", burn.MinFailures, model.Duration(burn.Long))
	}
	if p.Stated.For > 0 {
		text += ", for " + model.Duration(p.Stated.For).String()
	}
	if p.Stated.Clear != "" {
		text += "; clear: " + p.Stated.Clear
	}
	if p.Stated.KeepFor > 0 {
		text += "; kept for " + model.Duration(p.Stated.KeepFor).String()
	}
	if len(p.Stated.By) > 0 {
		text += "; by " + strings.Join(p.Stated.By, ", ")
	}
	return text
}

func hidden(shown bool) string {
	if shown {
		return ""
	}
	return " (not shown)"
}
