package annotate

import (
	"maps"
	"slices"
	"strings"

	"github.com/cer-reliability/cer-datasource/pkg/cer"
	"github.com/cer-reliability/cer-datasource/pkg/internal/list"
)

// Store is what is wrong with the answers of a store, whatever is computed from them. The zero value is empty and ready
// to use.
type Store struct {
	warnings  []string
	conflicts map[string]Conflict
	// refusals are the messages of the errors of expressions that the store refused.
	refusals map[string]string
}

// Conflict is at how many points, of how many, an expression has several series where one is needed.
type Conflict struct{ Points, Of int }

// AddWarnings adds warnings of the store that are not there yet.
func (s *Store) AddWarnings(warnings []string) { s.warnings = list.Union(s.warnings, warnings...) }

// AddRefusal adds the message of an error of an expression that the store refused.
func (s *Store) AddRefusal(promQL, message string) {
	if s.refusals == nil {
		s.refusals = map[string]string{}
	}
	s.refusals[promQL] = message
}

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
	for promQL, message := range other.refusals {
		s.AddRefusal(promQL, message)
	}
}

// Clone returns a copy that does not change with the original.
func (s *Store) Clone() *Store {
	return &Store{warnings: list.Union(s.warnings), conflicts: maps.Clone(s.conflicts), refusals: maps.Clone(s.refusals)}
}

// Annotations returns the refusals, the warnings and the conflicts, those of expressions in their order. definedAs returns what
// an expression is defined for, such as checkout/success.
func (s *Store) Annotations(promQLs []string, definedAs func(promQL string) []string) cer.Annotations {
	if len(s.conflicts)+len(s.refusals) == 0 {
		promQLs = nil
	}
	promQLs = list.Union(nil, promQLs...)
	all := s.refusalsOf(promQLs, definedAs)
	for _, warning := range s.warnings {
		all.Add(cer.Notice{Severity: cer.Warning, Text: "the store warns: " + warning})
	}
	for _, promQL := range promQLs {
		if c, ok := s.conflicts[promQL]; ok {
			all.Add(cer.Notice{Severity: cer.Warning, Subject: strings.Join(definedAs(promQL), ", "),
				Text: "several series came back at " + ofPoints(c.Points, c.Of) + " for " + promQL +
					"; aggregate them in the catalog, for example with sum(...) or avg(...), or select one. Until then they count as missing"})
		}
	}
	return all
}

// refusalsOf returns an error for each SLI, or other subject, of the expressions that the store refused.
func (s *Store) refusalsOf(promQLs []string, definedAs func(promQL string) []string) cer.Annotations {
	var all cer.Annotations
	for _, promQL := range promQLs {
		message, ok := s.refusals[promQL]
		if !ok {
			continue
		}
		for _, subject := range definedAs(promQL) {
			if !slices.ContainsFunc(all, func(n cer.Notice) bool { return n.Subject == subject }) {
				all.Add(cer.Notice{Severity: cer.Error, Subject: subject, Text: refusal(subject, message)})
			}
		}
	}
	return all
}

// severalNames is the message of Prometheus, the start of that of others, on a function of the series of several metrics.
const severalNames = "vector cannot contain metrics with the same labelset"

// refusal says what to do about an expression of a subject, such as the SLI checkout/success, that the store refused.
func refusal(subject, message string) string {
	remedy := "Fix the expression in the catalog; try it in Explore."
	if strings.Contains(message, severalNames) {
		remedy = "Its series differ only in the metric name, which functions drop. Name one metric in the catalog, or write an expression that adds up several, such as sum(rate(a_total[__window])) + sum(rate(b_total[__window]))."
	}
	until := "its flow has no score"
	if !strings.Contains(subject, "/") { // It is of no SLI.
		until = "it counts as missing"
	}
	return message + " " + remedy + " Until then " + until + "."
}
