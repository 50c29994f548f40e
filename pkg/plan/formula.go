package plan

import (
	"fmt"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/expand"
)

// Formula prints how the SLI is computed from expressions, such as 1 - #0/#1. names returns the function that names the
// expressions of a source.
func (s *SLI) Formula(names func(*Source) func(*expand.Expr) string) string {
	var formulas []string
	add := func(prefix string, source *Source) {
		if source.Minutes > 0 {
			prefix += fmt.Sprintf("mean score of %d minutes by ", source.Minutes)
		}
		formulas = append(formulas, prefix+source.Formula(names(source)))
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
	for i := range s.Quantiles {
		add(cer.Percentile(s.Quantiles[i].Stated.Q)+" ", &s.Quantiles[i].Source)
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
		return "events of " + sumOf(f.Total, name)
	}
	text := sumOf(f.Parts, name)
	if f.Of == expand.Counts {
		text = inParens(text, f.Parts) + "/" + inParens(sumOf(f.Total, name), f.Total)
	}
	if f.Complement {
		text = "1 - " + text
	}
	if f.Of == expand.Values && len(f.Total) > 0 {
		text += " of " + sumOf(f.Total, name)
	}
	if len(f.Bounded) > 0 {
		text += fmt.Sprintf(" (above %.6g s: 1 - %s/%s)", f.Ceiling, sumOf(f.Bounded, name), sumOf(f.Total, name))
	}
	return text
}

// sumOf prints a weighted sum, such as #0 + 0.5 #1.
func sumOf(parts []expand.Part, name func(*expand.Expr) string) string {
	var text strings.Builder
	for i, part := range parts {
		factor := part.Factor
		switch {
		case i > 0 && factor < 0:
			text.WriteString(" - ")
			factor = -factor
		case i > 0:
			text.WriteString(" + ")
		}
		if factor != 1 {
			fmt.Fprintf(&text, "%.6g ", factor)
		}
		text.WriteString(name(part.Expr))
	}
	return text.String()
}

// inParens puts the text of a sum of several parts into parentheses.
func inParens(text string, parts []expand.Part) string {
	if len(parts) > 1 {
		return "(" + text + ")"
	}
	return text
}
