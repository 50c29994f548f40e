package annotate

import (
	"maps"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
)

// Store is what is wrong with the answers of a store, whatever is computed from them. The zero value is empty and ready
// to use.
type Store struct {
	warnings  []string
	conflicts map[string]Conflict
}

// Conflict is at how many points, of how many, an expression has several series where one is needed.
type Conflict struct{ Points, Of int }

// AddWarnings adds warnings of the store that are not there yet.
func (s *Store) AddWarnings(warnings []string) { s.warnings = list.Union(s.warnings, warnings...) }

// AddConflict adds to the conflict of an expression.
func (s *Store) AddConflict(promQL string, c Conflict) {
	if s.conflicts == nil {
		s.conflicts = map[string]Conflict{}
	}
	known := s.conflicts[promQL]
	s.conflicts[promQL] = Conflict{Points: known.Points + c.Points, Of: known.Of + c.Of}
}

// Merge adds what is wrong with other answers.
func (s *Store) Merge(other *Store) {
	s.AddWarnings(other.warnings)
	for promQL, c := range other.conflicts {
		s.AddConflict(promQL, c)
	}
}

// Clone returns a copy that does not change with the original.
func (s *Store) Clone() *Store {
	return &Store{warnings: list.Union(s.warnings), conflicts: maps.Clone(s.conflicts)}
}

// Annotations returns the warnings and, in the order of the expressions, the conflicts. definedAs returns what an
// expression is defined for, such as checkout/success.
func (s *Store) Annotations(promQLs []string, definedAs func(promQL string) []string) cer.Annotations {
	var all cer.Annotations
	for _, warning := range s.warnings {
		all.Add(cer.Notice{Severity: cer.Warning, Text: "the store warns: " + warning})
	}
	if len(s.conflicts) == 0 {
		return all
	}
	for _, promQL := range list.Union(nil, promQLs...) {
		if c, ok := s.conflicts[promQL]; ok {
			all.Add(cer.Notice{Severity: cer.Warning, Subject: strings.Join(definedAs(promQL), ", "),
				Text: "several series came back at " + ofPoints(c.Points, c.Of) + " for " + promQL +
					"; aggregate them in the definition, for example with sum(...) or avg(...), or select one. Until then they count as missing"})
		}
	}
	return all
}
