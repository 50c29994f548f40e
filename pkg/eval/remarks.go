package eval

import (
	"slices"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
)

// conflict is at how many points, of how many, an expression has several series where one is needed.
type conflict struct{ points, of int }

// conflict notes that an expression has several series where one is needed.
func (r *remarks) conflict(promQL string, found conflict) {
	known, ok := r.conflicts[promQL]
	if !ok {
		known = &conflict{}
		r.conflicts[promQL] = known
	}
	known.points += found.points
	known.of += found.of
}

// warn notes what the store warns of.
func (r *remarks) warn(warnings []string) {
	for _, warning := range warnings {
		if !slices.Contains(r.warned, warning) {
			r.warned = append(r.warned, warning)
		}
	}
}

// said returns what is to be said of the answers, whatever is made of them.
func (l *ledger) said() []cer.Notice {
	var notices []cer.Notice
	for _, warning := range l.warned {
		notices = append(notices, cer.Notice{Severity: cer.Warning, Text: "the store warns: " + warning})
	}
	told := map[string]bool{}
	for _, leaf := range l.plan.Leaves {
		promQL := leaf.Expr.String()
		if found := l.conflicts[promQL]; found != nil && !told[promQL] {
			told[promQL] = true
			subjects, _ := l.plan.DefinedAs(promQL)
			notices = append(notices, cer.Notice{Severity: cer.Warning, Subject: strings.Join(subjects, ", "),
				Text: "several series came back at " + ofPoints(found.points, found.of) + " for " + promQL +
					"; aggregate them in the definition, for example with sum(...) or avg(...), or select one. Until then they count as missing"})
		}
	}
	return notices
}
