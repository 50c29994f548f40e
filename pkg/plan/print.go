package plan

import (
	"fmt"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
	"github.com/cer-reliability/cer-datasource/pkg/policy"
)

// String prints the plan as its golden tests and its readers want it.
func (p *Plan) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s of %s, %s, %s\n", p.Query.Measure, p.Query.Level, p.Query.Format, p.Range)
	for i, leaf := range p.Leaves {
		if leaf.Range == p.Range {
			fmt.Fprintf(&out, "  #%d %s\n", i, leaf.PromQL)
		} else {
			fmt.Fprintf(&out, "  #%d %s, %s\n", i, leaf.PromQL, leaf.Range)
		}
	}
	p.printStretches(&out)
	if p.States != nil {
		p.States.print(&out)
	}
	for _, part := range p.Parts()[1:] {
		fmt.Fprintf(&out, "  by %s\n", strings.Join(part.Query.By, ", "))
		part.printStretches(&out)
	}
	for _, n := range p.Notices {
		fmt.Fprintf(&out, "  note: %s\n", n)
	}
	return out.String()
}

// printStretches writes those of the plan, but not of its parts.
func (p *Plan) printStretches(out *strings.Builder) {
	for _, stretch := range p.Stretches() {
		if stretch != &p.Stretch {
			fmt.Fprintf(out, "  slices that end at %s\n", stretch.Range)
		}
		stretch.print(out)
	}
}

// print writes the policies by which states are decided.
func (s *States) print(out *strings.Builder) {
	fmt.Fprintf(out, "  policies at %s\n", s.Minutes)
	for _, j := range s.Policies {
		fmt.Fprintf(out, "    %s by %s\n", j.Policy.Stated.Severity, Describe(j.Policy))
	}
}

// Describe says in a line when a policy is on.
func Describe(p *policy.Policy) string {
	text := p.Stated.Name + ": " + p.When()
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

// print writes the flows of a stretch.
func (s *Stretch) print(out *strings.Builder) {
	for _, m := range s.Maintenance {
		if m.Source != nil {
			fmt.Fprintf(out, "  maintenance %s = %s\n", m.Stated.Name, m.Source.Formula(Numbered))
		}
	}
	for _, f := range s.Flows {
		fmt.Fprintf(out, "  %s%s\n", f.Flow.Name, hidden(f.Shown))
		if f.Weight != nil {
			fmt.Fprintf(out, "    weight = %s\n", f.Weight.Formula(Numbered))
		}
		if f.Money != nil {
			fmt.Fprintf(out, "    money = %s\n", f.Money.Formula(Numbered))
		}
		for _, sli := range f.SLIs {
			fmt.Fprintf(out, "    %s over %s%s = %s\n", sli.SLI.Name, model.Duration(sli.Window), hidden(sli.Shown), sli.Formula(Numbered))
		}
	}
}

func hidden(shown bool) string {
	if shown {
		return ""
	}
	return " (not shown)"
}

// Numbered names a leaf by its position in the plan, such as #0.
func Numbered(leaf int) string { return fmt.Sprintf("#%d", leaf) }

// Formula prints how the SLI is made of leaves, such as 1 - #0/#1, with a name for each leaf.
func (s SLI) Formula(name func(leaf int) string) string {
	var formulas []string
	add := func(prefix string, source *Source) {
		formulas = append(formulas, prefix+source.Formula(name))
	}
	for _, v := range s.Views() {
		prefix := ""
		if v == s.Weighted {
			prefix = "by weighted cohort "
		}
		add(prefix, &v.Source)
		if v.Fallback != nil {
			add("while missing ", v.Fallback)
		}
		if len(v.Past) > 0 {
			formulas = append(formulas, "then held for "+model.Duration(s.SLI.MaxDelay).String())
		}
	}
	if s.Lag != nil {
		add("lag ", s.Lag)
	}
	return strings.Join(formulas, "; ")
}

// Formula prints how the number is made of leaves.
func (s *Source) Formula(name func(leaf int) string) string {
	alternatives := make([]string, len(s.Forms))
	for i, f := range s.Forms {
		alternatives[i] = f.Formula(name)
	}
	return strings.Join(alternatives, ", else ")
}

// Formula prints the form as a formula over leaves, such as 1 - #0/#1.
func (f Form) Formula(name func(leaf int) string) string {
	if len(f.Parts) == 0 {
		return "events of " + name(f.Total)
	}
	summands := make([]string, len(f.Parts))
	for i, part := range f.Parts {
		summands[i] = name(part.Leaf)
		if part.Factor != 1 {
			summands[i] = fmt.Sprintf("%.6g %s", part.Factor, name(part.Leaf))
		}
	}
	text := strings.Join(summands, " + ")
	if len(summands) > 1 && f.Of == expand.Counts {
		text = "(" + text + ")"
	}
	if f.Of == expand.Counts {
		text += "/" + name(f.Total)
	}
	if f.Complement {
		text = "1 - " + text
	}
	if f.Of == expand.Values && f.Total != NoLeaf {
		text += " of " + name(f.Total)
	}
	return text
}
