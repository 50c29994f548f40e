package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// String prints the plan as its golden tests and its readers want it.
func (p *Plan) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s of %s, %s, %s\n", p.Query.Measure, p.Query.Level, p.Query.Format, p.Range)
	for i, leaf := range p.Leaves {
		fmt.Fprintf(&out, "  #%d %s\n", i, leaf.PromQL)
	}
	for _, f := range p.Flows {
		fmt.Fprintf(&out, "  %s%s\n", f.Flow.Name, hidden(f.Shown))
		for _, s := range f.SLIs {
			fmt.Fprintf(&out, "    %s over %s%s = %s\n", s.SLI.Name, model.Duration(s.Window), hidden(s.Shown), s.Formula())
		}
	}
	for _, n := range p.Notices {
		fmt.Fprintf(&out, "  note: %s\n", n)
	}
	return out.String()
}

func hidden(shown bool) string {
	if shown {
		return ""
	}
	return " (not shown)"
}

// Formula prints how the value of the SLI is made of leaves, such as 1 - #0/#1.
func (s SLI) Formula() string {
	alternatives := make([]string, len(s.Forms))
	for i, f := range s.Forms {
		alternatives[i] = f.String()
	}
	return strings.Join(alternatives, ", else ")
}

// Leaves returns the positions of the SLI's leaves in the plan, each once and in the order of the formula.
func (s SLI) Leaves() []int {
	var leaves []int
	add := func(leaf int) {
		if leaf != NoLeaf && !slices.Contains(leaves, leaf) {
			leaves = append(leaves, leaf)
		}
	}
	for _, f := range s.Forms {
		for _, part := range f.Parts {
			add(part.Leaf)
		}
		add(f.Total)
	}
	return leaves
}

// String prints the form as a formula over leaves, such as 1 - #0/#1.
func (f Form) String() string {
	if len(f.Parts) == 0 {
		return fmt.Sprintf("events of #%d", f.Total)
	}
	summands := make([]string, len(f.Parts))
	for i, part := range f.Parts {
		summands[i] = fmt.Sprintf("#%d", part.Leaf)
		if part.Factor != 1 {
			summands[i] = fmt.Sprintf("%.6g #%d", part.Factor, part.Leaf)
		}
	}
	text := strings.Join(summands, " + ")
	if len(summands) > 1 && f.Of == expand.Counts {
		text = "(" + text + ")"
	}
	if f.Of == expand.Counts {
		text += fmt.Sprintf("/#%d", f.Total)
	}
	if f.Complement {
		text = "1 - " + text
	}
	if f.Of == expand.Values && f.Total != NoLeaf {
		text += fmt.Sprintf(" of #%d", f.Total)
	}
	return text
}
