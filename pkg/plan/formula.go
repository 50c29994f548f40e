package plan

import (
	"fmt"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// Formula prints how the SLI is computed from expressions, such as 1 - #0/#1, with a name for each expression.
func (s *SLI) Formula(name func(*expand.Expr) string) string {
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
		if v.Held != nil {
			formulas = append(formulas, "then held for "+model.Duration(s.SLI.MaxDelay).String())
		}
	}
	if s.Lag != nil {
		add("lag ", s.Lag)
	}
	return strings.Join(formulas, "; ")
}

// Formula prints how the number is computed from expressions.
func (s *Source) Formula(name func(*expand.Expr) string) string {
	alternatives := make([]string, len(s.Forms))
	for i, f := range s.Forms {
		alternatives[i] = FormulaOf(f, name)
	}
	return strings.Join(alternatives, ", else ")
}

// FormulaOf prints a form as a formula over expressions, such as 1 - #0/#1.
func FormulaOf(f expand.Form, name func(*expand.Expr) string) string {
	if len(f.Parts) == 0 {
		return "events of " + name(f.Total)
	}
	summands := make([]string, len(f.Parts))
	for i, part := range f.Parts {
		summands[i] = name(part.Expr)
		if part.Factor != 1 {
			summands[i] = fmt.Sprintf("%.6g %s", part.Factor, name(part.Expr))
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
	if f.Of == expand.Values && f.Total != nil {
		text += " of " + name(f.Total)
	}
	return text
}
